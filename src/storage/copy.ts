import { bytesToHex } from '@noble/hashes/utils.js';
import { utf8 } from '#base/bytes.ts';
import { sha256Hex } from '#base/hash.ts';
import type { Queryable, Row, SqlValue, Transaction } from '#storage/database.ts';

/** A table as both engines have it. */
export interface PlainTable {
	readonly name: string;
	readonly columns: readonly Column[];
	/** Of the primary key, in its order: what pages are read by. */
	readonly key: readonly string[];
}

interface Column {
	readonly name: string;
	/** In the words of its engine. */
	readonly type: string;
	/** Whether the engine counts it up by itself. */
	readonly isCounted: boolean;
}

/** How many rows a table has, and the SHA-256 of all their values in the order of the key. */
export interface TableDigest {
	readonly table: string;
	readonly rows: number;
	readonly sha256: string;
}

export interface CopyOptions {
	/** Told after each page: how many rows were handled since it was told last. */
	readonly onRows: (count: number) => void;
	/** Throws its reason between two pages, once it is aborted. */
	readonly signal: AbortSignal;
}

/** Rows that are held in memory at once. */
const pageSize = 1000;
/** Units of text that are handed to PostgreSQL at once. */
const longestText = 1 << 20;

/**
 * The tables that hold rows of their own, in the order of their names: neither those that an engine keeps for itself, nor
 * those of an index that is built by other words, nor those that are left out by name.
 */
export async function plainTables(db: Queryable, leftOut: ReadonlySet<string>): Promise<PlainTable[]> {
	const rows = await db.query(db.dialect === 'sqlite' ? sqliteColumns : postgresColumns, []);
	const names = [...new Set(rows.map(({ table_name }) => String(table_name)))];
	return names
		.filter((table) => !leftOut.has(table))
		.map((table) => ({ table, columns: rows.filter(({ table_name }) => table_name === table) }))
		.map(({ table, columns }) => ({
			name: table,
			columns: columns.map(({ name, type, is_counted }) => ({
				name: String(name),
				type: String(type),
				isCounted: is_counted === 1
			})),
			key: columns
				.filter(({ place }) => Number(place) > 0)
				.toSorted((a, b) => Number(a['place']) - Number(b['place']))
				.map(({ name }) => String(name))
		}));
}

/** Tables of a virtual one begin with its name. */
const sqliteColumns = `select t.name as table_name, c.name as name, c.type as type, c.pk as place, 0 as is_counted
	from sqlite_schema t, pragma_table_info(t.name) c
	where t.type = 'table' and t.name not like 'sqlite\\_%' escape '\\' and t.sql not like 'create virtual%'
		and not exists (select 1 from sqlite_schema v where v.sql like 'create virtual%' and t.name like replace(v.name, '_', '\\_') || '\\_%' escape '\\')
	order by t.name, c.name`;

const postgresColumns = `select t.relname as table_name, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
		coalesce(array_position(i.indkey::int2[], a.attnum), -1) + 1 as place, (a.attidentity <> '')::int as is_counted
	from pg_class t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
		left join pg_index i on i.indrelid = t.oid and i.indisprimary
	where t.relkind = 'r' and t.relnamespace = (select oid from pg_namespace where nspname = current_schema())
	order by t.relname collate "C", a.attname collate "C"`;

/** What a table holds, read page by page. */
export async function digestOf(db: Queryable, table: PlainTable, options: CopyOptions): Promise<TableDigest> {
	const digest = new Digest(table.name);
	for await (const page of pages(db, table, options)) digest.add(page);
	return digest.end();
}

/** Copies the rows of a table into an empty one of the same columns, and tells what was copied. */
export async function copyTable(
	from: Queryable,
	to: Transaction,
	table: PlainTable,
	options: CopyOptions & {
		/** The table as the other engine has it; `row` adds what it has more. */
		readonly into: PlainTable;
		readonly row?: (row: Page[number]) => Page[number];
	}
): Promise<TableDigest> {
	const { into, row = (same) => same } = options;
	const digest = new Digest(table.name);
	for await (const page of pages(from, table, options)) {
		digest.add(page);
		await insertRows(to, into, page.map(row));
	}
	await countOn(to, into);
	return digest.end();
}

/** A page of rows, each the values of the columns in the order of their names. */
type Page = readonly (readonly SqlValue[])[];

export async function* pages(
	db: Queryable,
	{ name, columns, key }: PlainTable,
	{ onRows, signal }: CopyOptions
): AsyncGenerator<Page> {
	const order = key.map(quoted).join(', ');
	const select = `select ${columns.map((column) => quoted(column.name)).join(', ')} from ${quoted(name)}`;
	const behind = `where (${order}) > (${key.map(() => '?').join(', ')})`;
	for (let last: Row | undefined; ;) {
		signal.throwIfAborted();
		const after = last === undefined ? [] : key.map((column) => last![column] ?? null);
		const rows = await db.query(
			`${select} ${last === undefined ? '' : behind} order by ${order} limit ${pageSize}`,
			after
		);
		if (rows.length > 0) yield rows.map((row) => columns.map((column) => row[column.name] ?? null));
		onRows(rows.length);
		last = rows.at(-1);
		if (rows.length < pageSize) return;
	}
}

/** Rows into a table, as fast as its engine takes them. */
async function insertRows(tx: Transaction, { name, columns }: PlainTable, page: Page): Promise<void> {
	const names = columns.map((column) => quoted(column.name)).join(', ');
	if (tx.dialect === 'sqlite') {
		const sql = `insert into ${quoted(name)} (${names}) values (${columns.map(() => '?').join(', ')})`;
		for (const row of page) await tx.run(sql, row);
		return;
	}
	const values = columns.map(({ type }, at) => `cast(r ->> ${at} as ${type})`).join(', ');
	const sql = `insert into ${quoted(name)} (${names}) select ${values} from jsonb_array_elements(cast(? as jsonb)) as r`;
	for (const text of jsonTexts(page)) await tx.run(sql, [text]);
}

/** The rows as JSON arrays of about equal length; bytes as PostgreSQL reads them. */
function* jsonTexts(page: Page): Generator<string> {
	let rows: string[] = [];
	let length = 0;
	for (const row of page) {
		const text = jsonOf(row);
		if (length + text.length > longestText && rows.length > 0) {
			yield `[${rows.join(',')}]`;
			[rows, length] = [[], 0];
		}
		rows.push(text);
		length += text.length;
	}
	yield `[${rows.join(',')}]`;
}

function jsonOf(row: readonly SqlValue[]): string {
	return JSON.stringify(
		row.map((value) => (value instanceof Uint8Array ? `\\x${bytesToHex(value)}` : value))
	);
}

/** What is counted up goes on behind the rows that were copied. SQLite does so by itself. */
async function countOn(tx: Transaction, { name, columns }: PlainTable): Promise<void> {
	if (tx.dialect === 'sqlite') return;
	for (const column of columns.filter(({ isCounted }) => isCounted)) {
		await tx.query(
			`select setval(pg_get_serial_sequence(?, ?), coalesce(max(${quoted(column.name)}), 0) + 1, false) as next from ${quoted(name)}`,
			[quoted(name), column.name]
		);
	}
}

/** The hash of a page and of the one before it, so that a table is not held in memory. */
class Digest {
	readonly #table: string;
	#rows = 0;
	#sha256 = '';

	constructor(table: string) {
		this.#table = table;
	}

	add(page: Page): void {
		this.#rows += page.length;
		this.#sha256 = sha256Hex(utf8(this.#sha256 + page.map(jsonOf).join('\n')));
	}

	end(): TableDigest {
		return { table: this.#table, rows: this.#rows, sha256: this.#sha256 };
	}
}

function quoted(name: string): string {
	return `"${name}"`;
}

/** Whether two databases have the same tables with the same columns. */
export function areTwins(a: readonly PlainTable[], b: readonly PlainTable[]): boolean {
	const shape = (tables: readonly PlainTable[]) =>
		JSON.stringify(tables.map(({ name, columns, key }) => [name, columns.map((column) => column.name), key]));
	return shape(a) === shape(b);
}

/** How many rows all these tables have. */
export async function countRows(db: Queryable, tables: readonly PlainTable[]): Promise<number> {
	let count = 0;
	for (const { name } of tables) {
		const rows = await db.query(`select count(*) as n from ${quoted(name)}`);
		count += Number(rows[0]?.['n']);
	}
	return count;
}
