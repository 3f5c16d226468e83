import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDiary } from '#bundle/diary.ts';
import { TestMirror } from '../app/mirror.ts';

const today = '2026-11-21';

function bytes(list: unknown): Uint8Array {
	return new TextEncoder().encode(JSON.stringify(list));
}

function read(list: unknown) {
	const staged = readDiary(JSON.parse(JSON.stringify(list)), today);
	if (!staged.ok) throw new Error(staged.error.message);
	return staged.value;
}

describe('a JSON list of {date, text}', () => {
	test('a day is noon UTC of it with the time unknown, a time is that time, and the day stays as it was', () => {
		const { rows } = read([
			{ date: '2024-02-29', text: 'a' },
			{ date: '2024-02-29T23:30:00-08:00', text: 'b' },
			{ date: '2024-02-29 23:30', text: 'c' },
			{ date: null, text: 'd' },
			{ date: 'yesterday', text: 'e' }
		]);
		const seen = rows.reflections.map((row) => [row['created_at'], JSON.parse(String(row['metadata']))]);
		expect(seen).toMatchObject([
			['2024-02-29T12:00:00.000Z', { local_date: '2024-02-29', time_known: false }],
			['2024-03-01T07:30:00.000Z', { local_date: '2024-02-29', time_zone: '-08:00' }],
			['2024-02-29T23:30:00.000Z', { local_date: '2024-02-29' }],
			['2026-11-21T12:00:00.000Z', { local_date: '2026-11-21', time_known: false }],
			[
				'2026-11-21T12:00:00.000Z',
				{ local_date: '2026-11-21', time_known: false, original_date: 'yesterday' }
			]
		]);
		expect(seen[1]?.[1]).not.toHaveProperty('time_known');
	});

	test('what stands in a text as a tag is one, and the preview counts it', async () => {
		const list = [
			{ date: '2024-02-29', text: 'A walk. #garden #Été' },
			{ date: '2024-03-01', text: 'Nothing, and `#code`.' }
		];
		const mirror = await TestMirror.open();
		expect((await mirror.stage(bytes(list))).tags).toBe(2);
		expect((await mirror.import(bytes(list))).code).toBe('accepted');
		const { rows } = await mirror.read('reflections.tags', {});
		expect(rows.map(({ tag }) => tag).sort()).toEqual(['garden', 'Été']);
	});

	test('seconds and milliseconds since 1970 are times; no other number is guessed at, and nothing is dropped', () => {
		const { rows, notices, skipped } = read([
			{ date: 1709249400, text: 'seconds' },
			{ date: 1709249400.25, text: 'with a fraction' },
			{ date: 1709249400123, text: 'milliseconds' }
		]);
		expect(rows.reflections.map((row) => row['created_at'])).toEqual([
			'2024-02-29T23:30:00.000Z',
			'2024-02-29T23:30:00.250Z',
			'2024-02-29T23:30:00.123Z'
		]);
		for (const row of rows.reflections)
			expect(JSON.parse(String(row['metadata']))).toEqual({
				local_date: '2024-02-29',
				imported_from: 'json_diary'
			});
		expect([notices, skipped]).toEqual([[], []]);

		const deep = JSON.parse(`${'['.repeat(600)}${']'.repeat(600)}`) as unknown;
		const others = [
			...[45351, 20240229, 0, -1709249400, 170924940, 17092494000, 170924940012, 17092494001234, 1e300],
			...[true, ['2024-02-29'], { year: 2024 }, deep]
		];
		const unread = read(others.map((date) => ({ date, text: 'kept' })));
		const metadata = unread.rows.reflections.map(
			(row) => JSON.parse(String(row['metadata'])) as { local_date: string; original_date: string }
		);
		expect(new Set(metadata.map(({ local_date }) => local_date))).toEqual(new Set([today]));
		expect(metadata.map(({ original_date }) => original_date)).toEqual([
			...['45351', '20240229', '0', '-1709249400', '170924940', '17092494000', '170924940012'],
			...['17092494001234', '1e+300', 'true', '["2024-02-29"]', '{"year":2024}', 'too deep to be shown']
		]);
		expect(unread.notices).toEqual([
			`${others.length} entries: a date that cannot be read, so the day of the import stands for it.`
		]);
		expect(new Set(unread.rows.reflections.map((row) => row['id'])).size).toBe(others.length);
	});

	test.each([
		['2024-02-29T23:30:00.1Z', '2024-02-29T23:30:00.100Z'],
		['2024-02-29T23:30:00.123456789Z', '2024-02-29T23:30:00.123Z'],
		['2024-02-29T23:30:00.999999999999+01:00', '2024-02-29T22:30:00.999Z'],
		[`2024-02-29 23:30:00,${'9'.repeat(40)}`, '2024-02-29T23:30:00.999Z']
	])('decimals of a second are cut to milliseconds and never rounded up: %s', (date, time) => {
		const { rows, notices } = read([{ date, text: 'a' }]);
		expect(rows.reflections.map((row) => row['created_at'])).toEqual([time]);
		expect(notices).toEqual([]);
	});

	test('more decimals than any clock has are no time, and it is said', () => {
		const { notices } = read([{ date: `2024-02-29T23:30:00.${'1'.repeat(41)}Z`, text: 'a' }]);
		expect(notices).toEqual([expect.stringContaining('1 entry: a date that cannot be read')]);
	});

	test('what holds no text is left out and counted by its reason', () => {
		const { skipped, rows } = read([
			{ date: null, text: 'kept' },
			{ date: null, text: ' \n ' },
			{ date: '2024-01-01' },
			'text',
			{ text: 'x'.repeat(1024 * 1024 + 1) }
		]);
		expect(rows.reflections.length).toBe(1);
		expect(skipped).toEqual([
			{ reason: 'empty', count: 1 },
			{ reason: 'no text', count: 2 },
			{ reason: 'longer than 1 MiB', count: 1 }
		]);
	});

	test('what no text may hold is replaced, and the preview says in how many entries', () => {
		const held = read([
			{ date: '2024-01-01', text: 'half \ud83d of it' },
			{ date: '2024-01-01', text: 'a \0 and a \0' },
			{ date: '2024-01-01', text: '\ufeffa mark, a whole \ud83d\ude00, and a \ufffd of their own' }
		]);
		expect(held.rows.reflections.map(({ content }) => content)).toEqual([
			'half \ufffd of it',
			'a \ufffd and a \ufffd',
			'a mark, a whole \ud83d\ude00, and a \ufffd of their own'
		]);
		expect(held.notices).toEqual([
			'2 entries: characters that no text may hold (half a character, or U+0000), replaced by \ufffd.'
		]);
		expect(read([{ date: '2024-01-01', text: 'nothing wrong' }]).notices).toEqual([]);
	});

	test('every entry has its own id, the same in every run, also where two entries are equal', () => {
		const entry = fc.record({
			date: fc.constantFrom(
				null,
				'2024-01-01',
				'2024-01-02T10:00:00Z',
				'1890-05-06',
				'soon',
				1709249400,
				7,
				true
			),
			text: fc.constantFrom('a', 'b', 'ä')
		});
		fc.assert(
			fc.property(fc.array(entry, { minLength: 1, maxLength: 30 }), (list) => {
				const ids = read(list).rows.reflections.map((row) => String(row['id']));
				expect(new Set(ids).size).toBe(list.length);
				for (const id of ids) {
					expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
				}
				const later = readDiary(list, '2030-01-01');
				expect(later.ok && later.value.rows.reflections.map((row) => row['id'])).toEqual(ids);
			})
		);
	});

	test('comes in under the chosen identity, and adds nothing the second time, not even after an edit', async () => {
		const mirror = await TestMirror.open();
		const [{ id: identity_id } = { id: '' }] = (await mirror.read('identities.list', {})).rows;
		const list = bytes([
			{ date: '2024-02-29', text: 'First entry.' },
			{ date: null, text: '<img src=x onerror=alert(1)>' }
		]);
		const receipt = await mirror.import(list, { identity_id });
		expect(receipt).toMatchObject({ code: 'accepted', result: { reflections: 2 } });
		const [first] = (await mirror.read('reflections.search', { query: 'first entry' })).rows;
		expect(first).toMatchObject({ identity_id, local_date: '2024-02-29' });
		const day = { created_at: '2024-02-29T12:00:00.000Z', local_date: '2024-02-29' };
		await mirror.dispatch('reflection.edit', { id: first!.id, content: 'Edited since.', ...day });
		mirror.world.now += 86_400_000;
		expect((await mirror.import(list)).result).toMatchObject({ written: 0, same: 2 });
		await mirror.dispatch('reflection.trash', { id: first!.id });
		expect((await mirror.import(list)).result).toMatchObject({ written: 0, same: 1, trashed: 1 });
		expect((await mirror.read('ledger.verify', {})).rows[0]?.errors).toEqual([]);
		await mirror.core.close();
	});
});
