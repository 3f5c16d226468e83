import { ok } from '#base/result.ts';
import { readMetadata, reflectionRow } from '#records/reflection.ts';
import { deleteRow, insertRow, rowById, updateRow } from '#records/row.ts';
import {
	deletePlace,
	firstWritten,
	getThread,
	insertPlace,
	listThreads,
	orderPlaces,
	placesOf,
	threadItems,
	type PlaceRow,
	type ThreadRow
} from '#records/thread.ts';
import type { HandlerMap, Refusal, ViewMap, Work } from '#records/work.ts';
import { withoutOwner } from '#mirror/owner.ts';
import { refuse } from '#records/refuse.ts';

export const threadHandlers: HandlerMap<
	'thread.create' | 'thread.edit' | 'thread.add' | 'thread.remove' | 'thread.arrange' | 'thread.delete'
> = {
	'thread.create': async ({ id, identity_id, title, reflection_ids }, work) => {
		if ((await rowById(work.tx, 'threads', id)) !== null)
			return refuse('already_exists', 'This thread exists already.');
		const missing =
			(await withoutOwner(work, identity_id)) ?? (await withoutReflection(work, reflection_ids));
		if (missing !== null) return { ok: false, error: missing };
		const row: ThreadRow = {
			...{ id, identity_id, title, started_at: work.now, last_active: work.now, status: 'active' },
			metadata: JSON.stringify({ created_at: work.now })
		};
		// Its places refer to it, so it is there before them.
		await insertRow(work, 'threads', row);
		await place(work, id, [], reflection_ids);
		if (reflection_ids.length > 0) await updateRow(work, 'threads', await startedAnew(work, row));
		return ok({ id });
	},

	'thread.edit': async ({ id, title, status }, work) => {
		const row = await rowById(work.tx, 'threads', id);
		if (row === null) return gone;
		await updateRow(work, 'threads', {
			...row,
			title: title === undefined ? row.title : title,
			status: status ?? row.status
		});
		return ok({ id });
	},

	'thread.add': async ({ id, reflection_ids }, work) => {
		const row = await rowById(work.tx, 'threads', id);
		if (row === null) return gone;
		const missing = await withoutReflection(work, reflection_ids);
		if (missing !== null) return { ok: false, error: missing };
		const added = await place(work, id, await placesOf(work.tx, id), reflection_ids);
		if (added > 0) await updateRow(work, 'threads', await startedAnew(work, row));
		return ok({ id, added });
	},

	'thread.remove': async ({ id, reflection_ids }, work) => {
		const row = await rowById(work.tx, 'threads', id);
		if (row === null) return gone;
		const taken = (await placesOf(work.tx, id)).filter((one) => reflection_ids.includes(one.reflection_id));
		for (const one of taken) await deletePlace(work, one);
		if (taken.length > 0) await updateRow(work, 'threads', await startedAnew(work, row));
		return ok({ id, removed: taken.length });
	},

	'thread.arrange': async ({ id, reflection_ids }, work) => {
		const row = await rowById(work.tx, 'threads', id);
		if (row === null) return gone;
		const places = await placesOf(work.tx, id);
		const wanted = reflection_ids.map((one) => places.find((found) => found.reflection_id === one));
		const ordered = wanted.filter((found) => found !== undefined);
		if (ordered.length !== wanted.length || ordered.length !== places.length) {
			return refuse(
				'version_conflict',
				'This thread was changed elsewhere since you looked at it. Its order is as it was; look again, and order it anew.'
			);
		}
		await orderPlaces(work, ordered);
		await updateRow(work, 'threads', { ...row, last_active: work.now });
		return ok({ id });
	},

	'thread.delete': async ({ id }, work) => {
		if ((await rowById(work.tx, 'threads', id)) === null) return gone;
		await removeThread(work, id);
		return ok({ id });
	}
};

/** Removes a thread with its places. Its reflections stay. */
export async function removeThread(work: Work, id: string): Promise<void> {
	for (const one of await placesOf(work.tx, id)) await deletePlace(work, one);
	await deleteRow(work, 'threads', id);
}

/** Puts reflections behind what is there; those that are there already stay where they are. Answers with how many came. */
async function place(
	work: Work,
	thread_id: string,
	places: readonly PlaceRow[],
	ids: readonly string[]
): Promise<number> {
	const there = new Set(places.map(({ reflection_id }) => reflection_id));
	let position = Math.max(0, ...places.map((one) => one.position));
	const added = ids.filter((one) => !there.has(one));
	for (const reflection_id of added)
		await insertPlace(work, { thread_id, reflection_id, position: ++position, added_at: work.now });
	return added.length;
}

/** A thread begins with its first reflection (specification, section 4); with itself while it has none. */
async function startedAnew(work: Work, row: ThreadRow): Promise<ThreadRow> {
	const made = readMetadata(row.metadata)['created_at'];
	const first = (await firstWritten(work.tx, row.id)) ?? (typeof made === 'string' ? made : row.started_at);
	return { ...row, started_at: first, last_active: work.now };
}

async function withoutReflection(work: Work, ids: readonly string[]): Promise<Refusal | null> {
	for (const id of ids) {
		if ((await reflectionRow(work.tx, id)) === null)
			return {
				code: 'not_found',
				message: 'One of these reflections is no longer there. Nothing was changed.'
			};
	}
	return null;
}

const gone = refuse('not_found', 'This thread is no longer there. Its reflections are.');

export const threadViewMap: ViewMap<'threads.list' | 'threads.get' | 'threads.reflections'> = {
	'threads.list': async (db, params) => ({ rows: await listThreads(db, params) }),
	'threads.get': async (db, { id }) => {
		const thread = await getThread(db, id);
		return { rows: thread === null ? [] : [thread] };
	},
	'threads.reflections': async (db, params) => ({ rows: await threadItems(db, params) })
};
