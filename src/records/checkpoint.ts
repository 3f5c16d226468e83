import { kernelsSince } from '#domain/schema.ts';
import { isApplied } from '#records/applied.ts';
import { firstOf, rowsOf, sql, write } from '#records/sql.ts';
import type { Tables } from '#records/tables.ts';
import type { Work } from '#records/work.ts';
import type { Queryable } from '#storage/database.ts';

export type CheckpointRow = Tables['checkpoints'];

/** Whether this database has a place for them: a mirror that is held below their version has none. */
export async function keepsCheckpoints(db: Queryable): Promise<boolean> {
	return isApplied(db, kernelsSince);
}

/** Those that are pinned, the newest time first; none where there is no place for them. */
export async function checkpointRows(db: Queryable): Promise<CheckpointRow[]> {
	if (!(await keepsCheckpoints(db))) return [];
	return rowsOf(db, sql.selectFrom('checkpoints').selectAll().orderBy('time', 'desc').orderBy('id', 'desc'));
}

export async function checkpointRow(db: Queryable, id: string): Promise<CheckpointRow | null> {
	return firstOf(db, sql.selectFrom('checkpoints').selectAll().where('id', '=', id));
}

export async function insertCheckpoint(work: Work, row: CheckpointRow): Promise<void> {
	await write(work.tx, sql.insertInto('checkpoints').values(row));
	work.changes.push({ entity: 'checkpoints', id: row.id, before: null, row: { ...row } });
}

export async function deleteCheckpoint(work: Work, id: string): Promise<void> {
	const before = await checkpointRow(work.tx, id);
	await write(work.tx, sql.deleteFrom('checkpoints').where('id', '=', id));
	work.changes.push({ entity: 'checkpoints', id, before, row: null });
}
