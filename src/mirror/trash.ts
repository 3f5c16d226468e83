import { ok } from '#base/result.ts';
import { excerptOf } from '#records/excerpt.ts';
import { counts } from '#records/health.ts';
import { engineRunRows, feedbackRows, mirrorbackRows } from '#records/mirrorback.ts';
import {
	deleteReflection,
	insertReflection,
	insertVersion,
	readMetadata,
	reflectionRow,
	versionRows,
	type ReflectionRow
} from '#records/reflection.ts';
import { insertRow, rowById } from '#records/row.ts';
import {
	deleteTrash,
	insertTrash,
	readTrashed,
	threadPlaces,
	trashRow,
	trashRows,
	type TrashedReflection
} from '#records/trash.ts';
import { forgetReflection, insertThreadPlace } from '#records/trash-children.ts';
import type { HandlerMap, ViewMap, Work } from '#records/work.ts';
import { refuse } from '#records/refuse.ts';

export const trashHandlers: HandlerMap<'reflection.trash' | 'reflection.restore' | 'reflection.purge'> = {
	'reflection.trash': async ({ id }, work) => {
		const reflection = await reflectionRow(work.tx, id);
		if (reflection === null) return refuse('not_found', 'This reflection is no longer there.');
		await trashReflection(work, reflection);
		return ok({ id });
	},

	'reflection.restore': async ({ id }, work) => {
		const row = await trashRow(work.tx, id);
		if (row === null) return refuse('not_found', 'This reflection is not in the trash.');
		const { reflection, ...children } = readTrashed(row);
		const owner =
			reflection.identity_id === null ? null : await rowById(work.tx, 'identities', reflection.identity_id);
		// Its identity may be gone by now: then it comes back without one, and so stays on the device.
		const restored =
			owner === null ? { ...reflection, identity_id: null, visibility: 'local_only' } : reflection;
		await insertReflection(work, restored);
		for (const version of children.versions) await insertVersion(work, version);
		for (const mirrorback of children.mirrorbacks) await insertRow(work, 'mirrorbacks', mirrorback);
		for (const run of children.engine_runs) await insertRow(work, 'engine_runs', run);
		for (const feedback of children.engine_feedback) await insertRow(work, 'engine_feedback', feedback);
		for (const place of children.thread_reflections) await insertThreadPlace(work, place);
		await deleteTrash(work, id);
		return ok({ id });
	},

	'reflection.purge': async ({ ids }, work) => {
		for (const id of ids) {
			const row = await trashRow(work.tx, id);
			if (row === null)
				return refuse('not_found', 'Nothing was erased: one of these is no longer in the trash.');
			const { reflection, versions, mirrorbacks, engine_runs, engine_feedback } = readTrashed(row);
			await deleteTrash(work, id);
			work.erased.push({ entity: 'trash', id }, { entity: 'reflections', id: reflection.id });
			for (const { reflection_id, version } of versions) {
				work.erased.push({ entity: 'reflection_versions', id: `${reflection_id}:${version}` });
			}
			for (const child of mirrorbacks) work.erased.push({ entity: 'mirrorbacks', id: child.id });
			for (const child of engine_runs) work.erased.push({ entity: 'engine_runs', id: child.id });
			for (const child of engine_feedback) work.erased.push({ entity: 'engine_feedback', id: child.id });
		}
		return ok({ erased: ids.length });
	}
};

/** Moves a reflection and all that hangs on it to the trash. */
export async function trashReflection(work: Work, reflection: ReflectionRow): Promise<void> {
	const { id } = reflection;
	const engine_runs = await engineRunRows(work.tx, id);
	const trashed: TrashedReflection = {
		reflection,
		versions: await versionRows(work.tx, id),
		mirrorbacks: await mirrorbackRows(work.tx, id),
		engine_runs,
		engine_feedback: await feedbackRows(
			work.tx,
			engine_runs.map((run) => run.id)
		),
		thread_reflections: await threadPlaces(work.tx, id)
	};
	await forgetReflection(work, trashed);
	await deleteReflection(work, id);
	await insertTrash(work, {
		...{ id, entity: 'reflections', trashed_at: work.now },
		payload: JSON.stringify(trashed)
	});
}

export const trashViewMap: ViewMap<'trash.list'> = {
	'trash.list': async (db, params) => {
		const rows = await trashRows(db, params);
		return {
			total: (await counts(db)).trashed,
			rows: rows.map((row) => {
				const { reflection } = readTrashed(row);
				const metadata = readMetadata(reflection.metadata);
				return {
					id: row.id,
					entity: row.entity,
					trashed_at: row.trashed_at,
					title: metadata.title ?? null,
					excerpt: excerptOf(reflection.content.slice(0, 400), []).text,
					local_date: metadata.local_date ?? reflection.created_at.slice(0, 10)
				};
			})
		};
	}
};
