import { sql, write } from '#records/sql.ts';
import { versionId } from '#records/reflection.ts';
import type { Tables } from '#records/tables.ts';
import { placeId, placeRow } from '#records/thread.ts';
import type { TrashedReflection } from '#records/trash.ts';
import type { ChangedRow, Work } from '#records/work.ts';

/** Puts a reflection back where it stood in a thread; at the end where its place was taken, nowhere if the thread is gone. */
export async function insertThreadPlace(work: Work, row: Tables['thread_reflections']): Promise<void> {
	const { thread_id, reflection_id, position, added_at } = row;
	await work.tx.run(
		`INSERT INTO thread_reflections (thread_id, reflection_id, position, added_at)
		SELECT t.id, ?, CASE WHEN EXISTS (SELECT 1 FROM thread_reflections p WHERE p.thread_id = t.id AND p.position = ?)
			THEN (SELECT max(p.position) + 1 FROM thread_reflections p WHERE p.thread_id = t.id) ELSE ? END, ?
		FROM threads t WHERE t.id = ?`,
		[reflection_id, position, position, added_at, thread_id]
	);
	const placed = await placeRow(work.tx, row);
	if (placed !== null)
		work.changes.push({ entity: 'thread_reflections', id: placeId(row), before: null, row: placed });
}

/** Says of every child of a reflection that it goes; the rows themselves go with the reflection. */
export async function forgetReflection(work: Work, trashed: TrashedReflection): Promise<void> {
	const gone = (entity: string, id: string, before: ChangedRow) =>
		work.changes.push({ entity, id, before: { ...before }, row: null });
	for (const feedback of trashed.engine_feedback) gone('engine_feedback', feedback.id, feedback);
	for (const run of trashed.engine_runs) gone('engine_runs', run.id, run);
	for (const mirrorback of trashed.mirrorbacks) gone('mirrorbacks', mirrorback.id, mirrorback);
	for (const version of trashed.versions) gone('reflection_versions', versionId(version), version);
	for (const place of trashed.thread_reflections) gone('thread_reflections', placeId(place), place);
	await write(
		work.tx,
		sql.deleteFrom('thread_reflections').where('reflection_id', '=', trashed.reflection.id)
	);
}
