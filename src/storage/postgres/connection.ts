import type { PGlite } from '@electric-sql/pglite';
import type { Row, SqlValue } from '#storage/database.ts';
import type { Answer } from '#storage/transaction.ts';

/** One session of PostgreSQL: the only one there is. Statements run in the order of their calls. */
export interface Connection {
	/** Runs one statement; parameters are `$1`, `$2`, …. Rejects with PostgreSQL's error, its SQLSTATE as `code`. */
	query(sql: string, params: readonly SqlValue[]): Promise<Answer>;
	/** Runs one statement without parameters and without an answer, in one message instead of five. */
	command(sql: string): Promise<void>;
	/** Resolves once everything is on the medium and released. */
	close(): Promise<void>;
}

/** PGlite, with the values of `Database`: booleans as 0 and 1, all numbers as numbers, all else as text. */
export function pgliteConnection(pglite: Pick<PGlite, 'query' | 'exec' | 'close'>): Connection {
	return {
		query: async (sql, params) => {
			const { rows, affectedRows = 0 } = await pglite.query<Row>(sql, [...params], { parsers });
			return { rows, changed: affectedRows };
		},
		command: async (sql) => void (await pglite.exec(sql)),
		close: () => pglite.close()
	};
}

/** Object identifiers of types (PostgreSQL, pg_type.dat). */
const types = { bool: 16, int8: 20, json: 114, numeric: 1700, jsonb: 3802 } as const;

const parsers = {
	[types.bool]: (text: string) => (text === 't' ? 1 : 0),
	[types.int8]: Number,
	[types.numeric]: Number,
	[types.json]: String,
	[types.jsonb]: String
};
