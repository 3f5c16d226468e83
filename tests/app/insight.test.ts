import { beforeEach, describe, expect, test } from 'vitest';
import { unzipSync } from 'fflate';
import type { EntryReading } from '#domain/insight.ts';
import type { TypedChoices } from '#domain/pattern-choices.ts';
import type { Answer, ViewInput, ViewRows } from '#domain/view.ts';
import { TestMirror } from './mirror.ts';

let mirror: TestMirror;
beforeEach(async () => void (mirror = await TestMirror.open()));

const on = (local_date: string, hour = 8) => ({
	created_at: `${local_date}T${String(hour).padStart(2, '0')}:00:00.000Z`,
	local_date
});

type Asked = Omit<ViewInput<'insight.readings'>, 'after'>;

/** Page after page, until there is no next. */
async function readings(asked: Asked = {}): Promise<EntryReading[]> {
	const rows: EntryReading[] = [];
	let after: ViewInput<'insight.readings'>['after'] = null;
	do {
		const answer: Answer<'insight.readings'> = await mirror.read('insight.readings', { ...asked, after });
		if (after === null) expect(answer.total).toBeDefined();
		rows.push(...answer.rows);
		after = answer.next ?? null;
	} while (after !== null);
	return rows;
}

async function quotes(
	asked: Omit<ViewInput<'insight.quotes'>, 'after'>
): Promise<ViewRows['insight.quotes'][]> {
	const rows: ViewRows['insight.quotes'][] = [];
	let after: ViewInput<'insight.quotes'>['after'] = null;
	do {
		const answer: Answer<'insight.quotes'> = await mirror.read('insight.quotes', { ...asked, after });
		rows.push(...answer.rows);
		after = answer.next ?? null;
	} while (after !== null);
	return rows;
}

/** What the marks of an entry's quotes stand on. */
const markedIn = ({ quotes: found }: ViewRows['insight.quotes']) =>
	found.flatMap(({ text, marks }) => marks.map(([start, end]) => text.slice(start, end)));

const sister = 'I should call my sister. I must also write, but I am tired. I have to rest.';
const plain = 'It rained on the garden in the night and the heron came back to the water.';
const foreign = 'Heute habe ich lange im Garten gesessen und dem Regen zugehört, bis es dunkel wurde.';

describe('readings', () => {
	test('count the sentences in which a pattern shows, entry by entry, in the order of time', async () => {
		const later = await mirror.write(sister, on('2026-03-02'));
		const earlier = await mirror.write(plain, on('2026-03-01'));
		const [first, second] = await readings();
		expect(first).toEqual({ id: earlier, local_date: '2026-03-01', words: 16, english: true, patterns: [] });
		expect(second).toMatchObject({ id: later, words: 17, english: true });
		expect(Object.fromEntries(second?.patterns ?? [])).toMatchObject({
			obligation_language: 3,
			internal_tension: 1,
			relationship_focus: 1
		});
	});

	test('look for no pattern where there is no English', async () => {
		await mirror.write(`${foreign} I should go.`, on('2026-03-01'));
		expect(await readings()).toMatchObject([{ english: false, patterns: [] }]);
	});

	test('of one identity, of nobody or of all; of some days; and not of what is in the trash', async () => {
		const me = (await mirror.read('identities.list', {})).rows[0]?.id ?? '';
		const mine = await mirror.write(sister, { ...on('2026-03-01'), identity_id: me });
		const nobodys = await mirror.write(plain, on('2026-03-02'));
		const thrown = await mirror.write(sister, on('2026-03-03'));
		const read = async (asked: Asked = {}) => (await readings(asked)).map(({ id }) => id);
		expect(await read()).toEqual([mine, nobodys, thrown]);
		await mirror.dispatch('reflection.trash', { id: thrown });
		expect(await read()).toEqual([mine, nobodys]);
		expect(await read({ identity_id: me })).toEqual([mine]);
		expect(await read({ identity_id: null })).toEqual([nobodys]);
		expect(await read({ from: '2026-03-02', to: '2026-03-03' })).toEqual([nobodys]);
		const days = async (asked: Asked = {}) =>
			(await mirror.read('insight.days', asked)).rows.map((row) => [row.local_date, row.count]);
		await mirror.write(plain, on('2026-03-02', 9));
		expect(await days()).toEqual([
			['2026-03-01', 1],
			['2026-03-02', 2]
		]);
		expect(await days({ identity_id: me })).toEqual([['2026-03-01', 1]]);
		expect(await days({ identity_id: null, to: '2026-03-01' })).toEqual([]);
	});

	test('an entry that was changed is read anew, and one that was changed back is as it was', async () => {
		const id = await mirror.write(sister, on('2026-03-01'));
		const before = await readings();
		const edit = (content: string) =>
			mirror.dispatch('reflection.edit', { id, content, ...on('2026-03-01') });
		await edit(plain);
		expect(await readings()).toMatchObject([{ patterns: [] }]);
		await edit(sister);
		expect(await readings()).toEqual(before);
	});

	test('pages add up to the whole, whatever their size, and long entries make them shorter', async () => {
		const long = `${sister} `.repeat(400);
		const written: string[] = [];
		for (let at = 0; at < 7; at++)
			written.push(
				await mirror.write(at % 3 === 0 ? `${at} ${long}` : sister, on(`2026-03-0${1 + (at % 4)}`))
			);
		const whole = await readings({ limit: 50 });
		expect(whole.map(({ id }) => id).toSorted()).toEqual(written.toSorted());
		const days = whole.map(({ local_date }) => local_date);
		expect(days).toEqual(days.toSorted());
		for (const limit of [1, 2, 7]) expect(await readings({ limit })).toEqual(whole);
		mirror = await mirror.restart();
		const first = await mirror.read('insight.readings', { limit: 50 });
		expect(first.rows.length).toBeLessThan(7);
		expect(await readings({ limit: 50 })).toEqual(whole);
	});
});

describe('quotes', () => {
	test('are the sentences that were counted, with the words that show the pattern', async () => {
		const title = 'On the phone';
		const id = await mirror.write(sister, { ...on('2026-03-02'), title });
		await mirror.write(plain, on('2026-03-01'));
		const [row, ...more] = await quotes({ pattern: 'obligation_language' });
		expect(more).toEqual([]);
		expect(row).toMatchObject({ id, local_date: '2026-03-02', title, count: 3 });
		expect(row?.quotes.map(({ text }) => text)).toEqual([
			'I should call my sister.',
			'I must also write, but I am tired.',
			'I have to rest.'
		]);
		expect(row === undefined ? [] : markedIn(row)).toEqual(['should', 'must', 'have to']);
	});

	test('of some days and one identity, page by page, and only of what is not in the trash', async () => {
		const me = (await mirror.read('identities.list', {})).rows[0]?.id ?? '';
		const mine: string[] = [];
		for (const day of ['2026-03-01', '2026-03-02', '2026-03-03', '2026-04-01'])
			mine.push(await mirror.write(sister, { ...on(day), identity_id: me }));
		await mirror.write(sister, on('2026-03-01'));
		const thrown = await mirror.write(sister, { ...on('2026-03-02'), identity_id: me });
		await mirror.dispatch('reflection.trash', { id: thrown });
		for (const limit of [1, 2, 50]) {
			const found = await quotes({
				...{ pattern: 'obligation_language', identity_id: me, limit },
				...{ from: '2026-03-01', to: '2026-03-31' }
			});
			expect(found.map(({ id }) => id)).toEqual(mine.slice(0, 3));
		}
	});

	test('a sentence without an end is shortened around its first words that show it', async () => {
		const start = 'and the river went on 🌊 '.repeat(40);
		await mirror.write(`I saw it ${start} and I should turn back ${start}.`, on('2026-03-01'));
		const [row] = await quotes({ pattern: 'obligation_language' });
		expect(row?.quotes).toHaveLength(1);
		expect(row?.quotes[0]?.text.length).toBeLessThan(450);
		expect(row === undefined ? [] : markedIn(row)).toEqual(['should']);
	});
});

describe('patterns as the person has them shown', () => {
	const choose = ({ known = {}, own = [] }: Partial<TypedChoices>) =>
		mirror.dispatch('settings.change', { key: 'patterns', value: { known, own } });
	const chosen = async () => (await mirror.read('settings.get', {})).rows[0]?.patterns;
	const counts = async () => (await readings()).map(({ patterns }) => Object.fromEntries(patterns));
	const alone = (name: string) => ({ name, shown: 'alone' }) as const;
	const together: TypedChoices['known'] = {
		obligation_language: { name: null, shown: 'internal_tension' },
		internal_tension: { name: null, shown: 'relationship_focus' },
		relationship_focus: alone('My people')
	};

	test('as one: a sentence in which several show counts once, and is quoted with the words of all', async () => {
		await mirror.write(sister, on('2026-03-01'));
		expect(await counts()).toMatchObject([{ obligation_language: 3, relationship_focus: 1 }]);
		expect((await choose({ known: together })).code).toBe('accepted');
		expect(await counts()).toEqual([{ relationship_focus: 3 }]);
		const [row] = await quotes({ pattern: 'relationship_focus' });
		expect([row?.count, row?.quotes.length]).toEqual([3, 3]);
		expect(row === undefined ? [] : markedIn(row)).toEqual(['should', 'sister', 'must', 'but', 'have to']);
		expect(await quotes({ pattern: 'obligation_language' })).toEqual([]);
	});

	test('hidden: neither counted nor quoted, with all that is shown as one with it', async () => {
		await mirror.write(`${sister} I always forget it.`, on('2026-03-01'));
		await choose({ known: { ...together, relationship_focus: { name: null, shown: 'hidden' } } });
		expect(await counts()).toEqual([{ absolute_thinking: 1 }]);
		expect(await quotes({ pattern: 'relationship_focus' })).toEqual([]);
	});

	test('a mirror that is opened again shows them so, and what is undone is as it was', async () => {
		await mirror.write(sister, on('2026-03-01'));
		const [before, shipped] = [await counts(), await chosen()];
		const receipt = await choose({ known: together, own: [] });
		await mirror.core.tidy();
		mirror = await mirror.restart();
		expect(await chosen()).toEqual({ known: together, own: [] });
		expect(await counts()).toEqual([{ relationship_focus: 3 }]);
		const again = await choose({ known: {}, own: [] });
		expect(await counts()).toEqual(before);
		await mirror.dispatch('change.undo', { request_id: again.request_id });
		expect(await counts()).toEqual([{ relationship_focus: 3 }]);
		expect((await mirror.dispatch('change.undo', { request_id: receipt.request_id })).code).toBe('not_found');
		await choose({});
		expect(await chosen()).toEqual(shipped);
	});

	test('patterns of their own: whole words in any language, in sentences that are theirs', async () => {
		const id = mirror.id();
		await mirror.write(
			'# Wasser\n\nAm WASSER, beim Wasser. Wasserfall! Sie sagte: “Wasser.”\nIch weiß\nnicht.',
			on('2026-03-01')
		);
		await mirror.write('The water. Cafe\u0301 au lait. I don’t know.', on('2026-03-02'));
		await mirror.write('我去看書。他看書了。', on('2026-03-03'));
		const phrases = ['wasser', ' café ', "I  don't know", '看書', 'Ich weiß nicht'];
		expect((await choose({ own: [{ id, name: 'Mine', phrases }] })).code).toBe('accepted');
		expect((await counts()).map((found) => found[id])).toEqual([2, 2, 2]);
		const rows = await quotes({ pattern: id, limit: 1 });
		expect(rows.map(({ count }) => count)).toEqual([2, 2, 2]);
		expect(rows.flatMap(markedIn)).toEqual([
			...['WASSER', 'Wasser', 'Ich weiß\nnicht', 'Cafe\u0301', 'I don’t know', '看書', '看書']
		]);
		await choose({ own: [{ id, name: 'Mine', phrases: ['lait'] }] });
		expect((await counts()).map((found) => found[id])).toEqual([undefined, 1, undefined]);
		await choose({});
		expect(await quotes({ pattern: id })).toEqual([]);
	});

	test('what breaks the limits is refused and changes nothing; characters are counted as people do', async () => {
		await choose({ known: { self_critical: alone('🌊'.repeat(60)) } });
		const before = await chosen();
		expect(before?.known.self_critical?.name).toBe('🌊'.repeat(60));
		const own = (phrases: string[], name = 'Mine', id = mirror.id()) => ({ id, name, phrases });
		const twice = own(['sea']);
		const wrong: Partial<TypedChoices>[] = [
			{ known: { self_critical: alone('x'.repeat(61)) } },
			{ known: { self_critical: alone('  ') } },
			{ known: { self_critical: { name: null, shown: 'self_critical' } } },
			{ known: { ...together, relationship_focus: { name: null, shown: 'obligation_language' } } },
			{ own: [own([])] },
			{ own: [own(['a'])] },
			{ own: [own(['…!'])] },
			{ own: [own(['x'.repeat(41)])] },
			{ own: [own(Array.from({ length: 21 }, (_, at) => `word ${at}`))] },
			{ own: [own(['sea'], '')] },
			{ own: [own(['sea'], 'Mine', 'self_critical')] },
			{ own: [twice, twice] },
			{ own: Array.from({ length: 13 }, () => own(['sea'])) }
		];
		for (const choices of wrong)
			expect([choices, (await choose(choices)).code]).toEqual([choices, 'invalid_data']);
		expect(await chosen()).toEqual(before);
	});

	test('they leave in a bundle, and in nothing that others may read; another mirror keeps its own', async () => {
		const reflection_id = await mirror.write(sister, on('2026-03-01'));
		const own = [{ id: mirror.id(), name: 'Zweifelsee', phrases: ['zaudernd'] }];
		await choose({ known: together, own });
		const kept = await chosen();
		await mirror.dispatch('mirrorback.create', {
			...{ id: mirror.id(), reflection_id },
			engine_run_id: mirror.id()
		});
		await mirror.dispatch('settings.change', { key: 'telemetry_sync_allowed', value: true });
		const told = [
			...(await mirror.read('sharing.rows', { lane: 'commons', table: 'engine_runs' })).rows,
			...(await mirror.read('sharing.summary', {})).rows,
			...(await mirror.read('ledger.list', {})).rows
		];
		expect(JSON.stringify(told)).toContain('obligation_language');
		expect(JSON.stringify(told)).not.toMatch(/My people|Zweifelsee|zaudernd/);

		const bundle = await mirror.export();
		const config = JSON.parse(new TextDecoder().decode(unzipSync(bundle)['config.json'])) as unknown;
		expect(config).toMatchObject({ patterns: kept });
		mirror = await TestMirror.open();
		await choose({ known: { self_critical: alone('Stern words') } });
		const before = await chosen();
		expect((await mirror.stage(bundle)).patterns).toBeNull();
		expect((await mirror.import(bundle, { patterns: true })).code).toBe('accepted');
		expect(await chosen()).toEqual(before);
		await choose({});
		expect((await mirror.stage(bundle)).patterns).toEqual(kept);
		await mirror.import(bundle);
		expect(await chosen()).toEqual({ known: {}, own: [] });
		await mirror.import(bundle, { patterns: true });
		expect(await chosen()).toEqual(kept);
		expect((await mirror.read('ledger.verify', {})).rows[0]?.errors).toEqual([]);
	});
});

describe('activity', () => {
	test('says what was added to threads, and where the paths of tensions began and ended', async () => {
		const ids = [await mirror.write('One.'), await mirror.write('Two.'), await mirror.write('Three.')];
		const [thread, tension] = [mirror.id(), mirror.id()];
		const at = (day: string) => (mirror.world.now = Date.parse(`${day}T12:00:00.000Z`));
		at('2026-12-01');
		await mirror.dispatch('thread.create', {
			...{ id: thread, identity_id: null, title: 'The lake' },
			reflection_ids: ids.slice(0, 2)
		});
		const poles = { name: 'Rest or work', axis_a: 'Rest', axis_b: 'Work' };
		await mirror.dispatch('tension.create', { id: tension, identity_id: null, ...poles, position: -0.5 });
		at('2027-01-15');
		await mirror.dispatch('thread.add', { id: thread, reflection_ids: ids.slice(2) });
		await mirror.dispatch('tension.place', { id: tension, position: 0.25, intensity: 0.5 });
		at('2027-02-15');
		await mirror.dispatch('tension.place', { id: tension, position: 0.75, intensity: null });

		const all = await mirror.read('insight.activity', {});
		expect(all.rows).toMatchObject([
			{
				...{ kind: 'thread', id: thread, title: 'The lake' },
				days: [
					['2026-12-01', 2],
					['2027-01-15', 1]
				]
			},
			{ kind: 'tension', id: tension, ...poles, first: { position: -0.5 }, last: { position: 0.75 } }
		]);
		const { rows } = await mirror.read('insight.activity', { from: '2027-01-01', to: '2027-01-31' });
		expect(rows.map(({ days }) => days)).toEqual([[['2027-01-15', 1]], [['2027-01-15', 1]]]);
		expect(rows[1]).toMatchObject({ first: { position: 0.25 }, last: { position: 0.25 } });
		await mirror.dispatch('reflection.trash', { id: ids[2] ?? '' });
		const left = await mirror.read('insight.activity', { from: '2027-01-01' });
		expect(left.rows.map(({ kind }) => kind)).toEqual(['tension']);
		const me = (await mirror.read('identities.list', {})).rows[0]?.id ?? '';
		expect((await mirror.read('insight.activity', { identity_id: me })).rows).toEqual([]);
	});
});

describe('on this day', () => {
	const recalled = async (date: string, more: Partial<ViewInput<'reflections.on_this_day'>> = {}) =>
		(await mirror.read('reflections.on_this_day', { date, ...more })).rows.map((row) => [
			row.local_date,
			row.ago
		]);

	test('the 29th of February is recalled on the 28th in years without it, and only there', async () => {
		for (const day of ['2023-02-28', '2024-02-28', '2024-02-29']) await mirror.write('Ice.', on(day));
		expect((await recalled('2026-02-28')).map(([day]) => day)).toEqual([
			'2024-02-29',
			'2024-02-28',
			'2023-02-28'
		]);
		expect((await recalled('2028-02-28')).map(([day]) => day)).toEqual(['2024-02-28', '2023-02-28']);
		expect((await recalled('2028-02-29')).map(([day]) => day)).toEqual(['2024-02-29']);
		expect(await recalled('2026-03-01')).toEqual([]);
	});

	test('a week, a month and half a year before are recalled where they are asked for', async () => {
		const days = ['2026-08-24', '2026-07-31', '2026-02-28', '2025-08-31', '2026-08-31', '2027-08-31'];
		for (const day of days) await mirror.write('Rain.', on(day));
		expect(await recalled('2026-08-31')).toEqual([['2025-08-31', 'years']]);
		expect(await recalled('2026-08-31', { ago: ['week', 'month', 'half_year', 'years'] })).toEqual([
			['2026-08-24', 'week'],
			['2026-07-31', 'month'],
			['2026-02-28', 'half_year'],
			['2025-08-31', 'years']
		]);
		expect(await recalled('2026-08-31', { ago: ['week'] })).toEqual([['2026-08-24', 'week']]);
	});
});
