import type { MigrationItem, SystemHealth } from '#domain/system.ts';
import { entryCount } from '#records/ledger.ts';
import { writtenSince } from '#records/receipt.ts';
import { readSettings } from '#records/setting.ts';
import { rowsOf, sql } from '#records/sql.ts';
import type { Queryable } from '#storage/database.ts';

/** Throws unless a database answers as one does whose migrations were applied. */
export async function answers(db: Queryable): Promise<void> {
	await db.query('SELECT count(*) AS n FROM reflections');
}

/** Migrations that were applied, oldest first; the last one is the schema's version. */
export function appliedMigrations(db: Queryable): Promise<MigrationItem[]> {
	return rowsOf(
		db,
		sql
			.selectFrom('schema_version')
			.select(['version', 'description', 'applied_at', 'checksum'])
			.orderBy('id')
	);
}

/** How many rows there are of what a person would count. */
export async function counts(
	db: Queryable
): Promise<Pick<SystemHealth, 'reflections' | 'new_reflections' | 'trashed' | 'entries'>> {
	const rows = await db.query(
		'SELECT (SELECT count(*) FROM reflections) AS reflections, (SELECT count(*) FROM trash) AS trashed'
	);
	const { reflections, trashed } = rows[0] ?? {};
	const { last_export_position } = await readSettings(db);
	return {
		reflections: Number(reflections),
		new_reflections: await writtenSince(db, last_export_position),
		trashed: Number(trashed),
		entries: await entryCount(db)
	};
}

/** Bytes that the tables and their indexes take. */
export async function databaseSize(db: Queryable): Promise<number> {
	const rows = await db.query(
		db.dialect === 'sqlite'
			? 'SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size'
			: 'SELECT pg_database_size(current_database()) AS bytes'
	);
	return Number(rows[0]?.['bytes']);
}
