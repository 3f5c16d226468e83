import { sql as raw } from 'kysely';
import { utf8 } from '#base/bytes.ts';
import { canonicalJson, type Json } from '#base/canonical.ts';
import { sha256Hex } from '#base/hash.ts';
import * as v from 'valibot';
import { configChanges, engineConfig, type EngineConfig } from '#domain/engine-config.ts';
import {
	countVotes,
	schemaHistory,
	versionAfter,
	voteChoices,
	type GuardianSignature,
	type EventType,
	type HistoryType,
	type Proposal,
	type ProposalStatus,
	type ProposalType,
	type TestResults,
	type VoteChoice,
	type VoteCount,
	type VoteResults
} from '#domain/evolution.ts';
import type { ViewParams } from '#domain/view.ts';
import { firstOf, rowsOf, sql } from '#records/sql.ts';
import type { Tables } from '#records/tables.ts';
import { insertRow } from '#records/row.ts';
import { putSetting, readSettings } from '#records/setting.ts';
import type { EventRow, Page, Work } from '#records/work.ts';
import type { Queryable } from '#storage/database.ts';

export type ProposalRow = Tables['evolution_proposals'];
export type HistoryRow = Tables['evolution_history'];

/** What the app keeps in `evolution_proposals.metadata`; what other programs keep there stays. */
export interface ProposalMetadata {
	readonly votes?: Readonly<Record<string, VoteChoice>>;
	/** The mark of the mirror whose identities voted; as all marks here, what bears another one decides nothing. */
	readonly votes_by?: string;
	/** The count of a vote elsewhere. */
	readonly counted?: VoteCount;
	readonly counted_by?: string;
	readonly signatures?: readonly (GuardianSignature & { readonly added_by?: string })[];
	readonly approved_by?: string;
	readonly published_at?: string;
	readonly published_by?: string;
	readonly rolled_back_at?: string;
	readonly [key: string]: unknown;
}

/** What the app keeps in `evolution_history.metadata` of a change: what stood before it, so that it can be rolled back (C3-35). */
interface HistoryMetadata {
	readonly before?: EngineConfig;
	/** Of a rollback: the entry that it rolls back. */
	readonly rolls_back?: string;
	readonly title?: string;
	/** The mark of the mirror that wrote it. */
	readonly written_by?: string;
}

const number = v.pipe(v.number(), v.integer(), v.minValue(0));
const proposalMetadata = {
	votes: v.record(v.string(), v.picklist(voteChoices)),
	votes_by: v.string(),
	counted: v.object({ eligible_voters: number, approve: number, reject: number, abstain: number }),
	counted_by: v.string(),
	signatures: v.array(
		v.object({ public_key: v.string(), signed_at: v.string(), added_by: v.optional(v.string()) })
	),
	approved_by: v.string(),
	published_at: v.string(),
	published_by: v.string(),
	rolled_back_at: v.string()
};
const historyMetadata = {
	before: engineConfig,
	rolls_back: v.string(),
	title: v.string(),
	written_by: v.string()
};
const testResults = v.object({
	...{ tested_at: v.string(), config_version: v.string(), highest_directive: v.number() },
	...{ entries: number, mirrorbacks_before: number, mirrorbacks_after: number, changed: number }
});
const voteResults = v.object({
	...{ eligible_voters: number, votes_cast: number, approve: number, reject: number },
	...{ approval_rate: v.nullable(v.number()), threshold: v.number() },
	...{ guardian_signatures: number, guardian_required: number }
});

/** Its parts that fit; another program may have stored anything under these names. */
export function readProposalMetadata(row: Pick<ProposalRow, 'metadata'>): ProposalMetadata {
	// Each known part was asked by its schema just now.
	return fitting(objectIn(row.metadata), proposalMetadata) as ProposalMetadata;
}

function readHistoryMetadata(row: HistoryRow): HistoryMetadata {
	return fitting(objectIn(row.metadata), historyMetadata) as HistoryMetadata;
}

/** An object without those of its known parts that do not fit. */
function fitting(found: Record<string, unknown>, known: Readonly<Record<string, v.GenericSchema>>): object {
	const misfits = Object.keys(known).filter((name) => name in found && !v.is(known[name]!, found[name]));
	return Object.fromEntries(Object.entries(found).filter(([name]) => !misfits.includes(name)));
}

/** JSON text as an object; an empty one where it is none. */
export function objectIn(text: string | null): Record<string, unknown> {
	const value: unknown = text === null ? {} : JSON.parse(text);
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function readAs<S extends v.GenericSchema>(schema: S, text: string | null): v.InferOutput<S> | null {
	if (text === null) return null;
	const parsed = v.safeParse(schema, JSON.parse(text));
	return parsed.success ? parsed.output : null;
}

/** What a proposal asks for, as the configuration knows it; null where it asks for something else. */
export function changesOf(row: ProposalRow) {
	return readAs(configChanges, row.changes);
}

/** What of a proposal is JSON, as far as it is what this app writes there. */
export function readProposal(row: ProposalRow): Pick<Proposal, 'evidence' | 'test_results' | 'vote_results'> {
	return {
		evidence: readAs(v.string(), row.evidence),
		test_results: readAs<v.GenericSchema<unknown, TestResults>>(testResults, row.test_results),
		vote_results: readAs<v.GenericSchema<unknown, VoteResults>>(voteResults, row.vote_results)
	};
}

/** What guardians sign: SHA-256 of the canonical JSON of all that a proposal asks for. */
export function contentHash({ id, proposal_type, title, description, changes }: ProposalRow): string {
	const content: Json = { format: 'mirror_proposal_v1', id, proposal_type, title, description };
	return sha256Hex(utf8(canonicalJson({ ...content, changes: JSON.parse(changes) as Json })));
}

/** What was decided here on a proposal: votes of identities that are there, a count that was entered, signatures that were added. */
export function decidedHere(row: ProposalRow, { marks, identities }: Here) {
	const { votes = {}, votes_by, counted, counted_by, signatures = [] } = readProposalMetadata(row);
	const isOwn = (mark: string | undefined) => mark !== undefined && marks.includes(mark);
	return {
		votes: isOwn(votes_by)
			? Object.fromEntries(Object.entries(votes).filter(([id]) => identities.includes(id)))
			: {},
		counted: isOwn(counted_by) && counted !== undefined ? counted : noVotes,
		signatures: signatures.filter(({ added_by }) => isOwn(added_by))
	};
}

const noVotes: VoteCount = { eligible_voters: 0, approve: 0, reject: 0, abstain: 0 };

/** What tells what was decided in this mirror. */
export interface Here {
	readonly marks: readonly string[];
	/** Ids of its identities. */
	readonly identities: readonly string[];
}

/** The count as it stands: what was entered from elsewhere, and the votes of this mirror's identities. */
export function votesOn(row: ProposalRow, here: Here): VoteResults {
	const { votes, counted, signatures } = decidedHere(row, here);
	const own = (choice: VoteChoice) => Object.values(votes).filter((vote) => vote === choice).length;
	return countVotes(row.proposal_type as ProposalType, {
		eligible_voters: counted.eligible_voters + here.identities.length,
		approve: counted.approve + own('approve'),
		reject: counted.reject + own('reject'),
		abstain: counted.abstain + own('abstain'),
		guardian_signatures: new Set(signatures.map(({ public_key }) => public_key)).size
	});
}

/** Newest first, one page: enough to recognise each by. */
export async function listProposals(
	db: Queryable,
	{ after, limit }: ViewParams<'proposals.list'>
): Promise<Page<'proposals.list'>> {
	const among = sql.selectFrom('evolution_proposals');
	const total = await firstOf(
		db,
		among.select((eb) => eb.fn.countAll<number>().as('count'))
	);
	const wanted =
		after === null ? among : among.where(raw<boolean>`(created_at, id) < (${after.time}, ${after.id})`);
	const rows = await rowsOf(
		db,
		wanted
			.select(['id', 'proposal_type', 'status', 'title', 'created_at', 'metadata'])
			.orderBy('created_at', 'desc')
			.orderBy('id', 'desc')
			.limit(limit)
	);
	return {
		rows: rows.map(({ metadata, ...row }) => ({
			...row,
			proposal_type: row.proposal_type as ProposalType,
			status: row.status as ProposalStatus,
			rolled_back_at: readProposalMetadata({ metadata }).rolled_back_at ?? null
		})),
		total: Number(total?.count ?? 0)
	};
}

/** `from`: the version that the engine has, and the highest that it ever had. */
export function toProposal(row: ProposalRow, from: EngineVersions, here: Here): Proposal {
	const { published_at = null, published_by = '', rolled_back_at = null } = readProposalMetadata(row);
	const { votes, counted, signatures } = decidedHere(row, here);
	const proposal_type = row.proposal_type as ProposalType;
	const isDone = row.status === 'applied' || row.status === 'rejected';
	const { id, title, description, created_at, approved_at, applied_at } = row;
	return {
		...{ id, proposal_type, title, description, created_at, approved_at, applied_at },
		status: row.status as ProposalStatus,
		from_version: isDone ? row.from_version : from.present,
		to_version: isDone ? row.to_version : versionAfter(from.highest, proposal_type),
		changes: changesOf(row),
		...readProposal(row),
		...{ rolled_back_at, votes, counted, signatures },
		published_at: here.marks.includes(published_by) ? published_at : null,
		content_hash: contentHash(row)
	};
}

export interface EngineVersions {
	readonly present: string;
	readonly highest: string;
}

/** The version that the engine has, and the highest that it ever had: no version ever means two configurations. */
export async function versions(db: Queryable): Promise<EngineVersions> {
	const present = (await readSettings(db)).engine_config.version;
	const rows = await rowsOf(
		db,
		sql.selectFrom('evolution_history').select('to_version').where('evolution_id', '<>', schemaHistory)
	);
	const all = [present, ...rows.flatMap(({ to_version }) => to_version ?? [])].filter((version) =>
		countable.test(version)
	);
	return { present, highest: all.reduce((a, b) => (isHigher(b, a) ? b : a)) };
}

/** Higher ones came in a file: this mirror never gets there, and must always find one that is higher still. */
const countable = /^\d{1,5}\.\d{1,5}\.\d{1,5}$/;

function isHigher(a: string, b: string): boolean {
	const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
	const at = left.findIndex((part, index) => part !== right[index]);
	return at !== -1 && left[at]! > right[at]!;
}

/** Newest first, one page. */
export async function listHistory(
	db: Queryable,
	{ after, limit }: ViewParams<'evolution.history'>,
	marks: readonly string[]
): Promise<Page<'evolution.history'>> {
	const among = sql.selectFrom('evolution_history');
	const total = await firstOf(
		db,
		among.select((eb) => eb.fn.countAll<number>().as('count'))
	);
	const wanted =
		after === null ? among : among.where(raw<boolean>`(applied_at, id) < (${after.time}, ${after.id})`);
	const rows = await rowsOf(
		db,
		wanted.selectAll().orderBy('applied_at', 'desc').orderBy('id', 'desc').limit(limit)
	);
	const top = await changeInForce(db, marks);
	return {
		rows: rows.map((row) => {
			const { id, evolution_id, from_version, to_version, applied_at, applied_by, reversible } = row;
			return {
				...{ id, evolution_id, from_version, to_version, applied_at, applied_by },
				event_type: row.event_type as HistoryType,
				reversible: reversible === 1,
				title: readHistoryMetadata(row).title ?? null,
				can_roll_back: row.id === top?.row.id
			};
		}),
		total: Number(total?.count ?? 0)
	};
}

/**
 * The change that led to the configuration as it is, with what stood before it; null where nothing can be rolled back. Only
 * what this mirror wrote counts: a file may tell of anything.
 */
export async function changeInForce(
	db: Queryable,
	marks: readonly string[]
): Promise<{ readonly row: HistoryRow; readonly before: EngineConfig } | null> {
	const { version } = (await readSettings(db)).engine_config;
	const rows = await rowsOf(
		db,
		sql
			.selectFrom('evolution_history')
			.selectAll()
			.where('event_type', '=', 'upgrade')
			.where('to_version', '=', version)
			.where('reversible', '=', 1)
			.orderBy('applied_at', 'desc')
			.orderBy('id', 'desc')
	);
	for (const row of rows) {
		const { before, written_by = '' } = readHistoryMetadata(row);
		if (before?.version === row.from_version && marks.includes(written_by)) return { row, before };
	}
	return null;
}

/** Writes the event that a command is, as it was signed. That it may go is said later, of it or of all of them. */
export async function insertEvent(work: Work): Promise<void> {
	const { event, signature } = work.prepared;
	if (event === null) return;
	const { signing_keys } = await readSettings(work.tx);
	await insertRow(work, 'evolution_events', event);
	// A key of this mirror is known from the first event on that it signed.
	if (signature !== null && !signing_keys.includes(signature.public_key))
		await putSetting(work, 'signing_keys', [...signing_keys, signature.public_key]);
}

/** Newest first, one page. */
export async function eventRows(
	db: Queryable,
	{ after, limit }: ViewParams<'evolution.events'>
): Promise<{ readonly rows: readonly EventRow[]; readonly total: number }> {
	const among = sql.selectFrom('evolution_events');
	const total = await firstOf(
		db,
		among.select((eb) => eb.fn.countAll<number>().as('count'))
	);
	const wanted =
		after === null ? among : among.where(raw<boolean>`(timestamp, id) < (${after.time}, ${after.id})`);
	const rows = await rowsOf(
		db,
		wanted.selectAll().orderBy('timestamp', 'desc').orderBy('id', 'desc').limit(limit)
	);
	return { rows, total: Number(total?.count ?? 0) };
}

/** What the events of one type told since a time. */
export async function toldSince(
	db: Queryable,
	type: EventType,
	since: string
): Promise<Readonly<Record<string, unknown>>[]> {
	const events = sql.selectFrom('evolution_events').select('event_data');
	const rows = await rowsOf(db, events.where('event_type', '=', type).where('timestamp', '>=', since));
	return rows.map(({ event_data }) => objectIn(event_data));
}
