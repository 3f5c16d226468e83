import { expect, test } from 'vitest';
import { archiveSizes } from '#records/archiving.ts';
import { createWorld, databaseOf, TestMirror, type World } from './mirror.ts';

async function count(world: World, table: string): Promise<number> {
	const database = await databaseOf(world);
	const rows = await database.query(`SELECT count(*) AS n FROM ${table}`);
	await database.close();
	return Number(rows[0]?.['n']);
}

test('old entries are packed at an idle moment, once there are many', async () => {
	const { kept, together } = archiveSizes;
	const world = createWorld();
	const mirror = await TestMirror.open(world);
	const change = (value: number) =>
		mirror.dispatch('settings.change', { key: 'last_export_position', value });
	// The beginnings of the three kernels and the first identity are entries too.
	for (let at = 0; at < kept + together - 5; at++) await change(at);
	await mirror.core.tidy();
	expect(await mirror.read('ledger.list', { limit: 1 })).toMatchObject({ total: kept + together - 1 });
	await change(0);
	await mirror.core.tidy();
	expect(await mirror.read('ledger.list', { limit: 1 })).toMatchObject({ total: kept + together + 1 });
	expect((await mirror.read('ledger.verify', {})).rows[0]).toMatchObject({
		is_valid: true,
		entries_verified: kept + together + 1
	});
	await mirror.core.close();
	expect(await count(world, 'ledger')).toBe(kept + 1);
	expect(await count(world, 'archives')).toBe(3);
	// Two of those that are packed still prove a row: the identity, and the setting as far as archives know.
	expect(await count(world, 'receipts')).toBe(kept + 1 + 2);
});
