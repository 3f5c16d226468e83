import type { Mirrorback } from '#domain/mirrorback.ts';
import { readMetadata } from '#records/reflection.ts';
import { rowsOf, sql } from '#records/sql.ts';
import type { Tables } from '#records/tables.ts';
import type { Queryable } from '#storage/database.ts';

export type MirrorbackRow = Tables['mirrorbacks'];
export type EngineRunRow = Tables['engine_runs'];
export type FeedbackRow = Tables['engine_feedback'];

/** Of one reflection, oldest first. */
export function mirrorbackRows(db: Queryable, reflectionId: string): Promise<MirrorbackRow[]> {
	return rowsOf(
		db,
		sql
			.selectFrom('mirrorbacks')
			.selectAll()
			.where('reflection_id', '=', reflectionId)
			.orderBy('created_at')
			.orderBy('id')
	);
}

export function engineRunRows(db: Queryable, reflectionId: string): Promise<EngineRunRow[]> {
	return rowsOf(
		db,
		sql
			.selectFrom('engine_runs')
			.selectAll()
			.where('reflection_id', '=', reflectionId)
			.orderBy('timestamp')
			.orderBy('id')
	);
}

export async function feedbackRows(db: Queryable, runIds: readonly string[]): Promise<FeedbackRow[]> {
	if (runIds.length === 0) return [];
	return rowsOf(
		db,
		sql
			.selectFrom('engine_feedback')
			.selectAll()
			.where('engine_run_id', 'in', runIds)
			.orderBy('timestamp')
			.orderBy('id')
	);
}

export function flagsOf({ flags }: Pick<FeedbackRow, 'flags'>): readonly string[] {
	const list: unknown = flags === null ? [] : JSON.parse(flags);
	return Array.isArray(list) ? list.map(String) : [];
}

/** `silenced`: ids of the runs whose answer was not wanted. */
export function toMirrorback(row: MirrorbackRow, silenced: ReadonlySet<string>): Mirrorback {
	const metadata = readMetadata(row.metadata);
	return { ...row, metadata, is_silenced: silenced.has(String(metadata['engine_run_id'])) };
}
