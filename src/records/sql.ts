import {
	DummyDriver,
	Kysely,
	SqliteAdapter,
	SqliteIntrospector,
	SqliteQueryCompiler,
	type Compilable
} from 'kysely';
import type { Queryable, Row, SqlValue, Transaction } from '#storage/database.ts';
import type { Tables } from '#records/tables.ts';

/**
 * Writes SQL, and only that: Kysely compiles, the `Database` runs. What we ask differs between its dialects in nothing but how a
 * parameter is written, and every `Database` understands `?`: so one compiler is enough, and no byte of another is loaded.
 */
export const sql = new Kysely<Tables>({
	dialect: {
		createAdapter: () => new SqliteAdapter(),
		createDriver: () => new DummyDriver(),
		createIntrospector: (db) => new SqliteIntrospector(db),
		createQueryCompiler: () => new SqliteQueryCompiler()
	}
});

/** All rows of a query, typed by what it selects. */
export async function rowsOf<R>(db: Queryable, query: Compilable<R>): Promise<R[]> {
	const { sql: text, parameters } = query.compile();
	return (await db.query(text, parameters as readonly SqlValue[])) as Row[] as R[];
}

/** The first row of a query, or null. */
export async function firstOf<R>(db: Queryable, query: Compilable<R>): Promise<R | null> {
	return (await rowsOf(db, query))[0] ?? null;
}

/** Runs a statement that writes; answers with the number of rows it changed. */
export async function write(tx: Transaction, query: Compilable): Promise<number> {
	const { sql: text, parameters } = query.compile();
	return tx.run(text, parameters as readonly SqlValue[]);
}
