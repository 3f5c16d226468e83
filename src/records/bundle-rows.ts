import type { EvidenceBundle } from '#kernel/evidence.ts';
import type { Change, Work } from '#records/work.ts';
import type { Queryable, Row, SqlValue, Transaction } from '#storage/database.ts';

/** Columns of the published schema (specification, sections 1 to 13), the key first. schema_version stands apart. */
export const bundleColumns = {
	identities: ['id', 'created_at', 'updated_at', 'metadata'],
	axes: ['id', 'identity_id', 'name', 'description', 'category', 'created_at', 'metadata'],
	tensions: [
		...['id', 'identity_id', 'name', 'axis_a', 'axis_b', 'position', 'intensity', 'origin', 'sync_mode'],
		...['created_at', 'updated_at', 'metadata']
	],
	reflections: [
		...['id', 'identity_id', 'content', 'content_type', 'visibility', 'created_at', 'source', 'metadata']
	],
	mirrorbacks: ['id', 'reflection_id', 'content', 'engine_version', 'created_at', 'metadata'],
	threads: ['id', 'identity_id', 'title', 'started_at', 'last_active', 'status', 'metadata'],
	thread_reflections: ['thread_id', 'reflection_id', 'position', 'added_at'],
	engine_runs: [
		...[
			'id',
			'reflection_id',
			'config_version',
			'engine_mode',
			'model_name',
			'patterns',
			'tensions_surfaced'
		],
		...['mirrorback_length', 'duration_ms', 'flags', 'timestamp', 'sync_allowed']
	],
	engine_feedback: ['id', 'engine_run_id', 'rating', 'flags', 'notes', 'timestamp', 'sync_allowed'],
	evolution_proposals: [
		...['id', 'proposal_type', 'status', 'from_version', 'to_version', 'title', 'description', 'changes'],
		...['evidence', 'test_results', 'vote_results', 'created_at', 'approved_at', 'applied_at', 'metadata']
	],
	evolution_history: [
		...['id', 'evolution_id', 'event_type', 'from_version', 'to_version', 'applied_at', 'applied_by'],
		...['reversible', 'metadata']
	],
	evolution_events: [
		...['id', 'event_type', 'from_version', 'to_version', 'event_data', 'timestamp', 'mirror_signature'],
		'sync_allowed'
	],
	integrations: [
		...['id', 'identity_id', 'integration_type', 'status', 'config', 'connected_at', 'last_sync', 'metadata']
	]
} as const satisfies Record<string, readonly string[]>;
export type BundleTable = keyof typeof bundleColumns;
/** Parents before children: the order in which rows can be inserted. */
export const bundleTables = Object.keys(bundleColumns) as BundleTable[];

/** A row of one of the 14 tables: texts and numbers only. */
export type BundleRow = Readonly<Record<string, string | number | null>>;
export type BundleRows = Readonly<Record<BundleTable, readonly BundleRow[]>>;

/** Which rows: all, or those of some identities, where null stands for the rows without one. */
export type Selection = readonly (string | null)[] | null;

/** The name of a row in one text, as the ledger's commits name it. */
export function bundleRowId(table: BundleTable, row: BundleRow): string {
	return table === 'thread_reflections' ? `${row['thread_id']}:${row['reflection_id']}` : String(row['id']);
}

/** Every row of the 13 tables that belongs to the selection, in the order of their keys. */
export async function bundleRows(db: Queryable, selection: Selection): Promise<BundleRows> {
	const found = {} as Record<BundleTable, BundleRow[]>;
	for (const table of bundleTables) {
		const { where, params } = chosen(table, selection);
		const order = table === 'thread_reflections' ? 'thread_id, reflection_id' : 'id';
		const columns = bundleColumns[table].join(', ');
		const rows = await db.query(`SELECT ${columns} FROM ${table} WHERE ${where} ORDER BY ${order}`, params);
		found[table] = rows.map(plainRow);
	}
	return found;
}

/** Earlier states of the selected reflections. */
export async function bundleVersionRows(db: Queryable, selection: Selection): Promise<BundleRow[]> {
	const { where, params } = chosen('mirrorbacks', selection);
	const rows = await db.query(
		`SELECT * FROM reflection_versions WHERE ${where} ORDER BY reflection_id, version`,
		params
	);
	return rows.map(plainRow);
}

/** Rows of `schema_version` that describe the published schema: its own version and older ones. */
export async function schemaVersionRows(db: Queryable, published: string): Promise<BundleRow[]> {
	const rows = await db.query(
		'SELECT version, description, applied_at, checksum FROM schema_version WHERE version <= ? ORDER BY id',
		[published]
	);
	return rows.map(plainRow);
}

interface Where {
	readonly where: string;
	readonly params: readonly SqlValue[];
}

function chosen(table: BundleTable, selection: Selection): Where {
	if (selection === null) return { where: '1 = 1', params: [] };
	const ids = selection.filter((id) => id !== null);
	const anonymous = selection.includes(null) ? 1 : 0;
	// PostgreSQL knows no empty list; nothing is in a list of nothing but NULL either.
	const list = ids.length === 0 ? 'NULL' : ids.map(() => '?').join(', ');
	const owned = `(identity_id IN (${list}) OR (identity_id IS NULL AND ${anonymous} = 1))`;
	const reflections = `reflection_id IN (SELECT id FROM reflections WHERE ${owned})`;
	const runs = `(${reflections} OR (reflection_id IS NULL AND ${anonymous} = 1))`;
	switch (table) {
		case 'identities':
			return { where: `id IN (${list})`, params: ids };
		case 'mirrorbacks':
			return { where: reflections, params: ids };
		case 'thread_reflections':
			return {
				where: `${reflections} AND thread_id IN (SELECT id FROM threads WHERE ${owned})`,
				params: [...ids, ...ids]
			};
		case 'engine_runs':
			return { where: runs, params: ids };
		case 'engine_feedback':
			return { where: `engine_run_id IN (SELECT id FROM engine_runs WHERE ${runs})`, params: ids };
		case 'evolution_proposals':
		case 'evolution_history':
		case 'evolution_events':
			return { where: '1 = 1', params: [] };
		default:
			return { where: owned, params: ids };
	}
}

/** Rows by their keys, as they stand now; at most so many at once as a statement takes parameters. */
export async function rowsByIds(
	db: Queryable,
	table: BundleTable,
	ids: readonly string[]
): Promise<Map<string, BundleRow>> {
	const found = new Map<string, BundleRow>();
	const key = table === 'thread_reflections' ? `thread_id || ':' || reflection_id` : 'id';
	for (let from = 0; from < ids.length; from += 500) {
		const some = ids.slice(from, from + 500);
		const rows = await db.query(
			`SELECT ${bundleColumns[table].join(', ')} FROM ${table} WHERE ${key} IN (${some.map(() => '?').join(', ')})`,
			some
		);
		for (const row of rows) found.set(bundleRowId(table, plainRow(row)), plainRow(row));
	}
	return found;
}

/** Inserts a row into a database of the published schema: any of the 14 tables. */
export async function putBundleRow(tx: Transaction, table: string, row: BundleRow): Promise<void> {
	const columns = Object.keys(row);
	await tx.run(
		`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
		Object.values(row)
	);
}

/** Adds a row by a command. Reflections have derived rows: they go through `insertReflection`. */
export async function insertBundleRow(work: Work, table: BundleTable, row: BundleRow): Promise<void> {
	await putBundleRow(work.tx, table, row);
	work.changes.push(change(table, row));
}

/** Replaces a row by a command. */
export async function updateBundleRow(work: Work, table: BundleTable, row: BundleRow): Promise<void> {
	const columns = bundleColumns[table].filter((column) => column !== 'id');
	await work.tx.run(
		`UPDATE ${table} SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE id = ?`,
		[...columns.map((column) => row[column] ?? null), row['id'] ?? null]
	);
	work.changes.push(change(table, row));
}

function change(entity: BundleTable, row: BundleRow): Change {
	return { entity, id: bundleRowId(entity, row), row: { ...row } };
}

/** The last commit to a row, with all that proves it against its ledger entry. */
export interface RowCommit {
	readonly entity: string;
	readonly row_id: string;
	readonly request_id: string;
	readonly ordinal: number;
	readonly hash: string;
	readonly salt: Uint8Array;
}
export interface RequestCommit {
	readonly request_id: string;
	readonly kernel_id: string;
	readonly ledger_seq: number;
	readonly commit: string;
	readonly rows: readonly string[];
}

/** The last commits to the named rows of a table, by row. A row without a salt has none. */
export async function lastRowCommits(
	db: Queryable,
	entity: string,
	ids: ReadonlySet<string>
): Promise<RowCommit[]> {
	const rows = await db.query(
		`SELECT row_id, request_id, ordinal, commit_salts.hash AS hash, commit_salts.salt AS salt
		FROM commit_salts JOIN receipts USING (request_id) WHERE entity = ? ORDER BY receipts.position, ordinal`,
		[entity]
	);
	const last = new Map<string, RowCommit>();
	for (const { row_id, request_id, ordinal, hash, salt } of rows) {
		const id = String(row_id);
		if (!ids.has(id)) continue;
		last.delete(id);
		if (!(salt instanceof Uint8Array)) continue;
		last.set(id, {
			entity,
			row_id: id,
			request_id: String(request_id),
			ordinal: Number(ordinal),
			hash: String(hash),
			salt
		});
	}
	return [...last.values()];
}

/** What the ledger entries of these requests were hashed with: commits only, no salts. */
export async function requestCommits(
	db: Queryable,
	ids: ReadonlySet<string>,
	kernels: readonly EvidenceBundle[]
): Promise<RequestCommit[]> {
	const places = new Map<string, Pick<RequestCommit, 'kernel_id' | 'ledger_seq'>>();
	for (const { kernel_id, ledger_entries } of kernels) {
		for (const { request_id, ledger_seq, decision } of ledger_entries)
			if (decision === 'ALLOW') places.set(request_id, { kernel_id, ledger_seq });
	}
	const asked = await db.query('SELECT request_id, hash FROM receipts ORDER BY position');
	const written = await db.query('SELECT request_id, hash FROM commit_salts ORDER BY request_id, ordinal');
	const rows = new Map<string, string[]>();
	for (const { request_id, hash } of written) {
		const id = String(request_id);
		if (!ids.has(id)) continue;
		const list = rows.get(id);
		if (list === undefined) rows.set(id, [String(hash)]);
		else list.push(String(hash));
	}
	return asked.flatMap(({ request_id, hash }) => {
		const id = String(request_id);
		const place = places.get(id);
		if (place === undefined || !ids.has(id)) return [];
		return [{ request_id: id, ...place, commit: String(hash), rows: rows.get(id) ?? [] }];
	});
}

/** The 14 tables hold no bytes; bytes that somebody put there are no content of ours. */
function plainRow(row: Row): BundleRow {
	return Object.fromEntries(
		Object.entries(row).map(([column, value]) => [column, value instanceof Uint8Array ? null : value])
	);
}

/** Removes a row by a command. */
export async function deleteBundleRow(work: Work, table: BundleTable, id: string): Promise<void> {
	await work.tx.run(`DELETE FROM ${table} WHERE id = ?`, [id]);
	work.changes.push({ entity: table, id, row: null });
}

/** Which of these rows are in the trash. */
export async function trashedAmong(db: Queryable, ids: readonly string[]): Promise<Set<string>> {
	const found = new Set<string>();
	for (let from = 0; from < ids.length; from += 500) {
		const some = ids.slice(from, from + 500);
		const list = some.map(() => '?').join(', ');
		for (const { id } of await db.query(`SELECT id FROM trash WHERE id IN (${list})`, some))
			found.add(String(id));
	}
	return found;
}

/** The one identity of a mirror in which nothing was written yet; null where there is more, or less. */
export async function untouchedIdentity(db: Queryable): Promise<BundleRow | null> {
	const rows = await db.query(
		`SELECT * FROM identities WHERE created_at = updated_at AND (SELECT count(*) FROM identities) = 1
		AND NOT EXISTS (SELECT 1 FROM reflections) AND NOT EXISTS (SELECT 1 FROM trash) AND NOT EXISTS (SELECT 1 FROM threads)
		AND NOT EXISTS (SELECT 1 FROM tensions) AND NOT EXISTS (SELECT 1 FROM axes) AND NOT EXISTS (SELECT 1 FROM integrations)`
	);
	return rows[0] === undefined ? null : plainRow(rows[0]);
}
