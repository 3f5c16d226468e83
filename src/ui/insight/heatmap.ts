import { daysBetween, daysLater, weekdayNumber } from '#base/calendar.ts';

/** A day of a year in a drawing of weeks beside each other. */
export interface Cell {
	readonly day: string;
	readonly count: number;
	/** Which of the drawing's weeks, from 0. */
	readonly week: number;
}

/** How strongly a day is drawn: 0 for none to 4. The steps are the same for everybody: nothing is measured by the fullest day. */
export function stepOf(count: number): number {
	if (count <= 2) return count;
	return count <= 4 ? 3 : 4;
}

/** The days of a year by their weekdays, Monday first. */
export function layoutYear(year: string, counts: ReadonlyMap<string, number>): Cell[][] {
	const [first, last] = [`${year}-01-01`, `${year}-12-31`];
	const rows: Cell[][] = Array.from({ length: 7 }, () => []);
	const before = weekdayNumber(first);
	for (let at = 0; at <= daysBetween(first, last); at++) {
		const day = daysLater(first, at);
		const week = Math.floor((before + at) / 7);
		rows[(before + at) % 7]?.push({ day, count: counts.get(day) ?? 0, week });
	}
	return rows;
}

/** The day that a key leads to from another; null where it is no key for days. It never leaves the year. */
export function dayByKey(key: string, day: string): string | null {
	const year = day.slice(0, 4);
	const step = steps[key];
	if (step !== undefined) {
		const to = daysLater(day, step);
		return to.startsWith(year) ? to : day;
	}
	if (key === 'Home') return `${year}-01-01`;
	return key === 'End' ? `${year}-12-31` : null;
}

/** As the days are drawn: a week is a column. */
const steps: Readonly<Record<string, number>> = {
	ArrowUp: -1,
	ArrowDown: 1,
	ArrowLeft: -7,
	ArrowRight: 7,
	PageUp: -28,
	PageDown: 28
};
