import type { Database } from '#storage/database.ts';
import { storageFailureOf } from '#storage/database.ts';
import type { SlotFiles } from '#storage/sqlite/slot-file.ts';
import { openSlots, opened } from './sql.ts';

/** A table of numbers: which transactions are there, at a glance. */
export async function begin(database: Database): Promise<void> {
	await database.transaction(
		(tx) => tx.script('create table if not exists log (n integer primary key, note text)'),
		'schema'
	);
}

export function add(database: Database, n: number): Promise<number> {
	return database.transaction((tx) =>
		tx.run('insert into log (n, note) values (?, ?)', [n, `note ${n} `.repeat(6)])
	);
}

/** Null while the table is not there yet. */
export async function numbers(database: Database): Promise<number[] | null> {
	const tables = await database.query(`select 1 from sqlite_schema where name = 'log'`);
	if (tables.length === 0) return null;
	return (await database.query('select n from log order by n')).map(({ n }) => Number(n));
}

/** Files with the numbers from 1 to `count`, a snapshot after each of `snapshots`, closed. */
export async function filled(
	files: SlotFiles,
	count: number,
	snapshots: readonly number[] = []
): Promise<void> {
	const database = await opened(files);
	await begin(database);
	for (let n = 1; n <= count; n++) {
		await add(database, n);
		if (snapshots.includes(n)) await database.compact();
	}
	await database.close();
}

/** What opening says: the numbers, or the code of the failure. */
export async function found(files: SlotFiles): Promise<number[] | string | null> {
	const result = await openSlots(files);
	if (!result.ok) return result.error.code;
	const rows = await numbers(result.value.database);
	await result.value.database.close();
	return rows;
}

export async function codeOf(promise: Promise<unknown>): Promise<string | null> {
	try {
		await promise;
		return null;
	} catch (error) {
		return storageFailureOf(error)?.code ?? `not of the medium: ${String(error)}`;
	}
}

export function upTo(count: number): number[] {
	return Array.from({ length: count }, (_, at) => at + 1);
}
