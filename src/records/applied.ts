import { firstOf, rowsOf, sql } from '#records/sql.ts';
import type { Queryable } from '#storage/database.ts';

/** Whether the migration to this version is applied: a mirror that is held below it lacks what it brought. */
export async function isApplied(db: Queryable, version: string): Promise<boolean> {
	return (
		(await firstOf(db, sql.selectFrom('schema_version').select('id').where('version', '=', version))) !== null
	);
}

/** Every version that is applied, with what tells one that was applied anew. */
export async function appliedVersions(db: Queryable): Promise<readonly (readonly [number, string])[]> {
	const rows = await rowsOf(db, sql.selectFrom('schema_version').select(['id', 'version']).orderBy('id'));
	return rows.map(({ id, version }) => [Number(id), version]);
}
