import { describe, expect, test } from 'vitest';
import { TestMirror } from '../app/mirror.ts';
import { vector } from './vectors.ts';

async function verified(mirror: TestMirror) {
	const [report] = (await mirror.read('ledger.verify', {})).rows;
	return report?.errors;
}

async function counted(mirror: TestMirror) {
	const identities = (await mirror.read('identities.list', {})).rows.length;
	const [health] = (await mirror.read('system.health', {})).rows;
	return { identities, reflections: health?.reflections };
}

describe('a bundle that another program wrote', () => {
	test('is previewed with its counts, and nothing changes by that', async () => {
		const mirror = await TestMirror.open();
		const preview = await mirror.stage(vector('mirror_bundle_20251208_153000.zip'));
		expect(preview).toMatchObject({ format: 'mirror_bundle', entries: 58, notices: [], quarantined: [] });
		const rows = Object.fromEntries(preview.tables.map((table) => [table.table, table.new]));
		expect(rows).toEqual({
			axes: 2,
			engine_feedback: 15,
			engine_runs: 58,
			evolution_events: 1,
			evolution_history: 1,
			evolution_proposals: 1,
			identities: 2,
			integrations: 1,
			mirrorbacks: 58,
			reflections: 58,
			tensions: 7,
			thread_reflections: 15,
			threads: 3
		});
		expect(await counted(mirror)).toEqual({ identities: 1, reflections: 0 });
		await mirror.core.close();
	});

	test('comes in whole: 58 reflections of 2 identities, found by their words, proven by the ledger', async () => {
		const mirror = await TestMirror.open();
		const receipt = await mirror.import(vector('mirror_bundle_20251208_153000.zip'));
		expect(receipt).toMatchObject({ code: 'accepted', result: { reflections: 58, quarantined: 0 } });
		expect(await counted(mirror)).toEqual({ identities: 2, reflections: 58 });
		const found = await mirror.read('reflections.search', { query: 'promise friend' });
		expect(found.rows.length).toBeGreaterThan(0);
		expect(await verified(mirror)).toEqual([]);
		const again = await mirror.restart();
		expect(await counted(again)).toEqual({ identities: 2, reflections: 58 });
		await again.core.close();
	});

	test('changes nothing the second time', async () => {
		const mirror = await TestMirror.open();
		await mirror.import(vector('mirror_bundle_20251208_153000.zip'));
		const receipt = await mirror.import(vector('mirror_bundle_20251208_153000.zip'));
		expect(receipt).toMatchObject({ code: 'accepted', result: { written: 0, conflicts: 0 } });
		expect(await counted(mirror)).toEqual({ identities: 2, reflections: 58 });
		await mirror.core.close();
	});
});

describe('faulty bundles', () => {
	test.each([
		['bundle-newer-major.zip', 'newer_version', /newer major version/],
		['bundle-no-manifest.zip', 'no_manifest', /MANIFEST\.json/],
		['bundle-no-db.zip', 'no_database', /mirror_os\.db/],
		['bundle-corrupt-db.zip', 'damaged', /damaged/],
		['bundle-zip-slip.zip', 'unsafe_name', /points out of its folder/],
		['bundle-says-encrypted.zip', 'encrypted', /encrypted/]
	])('%s is refused, and nothing of it is imported', async (name, code, message) => {
		const mirror = await TestMirror.open();
		const staged = await mirror.core.stageImport(new Blob([vector(name)]));
		expect(staged).toMatchObject({ ok: false, error: { code } });
		expect(!staged.ok && staged.error.message).toMatch(message);
		expect(!staged.ok && staged.error.message).toContain('Nothing was imported.');
		expect(await counted(mirror)).toEqual({ identities: 1, reflections: 0 });
		await mirror.core.close();
	});

	test.each([
		['bundle-bad-count.zip', /57 rows in reflections; the database holds 58/],
		['bundle-bad-size.zip', /database has \d+ bytes; it has \d+/],
		['bundle-newer-minor.zip', /1\.4\.0, newer than 1\.0\.0/]
	])('%s is accepted with a notice', async (name, notice) => {
		const mirror = await TestMirror.open();
		const preview = await mirror.stage(vector(name));
		expect(preview.notices).toEqual([expect.stringMatching(notice)]);
		expect((await mirror.import(vector(name))).result).toMatchObject({ reflections: 58 });
		await mirror.core.close();
	});

	test('rows that break a rule are listed: what may stay private does, what does not fit stays out', async () => {
		const mirror = await TestMirror.open();
		const preview = await mirror.stage(vector('bundle-invalid-rows.zip'));
		expect(preview.quarantined).toEqual([
			{
				table: 'tensions',
				id: expect.any(String) as string,
				reason: expect.stringMatching(/^position/) as string
			}
		]);
		expect(preview.changed.length).toBeGreaterThan(0);
		for (const { table, reason } of preview.changed) {
			expect([table, reason]).toEqual(['reflections', 'has no identity, and so becomes local_only']);
		}
		await mirror.import(vector('bundle-invalid-rows.zip'));
		const { rows } = await mirror.read('reflections.list', { identity_id: null, limit: 200 });
		expect(rows.length).toBeGreaterThan(0);
		for (const { id } of rows) {
			const [row] = (await mirror.read('reflections.get', { id })).rows;
			expect(row?.visibility).toBe('local_only');
		}
		await mirror.core.close();
	});
});
