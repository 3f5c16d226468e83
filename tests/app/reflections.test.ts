import { describe, expect, test } from 'vitest';
import type { Answer } from '#domain/view.ts';
import type { ReflectionItem } from '#domain/reflection.ts';
import { TestMirror } from './mirror.ts';

const day = (date: string) => ({ created_at: `${date}T12:00:00.000Z`, local_date: date });

describe('reflections', () => {
	test('without an identity a reflection is local only, in the command and in the schema', async () => {
		const mirror = await TestMirror.open();
		const receipt = await mirror.dispatch('reflection.create', {
			...{ id: mirror.id(), identity_id: null, content: 'Out there', visibility: 'sync_full_public' },
			...day('2026-11-21')
		});
		expect(receipt.code).toBe('invalid_data');
		expect(receipt.message).toContain('visibility');
	});

	test('an entry of 1 MiB is taken, one byte more is refused', async () => {
		const mirror = await TestMirror.open();
		await mirror.write('a'.repeat(1024 * 1024));
		await expect(mirror.write('ä'.repeat(512 * 1024) + 'b')).rejects.toThrow('invalid_data');
		await expect(mirror.write('   \n\t ')).rejects.toThrow('invalid_data');
		await expect(mirror.write('half a \ud83d character')).rejects.toThrow('invalid_data');
	});

	test('an edit keeps what stood before, and names the version that it began from', async () => {
		const mirror = await TestMirror.open();
		const id = await mirror.write('First words', { title: 'One' });
		const edit = (content: string, base_version: number) =>
			mirror.dispatch(
				'reflection.edit',
				{ id, content, title: 'Two', ...day('2026-11-21') },
				{ base_version }
			);
		expect((await edit('Second words', 1)).result).toEqual({ id, version: 2 });
		expect((await edit('From another tab', 1)).code).toBe('version_conflict');
		const [now] = (await mirror.read('reflections.get', { id })).rows;
		expect(now).toMatchObject({ content: 'Second words', version: 2, metadata: { title: 'Two' } });
		const { rows } = await mirror.read('reflections.versions', { id });
		expect(rows).toMatchObject([{ version: 1, content: 'First words', metadata: { title: 'One' } }]);
	});

	test('trash takes a reflection out of every list, restore brings all of it back', async () => {
		const mirror = await TestMirror.open();
		const id = await mirror.write('Keep me #tag', { title: 'Title' });
		await mirror.dispatch('reflection.edit', { id, content: 'Keep me, changed #tag', ...day('2026-11-21') });
		const before = await mirror.read('reflections.get', { id });
		const versions = await mirror.read('reflections.versions', { id });
		expect((await mirror.dispatch('reflection.trash', { id })).code).toBe('accepted');
		expect((await mirror.read('reflections.list', {})).total).toBe(0);
		expect((await mirror.read('reflections.search', { query: 'keep' })).total).toBe(0);
		expect((await mirror.read('reflections.tags', {})).rows).toEqual([]);
		expect((await mirror.read('trash.list', {})).rows).toMatchObject([
			{ id, excerpt: 'Keep me, changed #tag' }
		]);
		expect((await mirror.dispatch('reflection.restore', { id })).code).toBe('accepted');
		expect((await mirror.read('reflections.get', { id })).rows).toEqual(before.rows);
		expect((await mirror.read('reflections.versions', { id })).rows).toEqual(versions.rows);
		expect((await mirror.read('trash.list', {})).rows).toEqual([]);
	});

	test('what is erased for good is gone, and the chain goes on', async () => {
		const mirror = await TestMirror.open();
		const id = await mirror.write('canaryword is here');
		const request = { id: mirror.id(), kind: 'reflection.trash' as const, data: { id } };
		await mirror.core.dispatch(request);
		expect((await mirror.dispatch('reflection.purge', { ids: [id] })).result).toEqual({ erased: 1 });
		expect((await mirror.read('trash.list', {})).rows).toEqual([]);
		expect((await mirror.dispatch('reflection.restore', { id })).code).toBe('not_found');
		// Its salts are gone, so nobody can tell any more whether this is the same request.
		expect((await mirror.core.dispatch(request)).code).toBe('duplicate_request');
		await mirror.write('Afterwards');
		const { rows: all } = await mirror.read('ledger.list', {});
		const rows = all.filter(({ kernel_id }) => kernel_id === all[0]?.kernel_id);
		expect(rows.every((row, n) => n === rows.length - 1 || row.prev_hash === rows[n + 1]?.entry_hash)).toBe(
			true
		);
	});

	test('pages go on after the last row, also where times are equal', async () => {
		const mirror = await TestMirror.open();
		for (let n = 0; n < 7; n++) await mirror.write(`Entry ${n}`, day('2026-01-01'));
		const seen: string[] = [];
		let after: Pick<ReflectionItem, 'created_at' | 'id'> | null = null;
		for (;;) {
			const { rows }: { rows: readonly ReflectionItem[] } = await mirror.read('reflections.list', {
				after,
				limit: 3
			});
			if (rows.length === 0) break;
			seen.push(...rows.map((row) => row.excerpt));
			const last = rows.at(-1);
			after = last === undefined ? null : { created_at: last.created_at, id: last.id };
		}
		expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0].map((n) => `Entry ${n}`));
	});

	test('the trash has pages too, and says how much is in it', async () => {
		const mirror = await TestMirror.open();
		const ids: string[] = [];
		for (let at = 0; at < 5; at++) ids.push(await mirror.write(`Entry ${at}`));
		const step = mirror.world.now;
		for (const id of ids) {
			// All but the last at one moment.
			mirror.world.now = id === ids.at(-1) ? step + 10 : step;
			await mirror.dispatch('reflection.trash', { id });
		}
		const seen: string[] = [];
		for (let after: { trashed_at: string; id: string } | null = null; ;) {
			const page: Answer<'trash.list'> = await mirror.read('trash.list', { after, limit: 2 });
			expect(page.total).toBe(5);
			seen.push(...page.rows.map(({ id }) => id));
			const last = page.rows.at(-1);
			if (last === undefined) break;
			after = { trashed_at: last.trashed_at, id: last.id };
		}
		expect(seen[0]).toBe(ids.at(-1));
		expect([...seen].sort()).toEqual([...ids].sort());
	});

	test('what is new since the last export of everything is counted, whatever is moved to the trash', async () => {
		const mirror = await TestMirror.open();
		const fresh = async () => (await mirror.read('system.health', {})).rows[0]?.new_reflections;
		const first = await mirror.write('One.');
		await mirror.write('Two.');
		await mirror.export();
		expect(await fresh()).toBe(0);
		await mirror.write('Three.');
		await mirror.dispatch('reflection.trash', { id: first });
		expect(await fresh()).toBe(1);
		await mirror.import(
			new TextEncoder().encode('[{"date": null, "text": "Four."}, {"date": null, "text": "Five."}]')
		);
		expect(await fresh()).toBe(3);
		await mirror.export({ identities: [null] });
		expect(await fresh()).toBe(3);
		await mirror.export();
		expect(await fresh()).toBe(0);
	});

	test('on this day finds other years, also for the 29th of February', async () => {
		const mirror = await TestMirror.open();
		await mirror.write('Leap', day('2024-02-29'));
		await mirror.write('Not leap', day('2025-02-28'));
		await mirror.write('Now', day('2028-02-29'));
		const { rows } = await mirror.read('reflections.on_this_day', { date: '2028-02-29' });
		expect(rows.map((row) => row.excerpt)).toEqual(['Leap']);
	});
});

describe('search', () => {
	async function filled(): Promise<TestMirror> {
		const mirror = await TestMirror.open();
		await mirror.write('The café was crowded. Żółw crossed the Straße slowly.', {
			...day('2026-01-05'),
			title: 'Out'
		});
		await mirror.write('京都へ行った。東京都は大きい。', day('2026-02-05'));
		await mirror.write('A well-known cat, and a category of dogs #pets', day('2026-03-05'));
		await mirror.write('<script>alert(1)</script> NOT a cat AND nothing OR "else"', day('2026-04-05'));
		return mirror;
	}

	test.each([
		['cafe', 1],
		['CAFÉ', 1],
		['zolw', 1],
		['strasse', 1],
		['京都', 1],
		['大きい', 1],
		['京大', 0],
		['cat', 2],
		['cat ', 2],
		['"cat" -dogs', 1],
		['categ', 1],
		['categ ', 0],
		['categ*', 1],
		['"well known"', 1],
		['"known well"', 0],
		['tag:pets', 1],
		['#pets', 1],
		['before:2026-02', 1],
		['after:2026-03 before:2026-04', 1],
		['identity:nobody', 0],
		['is:pinned', 0],
		['out', 1],
		['NOT', 1],
		['"', 4],
		['AND OR', 1],
		['*', 4],
		['', 4],
		['-cat', 2],
		['tag:PETS', 1],
		['#péts', 1],
		['-#pets', 3],
		['-tag:Pets cat', 1],
		['-is:pinned', 4],
		['before:2026-13', 4],
		['-before:2026-02', 4]
	])('%s finds %i', async (query, count) => {
		const mirror = await filled();
		const found = await mirror.read('reflections.search', { query });
		expect(found.total).toBe(count);
		expect(found.rows).toHaveLength(count);
	});

	test('identities are found by name whatever its case and accents, and left out with a minus', async () => {
		const mirror = await filled();
		const id = mirror.id();
		await mirror.dispatch('identity.create', { id, name: 'Émile Ångström' });
		await mirror.write('Written as somebody else.', { identity_id: id });
		const found = async (query: string) => (await mirror.read('reflections.search', { query })).total;
		expect(await found('identity:"emile angstrom"')).toBe(1);
		expect(await found('identity:"ÉMILE ÅNGSTRÖM"')).toBe(1);
		expect(await found('-identity:"Émile Ångström"')).toBe(4);
	});

	test('tags that differ in case alone are one tag', async () => {
		const mirror = await TestMirror.open();
		await mirror.write('One. #Work and #work');
		await mirror.write('Two. #WORK');
		expect((await mirror.read('reflections.tags', {})).rows).toEqual([{ tag: 'WORK', count: 2 }]);
		expect((await mirror.read('reflections.list', { tag: 'work' })).total).toBe(2);
	});

	test('a tag of any length is cut between characters, and can be sent back with an edit', async () => {
		const mirror = await TestMirror.open();
		const id = await mirror.write(`#a${'\u{1d49c}'.repeat(80)}`);
		const [saved] = (await mirror.read('reflections.get', { id })).rows;
		expect(saved?.metadata.tags).toEqual([`a${'\u{1d49c}'.repeat(49)}`]);
	});

	test('hits say where the words stand', async () => {
		const mirror = await filled();
		const [row] = (await mirror.read('reflections.search', { query: 'strasse out' })).rows;
		const { excerpt, title, hits } = row ?? { excerpt: '', title: '', hits: { excerpt: [], title: [] } };
		expect(hits.excerpt.map(([start, end]) => excerpt.slice(start, end))).toEqual(['Straße']);
		expect(hits.title.map(([start, end]) => title?.slice(start, end))).toEqual(['Out']);
	});

	test.each(['A well-known cat', 'A well known café'])(
		'of terms that begin at one place the longest is marked: %s',
		async (content) => {
			const mirror = await TestMirror.open();
			await mirror.write(content);
			for (const query of ['well "well known" a', '"well known" well a', 'a "well known" well']) {
				const [row] = (await mirror.read('reflections.search', { query })).rows;
				const marked = row?.hits.excerpt.map(([start, end]) => row.excerpt.slice(start, end));
				expect(marked).toEqual(['A', content.slice(2, 12)]);
			}
		}
	);

	test('an entry is marked with every form of the words that hit it', async () => {
		const mirror = await TestMirror.open();
		const id = await mirror.write(
			`River. ${'Leaf. '.repeat(300)}RIVERS, and the river’s bank; a well-known bank.`
		);
		const words = async (query: string) =>
			(await mirror.read('reflections.hits', { id, query })).rows.map(({ word }) => word);
		expect(await words('river')).toEqual(['River', 'RIVERS', 'river’s']);
		expect(await words('"well known" -leaf')).toEqual(['well-known']);
		expect(await words('')).toEqual([]);
		expect((await mirror.read('reflections.hits', { id: 'nowhere', query: 'river' })).rows).toEqual([]);
	});

	test.each(['2025-02-29', '2025-04-31', '2024-13-01', '2024-00-10', '2024-01-00', 'today'])(
		'%s is no day, and is not saved as one',
		async (local_date) => {
			const mirror = await TestMirror.open();
			const data = { id: mirror.id(), identity_id: null, content: 'On a day that never was.' };
			const saved = { ...data, created_at: '2025-03-01T08:00:00.000Z', local_date };
			expect((await mirror.dispatch('reflection.create', saved)).code).toBe('invalid_data');
			const timed = { ...data, created_at: `${local_date}T08:00:00.000Z`, local_date: '2024-02-29' };
			expect((await mirror.dispatch('reflection.create', timed)).code).toBe('invalid_data');
			const leap = { ...data, created_at: '2024-02-29T08:00:00.000Z', local_date: '2024-02-29' };
			expect((await mirror.dispatch('reflection.create', leap)).code).toBe('accepted');
		}
	);

	test('an excerpt ends after a word; where none ends near, after a character', async () => {
		const mirror = await TestMirror.open();
		await mirror.write(`${'word '.repeat(43)}imagination goes on and on`);
		await mirror.write('東京'.repeat(200));
		const { rows } = await mirror.read('reflections.list', {});
		expect(rows.map(({ excerpt }) => excerpt)).toEqual([
			`${'東京'.repeat(110)}…`,
			`${'word '.repeat(43).trim()}…`
		]);
	});

	test('an excerpt of a long entry shows the hit, and cuts no character in two', async () => {
		const mirror = await TestMirror.open();
		await mirror.write(`${'🌿 leaf '.repeat(500)}needle ${'🌿'.repeat(400)}`);
		const [row] = (await mirror.read('reflections.search', { query: 'needle' })).rows;
		expect(row?.excerpt).toContain('needle');
		expect(row?.excerpt.isWellFormed()).toBe(true);
	});

	test.each([0, 8, 59])(
		'a hit after %i characters that is longer than an excerpt is shown from its beginning',
		async (before) => {
			const mirror = await TestMirror.open();
			await mirror.write(`${'so '.repeat(20).slice(0, before)} ${'a'.repeat(300)} ${'leaf '.repeat(400)}`);
			const [row] = (await mirror.read('reflections.search', { query: 'aaa' })).rows;
			const { excerpt, hits } = row ?? { excerpt: '', hits: { excerpt: [] } };
			expect(hits.excerpt.map(([start, end]) => excerpt.slice(start, end))).toEqual([
				expect.stringMatching(/^a{100,}$/)
			]);
			expect(excerpt).not.toContain('leaf');
		}
	);
});
