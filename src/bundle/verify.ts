import { hexToBytes } from '@noble/hashes/utils.js';
import * as v from 'valibot';
import type { Json } from '#base/canonical.ts';
import { bundleRowId, bundleTables, type BundleRow } from '#records/bundle-rows.ts';
import { commitTo, paramsDigest } from '#records/commits.ts';
import type { ForeignTables } from '#records/foreign.ts';
import { bundlePaths, commitsSchema, versionsSchema, type Commits } from '#wire/bundle-manifest.ts';
import { readJson } from '#bundle/json-file.ts';
import type { KernelVerification } from '#bundle/ledgers.ts';
import type { BundleFiles } from '#bundle/read.ts';
import type { ZipFiles } from '#bundle/unzip.ts';

/**
 * Checks every row of a bundle against the ledgers in it: the row under its salt is its commit, the commit stands in its
 * request, and the request is what the ledger's entry was hashed with. Answers with a sentence for each that does not fit;
 * ids only, never content. A bundle without commits (of another program) proves nothing and breaks nothing.
 */
export function verifyCommits(
	{ files }: BundleFiles,
	foreign: ForeignTables,
	kernels: readonly KernelVerification[]
): string[] {
	const bytes = files.get(bundlePaths.commits);
	if (bytes === undefined) return [];
	const parsed = v.safeParse(commitsSchema, readJson(bytes));
	if (!parsed.success) return [`${bundlePaths.commits} is not a list of commits`];
	return [
		...unprovenRequests(parsed.output, kernels),
		...unprovenRows(parsed.output, rowsOf(files, foreign))
	];
}

type NamedRows = ReadonlyMap<string, BundleRow>;

function rowsOf(files: ZipFiles, { tables }: ForeignTables): NamedRows {
	const rows = new Map<string, BundleRow>();
	for (const table of bundleTables) {
		for (const row of (tables.get(table) ?? []) as readonly BundleRow[])
			rows.set(`${table} ${bundleRowId(table, row)}`, row);
	}
	const versions = files.get(bundlePaths.versions);
	const parsed = v.safeParse(versionsSchema, versions === undefined ? null : readJson(versions));
	for (const row of parsed.success ? parsed.output.reflection_versions : []) {
		rows.set(`reflection_versions ${row.reflection_id}:${row.version}`, row);
	}
	return rows;
}

function unprovenRequests({ requests }: Commits, kernels: readonly KernelVerification[]): string[] {
	const entries = new Map<string, Json>();
	for (const { evidence } of kernels) {
		for (const entry of evidence.entries) {
			const { ledger_seq } = entry as { ledger_seq?: Json };
			entries.set(`${String(evidence.claims.kernel_id)}:${String(ledger_seq)}`, entry);
		}
	}
	return requests
		.filter((request) => {
			const entry = entries.get(`${request.kernel_id}:${request.ledger_seq}`) as
				{ decision?: Json; request_id?: Json; params_hash?: Json; actor?: Json } | undefined;
			return (
				entry?.decision !== 'ALLOW' ||
				entry.request_id !== request.request_id ||
				entry.params_hash !== paramsDigest(request.commit, request.rows, entry.actor ?? null)
			);
		})
		.map(
			({ request_id }) => `request ${request_id}: its commits are not what its ledger entry was hashed with`
		);
}

function unprovenRows({ rows, requests }: Commits, present: NamedRows): string[] {
	const errors: string[] = [];
	const byId = new Map(requests.map((request) => [request.request_id, request.rows]));
	const proven = new Set<string>();
	for (const { entity, row_id, request_id, ordinal, hash, salt } of rows) {
		const name = `${entity} ${row_id}`;
		const row = present.get(name);
		proven.add(name);
		if (byId.get(request_id)?.[ordinal] !== hash) errors.push(`${name}: its commit is not in its request`);
		else if (row === undefined) errors.push(`${name}: this row was written and is not here`);
		else if (commitTo(hexToBytes(salt), asJson(row)) !== hash)
			errors.push(`${name}: this is not what was written`);
	}
	for (const name of present.keys()) {
		// An integration whose keys were taken out is no longer what was committed to.
		if (!proven.has(name) && !name.startsWith('integrations '))
			errors.push(`${name}: no commit proves this row`);
	}
	return errors;
}

/** Bytes that somebody put into a row are no JSON, and so not proven. */
function asJson(row: Readonly<Record<string, unknown>>): Json {
	return Object.fromEntries(
		Object.entries(row).map(([column, value]) => [
			column,
			value instanceof Uint8Array ? 'bytes' : (value as Json)
		])
	);
}
