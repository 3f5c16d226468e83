import type { Row, SqlValue } from '#storage/database.ts';

/** Asks a database that somebody else wrote one question. Throws where it is damaged. */
export type Ask = (sql: string, params?: readonly SqlValue[]) => Row[];

/** What a foreign database holds, as it holds it. */
export interface ForeignTables {
	/** Rows of the wanted tables, by the names of their columns in lower case. A table that is not there is missing here. */
	readonly tables: ReadonlyMap<string, readonly Row[]>;
	/** The names of their columns, in lower case: also of tables without rows. */
	readonly columns: ReadonlyMap<string, readonly string[]>;
	/** Tables with more rows than are read. */
	readonly tooLong: readonly string[];
	/** Everything that is not an ordinary table that was asked for: `trigger x`, `view y`, `table z`. */
	readonly ignored: readonly string[];
	/** What `PRAGMA integrity_check` says of pages and indexes; rules that rows break are not among it. */
	readonly damage: readonly string[];
}

/** What integrity_check says of rows that break their table's own rules: such rows are listed one by one elsewhere. */
const ofRows =
	/^(?:CHECK constraint failed in|NULL value in|NUMERIC value in|TEXT value in|non-unique entry in)/;

/**
 * Reads ordinary tables by name. Triggers never run, views are never asked, columns that compute something are left out:
 * nothing in the file decides what is read.
 */
export function readForeignTables(ask: Ask, wanted: readonly string[], mostRows: number): ForeignTables {
	const damage = ask('PRAGMA integrity_check(1000)')
		.map((row) => String(row['integrity_check']))
		.filter((line) => line !== 'ok' && !ofRows.test(line));
	const tables = new Map<string, readonly Row[]>();
	const columns = new Map<string, readonly string[]>();
	const tooLong: string[] = [];
	const ignored: string[] = [];
	for (const { type, name, sql } of ask('SELECT type, name, sql FROM sqlite_schema ORDER BY rowid')) {
		const table = String(name).toLowerCase();
		if (type === 'index' || table.startsWith('sqlite_')) continue;
		const isOrdinary = type === 'table' && /^CREATE\s+TABLE\b/i.test(String(sql));
		if (!isOrdinary || !wanted.includes(table)) ignored.push(`${type} ${shown(String(name))}`);
		else if (damage.length === 0) {
			const names = columnsOf(ask, String(name));
			const rows = readTable(ask, String(name), { columns: names, limit: mostRows + 1 });
			if (rows.length > mostRows) tooLong.push(table);
			tables.set(table, rows);
			columns.set(
				table,
				names.map((column) => column.toLowerCase())
			);
		}
	}
	return { tables, columns, tooLong, ignored, damage };
}

/** table_info leaves out hidden and generated columns. */
function columnsOf(ask: Ask, table: string): string[] {
	return ask(`PRAGMA table_info(${quoted(table)})`).map((row) => String(row['name']));
}

interface Part {
	readonly columns: readonly string[];
	readonly limit: number;
}

function readTable(ask: Ask, table: string, { columns, limit }: Part): Row[] {
	const list = columns.map((name) => `${quoted(name)} AS ${quoted(name.toLowerCase())}`);
	return ask(`SELECT ${list.join(', ')} FROM ${quoted(table)} LIMIT ${limit}`);
}

function quoted(name: string): string {
	return `"${name.replaceAll('"', '""')}"`;
}

/** A name that somebody else made up, short enough for a sentence. */
function shown(name: string): string {
	return name.length > 60 ? `${name.slice(0, 60)}…` : name;
}
