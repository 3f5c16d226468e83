import { expect, test } from 'vitest';
import type { StorageState } from '#domain/storage.ts';
import { storage } from '#ui/texts/storage.ts';

const small: StorageState = {
	engine: 'sqlite',
	bytes: 1_200_000,
	answer_ms: 0.4,
	memory_gb: 8,
	free_bytes: 10_000_000_000,
	recommended: 'sqlite',
	other: { obstacle: null, is_kept: false, copied_at: null }
};

test('figures are in words where there is no figure', () => {
	expect([storage.answer(0), storage.answer(0.94), storage.answer(1.2), storage.answer(1234)]).toEqual([
		...['less than a millisecond', 'less than a millisecond', '1 ms', '1,234 ms']
	]);
	expect([storage.memory(null), storage.memory(8)]).toEqual(['not known', 'about 8 GB']);
	expect([storage.room(null), storage.room(10_700_000_000)]).toEqual(['not known', 'about 10.7 GB']);
});

test('what is recommended comes with its reason, and the reason is true', () => {
	expect(storage.recommendation(small)).toContain('SQLite is recommended here: your mirror fits into memory');
	const large: StorageState = { ...small, bytes: 312_000_000, recommended: 'postgres' };
	expect(storage.recommendation(large)).toContain('SQLite would hold all 312 MB of your mirror in memory');
	// A mirror may be too large for memory and SQLite still the only one that runs: nothing is said about fitting then.
	const obstacle = 'This browser keeps no private files, and PostgreSQL needs them.';
	const stuck: StorageState = {
		...large,
		recommended: 'sqlite',
		other: { ...large.other, obstacle }
	};
	expect(storage.recommendation(stuck)).toBe(
		`SQLite is recommended here, because PostgreSQL cannot run. ${obstacle}`
	);
});

test('what a change came to says how much was copied, where that is known', () => {
	expect(storage.changed('postgres', 1)).toBe(
		'Your mirror is kept by PostgreSQL now. 1 reflection and all that belongs to it were copied and compared.'
	);
	expect(storage.changed('sqlite', 1203)).toContain('1,203 reflections and all that belongs to them were');
	expect(storage.changed('sqlite', null)).toContain('Everything in it was copied and compared.');
});

test('a copy whose time was not noted is not given one', () => {
	expect(storage.other.copy(null)).toContain('as your mirror was at a time that was not noted.');
	expect(storage.other.left('2026-11-21T17:22:00.000Z')).toMatch(/as it was on .*2026/);
});
