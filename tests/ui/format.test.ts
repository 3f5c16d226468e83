import { expect, test } from 'vitest';
import { dayInWords, moment, timeOfDay, weekdayOf } from '#ui/format.ts';

test.each([1e300, -1e300, Infinity, NaN, 8.64e15 + 1])('the moment %d is written as it came', (ms) => {
	expect(moment(ms)).toBe(String(ms));
});

test.each(['', 'soon', '2024-99-99', '2024-02-29T99:99:99Z', '9'.repeat(400)])(
	'%j is no moment and no day, and is written as it came',
	(text) => {
		expect([moment(text), dayInWords(text), weekdayOf(text)]).toEqual([text, text, text]);
		expect(timeOfDay(text, 'UTC')).toBe('');
	}
);

test.each(['', 'Nowhere/Land', '+99:99', 'x'.repeat(1000)])('the zone %j still gives a clock', (zone) => {
	expect(timeOfDay('2024-02-29T10:00:00.000Z', zone)).toMatch(/^\d?\d:\d\d/);
});

test('no zone moves a clock beyond the last moment there is', () => {
	expect(timeOfDay('+275760-09-13T00:00:00.000Z', '+14:00')).toBe('');
});
