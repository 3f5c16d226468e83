import fc from 'fast-check';
import { strToU8, type Zippable } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { Reflection } from '#domain/reflection.ts';
import { dayInWords, moment, timeOfDay, weekdayOf } from '#ui/format.ts';
import { changeOf } from '#ui/write/asked.ts';
import { zoneOf } from '#ui/zones.ts';
import { createWorld, TestMirror } from '../app/mirror.ts';
import { sql } from '../storage/sql.ts';
import { bundleOf, rowsIn } from './make.ts';

/** What another program made: tables without rules, reflections with this metadata, named r0, r1 and so on. */
function foreignBundle(metadata: readonly (string | null)[], files: Record<string, object> = {}, more = '') {
	const database = new sql.Database();
	database.exec(`CREATE TABLE identities (id TEXT, created_at TEXT, updated_at TEXT);
		CREATE TABLE reflections (id TEXT, content TEXT, created_at TEXT, metadata TEXT, mood TEXT)`);
	for (const [at, text] of metadata.entries())
		database.run('INSERT INTO reflections VALUES (?, ?, ?, ?, ?)', [
			...[`r${at}`, `I never know whether to rest, entry ${at}.`, '2024-02-29T10:00:00Z', text, 'calm']
		]);
	database.exec(more);
	const image = database.export();
	database.close();
	const stored: Zippable = {};
	// As they are: long runs of one letter would look like a bomb.
	for (const [path, json] of Object.entries(files))
		stored[path] = [strToU8(JSON.stringify(json)), { level: 0 }];
	return bundleOf(image, {}, stored);
}

async function reflection(mirror: TestMirror, id: string): Promise<Reflection> {
	const [found] = (await mirror.read('reflections.get', { id })).rows;
	if (found === undefined) throw new Error(`${id} is not there`);
	return found;
}

async function metadataOf(mirror: TestMirror, id: string) {
	const { unknown_columns: _columns, ...metadata } = (await reflection(mirror, id)).metadata;
	return metadata;
}

function nested(levels: number): string {
	return `{"note":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
}

const misfits = {
	title: 7,
	tags: 'work',
	pinned: 'yes',
	time_zone: ['Europe/Berlin'],
	local_date: 5,
	time_known: 'no',
	edited_at: 1e300,
	word_count: { of: 'words' }
};
const setAside = Object.fromEntries(
	Object.entries(misfits).map(([name, value]) => [`original_${name}`, value])
);
const odd = JSON.stringify({ ...misfits, mine: { deep: [null, { title: 7 }] } });

describe('metadata of a wrong shape', () => {
	test('comes in, is shown on every page, and goes out again with nothing lost', async () => {
		const mirror = await TestMirror.open();
		const bundle = foreignBundle([odd]);
		expect(await mirror.stage(bundle)).toMatchObject({
			...{ entries: 1, from: '2024-02-29', to: '2024-02-29', tags: 0, quarantined: [] }
		});
		expect(await mirror.import(bundle)).toMatchObject({ code: 'accepted', result: { reflections: 1 } });
		const item = { id: 'r0', local_date: '2024-02-29', title: null, tags: [], pinned: false };
		expect((await mirror.read('reflections.list', {})).rows).toMatchObject([item]);
		expect((await mirror.read('reflections.search', { query: 'rest' })).rows).toMatchObject([item]);
		expect((await mirror.read('reflections.on_this_day', { date: '2026-02-28' })).rows).toMatchObject([item]);
		expect((await mirror.read('reflections.tags', {})).rows).toEqual([]);
		const mine = { mine: { deep: [null, { title: 7 }] } };
		expect(await metadataOf(mirror, 'r0')).toEqual({ ...setAside, ...mine });

		const elsewhere = await TestMirror.open(createWorld(2));
		await elsewhere.import(await mirror.export());
		expect(await reflection(elsewhere, 'r0')).toEqual(await reflection(mirror, 'r0'));
		await elsewhere.core.close();

		expect(await mirror.dispatch('reflection.trash', { id: 'r0' })).toMatchObject({ code: 'accepted' });
		expect((await mirror.read('trash.list', {})).rows).toMatchObject([
			{ title: null, local_date: '2024-02-29' }
		]);
		expect(await mirror.dispatch('reflection.restore', { id: 'r0' })).toMatchObject({ code: 'accepted' });
		expect(await metadataOf(mirror, 'r0')).toEqual({ ...setAside, ...mine });
		await mirror.core.close();
	});

	test('stays aside when the entry is edited, under another name where the first is taken', async () => {
		const mirror = await TestMirror.open();
		await mirror.import(foreignBundle(['{"title":7,"original_title":"from a third program"}']));
		const before = await reflection(mirror, 'r0');
		const written = { id: 'r0', text: 'Rested.', title: 'Of my own', when: null };
		expect(await mirror.core.dispatch(changeOf(before, written))).toMatchObject({ code: 'accepted' });
		const kept = {
			title: 'Of my own',
			original_title: 'from a third program',
			original_original_title: 7
		};
		expect(await metadataOf(mirror, 'r0')).toMatchObject(kept);
		const [row] = (await rowsIn(await mirror.export())).reflections;
		expect(JSON.parse(String(row?.['metadata']))).toMatchObject(kept);
		const [version] = (await mirror.read('reflections.versions', { id: 'r0' })).rows;
		expect(version?.metadata).toMatchObject({
			original_title: 'from a third program',
			original_original_title: 7
		});
		await mirror.core.close();
	});

	test.each([
		['a tag that is none', { tags: ['work', 5, 'rest'] }, { tags: ['work', 'rest'] }],
		['a tag twice', { tags: ['work', 'work'] }, { tags: ['work'] }],
		['tags that a database takes for one', { tags: ['\ud800', '\ud801', 'a\0', 'a', ''] }, { tags: ['a'] }],
		['a tag beyond any length', { tags: ['x'.repeat(101)] }, {}],
		['a title beyond any length', { title: 'x'.repeat(501) }, {}],
		['a title of nothing', { title: ' ' }, {}],
		['half a character', { title: 'half \ud83d' }, {}],
		['a day that no calendar has', { local_date: '2024-13-41' }, {}],
		['a place beyond any length', { time_zone: 'x'.repeat(101) }, {}],
		['a time that is none', { edited_at: '2024-02-29T' + '1'.repeat(500) }, {}],
		['no number', { word_count: null }, {}]
	])('%s: what fits stays, the whole stands aside', async (_what, given, fits) => {
		const mirror = await TestMirror.open();
		expect(await mirror.import(foreignBundle([JSON.stringify(given)]))).toMatchObject({ code: 'accepted' });
		const aside = Object.entries(given).map(([name, value]) => [`original_${name}`, value]);
		expect(await metadataOf(mirror, 'r0')).toEqual({ ...Object.fromEntries(aside), ...fits });
		await mirror.core.close();
	});

	test('a thousand tags are shown and can be sent back, more stand aside', async () => {
		const mirror = await TestMirror.open();
		const tags = Array.from({ length: 1001 }, (_, at) => `t${at}`);
		await mirror.import(foreignBundle([JSON.stringify({ tags })]));
		const before = await reflection(mirror, 'r0');
		expect(before.metadata.tags).toEqual(tags.slice(0, 1000));
		const written = { id: 'r0', text: 'Rested.', title: '', when: null };
		expect(await mirror.core.dispatch(changeOf(before, written))).toMatchObject({ code: 'accepted' });
		expect(await metadataOf(mirror, 'r0')).toMatchObject({ tags: tags.slice(0, 1000), original_tags: tags });
		await mirror.core.close();
	});

	test('whatever it holds, every page has words for it, an edit is accepted, and a second mirror shows the same', async () => {
		const names = [...Object.keys(misfits), 'original_title', 'unknown_columns', 'note', '__proto__'];
		const value = fc.oneof(
			fc.jsonValue({ stringUnit: 'binary' }),
			fc.constantFrom('2024-02-29', '2024-02-30', '2024-02-29T10:00:00Z', 'UTC', '+99:99', 1e300, ''),
			fc.constantFrom<unknown>(
				'x'.repeat(600),
				['a', 'a'],
				['\ud800', '\ud801'],
				['x'.repeat(101), null],
				'2024-13-41'
			)
		);
		const metadata = fc.oneof(
			fc.dictionary(fc.constantFrom(...names), value, { noNullPrototype: true }),
			fc.jsonValue()
		);
		await fc.assert(
			fc.asyncProperty(fc.array(metadata, { minLength: 1, maxLength: 30 }), async (all) => {
				const mirror = await TestMirror.open(createWorld(1));
				const bundle = foreignBundle(all.map((given) => JSON.stringify(given)));
				const { quarantined } = await mirror.stage(bundle);
				expect(quarantined).toEqual([]);
				expect(await mirror.import(bundle)).toMatchObject({ result: { reflections: all.length } });
				const { rows } = await mirror.read('reflections.list', { limit: 200 });
				expect(rows.length).toBe(all.length);
				for (const { local_date } of rows)
					expect(dayInWords(local_date) + weekdayOf(local_date)).not.toBe('');
				const second = await TestMirror.open(createWorld(2));
				await second.import(await mirror.export());
				for (const { id, title } of rows) {
					const before = await reflection(mirror, id);
					expect(await reflection(second, id)).toEqual(before);
					expect(timeOfDay(before.created_at, zoneOf(before.metadata))).not.toBe('');
					expect(moment(before.metadata.edited_at ?? '')).toEqual(expect.any(String));
					const written = { id, text: 'Rested.', title: title ?? '', when: null };
					const edited = await mirror.core.dispatch(changeOf(before, written));
					expect([edited.code, edited.message]).toEqual(['accepted', null]);
				}
				await mirror.core.close();
				await second.core.close();
			}),
			{ numRuns: 12 }
		);
	}, 60_000);

	test('what is said to be the words of an earlier answer may be anything', async () => {
		const mirror = await TestMirror.open();
		const said = JSON.stringify({
			engine_run_id: 'run',
			anchors: [5, null, 'ab', [1], [0.5, 2], { 0: 1 }, [2, 7]]
		});
		const bundle = foreignBundle(
			['{}'],
			{},
			`CREATE TABLE mirrorbacks (id TEXT, reflection_id TEXT, content TEXT, engine_version TEXT, created_at TEXT, metadata TEXT);
			CREATE TABLE engine_runs (id TEXT, reflection_id TEXT, config_version TEXT, engine_mode TEXT, timestamp TEXT);
			CREATE TABLE engine_feedback (id TEXT, engine_run_id TEXT, flags TEXT, timestamp TEXT);
			INSERT INTO mirrorbacks VALUES ('m', 'r0', 'Words.', '1', '2024-02-29T10:00:00Z', '${said}');
			INSERT INTO engine_runs VALUES ('run', 'r0', '1', 'manual', '2024-02-29T10:00:00Z');
			INSERT INTO engine_feedback VALUES ('f', 'run', '["off_topic"]', '2024-02-29T10:00:00Z')`
		);
		expect(await mirror.import(bundle)).toMatchObject({ code: 'accepted', result: { quarantined: 0 } });
		const asked = { id: mirror.id(), reflection_id: 'r0', engine_run_id: mirror.id() };
		expect(await mirror.dispatch('mirrorback.create', asked)).toMatchObject({ code: 'accepted' });
		await mirror.core.close();
	});
});

describe('JSON deeper than any program writes', () => {
	test.each([501, 1001, 100_000])('of %i levels keeps out its own row and nothing else', async (levels) => {
		const mirror = await TestMirror.open();
		const bundle = foreignBundle(['{"a":1}', nested(levels), nested(500), null]);
		expect((await mirror.stage(bundle)).quarantined).toEqual([
			{ table: 'reflections', id: 'r1', reason: 'metadata is not JSON of at most 500 levels' }
		]);
		const receipt = await mirror.import(bundle);
		expect(receipt).toMatchObject({ code: 'accepted', result: { reflections: 3, quarantined: 1 } });
		const second = await TestMirror.open(createWorld(2));
		expect(await second.import(await mirror.export())).toMatchObject({ result: { reflections: 3 } });
		expect(await reflection(second, 'r2')).toEqual(await reflection(mirror, 'r2'));
		expect((await mirror.read('ledger.verify', {})).rows[0]?.errors).toEqual([]);
		await mirror.core.close();
		await second.core.close();
	});
});

describe('earlier states', () => {
	const state = {
		...{ reflection_id: 'r0', content: 'As it stood.', content_type: 'text', metadata: null },
		...{ created_at: '2024-02-29 09:00', replaced_at: '2024-02-29T10:00:00Z' }
	};

	test.each([
		['its metadata is too deep', { metadata: nested(501) }, 'metadata is not JSON of at most 500 levels'],
		['its text is too long', { content: 'x'.repeat(1024 * 1024 + 1) }, 'content is longer than 1 MiB'],
		['it has no time', { created_at: 'then' }, 'created_at is not a time'],
		['its number is beyond a million', { version: 1_000_001 }, 'version does not fit'],
		['its number is beyond all that are exact', { version: 2 ** 53 }, 'version does not fit'],
		['it has no number', { version: '2' }, 'version does not fit']
	])('one stays out alone, and it is said, where %s', async (_what, fault, reason) => {
		const mirror = await TestMirror.open();
		const list = [
			{ ...state, version: 1 },
			{ ...state, version: 2, ...fault },
			{ ...state, version: 1_000_000, content_type: 'a word of its own' }
		];
		const bundle = foreignBundle(['{}'], { 'versions/reflections.json': { reflection_versions: list } });
		expect((await mirror.stage(bundle)).notices).toContain(
			`Earlier states that break a rule are not imported: 1 (the first: ${reason}).`
		);
		expect(await mirror.import(bundle)).toMatchObject({ code: 'accepted', result: { reflections: 1 } });
		const versions = (await mirror.read('reflections.versions', { id: 'r0' })).rows;
		expect(versions).toMatchObject([
			{ version: 1, created_at: '2024-02-29T09:00:00.000Z' },
			{ version: 1_000_000, content_type: 'text' }
		]);
		await mirror.core.close();
	});
});
