import type { Identity } from '#domain/identity.ts';
import { firstOf, rowsOf, sql, write } from '#records/sql.ts';
import type { Tables } from '#records/tables.ts';
import type { Work } from '#records/work.ts';
import type { Queryable } from '#storage/database.ts';

export type IdentityRow = Tables['identities'];

export async function insertIdentity(work: Work, row: IdentityRow): Promise<void> {
	await write(work.tx, sql.insertInto('identities').values(row));
	work.changes.push({ entity: 'identities', id: row.id, row: { ...row } });
}

export async function updateIdentity(work: Work, row: IdentityRow): Promise<void> {
	const { id, ...columns } = row;
	await write(work.tx, sql.updateTable('identities').set(columns).where('id', '=', id));
	work.changes.push({ entity: 'identities', id, row: { ...row } });
}

export function identityRow(db: Queryable, id: string): Promise<IdentityRow | null> {
	return firstOf(db, sql.selectFrom('identities').selectAll().where('id', '=', id));
}

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
