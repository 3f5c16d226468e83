import { objectIn } from '#bundle/metadata.ts';
import type { RawRow } from '#bundle/parse.ts';
import type { Remarks } from '#bundle/original/remarks.ts';
import { byColumn, sortable, without } from '#bundle/original/shape.ts';

/** Sessions as threads that are over: what was written then is not named by them (specification C2). */
export function threadsOf(
	sessions: readonly RawRow[],
	reflections: readonly RawRow[],
	remarks: Remarks
): RawRow[] {
	const newest = new Map<unknown, string>();
	for (const { identity_id, created_at } of reflections) {
		const time = sortable(created_at);
		if (time > (newest.get(identity_id) ?? '')) newest.set(identity_id, time);
	}
	remarks.tell('Sessions that become archived threads', sessions.length);
	return sessions.map((session) => {
		const { identity_id, title, started_at, last_active, ended_at, metadata } = session;
		const said = objectIn(metadata)?.['title'];
		const written = newest.get(identity_id) ?? '';
		const last = written > sortable(started_at) ? written : started_at;
		return {
			...without(session, 'ended_at'),
			title: title ?? (typeof said === 'string' ? said : null),
			last_active: last_active ?? ended_at ?? last,
			status: 'archived'
		};
	});
}

/** Places in threads, numbered anew in their order where a thread has two at one number, or one at none. */
export function placesInOrder(places: readonly RawRow[], remarks: Remarks): RawRow[] {
	return [...byColumn(places, 'thread_id').values()].flatMap((thread) => {
		const positions = new Set(thread.map(({ position }) => position));
		const isClear = positions.size === thread.length && [...positions].every(Number.isSafeInteger);
		if (isClear) return thread;
		remarks.tell('Threads whose entries are numbered anew, in their order');
		return thread.toSorted(byPlace).map((place, position) => ({ ...place, position }));
	});
}

function byPlace(a: RawRow, b: RawRow): number {
	const [left, right] = [numberOf(a), numberOf(b)];
	if (left !== right) return left < right ? -1 : 1;
	return sortable(a['added_at']) < sortable(b['added_at']) ? -1 : 1;
}

/** What has no number comes last. */
function numberOf({ position }: RawRow): number {
	return typeof position === 'number' ? position : Infinity;
}
