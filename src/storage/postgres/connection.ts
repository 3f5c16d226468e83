import type { PGlite } from '@electric-sql/pglite';
import { storageError, type Row, type SqlValue } from '#storage/database.ts';
import { failureOf, isPanic } from '#storage/postgres/failure.ts';
import type { Answer } from '#storage/transaction.ts';

/**
 * One session of PostgreSQL: the only one there is. Statements run in the order of their calls. They reject with
 * PostgreSQL's error, its SQLSTATE as `code`; with a `StorageFailure` as its cause where the medium failed.
 */
export interface Connection {
	/** Runs one statement; parameters are `$1`, `$2`, …. */
	query(sql: string, params: readonly SqlValue[]): Promise<Answer>;
	/** Runs one statement without parameters and without an answer, in one message instead of five. */
	command(sql: string): Promise<void>;
	/** Whether the device has room for what is to be written. Reading goes on without. */
	hasRoom(): boolean;
	/** Resolves once everything is on the medium and released. */
	close(): Promise<void>;
}

/**
 * PGlite, with the values of `Database`: booleans as 0 and 1, all numbers as numbers, all else as text.
 * `files.letGo` releases them. Called in place of closing where PostgreSQL has panicked: it waits for itself for ever then.
 */
export function pgliteConnection(
	pglite: Pick<PGlite, 'query' | 'exec' | 'close'>,
	files: { hasRoom(): boolean; letGo(): Promise<void> } = inMemory
): Connection {
	let hasPanicked = false;
	const told = async <T>(work: Promise<T>): Promise<T> => {
		try {
			return await work;
		} catch (error) {
			hasPanicked ||= isPanic(error);
			const failure = failureOf(error);
			throw failure === null ? error : storageError(failure);
		}
	};
	return {
		query: async (sql, params) => {
			const { rows, affectedRows = 0 } = await told(pglite.query<Row>(sql, [...params], { parsers }));
			return { rows, changed: affectedRows };
		},
		command: async (sql) => void (await told(pglite.exec(sql))),
		hasRoom: () => files.hasRoom(),
		close: () => (hasPanicked ? files.letGo() : pglite.close())
	};
}

const inMemory = { hasRoom: () => true, letGo: async () => undefined };

/** Object identifiers of types (PostgreSQL, pg_type.dat). */
const types = { bool: 16, int8: 20, json: 114, numeric: 1700, jsonb: 3802 } as const;

const parsers = {
	[types.bool]: (text: string) => (text === 't' ? 1 : 0),
	[types.int8]: Number,
	[types.numeric]: Number,
	[types.json]: String,
	[types.jsonb]: String
};
