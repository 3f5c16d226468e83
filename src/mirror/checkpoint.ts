import { ok } from '#base/result.ts';
import { kernelsSince } from '#domain/schema.ts';
import {
	checkpointRow,
	checkpointRows,
	deleteCheckpoint,
	insertCheckpoint,
	keepsCheckpoints
} from '#records/checkpoint.ts';
import { refuse } from '#records/refuse.ts';
import type { HandlerMap, ViewMap } from '#records/work.ts';

export const checkpointHandlers: HandlerMap<'checkpoint.pin' | 'checkpoint.unpin'> = {
	'checkpoint.pin': async (checkpoint, work) => {
		if (!(await keepsCheckpoints(work.tx))) return noPlace;
		const pinned = await checkpointRows(work.tx);
		const isPinned = pinned.some(
			({ id, size, root }) => id === checkpoint.id || (size === checkpoint.size && root === checkpoint.root)
		);
		if (isPinned) return refuse('already_exists', 'This checkpoint is pinned already. Nothing was changed.');
		await insertCheckpoint(work, { ...checkpoint, pinned_at: work.now });
		return ok({ id: checkpoint.id });
	},

	'checkpoint.unpin': async ({ id }, work) => {
		if (!(await keepsCheckpoints(work.tx))) return noPlace;
		if ((await checkpointRow(work.tx, id)) === null)
			return refuse('not_found', 'This checkpoint is no longer pinned. Nothing was changed.');
		await deleteCheckpoint(work, id);
		return ok({ id });
	}
};

const noPlace = refuse(
	'refused',
	`Version ${kernelsSince} of the tables, which keeps checkpoints, is not applied here. Nothing was changed. Apply it in System, or copy the checkpoint as text and keep it elsewhere.`
);

export const checkpointViewMap: ViewMap<'checkpoints.list'> = {
	'checkpoints.list': async (db) => ({ rows: await checkpointRows(db) })
};
