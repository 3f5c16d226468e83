import { describe, expect, test } from 'vitest';
import { bundleTables, type BundleRow } from '#records/bundle-rows.ts';
import { createWorld, TestMirror } from '../app/mirror.ts';
import { sql } from '../storage/sql.ts';
import { bundleOf, databaseOf, rowsIn, sorted, staged } from './make.ts';
import { changed } from './original/source.ts';
import { vector } from './vectors.ts';

const day = { created_at: '2026-11-21T12:00:00.000Z', local_date: '2026-11-21' };

/** Two mirrors of one person: the second imported the first. */
async function twoMirrors() {
	const one = await TestMirror.open(createWorld(1));
	const [{ id: identity_id } = { id: '' }] = (await one.read('identities.list', {})).rows;
	const id = await one.write('I should rest, but I want to work, and I never know which.', { identity_id });
	const two = await TestMirror.open(createWorld(2));
	await two.import(await one.export());
	one.world.now += 1000;
	two.world.now += 2000;
	return { one, two, id, identity_id };
}

async function contents(mirror: TestMirror) {
	const { rows } = await mirror.read('reflections.list', {});
	const all = await Promise.all(rows.map(({ id }) => mirror.read('reflections.get', { id })));
	return all.flatMap((answer) => answer.rows);
}

describe('merging into a mirror that is not empty', () => {
	test('the newer of two states stays under the id, the other is kept as a copy, and it is said', async () => {
		const { one, two, id } = await twoMirrors();
		await one.dispatch('reflection.edit', { id, content: 'Older edit.', ...day });
		await two.dispatch('reflection.edit', { id, content: 'Newer edit.', ...day });
		const bundle = await one.export();
		expect((await two.stage(bundle)).conflicts).toEqual([
			{ table: 'reflections', id, reason: 'the one that is here is newer' }
		]);
		await two.import(bundle);
		expect((await two.read('reflections.get', { id })).rows[0]?.content).toBe('Newer edit.');
		expect((await contents(two)).map(({ content }) => content).sort()).toEqual([
			'Newer edit.',
			'Older edit.'
		]);
		expect((await two.import(bundle)).result).toMatchObject({ written: 0, conflicts: 0 });
		const back = await two.export();
		expect(await one.import(back)).toMatchObject({ code: 'accepted', result: { conflicts: 1 } });
		expect((await one.read('reflections.get', { id })).rows[0]?.content).toBe('Newer edit.');
		expect((await contents(one)).map(({ content }) => content).sort()).toEqual([
			'Newer edit.',
			'Older edit.'
		]);
		expect((await one.import(back)).result).toMatchObject({ written: 0 });
		for (const mirror of [one, two]) {
			expect((await mirror.read('ledger.verify', {})).rows[0]?.errors).toEqual([]);
			await mirror.core.close();
		}
	});

	test('what is in the trash stays there, with all that belongs to it', async () => {
		const { one, two, id } = await twoMirrors();
		const mirrored = { id: one.id(), reflection_id: id, engine_run_id: one.id() };
		expect(await one.dispatch('mirrorback.create', mirrored)).toMatchObject({ code: 'accepted' });
		const bundle = await one.export();
		await two.dispatch('reflection.trash', { id });
		const preview = await two.stage(bundle);
		expect(preview.tables.find(({ table }) => table === 'reflections')).toMatchObject({ trashed: 1, new: 0 });
		expect(preview.tables.find(({ table }) => table === 'mirrorbacks')).toMatchObject({ trashed: 1, new: 0 });
		await two.import(bundle);
		expect(await contents(two)).toEqual([]);
		expect((await two.read('trash.list', {})).rows.length).toBe(1);
		expect((await two.dispatch('reflection.restore', { id })).code).toBe('accepted');
		await one.core.close();
		await two.core.close();
	});

	test('nothing that is here becomes more public', async () => {
		const { one, two, id, identity_id } = await twoMirrors();
		const [row] = (await rowsIn(await one.export())).reflections;
		const edited = JSON.stringify({ edited_at: '2027-01-01T00:00:00.000Z' });
		const [identity] = (await rowsIn(await one.export())).identities;
		const louder = {
			...row!,
			content: 'Edited elsewhere.',
			visibility: 'sync_full_public',
			metadata: edited
		};
		const bundle = bundleOf(await databaseOf({ identities: [identity!], reflections: [louder] }));
		await two.import(bundle);
		expect((await two.read('reflections.get', { id })).rows[0]).toMatchObject({
			content: 'Edited elsewhere.',
			identity_id,
			visibility: 'local_only'
		});
		expect((await two.import(bundle)).result).toMatchObject({ written: 0 });
		await one.core.close();
		await two.core.close();
	});

	test('a row whose parent is nowhere is left out and listed', async () => {
		const mirror = await TestMirror.open();
		const foreign = new sql.Database();
		foreign.exec(`CREATE TABLE identities (id TEXT, created_at TEXT, updated_at TEXT);
			CREATE TABLE reflections (id TEXT, content TEXT, created_at TEXT);
			CREATE TABLE mirrorbacks (id TEXT, reflection_id TEXT, content TEXT, engine_version TEXT, created_at TEXT);
			INSERT INTO mirrorbacks VALUES ('m', 'nowhere', 'Words.', '1', '2026-01-01T00:00:00Z')`);
		const database = foreign.export();
		foreign.close();
		const preview = await mirror.stage(bundleOf(database));
		expect(preview.quarantined).toEqual([
			{ table: 'mirrorbacks', id: 'm', reason: 'reflection_id refers to a row that is not there' }
		]);
		expect((await mirror.import(bundleOf(database))).result).toMatchObject({ quarantined: 1 });
		await mirror.core.close();
	});

	test('an import that was not shown is refused', async () => {
		const mirror = await TestMirror.open();
		const { token } = await mirror.stage(bundleOf(await databaseOf({})));
		const other = await mirror.dispatch('import.run', { token, sha256: '0'.repeat(64) });
		expect(other.code).toBe('invalid_data');
		const unknown = await mirror.dispatch('import.run', { token: 'x', sha256: '0'.repeat(64) });
		expect(unknown.code).toBe('not_found');
		await mirror.core.close();
	});
});

describe('files of the original in a mirror', () => {
	test('a part first and the whole after it: nothing is there twice, and what was nobody’s is somebody’s again', async () => {
		const mirror = await TestMirror.open();
		const part = vector('exporter-bruno.one-identity.export.json');
		const { changed: orphans } = await mirror.stage(part);
		expect(orphans.map(({ table, reason }) => [table, reason])).toEqual(
			Array(2).fill(['tensions', 'belongs to an identity that is not in the file, and so to none'])
		);
		expect((await mirror.import(part)).result).toMatchObject({ written: 1 + 22 + 34 + 2, quarantined: 0 });
		expect((await mirror.import(part)).result).toMatchObject({ written: 0 });
		const { rows } = await mirror.read('tensions.list', {});
		expect(rows.map(({ identity_id, sync_mode }) => [identity_id, sync_mode])).toEqual(
			Array(2).fill([null, 'local_only'])
		);
		for (const file of ['exporter-bruno.export.json', 'exporter-bruno.db']) {
			expect((await mirror.import(vector(file))).code).toBe('accepted');
			expect((await mirror.import(vector(file))).result).toMatchObject({ written: 0, conflicts: 0 });
		}
		const { rows: whole } = await staged(vector('exporter-bruno.db'));
		const ids = (list: readonly BundleRow[]) => list.map(({ id }) => id).sort();
		const held = await rowsIn(await mirror.export());
		for (const table of bundleTables) expect(ids(held[table])).toEqual(ids(whole[table]));
		const places = (list: readonly BundleRow[]) =>
			list.map(({ added_at: _time, ...place }) => JSON.stringify(place)).sort();
		expect(places(held.thread_reflections)).toEqual(places(whole.thread_reflections));
		expect(sorted(held)['identities']).toEqual(sorted(whole)['identities']);
		// A level is decided where the row is: what came in as nobody's, or under a name that was here, stays on this device.
		const local = new Set(rows.map(({ id }) => id));
		for (const { id, identity_id, sync_mode } of held.tensions) {
			const before = whole.tensions.find((row) => row['id'] === id);
			expect(identity_id).toBe(before?.['identity_id']);
			expect(local.has(String(id)) ? ['local_only'] : ['local_only', before?.['sync_mode']]).toContain(
				sync_mode
			);
		}
		expect((await mirror.read('ledger.verify', {})).rows[0]?.errors).toEqual([]);
		await mirror.core.close();
	});

	test('a row whose identity was deleted comes in as nobody’s, with its words', async () => {
		const mirror = await TestMirror.open();
		const file = changed(
			'core001-ana.db',
			`PRAGMA foreign_keys = off; INSERT INTO reflections (id, identity_id, content, visibility, created_at, metadata)
			VALUES ('r', 'gone', 'Whose was it?', 'sync_full_public', '2025-01-01T10:00:00', '{"tags":["old"]}')`
		);
		expect((await mirror.import(file)).code).toBe('accepted');
		expect((await mirror.read('reflections.get', { id: 'r' })).rows).toMatchObject([
			{
				...{ identity_id: null, visibility: 'local_only', content: 'Whose was it?' },
				metadata: { tags: ['old'], original_identity_id: 'gone' }
			}
		]);
		expect((await mirror.import(file)).result).toMatchObject({ written: 0, conflicts: 0 });
		await mirror.core.close();
	});

	test('what may only be added stays as it is, whatever a second file adds to it', async () => {
		const mirror = await TestMirror.open();
		await mirror.import(vector('core001-ana.db'));
		const file = changed(
			'core001-ana.db',
			`UPDATE evolution_history SET metadata = '{"reason":"approved proposal","more":1}'`
		);
		expect((await mirror.import(file)).result).toMatchObject({ written: 1, conflicts: 1 });
		expect((await mirror.import(file)).result).toMatchObject({ written: 0 });
		const kept = (await rowsIn(await mirror.export())).evolution_history;
		const [before] = (await staged(vector('core001-ana.db'))).rows.evolution_history;
		expect(kept.length).toBe(2);
		expect(kept).toContainEqual(before);
		await mirror.core.close();
	});
});
