import { readFile } from 'node:fs/promises';
import { crc32 as zlibCrc32, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SqlValue } from '#storage/database.ts';
import { crc32 } from '#base/crc32.ts';
import {
	decodeJournalHeader,
	decodeSnapshotHeader,
	encodeJournalHeader,
	encodeSnapshotHeader,
	epochWrite
} from '#storage/sqlite/header.ts';
import { MemoryFile } from '#storage/sqlite/memory.ts';
import { RecordWriter, decodePayload, readRecord, sealRecord } from '#storage/sqlite/record.ts';
import type { Entry } from '#storage/sqlite/record.ts';
import { slotNames } from '#storage/sqlite/slot-file.ts';
import type { SlotFiles } from '#storage/sqlite/slot-file.ts';
import { found, upTo } from './log.ts';

/*
 * People's diaries are in these formats. Where a test here fails, do not change its bytes: raise FORMAT_VERSION, and keep
 * what reads the old one.
 */

function hex(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString('hex');
}

function written(entries: readonly Entry[], foreignKeys: 'on' | 'off'): Uint8Array {
	const writer = new RecordWriter();
	writer.begin(foreignKeys);
	for (const entry of entries) {
		if (entry.kind === 'script') writer.script(entry.sql);
		else writer.statement(entry.sql, entry.params);
	}
	return writer.finish().slice();
}

test('a record is these bytes', () => {
	const params = [null, 1.5, 'é', Uint8Array.of(7, 8)];
	const record = written(
		[
			{ kind: 'statement', sql: 'a ?', params },
			{ kind: 'script', sql: 'b;' }
		],
		'off'
	);
	sealRecord(record, 3, 2 ** 32 + 5);
	expect(hex(record)).toBe(
		[
			'fd5dbc84',
			'2a000000',
			'0300000000000000',
			'0500000001000000',
			'01',
			'010300000061203f0400',
			'00',
			'01000000000000f83f',
			'0202000000c3a9',
			'03020000000708',
			'0202000000623b'
		].join('')
	);
});

test('headers are these bytes', () => {
	const hash = Uint8Array.from({ length: 32 }, (_, at) => at);
	expect(hex(encodeSnapshotHeader({ generation: 3, sequence: 2 ** 32 + 5, length: 4096, hash }))).toBe(
		[
			'4d495252534e4150',
			'ed98a5ff',
			'01000000',
			'0000000000000000',
			'0300000000000000',
			'0500000001000000',
			'0010000000000000',
			'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
			'00000000000000000000000000000000'
		].join('')
	);
	const journal = encodeJournalHeader({ generation: 3, sequence: 2 ** 32 + 5, epoch: 9 });
	const { bytes, at } = epochWrite(journal, 10);
	journal.set(bytes, at);
	expect(hex(journal)).toBe(
		[
			'4d4952524a524e4c',
			'a8a1be0e',
			'01000000',
			'0000000000000000',
			'0300000000000000',
			'0500000001000000',
			'000000000000000000000000000000000000000000000000',
			'090000000000000042c46d7a00000000',
			'0a00000000000000a1c3e2f400000000'
		].join('')
	);
});

test('a store of version 1 opens', async () => {
	const text = await readFile(new URL('../vectors/storage/v1.json', import.meta.url), 'utf8');
	const stored = JSON.parse(text) as Record<string, string>;
	const files = Object.fromEntries(
		slotNames.map((name) => [name, new MemoryFile(inflateSync(Buffer.from(stored[name] ?? '', 'base64')))])
	);
	expect(await found(files as unknown as SlotFiles)).toEqual(upTo(7));
});

test('the checksum is the one of zip', () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => crc32(bytes) === zlibCrc32(Buffer.from(bytes)))
	);
});

const value: fc.Arbitrary<SqlValue> = fc.oneof(
	fc.constant(null),
	fc.double({ noNaN: true }),
	fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
	fc.uint8Array({ maxLength: 9000 })
);
const sqlText = fc.string({ unit: 'grapheme' });
const entry: fc.Arbitrary<Entry> = fc.oneof(
	fc.record({ kind: fc.constant('statement' as const), sql: sqlText, params: fc.array(value) }),
	fc.record({ kind: fc.constant('script' as const), sql: sqlText })
);

test('reading a record gives what was written, wherever it stands', () => {
	const places = fc.record({
		entries: fc.array(entry, { minLength: 1 }),
		foreignKeys: fc.constantFrom('on' as const, 'off' as const),
		generation: fc.maxSafeNat(),
		sequence: fc.maxSafeNat(),
		before: fc.nat({ max: 40 })
	});
	fc.assert(
		fc.property(places, ({ entries, foreignKeys, generation, sequence, before }) => {
			const record = written(entries, foreignKeys);
			sealRecord(record, generation, sequence);
			const bytes = new Uint8Array(before + record.length + 5);
			bytes.set(record, before);
			const read = readRecord(bytes, before);
			expect(read).toMatchObject({ generation, sequence, end: before + record.length });
			expect(decodePayload(read!.payload)).toEqual({ foreignKeys, entries });
		})
	);
});

test('a mark takes back what was written behind it', () => {
	fc.assert(
		fc.property(fc.array(entry), fc.array(entry), fc.array(entry), (kept, undone, later) => {
			const writer = new RecordWriter();
			writer.begin('on');
			const write = (entries: readonly Entry[]) => {
				for (const each of entries) {
					if (each.kind === 'script') writer.script(each.sql);
					else writer.statement(each.sql, each.params);
				}
			};
			write(kept);
			const { mark } = writer;
			write(undone);
			writer.rewind(mark);
			write(later);
			expect(hex(writer.finish())).toBe(hex(written([...kept, ...later], 'on')));
			expect(writer.isEmpty).toBe(kept.length + later.length === 0);
		})
	);
});

test('no bytes are taken for a payload that are none', () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
			const changes = decodePayload(bytes);
			if (changes === null) return;
			expect(hex(written(changes.entries, changes.foreignKeys).subarray(24))).toBe(hex(bytes));
		}),
		{ examples: [[Uint8Array.of()], [Uint8Array.of(9)], [Uint8Array.of(0, 2, 1, 0, 0, 0, 255)]] }
	);
});

test('headers come back as they were, and no changed bit goes unseen', () => {
	const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
	const numbers = { generation: fc.maxSafeNat(), sequence: fc.maxSafeNat() };
	fc.assert(
		fc.property(
			fc.record({ ...numbers, length: fc.maxSafeNat(), hash }),
			fc.nat({ max: 767 }),
			(header, bit) => {
				const bytes = encodeSnapshotHeader(header);
				expect(decodeSnapshotHeader(bytes)).toEqual({ kind: 'valid', header });
				bytes[bit >> 3]! ^= 1 << (bit & 7);
				expect(decodeSnapshotHeader(bytes)).toEqual({ kind: 'invalid' });
			}
		)
	);
	fc.assert(
		fc.property(fc.record({ ...numbers, epoch: fc.maxSafeNat() }), fc.nat({ max: 511 }), (header, bit) => {
			const bytes = encodeJournalHeader(header);
			expect(decodeJournalHeader(bytes)).toEqual({ kind: 'valid', header });
			bytes[bit >> 3]! ^= 1 << (bit & 7);
			expect(decodeJournalHeader(bytes)).toEqual({ kind: 'invalid' });
		})
	);
});
