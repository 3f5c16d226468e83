import { ok } from '#base/result.ts';
import { listEngineRuns } from '#records/engine-run.ts';
import { runsFlagged } from '#records/history.ts';
import { mirrorbackRows, toMirrorback } from '#records/mirrorback.ts';
import { insertRow, rowById } from '#records/row.ts';
import type { HandlerMap, ViewMap } from '#records/work.ts';
import { refuse } from '#mirror/refuse.ts';

export const feedbackHandlers: HandlerMap<'feedback.give'> = {
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
	}
};

export const mirrorbackViewMap: ViewMap<'mirrorbacks.list' | 'engine_runs.list'> = {
	'engine_runs.list': listEngineRuns,
	'mirrorbacks.list': async (db, { reflection_id }) => {
		const silenced = await runsFlagged(db, reflection_id, 'unhelpful');
		const rows = await mirrorbackRows(db, reflection_id);
		return { rows: rows.map((row) => toMirrorback(row, silenced)) };
	}
};
