import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { InitSqlJsStatic, SqlJsStatic } from 'sql.js';
import type { OpenResult } from '#storage/database.ts';
import { openSqlite } from '#storage/sqlite/database.ts';
import type { SqliteDatabase, SqliteOptions } from '#storage/sqlite/database.ts';
import type { SlotFiles } from '#storage/sqlite/slot-file.ts';
import { SlotStore } from '#storage/sqlite/slots.ts';
import type { Digest } from '#storage/sqlite/store.ts';

const require = createRequire(import.meta.url);
const script = require.resolve('sql.js');
const folder = dirname(script);

/** sql.js as Node loads it: its wasm file lies beside its script. */
export let sql: SqlJsStatic = await startSql();

/** The script starts one SQLite and no more: for another it is read anew. */
function startSql(): Promise<SqlJsStatic> {
	delete require.cache[script];
	const initSqlJs = require(script) as InitSqlJsStatic;
	return initSqlJs({ locateFile: (file: string) => join(folder, file) });
}

/** From here on another one: its memory never shrinks, and is full some day of databases that tests left open. */
export async function renewSql(): Promise<void> {
	sql = await startSql();
}

export const digest: Digest = async (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest());

/** Lets everything that waits have its turn. */
export const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function openSlots(
	files: SlotFiles,
	options: Partial<SqliteOptions> = {}
): Promise<OpenResult<SqliteDatabase>> {
	return openSqlite({ sql, store: new SlotStore({ files, digest, pause }), ...options });
}

/** The database over these files; a failure to open is an error of the test. */
export async function opened(
	files: SlotFiles,
	options: Partial<SqliteOptions> = {}
): Promise<SqliteDatabase> {
	const result = await openSlots(files, options);
	if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
	return result.value.database;
}
