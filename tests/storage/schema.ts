import type { Database, Dialect, Row } from '#storage/database.ts';

/** What a schema is made of, as its database tells it: the same before and after is the same schema. */
const parts: Readonly<Record<Dialect, readonly string[]>> = {
	sqlite: [
		`SELECT type, name, tbl_name, replace(sql, '"', '') AS sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name`
	],
	postgres: [
		`SELECT c.relname, c.relkind::text AS kind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE n.nspname = current_schema() ORDER BY 1`,
		`SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity, is_generated
			FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1, ordinal_position`,
		`SELECT c.conrelid::regclass::text AS on_table, conname, pg_get_constraintdef(c.oid) AS definition FROM pg_constraint c
			JOIN pg_namespace n ON n.oid = c.connamespace WHERE n.nspname = current_schema() ORDER BY 1, 2`,
		`SELECT indexname, replace(indexdef, current_schema(), '') AS definition FROM pg_indexes
			WHERE schemaname = current_schema() ORDER BY 1`,
		`SELECT t.tgname, t.tgenabled::text AS enabled, replace(pg_get_triggerdef(t.oid), current_schema(), '') AS definition
			FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE n.nspname = current_schema() AND NOT t.tgisinternal ORDER BY 1`,
		`SELECT proname, prosrc FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
			WHERE n.nspname = current_schema() ORDER BY 1`
	]
};

export async function schemaOf(database: Database): Promise<Row[]> {
	const found: Row[] = [];
	for (const part of parts[database.dialect]) found.push(...(await database.query(part)));
	return found;
}

/** Every row of every table, in a fixed order. */
export async function rowsOf(database: Database): Promise<Record<string, Row[]>> {
	const tables = await database.query(
		database.dialect === 'sqlite'
			? `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`
			: `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY 1`
	);
	const found: Record<string, Row[]> = {};
	for (const { name } of tables)
		found[String(name)] = await database.query(`SELECT * FROM ${String(name)} ORDER BY 1`);
	return found;
}
