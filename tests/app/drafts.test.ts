import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { deleteDB, openDB } from 'idb';
import { beforeEach, expect, test } from 'vitest';
import { openDrafts, type Draft, type Drafts } from '#app/drafts.ts';

beforeEach(() => (globalThis.indexedDB = new IDBFactory()));

const draft: Draft = {
	id: '01a1fcb3-3bc7-7734-901a-533a575998b6',
	text: 'not saved yet',
	title: null,
	identity_id: null,
	visibility: 'local_only',
	when: { day: '2025-03-04', time: '21:15', zone: 'Asia/Tokyo' },
	begun_at: 1,
	changed_at: 2,
	base_version: null
};

/** Keeps something behind the store's back, as another version or a defect would. */
async function keep(kept: unknown): Promise<void> {
	const database = await openDB('mirror-drafts');
	await database.put('drafts', kept);
	database.close();
}

test('the day that was chosen is kept with the words', async () => {
	await openDrafts().put(draft);
	expect(await openDrafts().get(draft.id)).toEqual(draft);
});

test('a draft of before days were kept, or with a day that is none, has its words and no day', async () => {
	const drafts = openDrafts();
	await drafts.list();
	const { when: _when, ...older } = draft;
	for (const kept of [older, { ...draft, when: { day: 'soon' } }, { ...draft, when: 7 }]) {
		await keep(kept);
		expect(await drafts.get(draft.id)).toEqual({ ...draft, when: null });
	}
});

test('what is no draft is left out, and stays where it is', async () => {
	const drafts = openDrafts();
	await drafts.put(draft);
	await keep({ id: 'other', text: 7 });
	expect(await drafts.list()).toEqual([draft]);
	expect(await drafts.get('other')).toBeNull();
	const database = await openDB('mirror-drafts');
	expect(await database.count('drafts')).toBe(2);
});

/** What a browser keeps for a page beside its databases. */
function beside(): Storage {
	const kept = new Map<string, string>();
	return {
		get length() {
			return kept.size;
		},
		key: (at) => [...kept.keys()][at] ?? null,
		getItem: (key) => kept.get(key) ?? null,
		setItem: (key, value) => void kept.set(key, value),
		removeItem: (key) => void kept.delete(key),
		clear: () => kept.clear()
	};
}

test('words whose write the browser dropped with the page are there in the next one', async () => {
	const store = beside();
	await openDrafts('mirror-drafts', store).put(draft);
	expect(store.length).toBe(0);
	const newer = { ...draft, text: 'not saved yet, and more', changed_at: 3 };
	// The page is gone before its database is open: nothing of this reaches it.
	const database = globalThis.indexedDB;
	globalThis.indexedDB = new IDBFactory();
	const lost = openDrafts('mirror-drafts', store).put(newer);
	globalThis.indexedDB = database;
	const next = openDrafts('mirror-drafts', store);
	expect(await next.list()).toEqual([newer]);
	expect(store.length).toBe(0);
	await lost;
});

test('what is on disk already gives way only to newer words, and what was let go stays so', async () => {
	const store = beside();
	const text = JSON.stringify({ ...draft, text: 'older', changed_at: 1 });
	await openDrafts('mirror-drafts', store).put(draft);
	store.setItem(`mirror-drafts:${draft.id}`, text);
	store.setItem('mirror-drafts:other', '{"id":');
	store.setItem('theme', 'dark');
	const drafts = openDrafts('mirror-drafts', store);
	expect(await drafts.list()).toEqual([draft]);
	const put = drafts.put({ ...draft, changed_at: 9 });
	await drafts.drop(draft.id);
	await put;
	expect(await openDrafts('mirror-drafts', store).list()).toEqual([]);
	expect([store.getItem('theme'), store.getItem(`mirror-drafts:${draft.id}`)]).toEqual(['dark', null]);
});

test('a store beside that is full, and a text too long for it, cost nothing', async () => {
	const full = {
		...beside(),
		setItem: () => {
			throw new DOMException('full', 'QuotaExceededError');
		}
	};
	const long = { ...draft, text: 'a'.repeat(300_000) };
	for (const store of [full, beside(), null]) {
		await openDrafts('mirror-drafts', store).put(long);
		expect(await openDrafts('mirror-drafts', store).get(draft.id)).toEqual(long);
	}
});

test('once everything is deleted, by whatever tab, nothing is written any more', async () => {
	for (const end of [(drafts: Drafts) => drafts.end(), () => undefined]) {
		const store = beside();
		const drafts = openDrafts('mirror-drafts', store);
		await drafts.put(draft);
		end(drafts);
		await deleteDB('mirror-drafts');
		await expect(drafts.put({ ...draft, text: 'written after it' })).rejects.toThrow('deleted');
		expect(store.length).toBe(0);
		expect(await indexedDB.databases()).toEqual([]);
	}
});
