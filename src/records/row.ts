import { bundleColumns } from '#records/bundle-rows.ts';
import type { Tables } from '#records/tables.ts';
import type { Work } from '#records/work.ts';
import type { Queryable, SqlValue } from '#storage/database.ts';

/** Entities whose rows are all there is of them: nothing is derived from them, and one column names them. */
export type RowTable =
	| 'identities'
	| 'mirrorbacks'
	| 'threads'
	| 'tensions'
	| 'axes'
	| 'engine_runs'
	| 'engine_feedback'
	| 'evolution_proposals'
	| 'evolution_history'
	| 'evolution_events'
	| 'integrations';

/** Adds a row. @throws where one with its id is there, and where the schema forbids it. */
export async function insertRow<T extends RowTable>(work: Work, table: T, row: Tables[T]): Promise<void> {
	const columns = bundleColumns[table];
	await work.tx.run(
		`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
		valuesOf(columns, row)
	);
	work.changes.push({ entity: table, id: row.id, before: null, row: { ...row } });
}

/** Replaces a row that is there. */
export async function updateRow<T extends RowTable>(work: Work, table: T, row: Tables[T]): Promise<void> {
	const before = await rowById(work.tx, table, row.id);
	const [key, ...columns] = bundleColumns[table];
	await work.tx.run(
		`UPDATE ${table} SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE ${key} = ?`,
		[...valuesOf(columns, row), row.id]
	);
	work.changes.push({ entity: table, id: row.id, before, row: { ...row } });
}

/** Removes a row that is there. What refers to it has gone before. */
export async function deleteRow(work: Work, table: RowTable, id: string): Promise<void> {
	const before = await rowById(work.tx, table, id);
	await work.tx.run(`DELETE FROM ${table} WHERE id = ?`, [id]);
	work.changes.push({ entity: table, id, before, row: null });
}

export async function rowById<T extends RowTable>(
	db: Queryable,
	table: T,
	id: string
): Promise<Tables[T] | null> {
	const rows = await rowsWhere(db, table, 'id', id);
	return rows[0] ?? null;
}

/** The rows of which a column holds a value, in the order of their ids. */
export async function rowsWhere<T extends RowTable>(
	db: Queryable,
	table: T,
	column: keyof Tables[T] & string,
	value: string
): Promise<Tables[T][]> {
	const columns = bundleColumns[table].join(', ');
	// The columns are those of the table: what comes back is a row of it.
	return (await db.query(`SELECT ${columns} FROM ${table} WHERE ${column} = ? ORDER BY id`, [
		value
	])) as Tables[T][];
}

function valuesOf<T extends RowTable>(columns: readonly string[], row: Tables[T]): SqlValue[] {
	const values: Readonly<Record<string, string | number | null>> = { ...row };
	return columns.map((column) => values[column] ?? null);
}
