import type { SqlJsStatic } from 'sql.js';
import type { Transaction } from '#storage/database.ts';
import { openSqlite, type SqliteDatabase } from '#storage/sqlite/database.ts';
import { ScratchStore } from '#storage/sqlite/scratch-store.ts';

/** An empty SQLite database that lives in memory. */
export async function openScratch(sql: SqlJsStatic): Promise<SqliteDatabase> {
	const opened = await openSqlite({ sql, store: new ScratchStore() });
	if (!opened.ok) throw new Error(opened.error.message);
	return opened.value.database;
}

/** An SQLite file built fresh: the schema, what `fill` puts in, and nothing that ever stood anywhere else. */
export async function buildDatabase(
	sql: SqlJsStatic,
	schema: string,
	fill: (tx: Transaction) => Promise<void>
): Promise<Uint8Array> {
	const database = await openScratch(sql);
	try {
		await database.transaction((tx) => tx.script(schema), 'schema');
		await database.transaction(fill);
		return await database.exportBytes();
	} finally {
		await database.close();
	}
}
