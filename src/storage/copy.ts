import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { utf8 } from '#base/bytes.ts';
import type { Queryable, SqlValue, Transaction } from '#storage/database.ts';
import { sha256Beside } from '#storage/digest.ts';

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

/** Rows that are held in memory at once, at most, and how much text is aimed at: the next page follows the one before. */
const page = { first: 10, most: 1000, text: 1 << 21 };

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
	for await (const read of pages(db, table, options)) await digest.add(read);
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
		readonly row?: (row: PlainRow) => PlainRow;
	}
): Promise<TableDigest> {
	const { into, row } = options;
	const digest = new Digest(table.name);
	for await (const read of pages(from, table, options)) {
		await digest.add(read);
		await insertPage(to, into, row === undefined ? read : pageOf(read.rows.map(row)));
	}
	await countOn(to, into);
	return digest.end();
}

/** The values of a row in the order of its columns' names, as JSON has them; bytes as PostgreSQL writes them: `\x0aff`. */
export type PlainRow = readonly (string | number | null)[];

/** Rows, and their JSON: the same text for the same rows, whatever engine they were read from. */
interface Page {
	readonly rows: readonly PlainRow[];
	readonly text: string;
}

function pageOf(rows: readonly PlainRow[]): Page {
	return { rows, text: JSON.stringify(rows) };
}

/** All rows of a table in the order of its key. Where a page ends follows from the rows alone. */
export async function* pages(
	db: Queryable,
	table: PlainTable,
	{ onRows, signal }: CopyOptions
): AsyncGenerator<Page> {
	const places = table.key.map((name) => table.columns.findIndex((column) => column.name === name));
	let limit = page.first;
	for (let last: PlainRow | undefined; ;) {
		signal.throwIfAborted();
		const read = pageOf(await readRows(db, table, last && places.map((at) => last![at] ?? null), limit));
		if (read.rows.length > 0) yield read;
		onRows(read.rows.length);
		if (read.rows.length < limit) return;
		last = read.rows.at(-1);
		limit = nextLimit(read);
	}
}

/** A page of long rows is followed by a shorter one. */
function nextLimit({ rows, text }: Page): number {
	const fitting = Math.floor((rows.length * page.text) / text.length);
	return Math.max(1, Math.min(fitting, rows.length * 10, page.most));
}

/** The rows behind a key. */
async function readRows(
	db: Queryable,
	{ name, columns, key }: PlainTable,
	behind: PlainRow | undefined,
	limit: number
): Promise<readonly PlainRow[]> {
	const order = key.map(quoted).join(', ');
	const where = behind === undefined ? '' : `where (${order}) > (${key.map(() => '?').join(', ')})`;
	const names = namesOf(columns);
	const select = `select ${names} from ${quoted(name)} ${where} order by ${order} limit ${limit}`;
	if (db.dialect === 'sqlite') {
		const rows = await db.query(select, behind);
		return rows.map((row) => columns.map((column) => plain(row[column.name] ?? null)));
	}
	// As one value: PGlite takes longer to take rows apart than PostgreSQL to put them together.
	const [found] = await db.query(
		`select json_agg(json_build_array(${names})) as rows from (${select}) as page`,
		behind
	);
	return JSON.parse(String(found?.['rows'] ?? '[]')) as readonly PlainRow[];
}

function plain(value: SqlValue): string | number | null {
	return value instanceof Uint8Array ? `\\x${bytesToHex(value)}` : value;
}

/** Rows into a table, as fast as its engine takes them. */
async function insertPage(
	tx: Transaction,
	{ name, columns }: PlainTable,
	{ rows, text }: Page
): Promise<void> {
	const into = `insert into ${quoted(name)} (${namesOf(columns)})`;
	if (tx.dialect === 'postgres') {
		const values = columns.map(({ type }, at) => `cast(r ->> ${at} as ${type})`).join(', ');
		await tx.run(`${into} select ${values} from jsonb_array_elements(cast(? as jsonb)) as r`, [text]);
		return;
	}
	const sql = `${into} values (${columns.map(() => '?').join(', ')})`;
	const isBytes = columns.map(({ type }) => type === 'BLOB');
	for (const row of rows)
		await tx.run(
			sql,
			row.map((value, at) => bound(value, isBytes[at]))
		);
}

/** As SQLite takes it. */
function bound(value: string | number | null, isBytes = false): SqlValue {
	return isBytes && typeof value === 'string' ? hexToBytes(value.slice(2)) : value;
}

function namesOf(columns: readonly Column[]): string {
	return columns.map(({ name }) => quoted(name)).join(', ');
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
	#sha256 = Promise.resolve('');

	constructor(table: string) {
		this.#table = table;
	}

	/** Resolves once the page before was hashed: one is, while the next is read. */
	async add({ rows, text }: Page): Promise<void> {
		this.#rows += rows.length;
		const before = await this.#sha256;
		this.#sha256 = sha256Beside(utf8(before + text)).then(bytesToHex);
	}

	async end(): Promise<TableDigest> {
		return { table: this.#table, rows: this.#rows, sha256: await this.#sha256 };
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
