import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { openDB } from 'idb';
import { beforeEach, expect, test } from 'vitest';
import { openDrafts, type Draft } from '#app/drafts.ts';

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
