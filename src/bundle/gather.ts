import { bytesToHex } from '@noble/hashes/utils.js';
import type { Json } from '#base/canonical.ts';
import type { ExportChoice } from '#domain/bundle.ts';
import type { Settings } from '#domain/setting.ts';
import type { EvidenceBundle } from '#kernel/evidence.ts';
import {
	bundleRowId,
	bundleRows,
	bundleTables,
	bundleVersionRows,
	lastRowCommits,
	requestCommits,
	schemaVersionRows,
	type BundleRow,
	type BundleRows,
	type RowCommit,
	type Selection
} from '#records/bundle-rows.ts';
import { storedEvidence, type PlacedEvidence } from '#records/evidence.ts';
import { kernelStatus } from '#records/ledger.ts';
import { readMetadata } from '#records/reflection.ts';
import { readSettings } from '#records/setting.ts';
import type { Queryable } from '#records/work.ts';
import { publishedVersion, type Commits, type EntityTable, type TreeFile } from '#wire/bundle-manifest.ts';
import { keyName, readSignature } from '#wire/lifecycle-event.ts';
import { sanitizeIntegration } from '#wire/secrets.ts';
import { treeFile } from '#bundle/tree.ts';

/** All that a bundle holds, before it is files. */
export interface BundleContents {
	readonly rows: Readonly<Record<EntityTable, readonly BundleRow[]>>;
	/** Null where the person left earlier states out. */
	readonly versions: { readonly reflection_versions: readonly BundleRow[] } | null;
	readonly config: { readonly [key: string]: Json };
	readonly kernels: readonly EvidenceBundle[];
	readonly commits: Commits;
	/** Null where entries are missing, which is no reason to keep the rest from leaving. */
	readonly tree: TreeFile | null;
}

export interface GatherOptions {
	readonly choice: ExportChoice;
	/** `YYYY-MM-DDTHH:mm:ss.sssZ`. */
	readonly exported_at: string;
	readonly mirror_version: string;
}

/**
 * Reads what leaves in a bundle, and nothing else: the chosen rows of the 14 tables without what opens an account, their
 * commits, the settings and the ledgers. Trash, drafts, search words and erased rows stand in none of these.
 */
export async function gatherBundle(db: Queryable, options: GatherOptions): Promise<BundleContents> {
	const { choice, exported_at, mirror_version } = options;
	const settings = await readSettings(db);
	const all = await bundleRows(db, choice.identities);
	const live = {
		...all,
		evolution_events: all.evolution_events.filter((event) => mayLeave(event, settings))
	};
	const rows = {
		...live,
		integrations: live.integrations.map(sanitized),
		evolution_proposals: live.evolution_proposals.map((row) => withVotesOf(row, choice.identities))
	};
	const versions = choice.versions ? await bundleVersionRows(db, choice.identities) : null;
	const placed = await evidenceOf(db, Date.parse(exported_at));
	const kernels = placed.map(({ evidence }) => evidence);
	const { last_identity } = settings;
	const isTaken = rows.identities.some(({ id }) => id === last_identity);
	return {
		rows: { ...rows, schema_version: await schemaVersionRows(db, publishedVersion) },
		versions: versions === null ? null : { reflection_versions: versions },
		config: {
			...settings,
			last_identity: isTaken ? last_identity : null,
			mirror: {
				version: mirror_version,
				exported_at,
				kernels: kernels.map(({ kernel_id, variant, entry_count, root_hash }) => ({
					kernel_id,
					variant,
					entry_count,
					root_hash
				}))
			}
		},
		kernels,
		commits: await commitsOf(db, { live, rows, versions, kernels }),
		tree: treeFile(placed, exported_at)
	};
}

/** A proposal with the votes of the identities that leave, and of no other. */
function withVotesOf(row: BundleRow, identities: Selection): BundleRow {
	const metadata = readMetadata(typeof row['metadata'] === 'string' ? row['metadata'] : null);
	const { votes } = metadata;
	if (identities === null || typeof votes !== 'object' || votes === null) return row;
	const kept = Object.entries(votes).filter(([id]) => identities.includes(id));
	return { ...row, metadata: JSON.stringify({ ...metadata, votes: Object.fromEntries(kept) }) };
}

/** What happened to this mirror leaves it only where that was allowed (C3-17, C3-31); what another mirror told goes along. */
function mayLeave(
	{ mirror_signature, sync_allowed }: BundleRow,
	{ signing_keys, telemetry_sync_allowed }: Settings
): boolean {
	const signed = readSignature(String(mirror_signature));
	return (
		sync_allowed === 1 || telemetry_sync_allowed || !signing_keys.some((key) => keyName(key) === signed?.key)
	);
}

function sanitized(row: BundleRow): BundleRow {
	const { config, metadata } = row;
	const clean = sanitizeIntegration({
		config: String(config),
		metadata: metadata === undefined || metadata === null ? null : String(metadata)
	});
	return { ...row, ...clean };
}

async function evidenceOf(db: Queryable, exported_at_ms: number): Promise<PlacedEvidence[]> {
	const kernels = await kernelStatus(db);
	const evidence: PlacedEvidence[] = [];
	for (const kernel of kernels.toReversed()) evidence.push(await storedEvidence(db, kernel, exported_at_ms));
	return evidence;
}

/** What a bundle holds, beside the rows as they stand in the mirror. */
interface Leaving {
	readonly live: BundleRows;
	readonly rows: BundleRows;
	readonly versions: readonly BundleRow[] | null;
	readonly kernels: readonly EvidenceBundle[];
}

/**
 * The salts of just the rows that leave, as they leave: the salt of a row from which something was taken could prove a
 * guess at what was taken.
 */
async function commitsOf(db: Queryable, { live, rows, versions, kernels }: Leaving): Promise<Commits> {
	const commits: RowCommit[] = [];
	for (const table of bundleTables) {
		const unchanged = rows[table].filter((row, at) => isSame(row, live[table][at]));
		const ids = new Set(unchanged.map((row) => bundleRowId(table, row)));
		commits.push(...(await lastRowCommits(db, table, ids)));
	}
	if (versions !== null) {
		const ids = new Set(versions.map(({ reflection_id, version }) => `${reflection_id}:${version}`));
		commits.push(...(await lastRowCommits(db, 'reflection_versions', ids)));
	}
	const ids = new Set(commits.map(({ request_id }) => request_id));
	const requests = await requestCommits(db, ids, kernels);
	return {
		format: 'mirror_commits',
		version: 1,
		rows: commits.map(({ salt, ...commit }) => ({ ...commit, salt: bytesToHex(salt) })),
		requests: requests.map((request) => ({ ...request, rows: [...request.rows] }))
	};
}

function isSame(a: BundleRow, b: BundleRow | undefined): boolean {
	return b !== undefined && Object.entries(a).every(([column, value]) => value === b[column]);
}
