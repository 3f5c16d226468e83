import { sql as raw, type SelectQueryBuilder } from 'kysely';
import type { Activity, DayCount } from '#domain/insight.ts';
import type { TensionPoint } from '#domain/tension.ts';
import type { ViewParams } from '#domain/view.ts';
import { readMetadata } from '#records/reflection.ts';
import { firstOf, rowsOf, sql } from '#records/sql.ts';
import type { Tables } from '#records/tables.ts';
import { readTensionMetadata, tensionRows } from '#records/tension.ts';
import type { Page } from '#records/work.ts';
import type { Queryable } from '#storage/database.ts';

type Stretch = ViewParams<'insight.days'>;
type Indexed<O> = SelectQueryBuilder<Tables, 'reflection_index', O>;

/** The day that a calendar says at a time, in milliseconds. */
export type DayOf = (ms: number) => string;

/** An entry as far as it is read. */
export interface EntryText {
	readonly id: string;
	readonly local_date: string;
	readonly title: string | null;
	readonly text: string;
}

/** How many reflections each day has, in the order of days. */
export async function dayCounts(db: Queryable, stretch: Stretch): Promise<Page<'insight.days'>> {
	const days = sql
		.selectFrom('reflection_index')
		.select('local_date')
		.select((eb) => eb.fn.countAll<number>().as('count'));
	const rows = await rowsOf(db, within(days, stretch).groupBy('local_date').orderBy('local_date'));
	return { rows: rows.map(({ local_date, count }) => ({ local_date, count: Number(count) })) };
}

export async function countWithin(db: Queryable, stretch: Stretch): Promise<number> {
	const all = sql.selectFrom('reflection_index').select((eb) => eb.fn.countAll<number>().as('count'));
	return Number((await firstOf(db, within(all, stretch)))?.count ?? 0);
}

/** The next entries in the order of time, and the first `characters` of each. */
export async function textsInTime(
	db: Queryable,
	{ after, limit, ...stretch }: ViewParams<'insight.readings'>,
	characters: number
): Promise<EntryText[]> {
	// The index alone says which they are: texts that are not among them are not touched.
	let wanted = within(sql.selectFrom('reflection_index').select('reflection_id'), stretch);
	if (after !== null)
		wanted = wanted.where(raw<boolean>`(local_date, reflection_id) > (${after.local_date}, ${after.id})`);
	const ids = wanted.orderBy('local_date').orderBy('reflection_id').limit(limit);
	const rows = await rowsOf(
		db,
		sql
			.selectFrom('reflections')
			.innerJoin('reflection_index', 'reflection_index.reflection_id', 'reflections.id')
			.select(['reflections.id as id', 'local_date', 'metadata'])
			.select(raw<string>`substr(content, 1, ${characters})`.as('text'))
			.where('reflections.id', 'in', ids)
			.orderBy('local_date')
			.orderBy('reflections.id')
	);
	return rows.map(({ metadata, ...row }) => ({ ...row, title: readMetadata(metadata).title ?? null }));
}

/** The first `characters` of some entries, in the order of their ids. */
export async function textsOf(
	db: Queryable,
	ids: readonly string[],
	characters: number
): Promise<Pick<EntryText, 'id' | 'text'>[]> {
	if (ids.length === 0) return [];
	return rowsOf(
		db,
		sql
			.selectFrom('reflections')
			.select('id')
			.select(raw<string>`substr(content, 1, ${characters})`.as('text'))
			.where('id', 'in', ids)
			.orderBy('id')
	);
}

/** Threads that got reflections, by the first of them; then tensions whose path got points, by name. */
export async function activity(
	db: Queryable,
	stretch: Stretch,
	dayOf: DayOf
): Promise<Page<'insight.activity'>> {
	return {
		rows: [...(await threadActivity(db, stretch, dayOf)), ...(await tensionActivity(db, stretch, dayOf))]
	};
}

async function threadActivity(db: Queryable, stretch: Stretch, dayOf: DayOf): Promise<Activity[]> {
	const { identity_id } = stretch;
	let wanted = sql
		.selectFrom('thread_reflections')
		.innerJoin('threads', 'threads.id', 'thread_id')
		.select(['thread_id', 'title', 'added_at']);
	if (identity_id !== undefined)
		wanted = wanted.where('identity_id', identity_id === null ? 'is' : '=', identity_id);
	const found = new Map<string, { readonly title: string | null; readonly days: string[] }>();
	for (const { thread_id, title, added_at } of await rowsOf(
		db,
		wanted.orderBy('added_at').orderBy('thread_id')
	)) {
		const day = dayOf(Date.parse(added_at));
		if (!isWithin(day, stretch)) continue;
		const thread = found.get(thread_id) ?? { title, days: [] };
		thread.days.push(day);
		found.set(thread_id, thread);
	}
	return [...found].map(([id, { title, days }]) => ({ kind: 'thread', id, title, days: counted(days) }));
}

async function tensionActivity(db: Queryable, stretch: Stretch, dayOf: DayOf): Promise<Activity[]> {
	const rows = await tensionRows(db, stretch.identity_id);
	return rows.flatMap(({ id, name, axis_a, axis_b, metadata }): Activity[] => {
		const points = (readTensionMetadata(metadata).position_history ?? [])
			.map((point) => ({ point, day: dayOfPoint(point, dayOf), time: Date.parse(point.date) }))
			.filter(({ day }) => isWithin(day, stretch))
			.sort((a, b) => a.time - b.time);
		const [first, last] = [points[0], points.at(-1)];
		if (first === undefined || last === undefined) return [];
		const days = counted(points.map(({ day }) => day));
		return [{ kind: 'tension', id, name, axis_a, axis_b, days, first: first.point, last: last.point }];
	});
}

/** What came from elsewhere may know only the day. */
function dayOfPoint({ date }: TensionPoint, dayOf: DayOf): string {
	return date.length === 10 ? date : dayOf(Date.parse(date));
}

function counted(days: readonly string[]): DayCount[] {
	const counts = new Map<string, number>();
	for (const day of days) counts.set(day, (counts.get(day) ?? 0) + 1);
	return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}

function isWithin(day: string, { from, to }: Stretch): boolean {
	return (from === undefined || day >= from) && (to === undefined || day <= to);
}

function within<O>(query: Indexed<O>, { from, to, identity_id }: Stretch): Indexed<O> {
	let wanted = query;
	if (from !== undefined) wanted = wanted.where('local_date', '>=', from);
	if (to !== undefined) wanted = wanted.where('local_date', '<=', to);
	if (identity_id === undefined) return wanted;
	return wanted.where('reflection_id', 'in', (eb) =>
		eb
			.selectFrom('reflections')
			.select('reflections.id')
			.where('identity_id', identity_id === null ? 'is' : '=', identity_id)
	);
}
