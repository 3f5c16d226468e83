import type { Identity } from '#domain/identity.ts';
import { rowsOf, sql } from '#records/sql.ts';
import type { Queryable } from '#storage/database.ts';

/** Oldest first. */
export async function listIdentities(db: Queryable): Promise<Identity[]> {
	const rows = await rowsOf(db, sql.selectFrom('identities').selectAll().orderBy('created_at').orderBy('id'));
	return rows.map(({ metadata, ...row }) => ({ ...row, name: nameOf(metadata) }));
}

function nameOf(metadata: string | null): string {
	const value: unknown = metadata === null ? null : JSON.parse(metadata);
	const name = typeof value === 'object' && value !== null && 'name' in value ? value.name : null;
	return typeof name === 'string' && name !== '' ? name : 'Unnamed';
}
