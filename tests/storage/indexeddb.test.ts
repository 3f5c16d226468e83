import { IDBFactory } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { beforeEach, describe, expect, test } from 'vitest';
import { openSqlite } from '#storage/sqlite/database.ts';
import type { SqliteDatabase, SqliteOptions } from '#storage/sqlite/database.ts';
import { IndexedDbStore } from '#storage/sqlite/indexeddb.ts';
import { add, begin, codeOf, numbers, upTo } from './log.ts';
import { digest, sql } from './sql.ts';

const name = 'mirror';

beforeEach(() => {
	globalThis.indexedDB = new IDBFactory();
});

function open(options: Partial<SqliteOptions> = {}) {
	return openSqlite({ sql, store: new IndexedDbStore({ name, digest }), ...options });
}

async function opened(): Promise<SqliteDatabase> {
	const result = await open();
	if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
	return result.value.database;
}

/** Numbers 1 to `count`, with a snapshot after each of `snapshots`. */
async function filled(count: number, snapshots: readonly number[] = []): Promise<void> {
	const database = await opened();
	await begin(database);
	for (let n = 1; n <= count; n++) {
		await add(database, n);
		if (snapshots.includes(n)) await database.compact();
	}
	await database.close();
}

async function found(): Promise<number[] | string | null> {
	const result = await open();
	if (!result.ok) return result.error.code;
	const rows = await numbers(result.value.database);
	await result.value.database.close();
	return rows;
}

/** Changes one stored value behind the store's back; undefined removes it. */
async function tamper(store: string, key: IDBValidKey, change: (value: never) => unknown): Promise<void> {
	const connection = await openDB(name);
	const value = change((await connection.get(store, key)) as never);
	if (value === undefined) await connection.delete(store, key);
	else await connection.put(store, value, key);
	connection.close();
}

async function keys(store: string): Promise<IDBValidKey[]> {
	const connection = await openDB(name);
	const all = await connection.getAllKeys(store);
	connection.close();
	return all;
}

function flip(bytes: Uint8Array, at: number): Uint8Array {
	return bytes.map((byte, place) => (place === at ? byte ^ 1 : byte));
}

describe('damage', () => {
	test('of any record is found, and reading gives what stands before it', async () => {
		await filled(5, [2]);
		// Record 1 made the table, so number n is in record n + 1.
		for (const record of [4, 5, 6]) {
			await tamper('records', record, (bytes: Uint8Array) => flip(bytes, bytes.length - 3));
			expect(await found()).toBe('damaged');
			const reading = await open({ mode: 'read' });
			expect(reading.ok && (await numbers(reading.value.database))).toEqual(upTo(record - 2));
			expect(reading.ok && reading.value.notices.join()).toContain(`Record ${record} cannot be read`);
			await tamper('records', record, (bytes: Uint8Array) => flip(bytes, bytes.length - 3));
		}
		expect(await found()).toEqual(upTo(5));
	});

	test('is a record that is gone, also the last one', async () => {
		await filled(5, [2]);
		for (const record of [4, 6]) {
			let kept: Uint8Array | null = null;
			await tamper('records', record, (bytes: Uint8Array) => void (kept = bytes));
			expect(await found()).toBe('damaged');
			await tamper('records', record, () => kept);
		}
		expect(await found()).toEqual(upTo(5));
	});

	test('of a snapshot is mended by the older one and the records', async () => {
		await filled(7, [2, 5]);
		await tamper('snapshots', 0, (snapshot: { body: Uint8Array }) => ({
			...snapshot,
			body: flip(snapshot.body, 99)
		}));
		expect(await found()).toEqual(upTo(7));
		await tamper('snapshots', 1, () => undefined);
		expect(await found()).toBe('damaged');
		await tamper('snapshots', 0, () => undefined);
		expect(await found()).toBe('missing_piece');
	});

	test('of the head is never an empty start', async () => {
		await filled(2);
		await tamper('head', 'head', () => undefined);
		expect(await found()).toBe('missing_piece');
	});
});

test('another version or an encryption is a newer format', async () => {
	await filled(2);
	for (const change of [{ version: 2 }, { encryption: 1 }]) {
		await tamper('head', 'head', (head: object) => ({ ...head, ...change }));
		expect(await found()).toBe('newer_format');
		await tamper('head', 'head', (head: object) => ({ ...head, version: 1, encryption: 0 }));
	}
	expect(await found()).toEqual(upTo(2));
	(await openDB(name, 2)).close();
	expect(await found()).toBe('newer_format');
});

test('a new owner stops the one before it, in writing and in making a snapshot', async () => {
	await filled(2);
	const [first, second] = [await opened(), await opened()];
	const third = await opened();
	await add(third, 3);
	expect(await codeOf(add(first, 4))).toBe('superseded');
	expect(await codeOf(second.compact())).toBe('superseded');
	expect(await codeOf(first.query('select 1'))).toBe('superseded');
	await add(third, 4);
	await third.close();
	expect(await found()).toEqual(upTo(4));
});

test('keeps no more records than the older snapshot needs', async () => {
	await filled(7, [2, 5]);
	expect(await keys('records')).toEqual([4, 5, 6, 7, 8]);
	const database = await opened();
	await database.scrub();
	expect(await keys('records')).toEqual([]);
	expect(await keys('snapshots')).toHaveLength(1);
	await add(database, 8);
	await database.close();
	expect(await found()).toEqual(upTo(8));
});

test('a full device refuses the record and goes on', async () => {
	await filled(2);
	const database = await opened();
	const add1 = IDBObjectStore.prototype.add;
	IDBObjectStore.prototype.add = () => {
		throw new DOMException('no space', 'QuotaExceededError');
	};
	expect(await codeOf(add(database, 3))).toBe('full');
	IDBObjectStore.prototype.add = add1;
	expect(await numbers(database)).toEqual(upTo(2));
	await add(database, 3);
	await database.close();
	expect(await found()).toEqual(upTo(3));
});

test('a transaction that IndexedDB gives up leaves nothing and closes the database', async () => {
	await filled(2);
	const database = await opened();
	const add1 = IDBObjectStore.prototype.add;
	IDBObjectStore.prototype.add = function (this: IDBObjectStore, ...args: Parameters<typeof add1>) {
		const request = add1.apply(this, args);
		this.transaction.abort();
		return request;
	};
	expect(await codeOf(add(database, 3))).toBe('failed');
	IDBObjectStore.prototype.add = add1;
	expect(await codeOf(database.query('select 1'))).toBe('failed');
	expect(await found()).toEqual(upTo(2));
});

test('does not stand in the way of who erases it', async () => {
	const database = await opened();
	await begin(database);
	await new Promise<void>((resolve, reject) => {
		const request = indexedDB.deleteDatabase(name);
		request.onsuccess = () => resolve();
		request.onerror = () => reject(request.error ?? new Error('not erased'));
	});
	expect(await codeOf(add(database, 1))).toBe('failed');
});
