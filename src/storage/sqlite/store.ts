import { whyOf } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { StorageFailure } from '#storage/database.ts';
import { storageFailure } from '#storage/database.ts';

/** SHA-256 of bytes: WebCrypto where there is one, for a snapshot may be large. */
export type Digest = (bytes: Uint8Array) => Promise<Uint8Array>;

/** What stands in a store. */
export interface Loaded {
	/** True when nothing existed before; then `create` comes next. */
	readonly fresh: boolean;
	/** The newest snapshot that could be verified; null where there is none. */
	readonly image: Uint8Array | null;
	/** The records behind the snapshot, in order. */
	readonly records: readonly StoredRecord[];
	readonly notices: readonly string[];
}

export interface StoredRecord {
	readonly sequence: number;
	readonly payload: Uint8Array;
}

/** How much a start would have to replay. */
export interface Backlog {
	readonly records: number;
	readonly bytes: number;
}

/**
 * Where one database's bytes are kept: snapshots and records. Nothing in here knows SQL, and nothing above knows files.
 * - `load` comes first, once. `read` changes nothing at all, and gives the longest prefix that is whole; `write` refuses
 *   anything but a whole store, cuts and keeps aside a torn last record, and makes the caller the owner.
 * - `append` resolves with success only when the record is durable. It owns the record's first `RECORD_HEAD` bytes.
 *   `full` leaves the store as it was; after any other failure it is closed.
 * - `snapshot` calls `image` before it returns its promise, so that the image holds just the records appended before.
 *   Appending goes on meanwhile. A snapshot that fails costs nothing but its time, except `superseded`: then it is closed.
 */
export interface Store {
	/** `nothing`: what is written is gone with its memory, so that transactions need not be recorded. */
	readonly keeps: 'records' | 'nothing';
	load(mode: 'read' | 'write'): Promise<Result<Loaded, StorageFailure>>;
	create(image: Uint8Array): Promise<Result<void, StorageFailure>>;
	append(record: Uint8Array): Promise<Result<void, StorageFailure>>;
	snapshot(image: () => Uint8Array): Promise<Result<void, StorageFailure>>;
	/**
	 * Drops what was kept of the time before the newest snapshot, for erasing for good. False: the snapshot before it had
	 * failed, so a journal from before is still in use, and one more `snapshot` has to come first.
	 */
	forget(): Promise<Result<boolean, StorageFailure>>;
	readonly backlog: Backlog;
	close(): Promise<void>;
}

/** The failure that an exception of the browser's storage stands for. */
export function failureOf(error: unknown): StorageFailure {
	const name = error instanceof Error ? error.name : '';
	if (name === 'QuotaExceededError') {
		return storageFailure(
			'full',
			'This device has no space left for it. Nothing of it was saved; everything before it is safe.'
		);
	}
	if (name === 'NoModificationAllowedError') {
		return storageFailure(
			'busy',
			'Mirror OS is open in another tab, which holds the database. Nothing is lost.'
		);
	}
	const what = whyOf(error);
	return storageFailure('failed', `The storage of this device answered with an error (${what}).`);
}

export const superseded = storageFailure(
	'superseded',
	'Another tab has taken over the database since. Nothing was written from here.'
);

export const closed = storageFailure('failed', 'The database is closed. Everything that was saved is safe.');

export const newerFormat = storageFailure(
	'newer_format',
	'The database was written by a newer version of Mirror OS. Nothing was changed; load the newest version.'
);

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
	return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
