import { plainTables } from '#storage/copy.ts';
import type { Queryable } from '#storage/database.ts';

/** One thing that a migration, or its way back, does to a schema. */
export interface SchemaEffect {
	/** `rows`: rows are put into a table. */
	readonly what: 'table' | 'column' | 'index' | 'rows';
	readonly how: 'made' | 'dropped';
	readonly name: string;
	/** The table that a column or an index is of; empty where the SQL does not say. */
	readonly table: string;
	/** Rows of a table, values of a column; null where nobody counted. */
	readonly count: number | null;
}

const statement =
	/\b(?:(create|drop)\s+(?:virtual\s+|unique\s+)?(table|index)\s+(?:if\s+(?:not\s+)?exists\s+)?(\w+)(?:\s+on\s+(\w+))?|alter\s+table\s+(\w+)\s+(add|drop)\s+column\s+(\w+)|insert\s+into\s+(\w+))/gi;

/** What SQL does to a schema, by its own words and in their order. It is read and not run: nothing is counted. */
export function effectsOf(sql: string): SchemaEffect[] {
	return [...sql.replaceAll(/--.*$/gm, '').matchAll(statement)].map((found): SchemaEffect => {
		const [, verb, what, name = '', on, altered, change, column = '', filled] = found;
		if (filled !== undefined) return { what: 'rows', how: 'made', name: filled, table: filled, count: null };
		const how = (verb ?? change ?? '').toLowerCase() === 'drop' ? 'dropped' : 'made';
		if (altered !== undefined) return { what: 'column', how, name: column, table: altered, count: null };
		const isTable = what?.toLowerCase() === 'table';
		return { what: isTable ? 'table' : 'index', how, name, table: isTable ? name : (on ?? ''), count: null };
	});
}

/** What a schema is made of, by names. */
export interface SchemaOutline {
	/** Columns by the tables that they are of. */
	readonly tables: ReadonlyMap<string, readonly string[]>;
	/** Tables by the indexes that are on them; not those that a key or a rule brings along. */
	readonly indexes: ReadonlyMap<string, string>;
}

export async function outlineOf(db: Queryable): Promise<SchemaOutline> {
	const tables = await plainTables(db, new Set());
	const indexes = await db.query(
		db.dialect === 'sqlite'
			? `select name, tbl_name as on_table from sqlite_schema where type = 'index' and sql is not null order by name`
			: `select indexname as name, tablename as on_table from pg_indexes where schemaname = current_schema()
				and not exists (select 1 from pg_constraint where conname = indexname) order by 1`
	);
	return {
		tables: new Map(tables.map(({ name, columns }) => [name, columns.map((column) => column.name)])),
		indexes: new Map(indexes.map(({ name, on_table }) => [String(name), String(on_table)]))
	};
}

/**
 * What was made or dropped between two outlines, nothing of it counted: tables, then columns of tables that are in both,
 * then indexes.
 */
export function differencesBetween(
	before: SchemaOutline,
	after: SchemaOutline,
	how: SchemaEffect['how']
): SchemaEffect[] {
	const [here, there] = how === 'dropped' ? [before, after] : [after, before];
	const count = null;
	const tables = [...here.tables.keys()].filter((name) => !there.tables.has(name));
	const columns = [...here.tables].flatMap(([table, names]) => {
		const others = there.tables.get(table) ?? names;
		return names.filter((name) => !others.includes(name)).map((name) => ({ table, name }));
	});
	const indexes = [...here.indexes].filter(([name]) => !there.indexes.has(name));
	return [
		...tables.map((name) => ({ what: 'table', how, name, table: name, count }) as const),
		...columns.map((column) => ({ what: 'column', how, ...column, count }) as const),
		...indexes.map(([name, table]) => ({ what: 'index', how, name, table, count }) as const)
	];
}

/** With how many rows, or values, stand in each table and column, as `db` has them. */
export async function counted(db: Queryable, effects: readonly SchemaEffect[]): Promise<SchemaEffect[]> {
	const found: SchemaEffect[] = [];
	for (const effect of effects) {
		const of = effect.what === 'column' ? `"${effect.name}"` : '*';
		const isCounted = effect.what === 'table' || effect.what === 'column';
		const rows = isCounted ? await db.query(`select count(${of}) as n from "${effect.table}"`) : [];
		found.push(isCounted ? { ...effect, count: Number(rows[0]?.['n']) } : effect);
	}
	return found;
}
