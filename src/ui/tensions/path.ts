import { localDay } from '#base/clock.ts';
import type { TensionPoint } from '#domain/tension.ts';
import { dayInWords, hereZone, moment, timeOfDay } from '#ui/format.ts';

const aDay = 86_400_000;
/** Room that a date takes beside the path. */
const lineHeight = 26;
const edge = 14;

export interface PathMark {
	readonly point: TensionPoint;
	/** 0 at one pole, 1 at the other. */
	readonly across: number;
	/** From the top, in units of the drawing: the newest is at the top. */
	readonly y: number;
}

export interface PathDrawing {
	/** From the oldest to the newest. */
	readonly marks: readonly PathMark[];
	readonly height: number;
	readonly dates: readonly { readonly y: number; readonly text: string }[];
}

/** A path over time: heights are true to time, and every mark stands within the drawing. */
export function layoutPath(points: readonly TensionPoint[]): PathDrawing {
	const inOrder = inTime(points);
	const times = inOrder.map(({ date }) => Date.parse(date));
	const [first = 0, last = 0] = [times[0], times.at(-1)];
	const span = last - first;
	const height = span === 0 ? 3 * edge : 2 * edge + Math.min(320, 90 + 14 * points.length);
	const yOf = (time: number) =>
		span === 0 ? height / 2 : edge + ((last - time) / span) * (height - 2 * edge);
	const marks = inOrder.map((point, at) => ({
		point,
		across: (point.position + 1) / 2,
		y: yOf(times[at] ?? 0)
	}));
	return { marks, height, dates: datesOf(marks, span) };
}

/** From the oldest to the newest; those of one time in the order in which they were placed. */
export function inTime(points: readonly TensionPoint[]): TensionPoint[] {
	return [...points].sort((a, b) => Date.parse(a.date) - Date.parse(b.date));
}

/** The day of a point in words, as a calendar here shows it. */
export function dayOf({ date }: TensionPoint): string {
	return dayInWords(isDay(date) ? date : localDay(Date.parse(date)), 'short');
}

/** When a point was placed, in words: with the time where it is known. */
export function timeOf({ date }: TensionPoint): string {
	return isDay(date) ? dayInWords(date, 'short') : moment(date);
}

function isDay(date: string): boolean {
	return date.length === 10;
}

/** The newest, the oldest, and those between them for which there is room. */
function datesOf(marks: readonly PathMark[], span: number): PathDrawing['dates'] {
	const newest = marks.at(-1);
	if (newest === undefined) return [];
	const oldest = marks[0] ?? newest;
	const isOneDay = span < aDay && dayOf(newest.point) === dayOf(oldest.point);
	const textOf = ({ point }: PathMark) =>
		isOneDay && !isDay(point.date) ? timeOfDay(point.date, hereZone()) : dayOf(point);
	const shown = [newest];
	for (const mark of [...marks].reverse()) {
		const isApart = mark.y - (shown.at(-1)?.y ?? 0) >= lineHeight;
		if (isApart && (mark === oldest || oldest.y - mark.y >= lineHeight)) shown.push(mark);
	}
	const dates = shown.map((mark) => ({ y: mark.y, text: textOf(mark) }));
	// Below each other, the same words say nothing more.
	return dates.filter(({ text }, at) => text !== dates[at - 1]?.text);
}
