import { describe, expect, test } from 'vitest';
import { bundleTables, type BundleRow } from '#records/bundle-rows.ts';
import { TestMirror } from '../app/mirror.ts';
import { rowsIn, sorted, staged } from './make.ts';
import { changed } from './original/source.ts';
import { vector } from './vectors.ts';

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
		// A level is decided where the row is: what came in as nobody's stays on this device.
		const local = new Set(rows.map(({ id }) => id));
		for (const { id, identity_id, sync_mode } of held.tensions) {
			const before = whole.tensions.find((row) => row['id'] === id);
			expect(identity_id).toBe(before?.['identity_id']);
			expect(sync_mode).toBe(local.has(String(id)) ? 'local_only' : before?.['sync_mode']);
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
});
