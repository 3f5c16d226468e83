import type { Json } from '#base/canonical.ts';
import { checklistsSince, kernelsSince } from '#domain/schema.ts';
import { isApplied } from '#records/applied.ts';
import { keptHash } from '#records/archiving.ts';
import { commitTo, paramsDigest } from '#records/commits.ts';
import { entriesAfter, type LedgerSlice } from '#records/ledger.ts';
import { account, succession } from '#records/succession.ts';
import type { Queryable, Row, SqlValue } from '#storage/database.ts';

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
	archives: ['kernel_id', 'first_seq'],
	checkpoints: ['id'],
	evidence_archives: ['name'],
	permits: ['permit_id'],
	checklist_ticks: ['kernel_id', 'item']
};

/** Tables that came later, with the version that brought them: where the schema is held below it they are not there. */
const later: Readonly<Record<string, string>> = {
	checkpoints: kernelsSince,
	evidence_archives: kernelsSince,
	permits: kernelsSince,
	checklist_ticks: checklistsSince
};

/** What a chain says of a request that was carried out. */
interface CarriedOut {
	/** Its place among the entries of all kernels. */
	readonly order: number;
	readonly params_hash: string | null;
	readonly actor: string;
	readonly isArchived: boolean;
	/** `kernel-…: Entry 7` */
	readonly place: string;
}

/** What the chains say of the requests that were carried out. */
export interface CarriedOutRequests {
	readonly byId: Map<string, CarriedOut>;
	/** The place of the last rollback of the schema, which takes whole tables away; 0 where there was none. */
	lastRollback: number;
}

/** Adds those of one slice of a chain. Answers with a sentence for each that is there twice. */
export function addCarriedOut(
	requests: CarriedOutRequests,
	kernelId: string,
	{ entries, positions, isArchived }: Omit<LedgerSlice, 'damage'>
): string[] {
	const twice: string[] = [];
	for (const [at, { ledger_seq, request_id, decision, tool_name, params_hash, actor }] of entries.entries()) {
		if (decision !== 'ALLOW' || isOfSuccession(tool_name, ledger_seq)) continue;
		const place = `${kernelId}: Entry ${ledger_seq}`;
		const order = positions[at] ?? 0;
		if (requests.byId.has(request_id)) twice.push(`${place}: this request was carried out before`);
		if (tool_name === 'schema.rollback') requests.lastRollback = Math.max(requests.lastRollback, order);
		requests.byId.set(request_id, { order, params_hash, actor, isArchived, place });
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

/** The last commit to each row, by table, and the rows that were committed to while they were compared. */
export interface RowCommits {
	readonly byTable: Map<string, Map<string, Commit>>;
	/** `table id`. */
	readonly touched: Set<string>;
}

/**
 * Reads what is kept of requests, against what the chains say of them, and puts the last commit to each row into `rows`. Only
 * commits that a chain proves count, and which of them is the last the chain says too. Findings are sentences with ids only,
 * never content. It yields them between slices: the first one, which must be in one transaction with the reading of the
 * chains, says which requests there are; `addCommits` adds what is committed to afterwards.
 */
export async function* keptCommits(
	db: Queryable,
	carriedOut: CarriedOutRequests,
	rows: RowCommits
): AsyncGenerator<readonly string[]> {
	const findings: string[] = [];
	const requests = new Map<string, { readonly commit: string; readonly rows: string[] }>();
	// Those of now: others come by between slices.
	const stated = [...carriedOut.byId];
	const archived: string[] = [];
	// As one text each: a text that crosses over from the database costs more than its characters. What may hold anything is last.
	const asked = await db.query(
		'SELECT hash || ? || request_id AS line, receipt IS NULL AS archived FROM receipts ORDER BY request_id',
		['\n']
	);
	for (const { line, archived: isArchived } of asked) {
		const [commit, id] = cut(String(line));
		if (isArchived) archived.push(id);
		if (carriedOut.byId.has(id)) requests.set(id, { commit, rows: [] });
		else findings.push(`request ${id}: no entry says that it was carried out`);
	}
	const newest = await db.query('SELECT kept_hash FROM archives ORDER BY last_position DESC LIMIT 1');
	if ((newest[0]?.['kept_hash'] ?? keptHash([])) !== keptHash(archived))
		findings.push('the requests of archived entries are not those that were kept');
	// An id with a line end in it would be read again and again: there are not twice as many slices as rows fill.
	const counted = await db.query('SELECT count(*) AS commits FROM commit_salts');
	const most = 2 * Math.floor(Number(counted[0]?.['commits']) / commitsTogether) + 2;
	let from: [string, number] = ['', -1];
	for (let slice = 0, isMore = true; isMore && slice < most; slice++) {
		yield findings.splice(0);
		const salts = await db.query(
			`SELECT request_id || ? || entity || ? || hash || ? || row_id AS line, ordinal, salt
			FROM commit_salts WHERE (request_id, ordinal) > (?, ?) ORDER BY request_id, ordinal LIMIT ${commitsTogether}`,
			['\n', '\n', '\n', ...from]
		);
		isMore = salts.length === commitsTogether;
		for (const { line, ordinal, salt } of salts) {
			const [id, written] = cut(String(line));
			from = [id, Number(ordinal)];
			const order = carriedOut.byId.get(id)?.order;
			const request = requests.get(id);
			if (order === undefined || request === undefined) continue;
			const [entity, rest] = cut(written);
			const [hash, rowId] = cut(rest);
			request.rows.push(hash);
			putCommit(rows, { entity, rowId, commit: { order, hash, salt: saltOf(salt) } });
		}
	}
	let compared = 0;
	for (const [id, { params_hash, actor, isArchived, place }] of stated) {
		if (++compared % commitsTogether === 0) yield findings.splice(0);
		const kept = requests.get(id);
		if (kept === undefined ? isArchived : paramsDigest(kept.commit, kept.rows, actor) === params_hash)
			continue;
		findings.push(`${place}: what is kept of its commits is not what it was hashed with`);
	}
	yield findings;
}

/**
 * Adds what was committed to after a position, and what the ledger says of it; so that rows that change while others are
 * compared are not taken for wrong. Answers with the position of the newest entry.
 */
export async function addCommits(
	db: Queryable,
	after: number,
	{ carriedOut, rows }: { readonly carriedOut: CarriedOutRequests; readonly rows: RowCommits }
): Promise<number> {
	const entries = await entriesAfter(db, after);
	for (const { position, kernel_id, entry } of entries) {
		if (entry.decision !== 'ALLOW') continue;
		const slice = { entries: [entry], positions: [position], isArchived: false };
		addCarriedOut(carriedOut, kernel_id, slice);
		const commits = await db.query(
			'SELECT entity, row_id, hash, salt FROM commit_salts WHERE request_id = ? ORDER BY ordinal',
			[entry.request_id]
		);
		for (const { entity, row_id, hash, salt } of commits) {
			const commit = { order: position, hash: String(hash), salt: saltOf(salt) };
			putCommit(rows, { entity: String(entity), rowId: String(row_id), commit });
			rows.touched.add(`${String(entity)} ${String(row_id)}`);
		}
	}
	return entries.at(-1)?.position ?? after;
}

function putCommit(
	{ byTable }: RowCommits,
	{ entity, rowId, commit }: { readonly entity: string; readonly rowId: string; readonly commit: Commit }
): void {
	let table = byTable.get(entity);
	if (table === undefined) byTable.set(entity, (table = new Map()));
	if ((table.get(rowId)?.order ?? -1) <= commit.order) table.set(rowId, commit);
}

function saltOf(value: SqlValue | undefined): Uint8Array | null {
	return value instanceof Uint8Array ? value : null;
}

/** What stands before the first line end, and after it. */
function cut(line: string): [string, string] {
	const end = line.indexOf('\n');
	return [line.slice(0, end), line.slice(end + 1)];
}

/**
 * Every row as it stands, against the last commit to it. Yields, slice by slice, a sentence for each row that was changed,
 * added or taken away by anything but a command; ids only, never content. Whatever is committed to between two slices has to
 * be among the commits before the next one is asked for.
 */
export async function* unprovenRows(
	db: Queryable,
	rows: RowCommits,
	carriedOut: CarriedOutRequests
): AsyncGenerator<readonly string[]> {
	for (const [table, key] of Object.entries(committed)) {
		const version = later[table];
		if (version !== undefined && !(await isApplied(db, version))) continue;
		for await (const slice of rowsOf(db, table, key)) {
			yield slice.flatMap((row) => unprovenRow({ table, id: idOf(row, key), row }, rows) ?? []);
		}
		yield await missingRows(db, { table, key }, rows, version === undefined ? 0 : carriedOut.lastRollback);
	}
	const counted = await db.query(
		'SELECT (SELECT count(*) FROM reflections) AS written, (SELECT count(*) FROM reflection_index) AS listed'
	);
	const { written, listed } = counted[0] ?? {};
	if (written !== listed) yield [`reflections: ${written} are there, ${listed} in the list`];
}

/** What is wrong with a row that is there; its commit is used up. */
function unprovenRow(
	{ table, id, row }: { readonly table: string; readonly id: string; readonly row: Row },
	{ byTable }: RowCommits
): string | null {
	const commits = byTable.get(table);
	const commit = commits?.get(id);
	commits?.delete(id);
	if (commit === undefined) return `${table} ${id}: no command wrote this row`;
	const isProven = commit.salt !== null && commitTo(commit.salt, plain(row)) === commit.hash;
	return isProven ? null : `${table} ${id}: this is not what was written`;
}

/**
 * What is left was committed to and was not met: right only where the last commit is to its removal, where a rollback of the
 * schema took the table away since, or where it was committed to again after it had been met.
 */
async function missingRows(
	db: Queryable,
	{ table, key }: { readonly table: string; readonly key: readonly string[] },
	rows: RowCommits,
	rolledBack: number
): Promise<string[]> {
	const findings: string[] = [];
	for (const [id, { order, hash, salt }] of rows.byTable.get(table) ?? []) {
		if (order < rolledBack || (salt !== null && commitTo(salt, null) === hash)) continue;
		const row = rows.touched.has(`${table} ${id}`) ? await rowNamed(db, { table, key }, id) : null;
		const finding =
			row === null
				? `${table} ${id}: this row was written and is gone`
				: unprovenRow({ table, id, row }, rows);
		if (finding !== null) findings.push(finding);
	}
	return findings;
}

/** The row that a commit names; null where there is none. */
async function rowNamed(
	db: Queryable,
	{ table, key }: { readonly table: string; readonly key: readonly string[] },
	id: string
): Promise<Row | null> {
	const rows = await db.query(`SELECT * FROM ${table} WHERE ${key.join(` || ':' || `)} = ?`, [id]);
	return rows[0] ?? null;
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
