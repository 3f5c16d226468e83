import type { Json } from '#base/canonical.ts';
import { keptHash } from '#records/archiving.ts';
import { commitTo, paramsDigest } from '#records/commits.ts';
import type { LedgerSlice } from '#records/ledger.ts';
import { account, succession } from '#records/succession.ts';
import type { Queryable, Row } from '#storage/database.ts';

/** Rows that are read at once. */
const together = 1000;
const commitsTogether = 5000;

/**
 * Every table whose rows the ledger commits to, with the columns of its key. A row in one of them that no command wrote is
 * found too, so tables that no command writes to yet stand here as well.
 */
const committed: Readonly<Record<string, readonly string[]>> = {
	identities: ['id'],
	reflections: ['id'],
	mirrorbacks: ['id'],
	threads: ['id'],
	thread_reflections: ['thread_id', 'reflection_id'],
	tensions: ['id'],
	axes: ['id'],
	engine_runs: ['id'],
	engine_feedback: ['id'],
	evolution_proposals: ['id'],
	evolution_history: ['id'],
	evolution_events: ['id'],
	integrations: ['id'],
	reflection_versions: ['reflection_id', 'version'],
	trash: ['id'],
	settings: ['key'],
	archives: ['kernel_id', 'first_seq']
};

/** What a chain says of a request that was carried out. */
interface CarriedOut {
	/** Its place among all of them, in the order of the chains. */
	readonly order: number;
	readonly params_hash: string | null;
	readonly actor: string;
	readonly isArchived: boolean;
	/** `kernel-…: Entry 7` */
	readonly place: string;
}

/** What the chains say of the requests that were carried out, by id. */
export type CarriedOutRequests = Map<string, CarriedOut>;

/** Adds those of one slice of a chain; slices come in the order of the chains. Answers with a sentence for each that is there twice. */
export function addCarriedOut(
	requests: CarriedOutRequests,
	kernelId: string,
	{ entries, isArchived }: LedgerSlice
): string[] {
	const twice: string[] = [];
	for (const { ledger_seq, request_id, decision, tool_name, params_hash, actor } of entries) {
		if (decision !== 'ALLOW' || isOfSuccession(tool_name, ledger_seq)) continue;
		const place = `${kernelId}: Entry ${ledger_seq}`;
		if (requests.has(request_id)) twice.push(`${place}: this request was carried out before`);
		requests.set(request_id, { order: requests.size, params_hash, actor, isArchived, place });
	}
	return twice;
}

/** What a kernel begins with was asked of none. */
function isOfSuccession(tool: string | null, seq: number): boolean {
	return (tool === succession && seq === 0) || (tool === account && seq === 1);
}

/** A commit to a row, as it is kept beside the ledger. */
interface Commit {
	readonly order: number;
	readonly hash: string;
	readonly salt: Uint8Array | null;
}

type Commits = ReadonlyMap<string, Map<string, Commit>>;

/** What is kept beside the ledger: the last commit to each row, by table, and what does not fit the ledger. */
export interface Kept {
	readonly rows: Commits;
	readonly findings: readonly string[];
}

/**
 * Reads what is kept of requests, in slices, against what the chains say of them. Only commits that a chain proves count,
 * and which of them is the last the chain says too. Findings are sentences with ids only, never content.
 */
export async function keptCommits(db: Queryable, carriedOut: CarriedOutRequests): Promise<Kept> {
	const findings: string[] = [];
	const requests = new Map<string, { readonly commit: string; readonly rows: string[] }>();
	const archived: string[] = [];
	// As one text each: a text that crosses over from the database costs more than its characters. What may hold anything is last.
	const asked = await db.query(
		'SELECT hash || ? || request_id AS line, receipt IS NULL AS archived FROM receipts ORDER BY request_id',
		['\n']
	);
	for (const { line, archived: isArchived } of asked) {
		const [commit, id] = cut(String(line));
		if (isArchived) archived.push(id);
		if (carriedOut.has(id)) requests.set(id, { commit, rows: [] });
		else findings.push(`request ${id}: no entry says that it was carried out`);
	}
	const rows = new Map<string, Map<string, Commit>>();
	// An id with a line end in it would be read again and again: there are no more slices than rows.
	const counted = await db.query('SELECT count(*) AS commits FROM commit_salts');
	const slices = Math.floor(Number(counted[0]?.['commits']) / commitsTogether) + 1;
	let from: [string, number] = ['', -1];
	for (let slice = 0; slice < slices; slice++) {
		const salts = await db.query(
			`SELECT request_id || ? || entity || ? || hash || ? || row_id AS line, ordinal, salt
			FROM commit_salts WHERE (request_id, ordinal) > (?, ?) ORDER BY request_id, ordinal LIMIT ${commitsTogether}`,
			['\n', '\n', '\n', ...from]
		);
		for (const { line, ordinal, salt } of salts) {
			const [id, written] = cut(String(line));
			from = [id, Number(ordinal)];
			const order = carriedOut.get(id)?.order;
			const request = requests.get(id);
			if (order === undefined || request === undefined) continue;
			const [entity, rest] = cut(written);
			const [hash, rowId] = cut(rest);
			request.rows.push(hash);
			let table = rows.get(entity);
			if (table === undefined) rows.set(entity, (table = new Map()));
			if ((table.get(rowId)?.order ?? -1) > order) continue;
			table.set(rowId, { order, hash, salt: salt instanceof Uint8Array ? salt : null });
		}
	}
	for (const [id, { params_hash, actor, isArchived, place }] of carriedOut) {
		const kept = requests.get(id);
		if (kept === undefined ? isArchived : paramsDigest(kept.commit, kept.rows, actor) === params_hash)
			continue;
		findings.push(`${place}: what is kept of its commits is not what it was hashed with`);
	}
	const newest = await db.query('SELECT kept_hash FROM archives ORDER BY last_position DESC LIMIT 1');
	if ((newest[0]?.['kept_hash'] ?? keptHash([])) !== keptHash(archived))
		findings.push('the requests of archived entries are not those that were kept');
	return { rows, findings };
}

/** What stands before the first line end, and after it. */
function cut(line: string): [string, string] {
	const end = line.indexOf('\n');
	return [line.slice(0, end), line.slice(end + 1)];
}

/**
 * Every row as it stands, against the last commit to it. Answers with a sentence for each row that was changed, added or
 * taken away by anything but a command; ids only, never content.
 */
export async function* unprovenRows(db: Queryable, rows: Commits): AsyncGenerator<string> {
	for (const [table, key] of Object.entries(committed)) {
		const commits = rows.get(table) ?? new Map<string, Commit>();
		for await (const slice of rowsOf(db, table, key)) {
			for (const row of slice) {
				const id = idOf(row, key);
				const commit = commits.get(id);
				commits.delete(id);
				if (commit === undefined) yield `${table} ${id}: no command wrote this row`;
				else if (commit.salt === null || commitTo(commit.salt, plain(row)) !== commit.hash) {
					yield `${table} ${id}: this is not what was written`;
				}
			}
		}
		// What is left was committed to and is not there: right only where the last commit is to its removal.
		for (const [id, { hash, salt }] of commits) {
			if (salt === null || commitTo(salt, null) !== hash)
				yield `${table} ${id}: this row was written and is gone`;
		}
	}
	const counted = await db.query(
		'SELECT (SELECT count(*) FROM reflections) AS written, (SELECT count(*) FROM reflection_index) AS listed'
	);
	const { written, listed } = counted[0] ?? {};
	if (written !== listed) yield `reflections: ${written} are there, ${listed} in the list`;
}

/** How a row is named in a commit. */
function idOf(row: Row, [first = '', ...more]: readonly string[]): string {
	const id = String(row[first]);
	return more.length === 0 ? id : [id, ...more.map((column) => row[column])].join(':');
}

/** Every row of a table, in slices, in the order of its key. */
async function* rowsOf(db: Queryable, table: string, key: readonly string[]): AsyncGenerator<Row[]> {
	const columns = key.join(', ');
	const after = `WHERE (${columns}) > (${key.map(() => '?').join(', ')})`;
	for (let last: Row | null = null; ;) {
		const rows: Row[] = await db.query(
			`SELECT * FROM ${table} ${last === null ? '' : after} ORDER BY ${columns} LIMIT ${together}`,
			last === null ? [] : key.map((column) => last?.[column] ?? null)
		);
		yield rows;
		last = rows.at(-1) ?? null;
		if (rows.length < together) return;
	}
}

/** A row as JSON has it. The tables above hold no bytes; bytes that somebody put there are no JSON, and so not proven. */
function plain(row: Row): Json {
	for (const column in row) if (row[column] instanceof Uint8Array) row[column] = 'bytes';
	return row as Json;
}
