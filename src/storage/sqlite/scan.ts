import { HEADER } from '#storage/sqlite/header.ts';
import { RECORD_HEAD, readRecord } from '#storage/sqlite/record.ts';
import type { StoredRecord } from '#storage/sqlite/store.ts';

/** What a journal holds. */
export interface Scan {
	/** The records from its beginning on, without a gap, up to the first bytes that are none. */
	readonly records: readonly StoredRecord[];
	/** Where they end. */
	readonly end: number;
	/** Whole records of this journal that stand behind bytes that are none: then those bytes are no torn end. */
	readonly recordsBehind: number;
}

/** Reads a whole journal, header included. */
export function scanJournal(bytes: Uint8Array, header: { generation: number; sequence: number }): Scan {
	const records: StoredRecord[] = [];
	let end = HEADER;
	for (;;) {
		const record = readRecord(bytes, end);
		if (record?.generation !== header.generation) break;
		if (record.sequence !== header.sequence + records.length + 1) break;
		records.push({ sequence: record.sequence, payload: record.payload });
		end = record.end;
	}
	return { records, end, recordsBehind: countBehind(bytes, end, header.generation) };
}

/** Looks at every offset, because a damaged length tells nothing about where the next record begins. */
function countBehind(bytes: Uint8Array, start: number, generation: number): number {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const wanted = BigInt(generation);
	let count = 0;
	for (let at = start; at + RECORD_HEAD < bytes.length;) {
		// The generation first: it rules out almost every offset without a checksum.
		const record = view.getBigUint64(at + 8, true) === wanted ? readRecord(bytes, at) : null;
		if (record !== null) count++;
		at = record?.end ?? at + 1;
	}
	return count;
}
