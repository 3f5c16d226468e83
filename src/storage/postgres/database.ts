import { err, ok, whyOf } from '#base/result.ts';
import { storageError, storageFailure, storageFailureOf } from '#storage/database.ts';
import type {
	Database,
	OpenResult,
	Purpose,
	Row,
	SqlValue,
	StorageFailure,
	Transaction
} from '#storage/database.ts';
import type { Connection } from '#storage/postgres/connection.ts';
import { brokenReferences } from '#storage/postgres/references.ts';
import { PostgresSession } from '#storage/postgres/session.ts';
import { SessionTransaction } from '#storage/transaction.ts';

/** Worth a checkpoint at the next idle moment: PGlite makes none by itself, and a start repeats what came after the last. */
const many = { commits: 1000, units: 1 << 20 };

const closed = storageFailure('failed', 'The database is closed.');

/** Opens PostgreSQL over its session. `isNew`: nothing was there before. */
export async function openPostgres(
	connect: () => Promise<Connection>,
	{ isNew, notices = [] }: { readonly isNew: boolean; readonly notices?: readonly string[] }
): Promise<OpenResult<PostgresDatabase>> {
	try {
		const connection = await connect();
		// What is not in a transaction of ours may only read.
		await connection.command('set default_transaction_read_only = on');
		return ok({ database: new PostgresDatabase(connection), fresh: isNew, notices });
	} catch (error) {
		const why = whyOf(error);
		return err(
			storageFailureOf(error) ??
				storageFailure('failed', `The database could not be opened (${why}). Nothing was changed.`)
		);
	}
}

/** The second engine: PostgreSQL in WebAssembly. It writes what is committed to its files before it says so. */
export class PostgresDatabase implements Database {
	readonly dialect = 'postgres';
	readonly #connection: Connection;
	readonly #session: PostgresSession;
	#queue: Promise<unknown> = Promise.resolve();
	#closed: StorageFailure | null = null;
	#commits = 0;

	constructor(connection: Connection) {
		this.#connection = connection;
		this.#session = new PostgresSession(connection);
	}

	query(sql: string, params: readonly SqlValue[] = []): Promise<Row[]> {
		return this.#enqueue(async () => (await this.#session.execute(sql, params)).rows);
	}

	transaction<T>(work: (tx: Transaction) => Promise<T>, purpose: Purpose = 'data'): Promise<T> {
		return this.#enqueue(() => this.#transact(work, purpose));
	}

	/** A checkpoint: the log that a start would repeat is empty after it. */
	compact(): Promise<void> {
		return this.#enqueue(() => this.#checkpoint());
	}

	needsCompacting(): boolean {
		const isMuch = this.#commits >= many.commits || this.#session.written >= many.units;
		return isMuch || !this.#connection.hasRoom();
	}

	/** Rewrites every table, and lets go of the log in which the old ones stand. */
	scrub(): Promise<void> {
		return this.#enqueue(async () => {
			// One by one: each statement finds only so many files that are free.
			const { rows } = await this.#connection.query(
				`select quote_ident(c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
				where c.relkind = 'r' and n.nspname = current_schema() order by 1`,
				[]
			);
			for (const { name } of rows) await this.#connection.command(`vacuum full ${name}`);
			await this.#checkpoint();
			await this.#connection.command('select pg_switch_wal()');
			await this.#checkpoint();
		});
	}

	async close(): Promise<void> {
		await this.#enqueue(async () => {
			this.#closed = closed;
			await this.#connection.close();
		}).catch(() => undefined);
	}

	#enqueue<T>(work: () => Promise<T>): Promise<T> {
		const result = this.#queue.then(async () => {
			if (this.#closed !== null) throw storageError(this.#closed);
			try {
				return await work();
			} catch (error) {
				throw await this.#mediumError(error);
			}
		});
		this.#queue = result.catch(() => undefined);
		return result;
	}

	async #transact<T>(work: (tx: Transaction) => Promise<T>, purpose: Purpose): Promise<T> {
		await this.#connection.command('begin read write');
		const tx = new SessionTransaction(this.#session);
		try {
			// Holds back the references between rows, and triggers that are not ALWAYS. Checks and keys hold.
			if (purpose === 'schema')
				await this.#connection.command('set local session_replication_role = replica');
			const value = await work(tx);
			await tx.finish();
			if (purpose === 'schema') await this.#checkReferences();
			await this.#commit();
			return value;
		} catch (error) {
			await tx.abandon();
			await this.#connection.command('rollback');
			throw error;
		}
	}

	async #commit(): Promise<void> {
		await this.#connection.command('commit');
		this.#commits++;
	}

	async #checkReferences(): Promise<void> {
		const broken = await brokenReferences(this.#connection);
		if (broken.length > 0)
			throw new Error(`Rows would refer to rows that are gone (in ${broken.join(', ')}).`);
	}

	async #checkpoint(): Promise<void> {
		await this.#connection.command('checkpoint');
		this.#commits = 0;
		this.#session.written = 0;
	}

	/** The error to throw: of the medium where it is one. Only after `full` the database goes on. */
	async #mediumError(error: unknown): Promise<unknown> {
		const failure = storageFailureOf(error);
		if (failure === null) return error;
		if (failure.code !== 'full') {
			this.#closed = failure;
			await this.#connection.close().catch(() => undefined);
		}
		return storageError(failure);
	}
}
