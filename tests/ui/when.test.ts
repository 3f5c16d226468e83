import fc from 'fast-check';
import { expect, test } from 'vitest';
import { momentOf, whenOf } from '#ui/write/when.ts';

const minute = 60_000;
const zones = [
	'UTC',
	'Europe/Berlin',
	'America/New_York',
	'Asia/Kolkata',
	'Pacific/Chatham',
	'Australia/Lord_Howe'
];

test('what calendar and clock say names a moment at which they say so', () => {
	const moment = fc.integer({ min: Date.UTC(1975, 0, 1) / minute, max: Date.UTC(2040, 0, 1) / minute });
	fc.assert(
		fc.property(moment, fc.constantFrom(...zones), (minutes, zone) => {
			const when = whenOf(minutes * minute, zone);
			const found = momentOf(when);
			expect(whenOf(found ?? 0, zone)).toEqual(when);
			// An hour that comes twice means the first time.
			expect(found).toBeLessThanOrEqual(minutes * minute);
		})
	);
});

test('an hour that a clock skips is as long after the change', () => {
	const when = { day: '2026-03-29', time: '02:30', zone: 'Europe/Berlin' };
	expect(momentOf(when)).toBe(Date.UTC(2026, 2, 29, 1, 30));
});

test('no day, no time and an unknown zone', () => {
	expect(momentOf({ day: '', time: '08:30', zone: 'UTC' })).toBe(null);
	expect(momentOf({ day: '2026-02-30', time: '08:30', zone: 'UTC' })).toBe(null);
	expect(momentOf({ day: '2026-02-03', time: '', zone: 'UTC' })).toBe(null);
	expect(momentOf({ day: '2026-02-03', time: '08:30', zone: 'Nowhere/None' })).toBe(
		Date.UTC(2026, 1, 3, 8, 30)
	);
});
