import type { MigrationItem } from '#domain/system.ts';
import { entryCount } from '#records/ledger.ts';
import { rowsOf, sql } from '#records/sql.ts';
import type { Queryable } from '#storage/database.ts';

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
): Promise<{ reflections: number; trashed: number; entries: number }> {
	const rows = await db.query(
		'SELECT (SELECT count(*) FROM reflections) AS reflections, (SELECT count(*) FROM trash) AS trashed'
	);
	const { reflections, trashed } = rows[0] ?? {};
	return { reflections: Number(reflections), trashed: Number(trashed), entries: await entryCount(db) };
}
