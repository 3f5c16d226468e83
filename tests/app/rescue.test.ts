import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import { packCopy, unpackCopy } from '#app/rescue/copy.ts';
import { readContents, type Reading } from '#app/rescue/read.ts';
import { emptyContents, replaceSlots, type SlotContents } from '#app/rescue/replace.ts';
import type { Draft } from '#app/drafts.ts';
import { note } from '#app/place.ts';
import { openSqlite } from '#storage/sqlite/database.ts';
import { IndexedDbStore } from '#storage/sqlite/indexeddb.ts';
import { slotNames } from '#storage/sqlite/slot-file.ts';
import { Disk, PowerCut, survivals } from '../storage/disk.ts';
import { digest, sql } from '../storage/sql.ts';
import { createWorld, TestMirror } from './mirror.ts';
import { contentsOf, filesOf, reader, rescue, stored } from './rescue-parts.ts';

function isSame(one: SlotContents | null, other: SlotContents): boolean {
	return one !== null && slotNames.every((name) => Buffer.compare(one[name], other[name]) === 0);
}

function texts(reading: Reading): string[] {
	return 'entries' in reading ? reading.entries.map(({ content }) => content) : [];
}

/** A byte well inside the journal in use is flipped; records before it stay whole. */
function damaged(contents: SlotContents): SlotContents {
	const jrnl1 = contents.jrnl1.slice();
	const at = Math.floor(jrnl1.length * 0.85);
	jrnl1[at] = jrnl1[at]! ^ 1;
	return { ...contents, jrnl1 };
}

const draft: Draft = {
	id: '01939f6a-0000-7000-8000-000000000001',
	text: 'not saved yet',
	title: null,
	identity_id: null,
	visibility: 'local_only',
	when: null,
	begun_at: 1,
	changed_at: 2,
	base_version: null
};

const before = await stored(1, ['one', 'two', 'three']);
const after = await stored(2, ['a', 'b']);

describe('replaceSlots', () => {
	test.each([
		['another store', after],
		['nothing', emptyContents]
	])('puts %s in the place of a store', async (_what, contents) => {
		const files = filesOf(before);
		replaceSlots(files, contents);
		expect(contentsOf(files)).toEqual(contents);
	});

	test.each([
		['another store', after, 'whole', ['b', 'a']],
		['nothing', emptyContents, 'empty', []]
	] as const)(
		'interrupted anywhere, it opens as before, as %s, or not at all',
		async (_what, to, kind, found) => {
			const outcomes = new Set<string>();
			for (let at = 1; ; at++) {
				const disk = new Disk({ kind: 'crash', at }, filesOf(before));
				let isOver = true;
				try {
					replaceSlots(disk.files, to);
				} catch (error) {
					if (!(error instanceof PowerCut)) throw error;
					isOver = false;
				}
				for (const survival of survivals) {
					const reading = await readContents(contentsOf(disk.after(survival)), reader);
					outcomes.add(reading.kind);
					const isBefore = reading.kind === 'whole' && texts(reading).join() === 'three,two,one';
					const isAfter = reading.kind === kind && texts(reading).join() === found.join();
					expect(isBefore || isAfter || reading.kind === 'unreadable', `${at} ${survival}`).toBe(true);
				}
				if (isOver) break;
			}
			expect([...outcomes].sort()).toEqual(
				['unreadable', kind, 'whole'].filter((x, i, all) => all.indexOf(x) === i).sort()
			);
		}
	);
});

describe('readContents', () => {
	test('reads what stands before the damage, newest first, and says what is wrong', async () => {
		const reading = await readContents(damaged(before), reader);
		expect(reading.kind).toBe('partial');
		expect(['one', 'two,one']).toContain(texts(reading).join());
		expect('reasons' in reading && reading.reasons.join()).toMatch(
			/^Record \d+ of the journal cannot be read/
		);
	});
});

describe('the rescue copy', () => {
	const copy = {
		version: '1',
		made_at: '2026-11-21T08:30:00.000Z',
		contents: damaged(before),
		drafts: [{ ...draft, when: { day: '2025-03-04', time: '21:15', zone: 'Asia/Tokyo' } }]
	};

	test('holds the files as they are, damaged ones too, and the drafts', () => {
		expect(unpackCopy(packCopy(copy))).toEqual({ ok: true, value: copy });
	});

	test('of before drafts had a day is read, and they have none', () => {
		const { when: _when, ...older } = draft;
		const read = unpackCopy(packCopy({ ...copy, drafts: [older as Draft] }));
		expect(read.ok && read.value.drafts).toEqual([draft]);
	});

	test('with any byte of it changed it is refused, or is what was packed', () => {
		const packed = packCopy({ ...copy, contents: emptyContents, drafts: [draft] });
		for (let at = 0; at < packed.length; at++) {
			const changed = packed.slice();
			changed[at] = changed[at]! ^ 0x10;
			const read = unpackCopy(changed);
			// What a zip says of times and attributes does not matter; what it holds is held to its hash.
			if (read.ok) expect(read.value.drafts).toEqual([draft]);
		}
		expect(unpackCopy(new Uint8Array([1, 2, 3]))).toMatchObject({ ok: false, error: { code: 'not_a_copy' } });
	});
});

beforeEach(() => (globalThis.indexedDB = new IDBFactory()));

const aside = 'mirror-aside-20261121T083000000Z';

describe('Rescuer', () => {
	test('does nothing while another tab holds the database', async () => {
		const { rescuer } = rescue(before, { isHeld: true });
		for (const asked of [
			...[rescuer.look(), rescuer.copy(), rescuer.startFresh(), rescuer.diagnostics()],
			rescuer.deleteEverything(async () => undefined)
		])
			expect(await asked).toMatchObject({ ok: false, error: { code: 'held' } });
	});

	test('starts fresh and keeps what was there, byte for byte', async () => {
		const { rescuer, folders } = rescue(damaged(before));
		expect(await rescuer.startFresh()).toMatchObject({ ok: true });
		expect(await rescuer.look()).toEqual({ ok: true, value: { kind: 'empty' } });
		expect(isSame(await folders.read(aside), damaged(before))).toBe(true);
	});

	test('restores a copy with its drafts, and keeps what was there', async () => {
		const { rescuer, folders, drafts } = rescue(damaged(before));
		const copy = packCopy({ version: '1', made_at: '', contents: after, drafts: [draft] });
		expect(await rescuer.restore(copy)).toMatchObject({ ok: true });
		expect(isSame(await folders.read('mirror'), after)).toBe(true);
		expect(isSame(await folders.read(aside), damaged(before))).toBe(true);
		expect(await drafts.list()).toEqual([draft]);
		expect([...folders.all.keys()].sort()).toEqual(['mirror', aside]);
	});

	test('a restore that was interrupted at any operation is as before, or is finished at the next look', async () => {
		const copy = packCopy({ version: '1', made_at: '', contents: after, drafts: [] });
		const found = new Set<string>();
		for (const at of [1, 2, 4, 5, 7, 13, 16, 19, 22, 40]) {
			const { rescuer, folders } = rescue(before);
			folders.cut = { folder: 'mirror', at };
			await rescuer.restore(copy).catch((error: unknown) => expect(error).toBeInstanceOf(PowerCut));
			folders.cut = null;
			const looked = await rescuer.look();
			if (!looked.ok) throw new Error(looked.error.message);
			found.add(texts(looked.value).join());
			expect(isSame(await folders.read(aside), before)).toBe(true);
			expect(await folders.isFinished('mirror-restore')).toBe(false);
		}
		expect([...found].sort()).toEqual(['b,a', 'three,two,one']);
	});

	test('a file that is no copy, and a copy of nothing, change nothing', async () => {
		const { rescuer, folders } = rescue(before);
		const nothing = packCopy({ version: '1', made_at: '', contents: emptyContents, drafts: [] });
		expect(await rescuer.restore(new Uint8Array(9))).toMatchObject({ error: { code: 'not_a_copy' } });
		expect(await rescuer.restore(nothing)).toMatchObject({ error: { code: 'not_readable' } });
		expect([...folders.all.keys()]).toEqual(['mirror']);
		expect(isSame(await folders.read('mirror'), before)).toBe(true);
	});

	test('diagnostics say sizes and codes, and no word of a person', async () => {
		const { rescuer, drafts } = rescue(damaged(before));
		await drafts.put(draft);
		const report = await rescuer.diagnostics();
		const text = report.ok ? report.value : '';
		expect(text).toContain('Store: partial');
		expect(text).toContain('Drafts: 1');
		for (const word of ['one', 'two', 'three', draft.text]) expect(text.split(/\s+/)).not.toContain(word);
	});
});

describe('Rescuer, of a mirror that is not in files', () => {
	/** A mirror in IndexedDB in which these texts were written. */
	async function indexed(texts: readonly string[]): Promise<void> {
		const store = new IndexedDbStore({ name: 'mirror', digest });
		const mirror = await TestMirror.open(createWorld(3), () => openSqlite({ sql, store }));
		for (const text of texts) await mirror.write(text);
		await mirror.core.close();
	}

	test.each([
		['noted so', true],
		['not noted, and there are no files', false]
	])('it is read and copied from IndexedDB: %s', async (_what, isNoted) => {
		if (isNoted) await note('place', 'indexeddb');
		await indexed(['one', 'two']);
		const { rescuer, drafts } = rescue(emptyContents, { hasFiles: isNoted });
		await drafts.put(draft);
		const looked = await rescuer.look();
		expect(looked.ok && looked.value.kind).toBe('whole');
		expect(looked.ok && texts(looked.value)).toEqual(['two', 'one']);

		const copied = await rescuer.copy();
		if (!copied.ok) throw new Error(copied.error.message);
		expect(copied.value.without).toBeNull();
		// In a browser that keeps files the copy becomes a mirror again.
		globalThis.indexedDB = new IDBFactory();
		const other = rescue(before);
		expect(await other.rescuer.restore(copied.value.file)).toMatchObject({ ok: true });
		const restored = await other.rescuer.look();
		expect(restored.ok && texts(restored.value)).toEqual(['two', 'one']);
		expect(await other.drafts.list()).toEqual([draft]);
	});

	test('a noted mirror that is gone is never called nothing, and the drafts are in the copy', async () => {
		await note('place', 'indexeddb');
		const { rescuer, drafts } = rescue(emptyContents, { hasFiles: false });
		await drafts.put(draft);
		expect(await rescuer.look()).toMatchObject({
			value: { kind: 'unreadable', failure: { code: 'nothing_found' } }
		});
		const copied = await rescuer.copy();
		if (!copied.ok) throw new Error(copied.error.message);
		expect(copied.value.without).toContain('IndexedDB');
		const other = rescue(before);
		expect(await other.rescuer.restore(copied.value.file)).toMatchObject({ ok: true });
		expect(await other.drafts.list()).toEqual([draft]);
		expect(isSame(await other.folders.read('mirror'), before)).toBe(true);
		expect([...other.folders.all.keys()]).toEqual(['mirror']);
	});

	test('files that are not handed out are said to be, and no folder is touched', async () => {
		await note('place', 'opfs');
		const { rescuer, folders, drafts } = rescue(before, { hasFiles: false });
		await drafts.put(draft);
		expect(await rescuer.look()).toMatchObject({ value: { failure: { code: 'not_handed_out' } } });
		const copied = await rescuer.copy();
		const unpacked = copied.ok && unpackCopy(copied.value.file);
		expect(unpacked && unpacked.ok && unpacked.value.drafts).toEqual([draft]);
		expect(await rescuer.startFresh()).toMatchObject({ error: { code: 'not_handed_out' } });
		expect([...folders.all.keys()]).toEqual(['mirror']);
	});

	test('what is in IndexedDB is neither emptied nor replaced', async () => {
		await note('place', 'indexeddb');
		await indexed(['one']);
		const { rescuer } = rescue(emptyContents);
		const copy = packCopy({ version: '1', made_at: '', contents: after, drafts: [] });
		expect(await rescuer.startFresh()).toMatchObject({ error: { code: 'kept_elsewhere' } });
		expect(await rescuer.restore(copy)).toMatchObject({ error: { code: 'kept_elsewhere' } });
		const looked = await rescuer.look();
		expect(looked.ok && texts(looked.value)).toEqual(['one']);
	});
});
