import { sql as raw } from 'kysely';
import type { ViewParams } from '#domain/view.ts';
import { firstOf, rowsOf, sql, write } from '#records/sql.ts';
import type { Tables } from '#records/tables.ts';
import type { Work } from '#records/work.ts';
import type { Queryable } from '#storage/database.ts';

export type TrashRow = Tables['trash'];

/** A trashed reflection with all that hangs on it: enough to bring every row back as it was. */
export interface TrashedReflection {
	readonly reflection: Tables['reflections'];
	readonly versions: readonly Tables['reflection_versions'][];
	readonly mirrorbacks: readonly Tables['mirrorbacks'][];
	readonly engine_runs: readonly Tables['engine_runs'][];
	readonly engine_feedback: readonly Tables['engine_feedback'][];
	readonly thread_reflections: readonly Tables['thread_reflections'][];
}

export async function insertTrash(work: Work, row: TrashRow): Promise<void> {
	await write(work.tx, sql.insertInto('trash').values(row));
	work.changes.push({ entity: 'trash', id: row.id, before: null, row: { ...row } });
}

export async function deleteTrash(work: Work, id: string): Promise<void> {
	const before = await trashRow(work.tx, id);
	await write(work.tx, sql.deleteFrom('trash').where('id', '=', id));
	work.changes.push({ entity: 'trash', id, before, row: null });
}

export function trashRow(db: Queryable, id: string): Promise<TrashRow | null> {
	return firstOf(db, sql.selectFrom('trash').selectAll().where('id', '=', id));
}

/** Newest first, one page. */
export function trashRows(db: Queryable, { after, limit }: ViewParams<'trash.list'>): Promise<TrashRow[]> {
	const rows = sql
		.selectFrom('trash')
		.selectAll()
		.orderBy('trashed_at', 'desc')
		.orderBy('id', 'desc')
		.limit(limit);
	if (after === null) return rowsOf(db, rows);
	return rowsOf(db, rows.where(raw<boolean>`(trashed_at, id) < (${after.trashed_at}, ${after.id})`));
}

/** What was trashed. We wrote it ourselves, from rows: nothing else writes to this table. */
export function readTrashed(row: TrashRow): TrashedReflection {
	return JSON.parse(row.payload) as TrashedReflection;
}

/** Ids of what was trashed before a time. */
export async function trashedBefore(db: Queryable, time: string): Promise<string[]> {
	const rows = await rowsOf(
		db,
		sql.selectFrom('trash').select('id').where('trashed_at', '<', time).orderBy('id').limit(1000)
	);
	return rows.map((row) => row.id);
}

export function threadPlaces(db: Queryable, reflectionId: string): Promise<Tables['thread_reflections'][]> {
	return rowsOf(
		db,
		sql
			.selectFrom('thread_reflections')
			.selectAll()
			.where('reflection_id', '=', reflectionId)
			.orderBy('thread_id')
	);
}
