import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { HEADER } from '#storage/sqlite/header.ts';
import { memorySlots } from '#storage/sqlite/memory.ts';
import type { MemoryFile } from '#storage/sqlite/memory.ts';
import { readRecord } from '#storage/sqlite/record.ts';
import { slotNames } from '#storage/sqlite/slot-file.ts';
import type { SlotFiles, SlotName } from '#storage/sqlite/slot-file.ts';
import { bytesOf, changedFiles, copyOf, flipped } from './disk.ts';
import { add, filled, found, numbers, upTo } from './log.ts';
import { openSlots, opened } from './sql.ts';

/** Where each record of a journal begins, and where the last one ends. */
function bounds(journal: MemoryFile): number[] {
	const bytes = journal.bytes();
	const starts = [HEADER];
	for (let record = readRecord(bytes, HEADER); record !== null; record = readRecord(bytes, record.end)) {
		starts.push(record.end);
	}
	return starts;
}

/** Without a record's bytes `[start, end)`. */
function removed(file: MemoryFile, start: number, end: number): void {
	const rest = file.bytes().subarray(end);
	file.truncate(start);
	file.write(rest, start);
}

async function read(files: SlotFiles): Promise<{ rows: number[] | null; notices: readonly string[] }> {
	const result = await openSlots(files, { mode: 'read' });
	if (!result.ok) throw new Error(result.error.code);
	const rows = await numbers(result.value.database);
	await result.value.database.close();
	return { rows, notices: result.value.notices };
}

/** Six numbers: two in the snapshot, one each in records 4 to 7 of journal 2. */
async function six(): Promise<ReturnType<typeof memorySlots>> {
	const files = memorySlots();
	await filled(files, 6, [2]);
	return files;
}
const journal = 'jrnl1';

describe('the last record', () => {
	test('cut at any byte is gone alone, and its bytes are kept aside', async () => {
		const files = await six();
		const starts = bounds(files[journal]);
		const [start, end] = [starts.at(-2)!, starts.at(-1)!];
		for (let size = start; size < end; size++) {
			const cut = copyOf(files);
			const kept = bytesOf(cut[journal]).subarray(start, size);
			cut[journal].truncate(size);
			const result = await openSlots(cut);
			expect(result.ok && result.value.notices.length, `cut at ${size}`).toBe(size === start ? 0 : 1);
			if (!result.ok) continue;
			expect(await numbers(result.value.database)).toEqual(upTo(5));
			expect(cut.torn.bytes().subarray(24)).toEqual(kept);
			await add(result.value.database, 7);
			expect(await found(copyOf(cut))).toEqual([...upTo(5), 7]);
		}
	});

	test('with any bit flipped cannot be told from a torn one', async () => {
		const files = await six();
		const starts = bounds(files[journal]);
		for (let at = starts.at(-2)!; at < starts.at(-1)!; at++) {
			for (let bit = 0; bit < 8; bit++) {
				const changed = copyOf(files);
				flipped(changed[journal], at, 1 << bit);
				expect(await found(changed), `byte ${at}, bit ${bit}`).toEqual(upTo(5));
			}
		}
	});

	test.each([1, 8, 24, 100, 4096])('followed by %i bytes of zero loses nothing', async (length) => {
		const files = await six();
		files[journal].write(new Uint8Array(length), files[journal].size());
		expect(await found(files)).toEqual(upTo(6));
	});

	test('of zeros only is gone alone', async () => {
		const files = await six();
		const starts = bounds(files[journal]);
		files[journal].write(new Uint8Array(starts.at(-1)! - starts.at(-2)!), starts.at(-2)!);
		expect(await found(files)).toEqual(upTo(5));
	});
});

describe('an earlier record', () => {
	test('with any byte changed is damage, and reading gives what stands before it', async () => {
		const files = await six();
		const starts = bounds(files[journal]);
		for (let at = HEADER; at < starts.at(-2)!; at++) {
			const changed = copyOf(files);
			flipped(changed[journal], at, 1 << (at % 8));
			const before = copyOf(changed);
			expect(await found(changed), `byte ${at}`).toBe('damaged');
			const whole = starts.findLastIndex((start) => start <= at);
			const { rows, notices } = await read(changed);
			expect(rows).toEqual(upTo(2 + whole));
			expect(notices.join()).toContain(`Record ${4 + whole} `);
			expect(notices.join()).toContain(
				`${starts.at(-1)! - starts[whole]!} bytes, with ${3 - whole} whole records`
			);
			expect(changedFiles(changed, before)).toEqual([]);
		}
	});

	test('that is missing or there twice is damage', async () => {
		const files = await six();
		const starts = bounds(files[journal]);
		const missing = copyOf(files);
		removed(missing[journal], starts[1]!, starts[2]!);
		expect(await found(missing)).toBe('damaged');
		expect((await read(missing)).rows).toEqual(upTo(3));
		const twice = copyOf(files);
		const rest = twice[journal].bytes().slice(starts[1]!);
		twice[journal].write(rest, starts[2]!);
		expect(await found(twice)).toBe('damaged');
		expect((await read(twice)).rows).toEqual(upTo(4));
	});

	test('of the journal before the last one is damage', async () => {
		const files = memorySlots();
		await filled(files, 4, [2]);
		// A snapshot that does not come to its end leaves two journals that are needed.
		const database = await opened(files);
		const write = files.snap0.write.bind(files.snap0);
		files.snap0.write = () => {
			throw new Error('input/output error');
		};
		await expect(database.compact()).rejects.toThrow('input/output error');
		files.snap0.write = write;
		await add(database, 5);
		await database.close();
		expect(await found(copyOf(files))).toEqual(upTo(5));
		const starts = bounds(files.jrnl1);
		for (let at = HEADER; at < starts.at(-1)!; at += 5) {
			const changed = copyOf(files);
			flipped(changed.jrnl1, at);
			expect(await found(changed), `byte ${at}`).toBe('damaged');
			expect((await read(changed)).rows).toEqual(upTo(2 + starts.findLastIndex((start) => start <= at)));
		}
		const shorter = copyOf(files);
		shorter.jrnl1.truncate(starts.at(-2)!);
		expect(await found(shorter)).toBe('damaged');
		const headless = copyOf(files);
		flipped(headless.jrnl0, 30);
		expect(await found(headless)).toBe('damaged');
		expect((await read(headless)).rows).toEqual(upTo(4));
	});
});

test('a journal that ends before its snapshot does is damage', async () => {
	const files = memorySlots();
	await filled(files, 2);
	const database = await opened(files);
	const write = files.snap1.write.bind(files.snap1);
	files.snap1.write = () => {
		throw new Error('input/output error');
	};
	await expect(database.compact()).rejects.toThrow('input/output error');
	files.snap1.write = write;
	// This snapshot stands in the middle of its journal, for the one before it failed.
	for (const n of [3, 4]) await add(database, n);
	await database.compact();
	await add(database, 5);
	await database.close();
	expect(await found(copyOf(files))).toEqual(upTo(5));
	const starts = bounds(files.jrnl1);
	files.jrnl1.truncate(starts[1]!);
	expect(await found(files)).toBe('damaged');
	expect((await read(files)).rows).toEqual(upTo(4));
});

describe('a snapshot', () => {
	test('that is damaged is replaced by the older one and both journals', async () => {
		const files = memorySlots();
		await filled(files, 7, [2, 5]);
		const newest = 'snap0';
		const size = files[newest].size();
		const places = [...upTo(HEADER).map((n) => n - 1), ...upTo(30).map((n) => HEADER + n * 127), size - 1];
		for (const at of places.filter((place) => place < 80 || place >= HEADER)) {
			const changed = copyOf(files);
			flipped(changed[newest], at);
			expect(await found(changed), `byte ${at}`).toEqual(upTo(7));
		}
		for (const length of [0, 1, HEADER - 1, HEADER, size >> 1, size - 1]) {
			const cut = copyOf(files);
			cut[newest].truncate(length);
			expect(await found(cut), `cut at ${length}`).toEqual(upTo(7));
		}
	});

	test('that is damaged is healed by the next one, and said', async () => {
		const files = memorySlots();
		await filled(files, 7, [2, 5]);
		flipped(files.snap0, 2000);
		const result = await openSlots(files);
		if (!result.ok) throw new Error(result.error.code);
		expect(result.value.notices).toHaveLength(1);
		await result.value.database.compact();
		await result.value.database.close();
		const again = await openSlots(files);
		expect(again.ok && again.value.notices).toEqual([]);
		expect(await found(files)).toEqual(upTo(7));
	});

	test('without another one is never an empty start', async () => {
		const files = memorySlots();
		await filled(files, 3, []);
		for (const at of [0, 8, 20, 24, 33, 41, 50, 79, HEADER, HEADER + 999]) {
			const changed = copyOf(files);
			flipped(changed.snap0, at);
			expect(await found(changed), `byte ${at}`).toBe('damaged');
		}
		for (const size of [1, 50, HEADER - 1, HEADER, HEADER + 1, files.snap0.size() - 1]) {
			const cut = copyOf(files);
			cut.snap0.truncate(size);
			expect(await found(cut), `cut at ${size}`).toBe('damaged');
		}
	});

	test('of the first boot is never taken for an unfinished one', async () => {
		const source = await six();
		const database = await opened(source);
		const image = await database.exportBytes();
		const files = memorySlots();
		await (await opened(files, { image })).close();
		flipped(files.snap0, 30);
		expect(await found(files)).toBe('damaged');
	});
});

describe('a file that is gone', () => {
	const expected: Record<SlotName, number[] | string> = {
		snap0: upTo(7),
		snap1: upTo(7),
		jrnl0: 'missing_piece',
		jrnl1: upTo(7),
		torn: upTo(7)
	};
	test.each(slotNames)('%s', async (name) => {
		const files = memorySlots();
		await filled(files, 7, [2, 5]);
		files[name].truncate(0);
		expect(await found(files)).toEqual(expected[name]);
	});

	test('all but one', async () => {
		for (const name of ['snap0', 'snap1', 'jrnl0', 'jrnl1'] as const) {
			const files = memorySlots();
			await filled(files, 7, [2, 5]);
			for (const other of slotNames) if (other !== name) files[other].truncate(0);
			expect(await found(files), name).toBe('missing_piece');
		}
	});

	test('reading gives the snapshot where its journal is gone', async () => {
		const files = memorySlots();
		await filled(files, 7, [2, 5]);
		files.jrnl0.truncate(0);
		const { rows, notices } = await read(files);
		expect(rows).toEqual(upTo(5));
		expect(notices).toHaveLength(1);
	});
});

test('another version or an encryption is a newer format, in any header', async () => {
	const files = memorySlots();
	await filled(files, 7, [2, 5]);
	for (const name of ['snap0', 'snap1', 'jrnl0', 'jrnl1'] as const) {
		for (const field of [12, 16]) {
			const changed = copyOf(files);
			const header = changed[name].bytes().slice(0, HEADER);
			header[field] = 7;
			changed[name].write(resealed(name, header), 0);
			expect(await found(changed), `${name} at ${field}`).toBe('newer_format');
			expect((await openSlots(changed, { mode: 'read' })).ok).toBe(false);
		}
	}
});

function resealed(name: SlotName, header: Uint8Array): Uint8Array {
	const sum = crc32(header.subarray(12, name.startsWith('snap') ? HEADER : 64));
	new DataView(header.buffer).setUint32(8, sum, true);
	return header;
}
