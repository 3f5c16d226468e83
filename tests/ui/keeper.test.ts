import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openDrafts, type Draft, type Drafts } from '#app/drafts.ts';
import { DraftKeeper, type Keeping } from '#ui/drafts/keeper.ts';

const id = '01a1fcb3-3bc7-7734-901a-533a575998b6';
let drafts: Drafts;
let said: Keeping[];
let text: string;
let keeper: DraftKeeper;
let opened = 0;

beforeEach(() => {
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
	drafts = openDrafts(`drafts-${opened++}`);
	said = [];
	text = '';
	keeper = new DraftKeeper({ drafts, now, tell: (keeping) => said.push(keeping) });
});
afterEach(() => void vi.useRealTimers());

function now(): Draft {
	return {
		id,
		text,
		title: null,
		identity_id: null,
		visibility: 'local_only',
		when: null,
		begun_at: 1,
		changed_at: 2,
		base_version: null
	};
}

function write(words: string): void {
	text = words;
	keeper.changed();
}

test('a change reaches the store within 400 ms, however fast one goes on typing', async () => {
	write('a');
	for (const words of ['ab', 'abc', 'abcd']) {
		vi.advanceTimersByTime(130);
		write(words);
	}
	vi.useRealTimers();
	await vi.waitFor(async () => expect((await drafts.get(id))?.text).toMatch(/^abc?$/));
});

test('flushing brings the last change to the store and says so', async () => {
	write('one');
	write('one two');
	expect(said).toEqual(['changing']);
	await keeper.flush();
	expect((await drafts.get(id))?.text).toBe('one two');
	expect(said.at(-1)).toBe('kept');
});

test('nothing comes back after a drop', async () => {
	write('one');
	void keeper.flush();
	write('one two');
	await keeper.drop(id);
	vi.advanceTimersByTime(1000);
	await keeper.flush();
	expect(await drafts.list()).toEqual([]);
});

test('what is emptied is no draft any more', async () => {
	write('one');
	await keeper.flush();
	write('');
	await keeper.flush();
	expect(await drafts.list()).toEqual([]);
	expect(said.at(-1)).toBe('nothing');
});
