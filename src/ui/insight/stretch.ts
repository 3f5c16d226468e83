import { daysBetween, daysLater, monthsLater, weekdayNumber } from '#base/calendar.ts';
import type { DayCount } from '#domain/insight.ts';

export const stretchNames = ['days', 'months', 'year', 'all'] as const;
export type StretchName = (typeof stretchNames)[number];

/** From the first day to the last, both included; without either, as far as there is something. */
export interface Stretch {
	readonly from?: string;
	readonly to?: string;
}

/** The stretch of time that ends with `today`. */
export function stretchOf(name: StretchName, today: string): Stretch {
	switch (name) {
		case 'days':
			return { from: daysLater(today, -29), to: today };
		case 'months':
			return { from: daysLater(monthsLater(today, -3), 1), to: today };
		case 'year':
			return { from: daysLater(monthsLater(today, -12), 1), to: today };
		case 'all':
			return {};
	}
}

export type Unit = 'week' | 'month' | 'quarter' | 'year';

/** A part of a stretch: a week from Monday, a month, a quarter or a year, or what of it lies in the stretch. */
export interface Column {
	readonly unit: Unit;
	readonly from: string;
	readonly to: string;
}

/** So many columns that each can be seen. */
const longest: readonly (readonly [Unit, number])[] = [
	['week', 100],
	['month', 3 * 366],
	['quarter', 15 * 366]
];

/**
 * A stretch in columns of one unit, in the order of time. Where it has no end of its own it reaches as far as `days`,
 * which are in order; without any there are no columns.
 */
export function columnsOf(stretch: Stretch, days: readonly string[]): Column[] {
	const [first, last] = [stretch.from ?? days[0], stretch.to ?? days.at(-1)];
	if (first === undefined || last === undefined) return [];
	const length = daysBetween(first, last) + 1;
	const unit = longest.find(([, most]) => length <= most)?.[0] ?? 'year';
	const columns: Column[] = [];
	for (let from = first; from <= last;) {
		const next = nextStart(unit, from);
		// Behind the year 9999 days have another form, which sorts before all others.
		const isEnd = next.length !== 10;
		const end = isEnd ? last : daysLater(next, -1);
		columns.push({ unit, from, to: end < last ? end : last });
		if (isEnd) break;
		from = next;
	}
	return columns;
}

/** Where a day stands among columns; -1 where it is in none. */
export function columnAt(columns: readonly Column[], day: string): number {
	let [low, high] = [0, columns.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((columns[middle]?.to ?? '') < day) low = middle + 1;
		else high = middle;
	}
	return (columns[low]?.from ?? '~') <= day ? low : -1;
}

/** How many there are in each column. */
export function countsIn(columns: readonly Column[], days: readonly DayCount[]): number[] {
	const counts = columns.map(() => 0);
	for (const [day, count] of days) {
		const at = columnAt(columns, day);
		if (at >= 0) counts[at] = (counts[at] ?? 0) + count;
	}
	return counts;
}

/** The first day of the unit that follows the one of this day. */
function nextStart(unit: Unit, day: string): string {
	const [year = '', month = ''] = day.split('-');
	switch (unit) {
		case 'week':
			return daysLater(day, 7 - weekdayNumber(day));
		case 'month':
			return monthsLater(`${year}-${month}-01`, 1);
		case 'quarter':
			return monthsLater(`${year}-${month}-01`, 3 - ((Number(month) - 1) % 3));
		case 'year':
			return monthsLater(`${year}-01-01`, 12);
	}
}
