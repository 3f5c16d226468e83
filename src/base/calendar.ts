/** Arithmetic on days of the calendar, `YYYY-MM-DD`. It is done in UTC, so that no zone and no summer time moves a day. */

const aDay = 86_400_000;

/** So many days later; earlier where `count` is negative. */
export function daysLater(day: string, count: number): string {
	return dayAt(middayOf(day) + count * aDay);
}

/** The same day so many months later; the last day of a month that is too short for it. */
export function monthsLater(day: string, count: number): string {
	const first = new Date(middayOf(`${day.slice(0, 7)}-01`));
	first.setUTCMonth(first.getUTCMonth() + count);
	const next = new Date(first);
	next.setUTCMonth(next.getUTCMonth() + 1);
	const length = (next.getTime() - first.getTime()) / aDay;
	return dayAt(first.getTime() + (Math.min(Number(day.slice(8)), length) - 1) * aDay);
}

/** How many days lie between two: 0 for the same day. */
export function daysBetween(from: string, to: string): number {
	return Math.round((middayOf(to) - middayOf(from)) / aDay);
}

/** 0 for a Monday to 6 for a Sunday (ISO 8601). */
export function weekdayNumber(day: string): number {
	return (new Date(middayOf(day)).getUTCDay() + 6) % 7;
}

export function isLeapYear(year: number): boolean {
	return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

function middayOf(day: string): number {
	return Date.parse(`${day}T12:00:00.000Z`);
}

function dayAt(ms: number): string {
	return new Date(ms).toISOString().slice(0, 10);
}
