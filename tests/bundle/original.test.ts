import { describe, expect, test } from 'vitest';
import { bundleRowId, bundleTables, type BundleRow } from '#records/bundle-rows.ts';
import { createWorld, TestMirror } from '../app/mirror.ts';
import { rowsIn, staged } from './make.ts';
import { changed, databases, expected, others } from './original/source.ts';
import { vector } from './vectors.ts';

function sorted(rows: Partial<Record<string, readonly BundleRow[]>>): Record<string, readonly BundleRow[]> {
	const order = (table: (typeof bundleTables)[number]) =>
		(rows[table] ?? []).toSorted((a, b) => (bundleRowId(table, a) < bundleRowId(table, b) ? -1 : 1));
	return Object.fromEntries(bundleTables.map((table) => [table, order(table)]));
}

async function errors(mirror: TestMirror) {
	return (await mirror.read('ledger.verify', {})).rows[0]?.errors;
}

describe('in a mirror', () => {
	test('all of them come in, change nothing the second time, and go out and in again as the same rows', async () => {
		const mirror = await TestMirror.open();
		for (const file of databases) {
			const { result } = await mirror.import(vector(file));
			const written = Object.values(expected(file)).reduce((sum, rows) => sum + rows, 0);
			expect([file, result]).toMatchObject([file, { written, conflicts: 0, quarantined: 0 }]);
		}
		for (const file of [...databases, ...others.map(([name]) => name)]) {
			const again = await mirror.import(vector(file));
			expect([file, again.result]).toMatchObject([file, { written: 0, conflicts: 0, quarantined: 0 }]);
		}
		expect((await mirror.read('reflections.list', {})).total).toBe(60 + 12 + 70 + 55 + 52);
		expect(await errors(mirror)).toEqual([]);
		const bundle = await mirror.export();
		await mirror.core.close();
		const reads = await Promise.all(databases.map((file) => staged(vector(file))));
		const all = bundleTables.map((table) => [table, reads.flatMap(({ rows }) => rows[table])] as const);
		expect(sorted(await rowsIn(bundle))).toEqual(sorted(Object.fromEntries(all)));
		const second = await TestMirror.open(createWorld(2));
		expect((await second.import(bundle)).code).toBe('accepted');
		expect(await rowsIn(await second.export())).toEqual(await rowsIn(bundle));
		await second.core.close();
	});

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
		expect(sorted({ identities: held.identities })).toEqual(sorted({ identities: whole.identities }));
		// A level is decided where the row is: what came in as nobody's stays on this device.
		const local = new Set(rows.map(({ id }) => id));
		for (const { id, identity_id, sync_mode } of held.tensions) {
			const before = whole.tensions.find((row) => row['id'] === id);
			expect(identity_id).toBe(before?.['identity_id']);
			expect(sync_mode).toBe(local.has(String(id)) ? 'local_only' : before?.['sync_mode']);
		}
		expect(await errors(mirror)).toEqual([]);
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
