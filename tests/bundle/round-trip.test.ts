import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createWorld, TestMirror } from '../app/mirror.ts';
import { bundleOf, databaseOf, mirrorRows, rowsIn, sorted } from './make.ts';

async function emptyMirror(): Promise<TestMirror> {
	return TestMirror.open(createWorld(7));
}

describe('export and import', () => {
	test('import of an export is the identity, and a second import changes nothing', async () => {
		await fc.assert(
			fc.asyncProperty(mirrorRows, async (rows) => {
				const first = await emptyMirror();
				const from = await rowsIn(bundleOf(await databaseOf(rows)));
				// A bundle without identities leaves the one that a mirror begins with.
				const came = await first.import(bundleOf(await databaseOf(rows)));
				expect(came.code).toBe('accepted');
				const one = await first.export();
				const second = await emptyMirror();
				expect((await second.import(one)).code).toBe('accepted');
				const two = await second.export();
				expect(sorted(await rowsIn(two))).toEqual(sorted(await rowsIn(one)));
				if (from.identities.length > 0) expect(sorted(await rowsIn(one))).toEqual(sorted(from));
				expect(await second.import(one)).toMatchObject({
					code: 'accepted',
					result: { written: 0, conflicts: 0, quarantined: 0 }
				});
				const [report] = (await second.read('ledger.verify', {})).rows;
				expect(report?.errors).toEqual([]);
				await first.core.close();
				await second.core.close();
			}),
			{ numRuns: 25 }
		);
	}, 120_000);

	test('earlier states and the words for hard moments come along', async () => {
		const mirror = await TestMirror.open();
		const id = await mirror.write('first words');
		const day = { created_at: '2026-11-21T12:00:00.000Z', local_date: '2026-11-21' };
		await mirror.dispatch('reflection.edit', { id, content: 'second words', ...day });
		await mirror.dispatch('settings.change', { key: 'crisis_card', value: 'Call Ana.' });
		const bundle = await mirror.export({ versions: true });
		const other = await emptyMirror();
		await other.import(bundle, { crisis_card: true });
		const versions = (await other.read('reflections.versions', { id })).rows;
		expect(versions.map(({ content }) => content)).toEqual(['first words']);
		expect((await other.read('settings.get', {})).rows[0]?.crisis_card).toBe('Call Ana.');
		await mirror.core.close();
		await other.core.close();
	});
});
