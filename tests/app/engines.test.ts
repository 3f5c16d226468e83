import { describe, expect, test } from 'vitest';
import type { Dialect } from '#storage/database.ts';
import { longDiary } from '../long-diary.ts';
import { Life } from './life.ts';
import { createWorld, databaseOf, TestMirror, type World } from './mirror.ts';
import { queries, sample } from './multilingual.ts';
import { rowsIn, type Rows } from './rows.ts';

const engines: readonly Dialect[] = ['sqlite', 'postgres'];

async function rowsOf(world: World): Promise<Rows> {
	const database = await databaseOf(world);
	const rows = await rowsIn(database);
	await database.close();
	return rows;
}

async function live(engine: Dialect, seed: number, steps: number) {
	const world = createWorld(seed, engine);
	const mirror = await TestMirror.open(world);
	const life = new Life(mirror, seed + 1);
	for (let step = 0; step < steps; step++) await life.step();
	const heads = (await mirror.read('ledger.head', {})).rows;
	const [verified] = (await mirror.read('ledger.verify', {})).rows;
	await mirror.core.close();
	return { receipts: life.receipts, heads, verified, rows: await rowsOf(world) };
}

describe('on both engines', () => {
	test('1,000 random commands come to the same rows and the same root', async () => {
		const [first, second] = [await live('sqlite', 7, 1000), await live('postgres', 7, 1000)];
		expect(first.verified).toMatchObject({ is_valid: true, errors: [] });
		expect(first.rows['archives']?.length).toBeGreaterThan(5);
		expect(first.rows['reflections']?.length).toBeGreaterThan(100);
		expect(first.receipts.filter(({ code }) => code !== 'accepted').length).toBeGreaterThan(20);
		expect(second.heads).toEqual(first.heads);
		expect(second).toEqual(first);
	}, 180_000);

	test('what one exports the other imports, and exports again', async () => {
		for (const [from, to] of [engines, engines.toReversed()] as const) {
			const source = await TestMirror.open(createWorld(3, from));
			const life = new Life(source, 4);
			for (let step = 0; step < 80; step++) await life.step();
			const bundle = await source.export({ versions: true });
			await source.core.close();
			const target = await TestMirror.open(createWorld(5, to));
			expect((await target.import(bundle)).code).toBe('accepted');
			const again = await target.export({ versions: true });
			await target.core.close();
			const third = await TestMirror.open(createWorld(6, from));
			await third.import(again);
			const [there, back] = [await rowsOf(source.world), await rowsOf(third.world)];
			for (const table of [
				'reflections',
				'mirrorbacks',
				'engine_runs',
				'engine_feedback',
				'reflection_versions',
				'threads',
				'thread_reflections',
				'tensions',
				'axes'
			])
				expect(back[table]).toEqual(there[table]);
			await third.core.close();
		}
	}, 120_000);

	test('a search finds the same', async () => {
		const answers: unknown[] = [];
		for (const engine of engines) {
			const mirror = await TestMirror.open(createWorld(9, engine));
			await mirror.dispatch('identity.create', { id: mirror.id(), name: 'Night self' });
			const identities = (await mirror.read('identities.list', {})).rows;
			for (const [at, { content, title, tags }] of sample.entries()) {
				mirror.world.now += 86_400_000;
				const identity_id = identities[at % 3]?.id ?? null;
				await mirror.write(content, { title: title ?? null, tags: [...(tags ?? [])], identity_id });
			}
			const found: Record<string, unknown> = {};
			for (const query of queries) {
				const { rows, total } = await mirror.read('reflections.search', { query, limit: 200 });
				found[query] = { total, rows };
			}
			await mirror.core.close();
			answers.push(found);
		}
		const [first, second] = answers as [Record<string, { total: number }>, unknown];
		expect(second).toEqual(first);
		expect(queries.filter((query) => first[query]?.total === 0).length).toBeLessThan(8);
	}, 60_000);

	test('a search over a diary of ten years finds the same', async () => {
		const diary = new TextEncoder().encode(JSON.stringify(longDiary()));
		const [first, second] = await Promise.all(
			engines.map(async (engine) => {
				const mirror = await TestMirror.open(createWorld(11, engine));
				expect((await mirror.import(diary)).code).toBe('accepted');
				const found: Record<string, readonly unknown[]> = {};
				for (const query of ofTenYears) found[query] = await days(mirror, query);
				await mirror.core.close();
				return found;
			})
		);
		expect(second).toEqual(first);
		// Pepys' own words and an invented diary's are not the same; of either some are found.
		expect(ofTenYears.filter((query) => (first?.[query]?.length ?? 0) > 0).length).toBeGreaterThan(15);
	}, 120_000);
});

type Found = readonly [id: string, day: string];

/** All that is found behind a row, in its order, page after page. */
async function days(
	mirror: TestMirror,
	query: string,
	after: { created_at: string; id: string } | null = null
): Promise<Found[]> {
	const { rows } = await mirror.read('reflections.search', { query, after, limit: 200 });
	const found = rows.map(({ id, local_date }): Found => [id, local_date]);
	const last = rows.at(-1);
	if (last === undefined || rows.length < 200) return found;
	return [...found, ...(await days(mirror, query, { created_at: last.created_at, id: last.id }))];
}

/** What one asks Pepys: a word, its beginning, words together and in order, what is not there, letters that others write. */
const ofTenYears: readonly string[] = [
	...['plague', 'plag', 'plague*', 'plagues', 'the plague', '"the plague"', '"plague the"', 'plague -afraid'],
	...['brother', 'broth', 'my brother', '"my brother"', '"brother my"', 'brother river', 'brother -river'],
	...['"and so to bed"', '"so to bed"', '"bed to so"', 'SUPPER -to', 'súppér', '-home', 'home -supper -bed'],
	...['PLÁGUE', 'fire', 'fires', 'london', 'londo', 'musique', 'music', 'turkey', 'Mr. Gunning', 'gunn'],
	...[
		'“Lord’s day” -king',
		"Lord's day fire",
		'1st',
		'100',
		'xylophone',
		'语',
		'ships',
		'"the ships"',
		'a b c'
	]
];
