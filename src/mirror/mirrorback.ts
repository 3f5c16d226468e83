import { ok } from '#base/result.ts';
import { driftOf, judgedOutputs } from '#mirror/drift.ts';
import { listEngineRuns } from '#records/engine-run.ts';
import { newestOutputs } from '#records/drift.ts';
import { runsFlagged } from '#records/history.ts';
import { feedbackRows, mirrorbackRows, toMirrorback } from '#records/mirrorback.ts';
import { insertRow, rowById, updateRow } from '#records/row.ts';
import type { HandlerMap, ViewMap } from '#records/work.ts';
import { refuse } from '#records/refuse.ts';

export const feedbackHandlers: HandlerMap<'feedback.give' | 'engine_run.share'> = {
	'feedback.give': async ({ id, engine_run_id, rating, flags, notes }, work) => {
		if ((await rowById(work.tx, 'engine_runs', engine_run_id)) === null) {
			return refuse('not_found', 'The mirrorback that this is about is no longer there.');
		}
		await insertRow(work, 'engine_feedback', {
			id,
			engine_run_id,
			rating,
			flags: flags === null ? null : JSON.stringify(flags),
			notes,
			timestamp: work.now,
			sync_allowed: 0
		});
		return ok({ id });
	},
	'engine_run.share': async ({ id, sync_allowed }, work) => {
		const row = await rowById(work.tx, 'engine_runs', id);
		if (row === null) return refuse('not_found', 'This run is no longer there.');
		const allowed = sync_allowed ? 1 : 0;
		if (row.sync_allowed !== allowed) await updateRow(work, 'engine_runs', { ...row, sync_allowed: allowed });
		for (const said of await feedbackRows(work.tx, [id])) {
			if (said.sync_allowed !== allowed)
				await updateRow(work, 'engine_feedback', { ...said, sync_allowed: allowed });
		}
		return ok({ id });
	}
};

export const mirrorbackViewMap: ViewMap<'mirrorbacks.list' | 'engine_runs.list' | 'engine_runs.drift'> = {
	'engine_runs.list': listEngineRuns,
	'engine_runs.drift': async (db) => ({ rows: [driftOf(await newestOutputs(db, judgedOutputs))] }),
	'mirrorbacks.list': async (db, { reflection_id }) => {
		const silenced = await runsFlagged(db, reflection_id, 'unhelpful');
		const rows = await mirrorbackRows(db, reflection_id);
		return { rows: rows.map((row) => toMirrorback(row, silenced)) };
	}
};
