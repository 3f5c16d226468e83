import type { ExpressionBuilder } from 'kysely';
import type { Thread, ThreadItem, ThreadStatus } from '#domain/thread.ts';
import type { ViewParams } from '#domain/view.ts';
import { itemsById } from '#records/reflection-list.ts';
import { firstOf, rowsOf, sql, write } from '#records/sql.ts';
import type { Tables } from '#records/tables.ts';
import type { Work } from '#records/work.ts';
import type { Queryable } from '#storage/database.ts';

export type ThreadRow = Tables['threads'];
export type PlaceRow = Tables['thread_reflections'];

/** A reflection's place in a thread has no id of its own: this names it. */
export function placeId(row: Pick<PlaceRow, 'thread_id' | 'reflection_id'>): string {
	return `${row.thread_id}:${row.reflection_id}`;
}

/** Last active first. */
export async function listThreads(db: Queryable, params: ViewParams<'threads.list'>): Promise<Thread[]> {
	const { identity_id, status, reflection_id } = params;
	let wanted = threads();
	if (identity_id !== undefined)
		wanted = wanted.where('identity_id', identity_id === null ? 'is' : '=', identity_id);
	if (status !== undefined) wanted = wanted.where('status', '=', status);
	if (reflection_id !== undefined)
		wanted = wanted.where('id', 'in', (eb) =>
			eb.selectFrom('thread_reflections').select('thread_id').where('reflection_id', '=', reflection_id)
		);
	const rows = await rowsOf(db, wanted.orderBy('last_active', 'desc').orderBy('id', 'desc'));
	return rows.map(toThread);
}

export async function getThread(db: Queryable, id: string): Promise<Thread | null> {
	const row = await firstOf(db, threads().where('id', '=', id));
	return row === null ? null : toThread(row);
}

function threads() {
	return sql
		.selectFrom('threads')
		.select(['id', 'identity_id', 'title', 'started_at', 'last_active', 'status'])
		.select((eb) =>
			eb
				.selectFrom('thread_reflections')
				.select((of) => of.fn.countAll<number>().as('places'))
				.whereRef('thread_id', '=', 'threads.id')
				.as('count')
		);
}

function toThread<R extends Omit<Thread, 'status' | 'count'> & { status: string; count: number | null }>(
	row: R
): Thread {
	return { ...row, status: row.status as ThreadStatus, count: Number(row.count ?? 0) };
}

/** The places of a thread in their order. */
export function placesOf(db: Queryable, threadId: string): Promise<PlaceRow[]> {
	return rowsOf(
		db,
		sql.selectFrom('thread_reflections').selectAll().where('thread_id', '=', threadId).orderBy('position')
	);
}

/** One page of a thread in its order. */
export async function threadItems(
	db: Queryable,
	{ id, after, limit }: ViewParams<'threads.reflections'>
): Promise<ThreadItem[]> {
	let wanted = sql.selectFrom('thread_reflections').selectAll().where('thread_id', '=', id);
	if (after !== null) wanted = wanted.where('position', '>', after);
	const places = await rowsOf(db, wanted.orderBy('position').limit(limit));
	const items = await itemsById(
		db,
		places.map((place) => place.reflection_id)
	);
	return places.flatMap(({ reflection_id, position, added_at }) => {
		const item = items.get(reflection_id);
		return item === undefined ? [] : [{ ...item, position, added_at }];
	});
}

export async function insertPlace(work: Work, row: PlaceRow): Promise<void> {
	await write(work.tx, sql.insertInto('thread_reflections').values(row));
	work.changes.push({ entity: 'thread_reflections', id: placeId(row), before: null, row: { ...row } });
}

export async function deletePlace(work: Work, row: PlaceRow): Promise<void> {
	const { thread_id, reflection_id } = row;
	await write(
		work.tx,
		sql
			.deleteFrom('thread_reflections')
			.where('thread_id', '=', thread_id)
			.where('reflection_id', '=', reflection_id)
	);
	work.changes.push({ entity: 'thread_reflections', id: placeId(row), before: { ...row }, row: null });
}

/** The place of a reflection in a thread, as it is now. */
export function placeRow(
	db: Queryable,
	{ thread_id, reflection_id }: Pick<PlaceRow, 'thread_id' | 'reflection_id'>
): Promise<PlaceRow | null> {
	return firstOf(
		db,
		sql
			.selectFrom('thread_reflections')
			.selectAll()
			.where('thread_id', '=', thread_id)
			.where('reflection_id', '=', reflection_id)
	);
}

/** Gives all places of a thread the positions from 1 on, in this order. Those that stand right already are not touched. */
export async function orderPlaces(work: Work, places: readonly PlaceRow[]): Promise<void> {
	const moved = places.map((row, at) => ({ row, to: at + 1 })).filter(({ row, to }) => row.position !== to);
	// No two may stand at the same position at any moment: first all of them go below whatever is there.
	const below = Math.min(0, ...places.map(({ position }) => position));
	for (const [at, { row }] of moved.entries()) await setPosition(work, row, below - 1 - at);
	for (const { row, to } of moved) {
		await setPosition(work, row, to);
		const after = { ...row, position: to };
		work.changes.push({ entity: 'thread_reflections', id: placeId(row), before: { ...row }, row: after });
	}
}

function setPosition(
	{ tx }: Work,
	{ thread_id, reflection_id }: PlaceRow,
	position: number
): Promise<number> {
	return write(
		tx,
		sql
			.updateTable('thread_reflections')
			.set({ position })
			.where('thread_id', '=', thread_id)
			.where('reflection_id', '=', reflection_id)
	);
}

/** When the first of its reflections was written; null where it has none. */
export async function firstWritten(db: Queryable, threadId: string): Promise<string | null> {
	const row = await firstOf(
		db,
		sql
			.selectFrom('reflections')
			.innerJoin('thread_reflections', 'reflection_id', 'reflections.id')
			.select((eb: ExpressionBuilder<Tables, 'reflections'>) =>
				eb.fn.min('reflections.created_at').as('first')
			)
			.where('thread_id', '=', threadId)
	);
	return row?.first ?? null;
}
