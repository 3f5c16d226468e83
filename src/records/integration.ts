import { rowsOf, sql } from '#records/sql.ts';
import type { Tables } from '#records/tables.ts';
import type { Queryable } from '#storage/database.ts';

export type IntegrationRow = Tables['integrations'];

/** The one that was connected first, first. */
export function integrationRows(db: Queryable): Promise<IntegrationRow[]> {
	return rowsOf(db, sql.selectFrom('integrations').selectAll().orderBy('connected_at').orderBy('id'));
}
