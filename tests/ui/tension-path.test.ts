import { expect, test } from 'vitest';
import { Gesture } from '#ui/tensions/gesture.ts';
import { inTime, layoutPath } from '#ui/tensions/path.ts';

const point = (date: string, position = 0) => ({ date, position });

test('a path is true to time, with the newest at the top and everything within the drawing', () => {
	const { marks, height, dates } = layoutPath([
		point('2026-11-21T10:00:00.000Z', 1),
		point('2026-11-01', -1),
		point('2026-11-11', 0)
	]);
	const [oldest, between, newest] = marks;
	expect(marks.map(({ across }) => across)).toEqual([0, 0.5, 1]);
	expect(oldest?.y).toBeGreaterThan(between?.y ?? Infinity);
	expect(between?.y).toBeGreaterThan(newest?.y ?? Infinity);
	for (const { y } of marks) expect(y > 0 && y < height).toBe(true);
	expect(dates.map(({ y }) => y)).toEqual([newest?.y, between?.y, oldest?.y]);
});

test('many points in a moment take no more dates than there is room for', () => {
	const many = Array.from({ length: 200 }, (_, at) => point(new Date(1.7e12 + at * 600_000).toISOString()));
	const { dates, height } = layoutPath(many);
	expect(dates.length).toBeGreaterThan(1);
	for (const [at, { y }] of dates.entries()) {
		expect(y).toBeLessThan(height);
		if (at > 0) expect(y - (dates[at - 1]?.y ?? 0)).toBeGreaterThanOrEqual(26);
	}
	expect(layoutPath([]).dates).toEqual([]);
	expect(layoutPath([point('2026-11-01')]).dates).toHaveLength(1);
});

test('points of one time stay in the order in which they were placed', () => {
	const rows = [point('2026-11-01', 1), point('2026-11-01', -1), point('2025-01-01')];
	expect(inTime(rows)).toEqual([rows[2], rows[0], rows[1]]);
});

test('a gesture is kept once, when the hand is done', () => {
	let commits = 0;
	const gesture = new Gesture(() => commits++);
	// A key that is held repeats.
	for (let repeat = 0; repeat < 5; repeat++) {
		gesture.onkeydown();
		gesture.onchange();
	}
	expect(commits).toBe(0);
	gesture.onkeyup();
	expect(commits).toBe(1);
	// A pointer that lets go.
	gesture.onchange();
	expect(commits).toBe(2);
	// Tab is pressed in the field and let go in the next one.
	gesture.onkeydown();
	gesture.onchange();
	gesture.onblur();
	expect(commits).toBe(3);
	// Keys that change nothing.
	gesture.onkeydown();
	gesture.onkeyup();
	gesture.onblur();
	expect(commits).toBe(3);
});
