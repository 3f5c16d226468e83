import type { SqlValue } from '#storage/database.ts';
import { crc32 } from '#base/crc32.ts';

/*
 * One record = one committed transaction, little endian:
 *   u32 crc32 of all that follows | u32 payload length | u64 generation | u64 sequence | payload
 * payload = u8 flags, then entries to its end:
 *   u8 1, statement | u16 count of parameters | parameters     one statement
 *   u8 2, text                                                 a script of several statements
 * text = u32 length | UTF-8. Parameter = u8 0 null · 1 f64 · 2 text · 3 u32 length | bytes.
 * u64 values stay below 2^53, so the sequence may run on for ever; a payload stays below 2^32 bytes.
 */

/** Bytes before the payload. */
export const RECORD_HEAD = 24;
const FOREIGN_KEYS_OFF = 1;
const STATEMENT = 1;
const SCRIPT = 2;

/** One thing a transaction did, in its order. */
export type Entry =
	| { readonly kind: 'statement'; readonly sql: string; readonly params: readonly SqlValue[] }
	| { readonly kind: 'script'; readonly sql: string };

/** What a record says. */
export interface Changes {
	readonly foreignKeys: 'on' | 'off';
	readonly entries: readonly Entry[];
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Takes note of what a transaction does. `mark`: the place reached, for `rewind`, which forgets everything after it. */
export interface Recorder {
	begin(foreignKeys: 'on' | 'off'): void;
	readonly mark: number;
	rewind(mark: number): void;
	readonly isEmpty: boolean;
	statement(sql: string, params: readonly SqlValue[]): void;
	script(sql: string): void;
	/** The record with an unsealed head. Belongs to the recorder: valid until the next `begin`. */
	finish(): Uint8Array;
}

/** For a database that nothing keeps. */
export const recordNothing: Recorder = {
	mark: 0,
	isEmpty: true,
	begin: () => undefined,
	rewind: () => undefined,
	statement: () => undefined,
	script: () => undefined,
	finish: () => new Uint8Array()
};

/**
 * Writes a transaction's statements while they run, each at once, so that a parameter which its owner changes later is
 * recorded as it was. Used again from transaction to transaction, to save the allocation.
 */
export class RecordWriter implements Recorder {
	#bytes = new Uint8Array(4096);
	#view = new DataView(this.#bytes.buffer);
	#end = RECORD_HEAD + 1;

	begin(foreignKeys: 'on' | 'off'): void {
		if (this.#bytes.length > 1 << 20) this.#allocate(4096);
		this.#end = RECORD_HEAD;
		this.#byte(foreignKeys === 'off' ? FOREIGN_KEYS_OFF : 0);
	}

	get mark(): number {
		return this.#end;
	}

	rewind(mark: number): void {
		this.#end = mark;
	}

	get isEmpty(): boolean {
		return this.#end === RECORD_HEAD + 1;
	}

	statement(sql: string, params: readonly SqlValue[]): void {
		this.#byte(STATEMENT);
		this.#text(sql);
		this.#reserve(2);
		this.#view.setUint16(this.#end, params.length, true);
		this.#end += 2;
		for (const param of params) this.#param(param);
	}

	script(sql: string): void {
		this.#byte(SCRIPT);
		this.#text(sql);
	}

	finish(): Uint8Array {
		return this.#bytes.subarray(0, this.#end);
	}

	#param(value: SqlValue): void {
		if (value === null) this.#byte(0);
		else if (typeof value === 'number') {
			this.#byte(1);
			this.#reserve(8);
			this.#view.setFloat64(this.#end, value, true);
			this.#end += 8;
		} else if (typeof value === 'string') {
			this.#byte(2);
			this.#text(value);
		} else {
			this.#byte(3);
			this.#reserve(4 + value.length);
			this.#view.setUint32(this.#end, value.length, true);
			this.#bytes.set(value, this.#end + 4);
			this.#end += 4 + value.length;
		}
	}

	#text(text: string): void {
		this.#reserve(4 + text.length * 3);
		const { written } = encoder.encodeInto(text, this.#bytes.subarray(this.#end + 4));
		this.#view.setUint32(this.#end, written, true);
		this.#end += 4 + written;
	}

	#byte(value: number): void {
		this.#reserve(1);
		this.#bytes[this.#end++] = value;
	}

	#reserve(length: number): void {
		if (this.#end + length <= this.#bytes.length) return;
		const old = this.#bytes.subarray(0, this.#end);
		this.#allocate(Math.max(this.#bytes.length * 2, this.#end + length));
		this.#bytes.set(old);
	}

	#allocate(length: number): void {
		this.#bytes = new Uint8Array(length);
		this.#view = new DataView(this.#bytes.buffer);
	}
}

/** Fills in the head of a record, in place. */
export function sealRecord(record: Uint8Array, generation: number, sequence: number): void {
	const view = viewOf(record);
	view.setUint32(4, record.length - RECORD_HEAD, true);
	view.setBigUint64(8, BigInt(generation), true);
	view.setBigUint64(16, BigInt(sequence), true);
	view.setUint32(0, crc32(record, 4), true);
}

/** A sealed record found whole in some bytes. */
export interface SealedRecord {
	readonly generation: number;
	readonly sequence: number;
	readonly payload: Uint8Array;
	/** Where the next record begins. */
	readonly end: number;
}

/** The record at `start`, or null where the bytes there are not a whole one that matches its checksum. */
export function readRecord(bytes: Uint8Array, start: number): SealedRecord | null {
	if (start + RECORD_HEAD >= bytes.length) return null;
	const view = viewOf(bytes);
	const end = start + RECORD_HEAD + view.getUint32(start + 4, true);
	if (end > bytes.length || crc32(bytes, start + 4, end) !== view.getUint32(start, true)) return null;
	return {
		generation: Number(view.getBigUint64(start + 8, true)),
		sequence: Number(view.getBigUint64(start + 16, true)),
		payload: bytes.subarray(start + RECORD_HEAD, end),
		end
	};
}

/** What a payload says, or null where it is none: its checksum was right, so another program wrote it. */
export function decodePayload(payload: Uint8Array): Changes | null {
	try {
		return new PayloadReader(payload).changes();
	} catch {
		return null;
	}
}

class PayloadReader {
	#at = 0;
	readonly #bytes: Uint8Array;
	readonly #view: DataView;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
		this.#view = viewOf(bytes);
	}

	changes(): Changes {
		const flags = this.#byte();
		if (flags > FOREIGN_KEYS_OFF) throw new RangeError('unknown flags');
		const entries: Entry[] = [];
		while (this.#at < this.#bytes.length) entries.push(this.#entry());
		return { foreignKeys: flags === FOREIGN_KEYS_OFF ? 'off' : 'on', entries };
	}

	#entry(): Entry {
		const kind = this.#byte();
		const sql = this.#text();
		if (kind === SCRIPT) return { kind: 'script', sql };
		if (kind !== STATEMENT) throw new RangeError('unknown entry');
		const count = this.#view.getUint16(this.#at, true);
		this.#at += 2;
		return { kind: 'statement', sql, params: Array.from({ length: count }, () => this.#param()) };
	}

	#param(): SqlValue {
		switch (this.#byte()) {
			case 0:
				return null;
			case 1:
				this.#at += 8;
				return this.#view.getFloat64(this.#at - 8, true);
			case 2:
				return this.#text();
			case 3:
				return this.#blob().slice();
			default:
				throw new RangeError('unknown parameter');
		}
	}

	#text(): string {
		return decoder.decode(this.#blob());
	}

	#blob(): Uint8Array {
		const start = this.#at + 4;
		const end = start + this.#view.getUint32(this.#at, true);
		if (end > this.#bytes.length) throw new RangeError('text runs over the end');
		this.#at = end;
		return this.#bytes.subarray(start, end);
	}

	#byte(): number {
		return this.#view.getUint8(this.#at++);
	}
}

function viewOf(bytes: Uint8Array): DataView {
	return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
