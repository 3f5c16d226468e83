import { canonicalJson, type Json } from '#base/canonical.ts';
import { sha256Hex, textDigest } from '#base/hash.ts';
import { commitTo, digestOf } from '#records/commits.ts';
import type { LedgerSlice } from '#records/ledger.ts';
import type { Queryable, Row } from '#storage/database.ts';

const digest = textDigest(sha256Hex);
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

/** The last commit to a row: what it must be now. */
interface LastCommit {
	readonly hash: string;
	readonly salt: Uint8Array | null;
}

/**
 * What the entries of a kernel say was asked and written, against the commits that are kept beside them. Answers with a
 * sentence for each that does not fit; ids only, never content.
 */
export async function unprovenEntries(db: Queryable, { entries, from, to }: LedgerSlice): Promise<string[]> {
	const asked = await db.query('SELECT request_id, hash FROM receipts WHERE position BETWEEN ? AND ?', [
		from,
		to
	]);
	const written = await db.query(
		`SELECT request_id, commit_salts.hash AS hash FROM receipts JOIN commit_salts USING (request_id)
		WHERE position BETWEEN ? AND ? ORDER BY position, ordinal`,
		[from, to]
	);
	const commits = new Map(
		asked.map(({ request_id, hash }) => [request_id, { commit: hash, rows: [] as string[] }])
	);
	for (const { request_id, hash } of written) commits.get(request_id ?? '')?.rows.push(String(hash));
	return entries
		.filter(({ decision, tool_name }) => decision === 'ALLOW' && tool_name !== 'kernel.succeed')
		.filter(({ request_id, params_hash }) => {
			const kept = commits.get(request_id);
			if (kept === undefined) return true;
			const params = { commit: String(kept.commit), rows: digestOf(kept.rows) };
			return digest(canonicalJson(params)) !== params_hash;
		})
		.map(
			({ ledger_seq }) => `Entry ${ledger_seq}: what is kept of its commits is not what it was hashed with`
		);
}

/**
 * Every row as it stands, against the last commit to it. Answers with a sentence for each row that was changed, added or
 * taken away by anything but a command.
 */
export async function* unprovenRows(db: Queryable): AsyncGenerator<string> {
	for (const [table, name] of Object.entries(committed)) {
		const commits = await lastCommits(db, table);
		for await (const [id, row] of rowsOf(db, table, name)) {
			const commit = commits.get(id);
			commits.delete(id);
			if (commit === undefined) yield `${table} ${id}: no command wrote this row`;
			else if (commit.salt === null || commitTo(commit.salt, row) !== commit.hash) {
				yield `${table} ${id}: this is not what was written`;
			}
		}
		// What is left was committed to and is not there: right for a row that was removed, and for one that was erased.
		for (const [id, { hash, salt }] of commits) {
			if (salt !== null && commitTo(salt, null) !== hash)
				yield `${table} ${id}: this row was written and is gone`;
		}
	}
}

async function lastCommits(db: Queryable, table: string): Promise<Map<string, LastCommit>> {
	const rows = await db.query(
		`SELECT row_id, commit_salts.hash AS hash, commit_salts.salt AS salt FROM commit_salts JOIN receipts USING (request_id) WHERE entity = ? ORDER BY position, ordinal`,
		[table]
	);
	return new Map(
		rows.map(({ row_id, hash, salt }) => [
			String(row_id),
			{ hash: String(hash), salt: salt instanceof Uint8Array ? salt : null }
		])
	);
}

/** Every row of a table with its name, in slices, as commands commit to it. */
async function* rowsOf(db: Queryable, table: string, name: string): AsyncGenerator<[string, Json]> {
	for (let last = ''; ;) {
		const rows = await db.query(
			`SELECT ${name} AS row_name, * FROM ${table} WHERE ${name} > ? ORDER BY ${name} LIMIT ${slice}`,
			[last]
		);
		for (const { row_name, ...row } of rows) {
			last = String(row_name);
			yield [last, plain(row)];
		}
		if (rows.length < slice) return;
	}
}

/** A row as JSON has it. The tables above hold no bytes; bytes that somebody put there are no JSON, and so not proven. */
function plain(row: Row): Json {
	return Object.fromEntries(
		Object.entries(row).map(([column, value]) => [column, value instanceof Uint8Array ? 'bytes' : value])
	);
}
