import type { SqlJsStatic } from 'sql.js';
import { err, ok, whyOf } from '#base/result.ts';
import { storageError, storageFailure } from '#storage/database.ts';
import type {
	Database,
	OpenResult,
	Purpose,
	Row,
	SqlValue,
	StorageFailure,
	Transaction
} from '#storage/database.ts';
import { SqliteEngine } from '#storage/sqlite/engine.ts';
import type { SqlFunction } from '#storage/sqlite/functions.ts';
import { RecordWriter, decodePayload, recordNothing } from '#storage/sqlite/record.ts';
import type { Recorder } from '#storage/sqlite/record.ts';
import { closed } from '#storage/sqlite/store.ts';
import type { Loaded, Store } from '#storage/sqlite/store.ts';
import { SqliteSession } from '#storage/sqlite/session.ts';
import { SessionTransaction } from '#storage/transaction.ts';

export interface SqliteOptions {
	/** sql.js, already loaded: where its wasm file lies is the caller's business. */
	readonly sql: SqlJsStatic;
	readonly store: Store;
	/** Deterministic functions for queries (ranking). */
	readonly functions?: readonly SqlFunction[];
	/** The first content of a store that is empty: an SQLite file. On any other store it is a `failed`. */
	readonly image?: Uint8Array;
	/** `read`: for the rescue page. Gives what can be read, names what cannot, and changes nothing. */
	readonly mode?: 'read' | 'write';
}

/** Worth a snapshot at the next idle moment. A start replays about 4,000 records a second. */
const MANY_RECORDS = 1000;
const MANY_BYTES = 1 << 20;
/** A snapshot is made whether it suits or not; if it fails, again 1,000 records later. */
const TOO_MANY_RECORDS = 5000;

/** Opens SQLite over a store: the newest snapshot, then every record behind it, each as the transaction that it was. */
export async function openSqlite(options: SqliteOptions): Promise<OpenResult<SqliteDatabase>> {
	const { sql, store, functions = [], mode = 'write' } = options;
	const loaded = await store.load(mode);
	if (!loaded.ok) return loaded;
	const { fresh, records } = loaded.value;
	const notices = [...loaded.value.notices];
	let engine: SqliteEngine | null = null;
	try {
		engine = new SqliteEngine({ sql, image: firstImage(loaded.value, options), functions });
		const failure = replay(engine, records);
		if (failure !== null && mode === 'read') notices.push(failure.message);
		const created = fresh && mode === 'write' ? await store.create(engine.image()) : ok(undefined);
		const problem = failure !== null && mode === 'write' ? failure : created.ok ? null : created.error;
		if (problem === null) return ok({ database: new SqliteDatabase(engine, store, mode), fresh, notices });
		engine.close();
		await store.close();
		return err(problem);
	} catch (error) {
		engine?.close();
		await store.close();
		return err(unopened(error));
	}
}

function firstImage({ fresh, image }: Loaded, options: SqliteOptions): Uint8Array | null {
	if (fresh) return options.image ?? null;
	if (options.image !== undefined) throw new Error('the store is not empty');
	return image;
}

function unopened(error: unknown): StorageFailure {
	return storageFailure('failed', `The database could not be opened (${whyOf(error)}). Nothing was changed.`);
}

/** Repeats the records in their order. Stops at one that does not fit, and names it. */
function replay(engine: SqliteEngine, records: Loaded['records']): StorageFailure | null {
	for (const { sequence, payload } of records) {
		const changes = decodePayload(payload);
		const why = changes === null ? 'it is in another form' : attempt(() => engine.replay(changes));
		if (why === null) continue;
		const left = records.at(-1)!.sequence - sequence;
		const message = `Record ${sequence} of the journal cannot be repeated (${why}). It and ${left} after it are left out.`;
		return storageFailure('damaged', message);
	}
	return null;
}

function attempt(work: () => void): string | null {
	try {
		work();
		return null;
	} catch (error) {
		return whyOf(error);
	}
}

/**
 * The default engine: SQLite in memory, made durable by records in a store. A transaction is appended and flushed before it
 * is committed in memory, so memory never shows what the disk does not hold.
 */
export class SqliteDatabase implements Database {
	readonly dialect = 'sqlite';
	readonly #engine: SqliteEngine;
	readonly #store: Store;
	readonly #mode: 'read' | 'write';
	readonly #writer: Recorder;
	#queue: Promise<unknown> = Promise.resolve();
	#closed: StorageFailure | null = null;
	#compacting: Promise<void> | null = null;
	#forceAt = TOO_MANY_RECORDS;

	constructor(engine: SqliteEngine, store: Store, mode: 'read' | 'write') {
		this.#engine = engine;
		this.#store = store;
		this.#mode = mode;
		this.#writer = store.keeps === 'records' ? new RecordWriter() : recordNothing;
	}

	query(sql: string, params: readonly SqlValue[] = []): Promise<Row[]> {
		return this.#enqueue(() => this.#engine.execute(sql, params, 'read').rows);
	}

	async transaction<T>(work: (tx: Transaction) => Promise<T>, purpose: Purpose = 'data'): Promise<T> {
		const value = await this.#enqueue(() => this.#transact(work, purpose));
		if (this.#store.backlog.records >= this.#forceAt) await this.#force();
		return value;
	}

	/** Joins a snapshot that is already being written. */
	compact(): Promise<void> {
		this.#compacting ??= this.#snapshot().finally(() => (this.#compacting = null));
		return this.#compacting;
	}

	needsCompacting(): boolean {
		const { records, bytes } = this.#store.backlog;
		return records >= MANY_RECORDS || bytes >= MANY_BYTES;
	}

	/** An SQLite file with the present, committed state. */
	exportBytes(): Promise<Uint8Array> {
		return this.#enqueue(() => this.#engine.image());
	}

	/**
	 * Erases for good what was deleted: rewrites the file, makes a snapshot of it, and drops the older snapshot, the
	 * older journal and cut-off bytes. What the medium itself keeps of overwritten blocks is out of reach.
	 */
	async scrub(): Promise<void> {
		await this.#enqueue(() => this.#engine.vacuum());
		// The image of a snapshot that is under way may be of before.
		await this.#compacting?.catch(() => undefined);
		for (let isForgotten = false; !isForgotten;) {
			await this.compact();
			const forgotten = await this.#store.forget();
			if (!forgotten.ok) throw this.#failed(forgotten.error);
			isForgotten = forgotten.value;
		}
	}

	async close(): Promise<void> {
		await this.#compacting?.catch(() => undefined);
		await this.#enqueue(async () => {
			this.#end(closed);
			await this.#store.close();
		}).catch(() => undefined);
	}

	#enqueue<T>(work: () => T | Promise<T>): Promise<T> {
		const result = this.#queue.then(() => {
			if (this.#closed !== null) throw storageError(this.#closed);
			return work();
		});
		this.#queue = result.catch(() => undefined);
		return result;
	}

	async #transact<T>(work: (tx: Transaction) => Promise<T>, purpose: Purpose): Promise<T> {
		const foreignKeys = purpose === 'schema' ? 'off' : 'on';
		const writer = this.#mode === 'write' ? this.#writer : null;
		writer?.begin(foreignKeys);
		this.#engine.begin(foreignKeys);
		const tx = new SessionTransaction(new SqliteSession(this.#engine, writer));
		try {
			const value = await work(tx);
			await tx.finish();
			if (purpose === 'schema') this.#engine.checkReferences();
			if (writer !== null && !writer.isEmpty) await this.#append(writer.finish());
			this.#commit();
			return value;
		} catch (error) {
			await tx.abandon();
			if (this.#closed !== null) throw storageError(this.#closed);
			this.#engine.rollback();
			throw error;
		}
	}

	async #append(record: Uint8Array): Promise<void> {
		const appended = await this.#store.append(record);
		if (!appended.ok) throw this.#failed(appended.error);
	}

	/** Who writes without end waits here. Where it fails, nothing is lost but time at the next start. */
	async #force(): Promise<void> {
		try {
			await this.compact();
			this.#forceAt = TOO_MANY_RECORDS;
		} catch {
			this.#forceAt = this.#store.backlog.records + MANY_RECORDS;
		}
	}

	#commit(): void {
		try {
			this.#engine.commit();
		} catch (error) {
			// The record is durable and memory is not as it says: only a new start can bring them together.
			const why = whyOf(error);
			throw this.#failed(
				storageFailure('failed', `SQLite did not commit what is saved (${why}). Open it again.`)
			);
		}
	}

	async #snapshot(): Promise<void> {
		if (this.#mode === 'read') return;
		// Only the image is made in the queue. Its body is written beside the transactions that follow.
		const { written } = await this.#enqueue(() => {
			this.#engine.reclaim();
			return { written: this.#store.snapshot(() => this.#engine.image()) };
		});
		const result = await written;
		if (result.ok) return;
		if (result.error.code === 'superseded') throw this.#failed(result.error);
		throw storageError(result.error);
	}

	/** The error to throw for a failure of the medium. Only after `full` the store goes on. */
	#failed(failure: StorageFailure): Error {
		if (failure.code !== 'full') this.#end(failure);
		return storageError(failure);
	}

	#end(failure: StorageFailure): void {
		if (this.#closed !== null) return;
		this.#closed = failure;
		this.#engine.close();
		void this.#store.close();
	}
}
