import { failure } from '#base/result.ts';
import type { Result, Failure } from '#base/result.ts';

/** What SQL may carry both ways. Times are TEXT, booleans are 0 and 1, JSON is TEXT: the same in every engine. */
export type SqlValue = string | number | null | Uint8Array;
export type Row = Record<string, SqlValue>;

/** Which SQL is understood. Statements of `records` are the same in both, except for full-text search. */
export type Dialect = 'sqlite' | 'postgres';

/**
 * Something that answers SQL. `sql` is exactly one statement; parameters are written `?`, or `$1`, `$2`, … each once and in order; they are bound, never pasted in, and are
 * refused where engines would differ: undefined, booleans, objects, numbers that are not finite or are integers beyond
 * 2^53, text with U+0000, with a lone surrogate or beginning with U+FEFF, too few or too many of them.
 */
export interface Queryable {
	readonly dialect: Dialect;
	/** All rows of a statement. A write with RETURNING counts as a write, which only a transaction may do. */
	query(sql: string, params?: readonly SqlValue[]): Promise<Row[]>;
}

/**
 * The inside of one transaction. Not usable after the work it was given to has settled. A statement that fails dooms the
 * savepoint it stands in, or the transaction: nothing but leaving it by an error is possible then (as PostgreSQL has it).
 */
export interface Transaction extends Queryable {
	/** Runs one statement that changes rows or schema; answers with the number of rows it changed, 0 for the schema. */
	run(sql: string, params?: readonly SqlValue[]): Promise<number>;
	/** Runs a text of several statements without parameters: migrations. */
	script(sql: string): Promise<void>;
	/**
	 * Runs `work`; whatever it wrote is undone when it throws, and the error passes through. What came before stays.
	 * One at a time: they nest, they do not overlap.
	 */
	savepoint<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * `schema`: tables are rebuilt or dropped. References between rows are not enforced while it runs, and are all checked
 * before it ends: one broken reference undoes everything.
 */
export type Purpose = 'data' | 'schema';

/**
 * One person's database. Guarantees, the same for every engine and shown by one contract suite:
 * - `transaction` resolves only when its writes are durable; when it rejects, none of them is there, now or after a restart.
 * - Transactions run one at a time, in the order of their calls; a `query` outside sees only committed rows. So inside a
 *   transaction only the `Transaction` may be awaited: waiting there for the database itself would never end.
 * - `StorageFailure` is thrown (as the `cause` of an `Error`) when the medium fails; a closed database answers nothing.
 * - After a transaction that failed with `full` or `read_only` the database goes on. After any other failure of the medium,
 *   and `superseded` anywhere, it has closed itself: open it again. A `compact` that fails costs nothing else.
 */
export interface Database extends Queryable {
	transaction<T>(work: (tx: Transaction) => Promise<T>, purpose?: Purpose): Promise<T>;
	/** Makes the next start fast and reclaims space: snapshot, checkpoint. Safe at any time, never needed for durability. */
	compact(): Promise<void>;
	/**
	 * Rewrites everything, so that no byte of what was deleted before this call stays on the medium, as far as a program can
	 * see it. Never needed for durability.
	 */
	scrub(): Promise<void>;
	/** Whether enough has been written that `compact` at the next idle moment is worth it. */
	needsCompacting(): boolean;
	/** Durable and released: another owner may open it when this resolves. */
	close(): Promise<void>;
}

/**
 * - `missing_piece`: a part that must exist is gone; - `damaged`: bytes do not match their hash or order;
 * - `newer_format`: written by a newer version of the app; - `busy`: another owner holds it;
 * - `superseded`: another owner has opened it since; - `full`: no space; - `read_only`: it was opened only to read;
 * - `failed`: anything else the medium answered, and every call on a closed database.
 */
export type StorageCode =
	'missing_piece' | 'damaged' | 'newer_format' | 'busy' | 'superseded' | 'full' | 'read_only' | 'failed';
export type StorageFailure = Failure<StorageCode>;

/** Builds a `StorageFailure`: what happened, what is safe, what to do next. */
export function storageFailure(code: StorageCode, message: string): StorageFailure {
	return failure(code, message);
}

/** The one form in which a `StorageFailure` is thrown. */
export function storageError(cause: StorageFailure): Error {
	return new Error(cause.message, { cause });
}

const codes: ReadonlySet<string> = new Set<StorageCode>([
	'missing_piece',
	'damaged',
	'newer_format',
	'busy',
	'superseded',
	'full',
	'read_only',
	'failed'
]);

/** The failure of the medium that an error stands for, or null where the error is of another kind. */
export function storageFailureOf(error: unknown): StorageFailure | null {
	const cause: unknown = error instanceof Error ? error.cause : null;
	if (typeof cause !== 'object' || cause === null || !('code' in cause)) return null;
	return typeof cause.code === 'string' && codes.has(cause.code) ? (cause as StorageFailure) : null;
}

/** What was learned on the way to an open database. */
export interface Opened<D extends Database = Database> {
	readonly database: D;
	/** True when nothing existed before: the first start. */
	readonly fresh: boolean;
	/** Plain sentences about what was repaired (a torn record cut and kept aside), for System and diagnostics. */
	readonly notices: readonly string[];
}

export type OpenResult<D extends Database = Database> = Result<Opened<D>, StorageFailure>;
