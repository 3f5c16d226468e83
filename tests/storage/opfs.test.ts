import { expect, test } from 'vitest';
import { openSqlite } from '#storage/sqlite/database.ts';
import type { OpfsDirectory } from '#storage/opfs.ts';
import { openOpfsSlots } from '#storage/sqlite/opfs.ts';
import { slotNames } from '#storage/sqlite/slot-file.ts';
import { SlotStore } from '#storage/sqlite/slots.ts';
import { Directory } from './directory.ts';
import { add, begin, codeOf, numbers, upTo } from './log.ts';
import { digest, pause, sql } from './sql.ts';

async function open(directory: Directory) {
	const files = await openOpfsSlots(directory);
	if (!files.ok) return files;
	return openSqlite({ sql, store: new SlotStore({ files: files.value, digest, pause }) });
}

test('the first boot makes the five files, and no other start makes one', async () => {
	const directory = new Directory();
	for (const [n, boot] of ['create', 'find', 'find'].entries()) {
		directory.calls.length = 0;
		const result = await open(directory);
		if (!result.ok) throw new Error(result.error.code);
		expect(result.value.fresh).toBe(boot === 'create');
		await begin(result.value.database);
		await add(result.value.database, n);
		await result.value.database.compact();
		await result.value.database.close();
		expect(directory.calls.toSorted()).toEqual(slotNames.map((name) => `${boot} ${name}`).toSorted());
		expect([...directory.files.keys()].toSorted()).toEqual([...slotNames].toSorted());
		expect(directory.held.size).toBe(0);
	}
});

test('a second opener is told that it is busy, holds nothing, and may come again', async () => {
	const directory = new Directory();
	const first = await open(directory);
	expect(await open(directory)).toMatchObject({ ok: false, error: { code: 'busy' } });
	expect(directory.held.size).toBe(5);
	if (first.ok) await first.value.database.close();
	directory.held.add('jrnl1');
	expect(await open(directory)).toMatchObject({ ok: false, error: { code: 'busy' } });
	expect([...directory.held]).toEqual(['jrnl1']);
	directory.held.clear();
	expect((await open(directory)).ok).toBe(true);
});

test('without synchronous handles it fails, for the caller to choose another store', async () => {
	const directory: OpfsDirectory = { getFileHandle: async () => ({ kind: 'file' }) };
	expect(await openOpfsSlots(directory)).toMatchObject({ ok: false, error: { code: 'failed' } });
});

test('a start that fails lets go of all files', async () => {
	const directory = new Directory();
	const result = await open(directory);
	if (result.ok) await result.value.database.close();
	directory.files.get('snap0')!.truncate(50);
	expect(await open(directory)).toMatchObject({ ok: false, error: { code: 'damaged' } });
	expect(directory.held.size).toBe(0);
	directory.space = 0;
	directory.files.clear();
	expect(await open(directory)).toMatchObject({ ok: false, error: { code: 'full' } });
	expect(directory.held.size).toBe(0);
});

test('a full device refuses what does not fit, also where half of it was written, and goes on', async () => {
	const directory = new Directory();
	const result = await open(directory);
	if (!result.ok) throw new Error(result.error.code);
	const { database } = result.value;
	await begin(database);
	await add(database, 1);
	for (const space of [0, 1, 50, 120]) {
		directory.space = space;
		expect(await codeOf(add(database, 2)), `${space} bytes`).toBe('full');
		expect(await codeOf(database.compact())).toBe('full');
		expect(await numbers(database)).toEqual([1]);
	}
	directory.space = Number.POSITIVE_INFINITY;
	await add(database, 2);
	await database.compact();
	await add(database, 3);
	await database.close();
	const again = await open(directory);
	expect(again.ok && (await numbers(again.value.database))).toEqual(upTo(3));
});
