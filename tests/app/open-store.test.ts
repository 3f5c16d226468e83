import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, test } from 'vitest';
import { openStore } from '#app/open-store.ts';
import { IndexedDbStore } from '#storage/sqlite/indexeddb.ts';
import type { OpfsDirectory } from '#storage/opfs.ts';
import { SlotStore } from '#storage/sqlite/slots.ts';
import { Directory } from '../storage/directory.ts';
import { digest, pause } from '../storage/sql.ts';

beforeEach(() => (globalThis.indexedDB = new IDBFactory()));

const none = () => Promise.reject<OpfsDirectory>(new DOMException('not here', 'SecurityError'));

function opened(folder: () => Promise<OpfsDirectory>) {
	return openStore({ folder, digest, pause, wait: async () => undefined });
}

test('a mirror is kept in files, or in IndexedDB where a browser has no files', async () => {
	const inFiles = await opened(async () => new Directory());
	expect(inFiles.ok && inFiles.value).toBeInstanceOf(SlotStore);
	globalThis.indexedDB = new IDBFactory();
	const without = await opened(none);
	expect(without.ok && without.value).toBeInstanceOf(IndexedDbStore);
});

test('a mirror in files that are not handed out this time is not taken for an empty one', async () => {
	const folder = new Directory();
	const first = await opened(async () => folder);
	if (!first.ok) throw new Error(first.error.message);
	const second = await opened(none);
	expect(second).toMatchObject({ ok: false, error: { code: 'failed' } });
});

test('a mirror in IndexedDB stays there when the browser learns to keep files', async () => {
	await opened(none);
	const second = await opened(async () => new Directory());
	expect(second.ok && second.value).toBeInstanceOf(IndexedDbStore);
});

test('files that another tab still holds are waited for', async () => {
	const folder = new Directory();
	await opened(async () => folder);
	let waits = 0;
	const wait = async () => {
		if (++waits === 3) folder.held.clear();
	};
	const second = await openStore({ folder: async () => folder, digest, pause, wait });
	expect(second.ok).toBe(true);
	expect(waits).toBe(3);
});
