import type { Json } from '#base/canonical.ts';
import { commitTo, paramsDigest } from '#records/commits.ts';
import type { LedgerSlice } from '#records/ledger.ts';
import type { Queryable, Row } from '#storage/database.ts';

/** Rows that are read at once. */
const slice = 1000;

/**
 * Every table whose rows the ledger commits to, with how a row is named. A row in one of them that no command wrote is
 * found too, so tables that no command writes to yet stand here as well.
 */
const committed: Readonly<Record<string, string>> = {
	identities: 'id',
	reflections: 'id',
	mirrorbacks: 'id',
	threads: 'id',
	thread_reflections: `thread_id || ':' || reflection_id`,
	tensions: 'id',
	axes: 'id',
	engine_runs: 'id',
	engine_feedback: 'id',
	evolution_proposals: 'id',
	evolution_history: 'id',
	evolution_events: 'id',
	integrations: 'id',
	reflection_versions: `reflection_id || ':' || version`,
	trash: 'id',
	settings: 'key'
};

/** A commit to a row, as it is kept beside the ledger. */
interface Commit {
	readonly position: number;
	readonly hash: string;
	readonly salt: Uint8Array | null;
}

/** What is kept beside the ledger, read once: what each request was committed with, and the last commit to each row. */
export interface Kept {
	readonly requests: ReadonlyMap<string, { readonly commit: string; readonly rows: readonly string[] }>;
	readonly rows: ReadonlyMap<string, Map<string, Commit>>;
}

/** Reads it in slices, in the order of the requests. */
export async function keptCommits(db: Queryable): Promise<Kept> {
	const requests = new Map<string, { commit: string; position: number; rows: string[] }>();
	// As one text each: a text that crosses over from the database costs more than its characters.
	const asked = await db.query('SELECT request_id || ? || hash AS line, position FROM receipts', ['\n']);
	for (const { line, position } of asked) {
		const [id = '', commit = ''] = String(line).split('\n');
		requests.set(id, { commit, position: Number(position), rows: [] });
	}
	const rows = new Map<string, Map<string, Commit>>();
	for (let from: [string, number] = ['', -1]; ;) {
		const salts = await db.query(
			`SELECT request_id || ? || entity || ? || hash || ? || row_id AS line, ordinal, salt
			FROM commit_salts WHERE (request_id, ordinal) > (?, ?) ORDER BY request_id, ordinal LIMIT 5000`,
			['\n', '\n', '\n', ...from]
		);
		for (const { line, ordinal, salt } of salts) {
			const [requestId = '', entity = '', hash = '', ...id] = String(line).split('\n');
			from = [requestId, Number(ordinal)];
			const request = requests.get(requestId);
			if (request === undefined) continue;
			request.rows.push(hash);
			let table = rows.get(entity);
			if (table === undefined) rows.set(entity, (table = new Map()));
			const rowId = id.join('\n');
			if ((table.get(rowId)?.position ?? 0) > request.position) continue;
			table.set(rowId, { position: request.position, hash, salt: salt instanceof Uint8Array ? salt : null });
		}
		if (salts.length < 5000) return { requests, rows };
	}
}

/**
 * What the entries of a kernel say was asked and written, against the commits that are kept beside them. Answers with a
 * sentence for each that does not fit; ids only, never content.
 */
export function unprovenEntries({ requests }: Kept, { entries, isArchived }: LedgerSlice): string[] {
	return entries
		.filter(({ decision, tool_name }) => decision === 'ALLOW' && tool_name !== 'kernel.succeed')
		.filter(({ request_id, params_hash }) => {
			const kept = requests.get(request_id);
			if (kept === undefined) return !isArchived;
			return paramsDigest(kept.commit, kept.rows) !== params_hash;
		})
		.map(
			({ ledger_seq }) => `Entry ${ledger_seq}: what is kept of its commits is not what it was hashed with`
		);
}

/**
 * Every row as it stands, against the last commit to it. Answers with a sentence for each row that was changed, added or
 * taken away by anything but a command.
 */
export async function* unprovenRows(db: Queryable, { rows }: Kept): AsyncGenerator<string> {
	for (const [table, name] of Object.entries(committed)) {
		const commits = rows.get(table) ?? new Map<string, Commit>();
		for await (const slice of rowsOf(db, table, name)) {
			for (const [id, row] of slice) {
				const commit = commits.get(id);
				commits.delete(id);
				if (commit === undefined) yield `${table} ${id}: no command wrote this row`;
				else if (commit.salt === null || commitTo(commit.salt, row) !== commit.hash) {
					yield `${table} ${id}: this is not what was written`;
				}
			}
		}
		// What is left was committed to and is not there: right for a row that was removed, and for one that was erased.
		for (const [id, { hash, salt }] of commits) {
			if (salt !== null && commitTo(salt, null) !== hash)
				yield `${table} ${id}: this row was written and is gone`;
		}
	}
}

/** Every row of a table with its name, in slices, as commands commit to it. */
async function* rowsOf(db: Queryable, table: string, name: string): AsyncGenerator<[string, Json][]> {
	for (let last = ''; ;) {
		const rows = await db.query(
			`SELECT ${name} AS row_name, * FROM ${table} WHERE ${name} > ? ORDER BY ${name} LIMIT ${slice}`,
			[last]
		);
		yield rows.map(({ row_name, ...row }) => [(last = String(row_name)), plain(row)]);
		if (rows.length < slice) return;
	}
}

/** A row as JSON has it. The tables above hold no bytes; bytes that somebody put there are no JSON, and so not proven. */
function plain(row: Row): Json {
	for (const column in row) if (row[column] instanceof Uint8Array) row[column] = 'bytes';
	return row as Json;
}
