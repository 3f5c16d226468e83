import { firstOf, sql } from '#records/sql.ts';
import type { Queryable } from '#storage/database.ts';

/** Whether the migration to this version is applied: a mirror that is held below it lacks what it brought. */
export async function isApplied(db: Queryable, version: string): Promise<boolean> {
	return (
		(await firstOf(db, sql.selectFrom('schema_version').select('id').where('version', '=', version))) !== null
	);
}
