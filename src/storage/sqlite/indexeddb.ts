import { openDB } from 'idb';
import type { DBSchema, IDBPDatabase, IDBPTransaction } from 'idb';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { storageFailure } from '#storage/database.ts';
import type { StorageFailure } from '#storage/database.ts';
import { FORMAT_VERSION, NOT_ENCRYPTED } from '#storage/sqlite/header.ts';
import { RECORD_HEAD, readRecord, sealRecord } from '#storage/sqlite/record.ts';
import { closed, failureOf, newerFormat, sameBytes, superseded } from '#storage/sqlite/store.ts';
import type { Backlog, Digest, Loaded, Store, StoredRecord } from '#storage/sqlite/store.ts';

export interface IndexedDbStoreOptions {
	/** Of the IndexedDB database. */
	readonly name: string;
	readonly digest: Digest;
}

/** Written in the transaction of every record, so a record that is gone at the end is missed. */
interface Head {
	readonly version: number;
	readonly encryption: number;
	/** Of the newest owner. */
	readonly epoch: number;
	/** Of the last record. */
	readonly sequence: number;
}

type Side = 0 | 1;

interface StoredSnapshot {
	/** The last record that is in it. */
	readonly sequence: number;
	readonly hash: Uint8Array;
	readonly body: Uint8Array;
}

interface Layout extends DBSchema {
	head: { key: 'head'; value: Head };
	snapshots: { key: Side; value: StoredSnapshot };
	/** Sealed records by their sequence. */
	records: { key: number; value: Uint8Array };
}
type StoreName = 'head' | 'snapshots' | 'records';
type Connection = IDBPDatabase<Layout>;
type Writing = IDBPTransaction<Layout, StoreName[], 'readwrite'>;

/** The two sides of records have no generations here: transactions put each in its place or nowhere. */
const GENERATION = 1;
const everything: StoreName[] = ['head', 'snapshots', 'records'];

interface Owned {
	readonly connection: Connection;
	readonly epoch: number;
	base: { readonly side: Side; readonly sequence: number };
	sequence: number;
	bytes: number;
}

/**
 * The store where there is no origin private file system: the same guarantees by IndexedDB, one strict transaction for each
 * record, in which the owner's epoch is checked too. Such a transaction is never torn, so a bad last record is damage here.
 */
export class IndexedDbStore implements Store {
	readonly keeps = 'records';
	readonly #name: string;
	readonly #digest: Digest;
	#connection: Connection | null = null;
	#owned: Owned | null = null;

	constructor({ name, digest }: IndexedDbStoreOptions) {
		this.#name = name;
		this.#digest = digest;
	}

	get backlog(): Backlog {
		const owned = this.#owned;
		return owned === null
			? { records: 0, bytes: 0 }
			: { records: owned.sequence - owned.base.sequence, bytes: owned.bytes };
	}

	async load(mode: 'read' | 'write'): Promise<Result<Loaded, StorageFailure>> {
		try {
			const connection = await this.#connect();
			// The epoch first: from here on no former owner can add to what is read.
			const head = mode === 'write' ? await takeOver(connection) : await connection.get('head', 'head');
			const loaded = await this.#read(connection, head, mode);
			if (!loaded.ok) this.#release();
			return loaded;
		} catch (error) {
			this.#release();
			return err(
				error instanceof DOMException && error.name === 'VersionError' ? newerFormat : failureOf(error)
			);
		}
	}

	async create(image: Uint8Array): Promise<Result<void, StorageFailure>> {
		const connection = this.#connection;
		if (connection === null) return err(closed);
		const hash = await this.#digest(image);
		const head: Head = { version: FORMAT_VERSION, encryption: NOT_ENCRYPTED, epoch: 1, sequence: 0 };
		const result = await write(connection, async (tx) => {
			if ((await tx.objectStore('head').get('head')) !== undefined) return superseded;
			await tx.objectStore('snapshots').put({ sequence: 0, hash, body: image }, 0);
			await tx.objectStore('head').put(head, 'head');
			return null;
		});
		if (!result.ok) return this.#stop(result.error);
		this.#owned = { connection, epoch: 1, base: { side: 0, sequence: 0 }, sequence: 0, bytes: 0 };
		return result;
	}

	async append(record: Uint8Array): Promise<Result<void, StorageFailure>> {
		const owned = this.#owned;
		if (owned === null) return err(closed);
		const sequence = owned.sequence + 1;
		sealRecord(record, GENERATION, sequence);
		const result = await write(owned.connection, async (tx) => {
			const head = await ownHead(tx, owned);
			if (head === null) return superseded;
			await tx.objectStore('records').add(record.slice(), sequence);
			await tx.objectStore('head').put({ ...head, sequence }, 'head');
			return null;
		});
		if (!result.ok) return result.error.code === 'full' ? result : this.#stop(result.error);
		owned.sequence = sequence;
		owned.bytes += record.length;
		return result;
	}

	async snapshot(image: () => Uint8Array): Promise<Result<void, StorageFailure>> {
		const owned = this.#owned;
		if (owned === null) return err(closed);
		const { sequence, bytes, base } = owned;
		const side: Side = base.side === 0 ? 1 : 0;
		const body = image();
		const hash = await this.#digest(body);
		const result = await write(owned.connection, async (tx) => {
			if ((await ownHead(tx, owned)) === null) return superseded;
			await tx.objectStore('snapshots').put({ sequence, hash, body }, side);
			// What is behind the snapshot that stays as the fallback is still needed.
			await tx.objectStore('records').delete(IDBKeyRange.upperBound(base.sequence));
			return null;
		});
		if (!result.ok) return result.error.code === 'superseded' ? this.#stop(result.error) : result;
		owned.base = { side, sequence };
		owned.bytes -= bytes;
		return result;
	}

	async forget(): Promise<Result<boolean, StorageFailure>> {
		const owned = this.#owned;
		if (owned === null) return err(closed);
		const { base } = owned;
		const result = await write(owned.connection, async (tx) => {
			if ((await ownHead(tx, owned)) === null) return superseded;
			await tx.objectStore('snapshots').delete(base.side === 0 ? 1 : 0);
			await tx.objectStore('records').delete(IDBKeyRange.upperBound(base.sequence));
			return null;
		});
		if (result.ok) return ok(true);
		return result.error.code === 'superseded' ? this.#stop(result.error) : result;
	}

	async close(): Promise<void> {
		this.#release();
	}

	async #connect(): Promise<Connection> {
		this.#connection = await openDB<Layout>(this.#name, FORMAT_VERSION, {
			upgrade: (database) => {
				for (const name of everything) database.createObjectStore(name);
			},
			// Somebody erases it, or a newer version needs another layout: do not stand in the way.
			blocking: () => this.#release(),
			terminated: () => this.#release()
		});
		return this.#connection;
	}

	async #read(
		connection: Connection,
		head: Head | undefined,
		mode: 'read' | 'write'
	): Promise<Result<Loaded, StorageFailure>> {
		const tx = connection.transaction(everything);
		const [first, second] = [
			await tx.objectStore('snapshots').get(0),
			await tx.objectStore('snapshots').get(1)
		];
		if (head === undefined) {
			const isEmpty = !first && !second && (await tx.objectStore('records').count()) === 0;
			return isEmpty ? ok({ fresh: true, image: null, records: [], notices: [] }) : err(headGone);
		}
		if (head.version !== FORMAT_VERSION || head.encryption !== NOT_ENCRYPTED) return err(newerFormat);
		const found = await this.#newest([first, second]);
		if (found === null) return err(first === undefined && second === undefined ? noSnapshot : badSnapshot);
		const { base, body, notices } = found;
		const behind = await connection.getAll('records', IDBKeyRange.lowerBound(base.sequence, true));
		const records = wholeRecords(behind, base.sequence);
		const last = base.sequence + records.length;
		if (last !== head.sequence) {
			if (mode === 'write') return err(recordGone(last + 1, head.sequence));
			notices.push(recordGone(last + 1, head.sequence).message);
		}
		if (mode === 'write') {
			const bytes = records.reduce((sum, { payload }) => sum + payload.length + RECORD_HEAD, 0);
			this.#owned = { connection, epoch: head.epoch, base, sequence: last, bytes };
		}
		return ok({ fresh: false, image: body, records, notices });
	}

	async #newest(snapshots: readonly (StoredSnapshot | undefined)[]) {
		const notices: string[] = [];
		const sides = ([0, 1] as const).filter((side) => snapshots[side] !== undefined);
		for (const side of sides.sort((a, b) => snapshots[b]!.sequence - snapshots[a]!.sequence)) {
			const { sequence, hash, body } = snapshots[side]!;
			if (sameBytes(await this.#digest(body), hash)) return { base: { side, sequence }, body, notices };
			notices.push(
				'The newest snapshot is damaged. The one before it and the records were read in its place.'
			);
		}
		return null;
	}

	#stop(failure: StorageFailure): Result<never, StorageFailure> {
		this.#release();
		return err(failure);
	}

	#release(): void {
		this.#owned = null;
		this.#connection?.close();
		this.#connection = null;
	}
}

const headGone = storageFailure('missing_piece', 'The head of the database is gone. Nothing was changed.');
const noSnapshot = storageFailure(
	'missing_piece',
	'Both snapshots of the database are gone. Nothing was changed.'
);
const badSnapshot = storageFailure(
	'damaged',
	'No snapshot of the database can be read. Nothing was changed.'
);

function recordGone(sequence: number, last: number): StorageFailure {
	const count = Math.max(0, last - sequence + 1);
	return storageFailure(
		'damaged',
		`Record ${sequence} cannot be read. It and what follows it are left out: ${count} records.`
	);
}

/** Makes the caller the newest owner. Undefined where there is nothing yet; a newer format is left as it is. */
async function takeOver(connection: Connection): Promise<Head | undefined> {
	const tx = connection.transaction(everything, 'readwrite', { durability: 'strict' });
	const head = await tx.objectStore('head').get('head');
	const isOurs = head?.version === FORMAT_VERSION && head.encryption === NOT_ENCRYPTED;
	const taken = isOurs ? { ...head, epoch: head.epoch + 1 } : head;
	if (isOurs) await tx.objectStore('head').put(taken!, 'head');
	await tx.done;
	return taken;
}

async function ownHead(tx: Writing, { epoch }: Owned): Promise<Head | null> {
	const head = await tx.objectStore('head').get('head');
	return head?.epoch === epoch ? head : null;
}

/** One strict transaction: all of `work` is durable, or nothing of it is there. */
async function write(
	connection: Connection,
	work: (tx: Writing) => Promise<StorageFailure | null>
): Promise<Result<void, StorageFailure>> {
	try {
		const tx = connection.transaction(everything, 'readwrite', { durability: 'strict' });
		// Whoever sees the transaction's end first, this one has to be looked at as well.
		const done = tx.done.catch((error: unknown) => error ?? new Error('the transaction was given up'));
		try {
			const refused = await work(tx);
			if (refused !== null) return err(refused);
		} catch (error) {
			const ended = tx.error ?? error;
			abort(tx);
			await done;
			return err(failureOf(tx.error ?? ended));
		}
		const error = await done;
		return error === undefined ? ok(undefined) : err(failureOf(tx.error ?? error));
	} catch (error) {
		return err(failureOf(error));
	}
}

function abort(tx: Writing): void {
	try {
		tx.abort();
	} catch {
		// It has ended by itself already.
	}
}

/** The records behind a snapshot, up to the first that is not there or not whole. */
function wholeRecords(stored: readonly Uint8Array[], sequence: number): StoredRecord[] {
	const records: StoredRecord[] = [];
	for (const bytes of stored) {
		const record = readRecord(bytes, 0);
		if (record !== null && record.sequence <= sequence) continue;
		const isNext =
			record !== null && record.end === bytes.length && record.sequence === sequence + records.length + 1;
		if (!isNext) break;
		records.push({ sequence: record.sequence, payload: record.payload });
	}
	return records;
}
