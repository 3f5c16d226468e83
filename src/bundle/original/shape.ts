import type { ForeignTables } from '#records/foreign.ts';
import type { RawRow } from '#bundle/parse.ts';

/** Tables as a file of the original holds them, by name. */
export type OriginalTables = ReadonlyMap<string, readonly RawRow[]>;

/** Tables that the original system has beside those of the specification (C2). */
export const originalTables = [
	...['patterns', 'pattern_occurrences', 'settings', 'sessions', 'evolution_votes', 'evolution_versions'],
	...['mirrors', 'mirror_nodes', 'mirror_edges', 'language_shapes', 'language_shape_occurrences'],
	...['tension_measurements', 'constitutional_audit', 'schema_migrations']
] as const;

/**
 * Which database this is, by its columns. `published`: that of the specification, as in a bundle; `core`: schemas/sqlite/001_core.sql,
 * its first version, and MirrorCore's LocalDB, whose rows belong to identities; `mirrors`: storage/sqlite/schema.sql, whose rows belong to
 * mirrors. Null: none of them.
 */
export function shapeOf({ columns }: ForeignTables): 'published' | 'core' | 'mirrors' | null {
	const of = (table: string) => columns.get(table) ?? [];
	const has = (column: string) => of('reflections').includes(column);
	if (!has('id') || !has('content')) return null;
	if (of('mirrors').includes('id') && has('mirror_id')) return 'mirrors';
	if (!of('identities').includes('id') || !has('identity_id')) return null;
	// The original says version 1.0.0 whatever it is; only there a mirrorback stands in its reflection.
	return has('mirrorback') || !has('visibility') ? 'core' : 'published';
}

/** The rows of a table; none where the file does not have it. */
export function rowsOf(tables: OriginalTables, table: string): readonly RawRow[] {
	return tables.get(table) ?? [];
}

/** A row without some of its columns. */
export function without(row: RawRow, ...columns: readonly string[]): RawRow {
	return Object.fromEntries(Object.entries(row).filter(([column]) => !columns.includes(column)));
}

/** Rows by what stands in a column. */
export function byColumn(rows: readonly RawRow[], column: string): Map<unknown, RawRow[]> {
	const found = new Map<unknown, RawRow[]>();
	for (const row of rows) {
		const same = found.get(row[column]);
		if (same === undefined) found.set(row[column], [row]);
		else same.push(row);
	}
	return found;
}

/** A time of the original as a text that sorts: SQLite writes a space where Python writes a T. */
export function sortable(time: unknown): string {
	return String(time ?? '').replace(' ', 'T');
}
