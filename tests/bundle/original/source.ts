import { strFromU8 } from 'fflate';
import { readImport } from '#app/read-import.ts';
import type { StagedImport } from '#bundle/staged.ts';
import { bundleTables } from '#records/bundle-rows.ts';
import { sql } from '../../storage/sql.ts';
import { vector } from '../vectors.ts';

type Value = string | number | Uint8Array | null;
/** A row as the original wrote it. */
export type SourceRow = Readonly<Record<string, Value>>;

/** What a database of the original holds, asked by SQLite itself and nothing of ours. */
export function ask(name: string, query: string): SourceRow[] {
	const database = new sql.Database(vector(name));
	const [answer] = database.exec(query);
	database.close();
	const { columns = [], values = [] } = answer ?? {};
	return values.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at] ?? null])));
}

export function tablesOf(name: string): string[] {
	const named = ask(name, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`);
	return named.map((row) => String(row['name']));
}

/** A database of the original in which somebody went on working. */
export function changed(name: string, script: string): Uint8Array {
	const database = new sql.Database(vector(name));
	database.exec(script);
	const image = database.export();
	database.close();
	return image;
}

/** A database made from nothing. */
export function databaseWith(script: string): Uint8Array {
	const database = new sql.Database();
	database.exec(script);
	const image = database.export();
	database.close();
	return image;
}

export async function refusal(bytes: Uint8Array): Promise<string> {
	const read = await readImport(bytes, { sql: async () => sql, today: '2026-01-01' });
	return read.ok ? 'read' : `${read.error.code}: ${read.error.message}`;
}

/** How many rows of each table would be imported; tables without any are left out. */
export function countsIn({ rows }: StagedImport): Record<string, number> {
	const counts = bundleTables.map((table) => [table, rows[table].length] as const);
	return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

/** Every text and number in a value, and in JSON that stands in a text, at any depth; times as they stand here. */
export function leaves(value: unknown, into = new Set<string>()): Set<string> {
	if (typeof value === 'string') {
		const inner = jsonIn(value);
		if (inner !== undefined) return leaves(inner, into);
		const [, day, time] = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,3})?)\d*Z?$/.exec(value) ?? [];
		into.add(day === undefined ? value : new Date(`${day}T${String(time)}Z`).toISOString());
	} else if (typeof value === 'object' && value !== null) {
		for (const member of Object.values(value)) leaves(member, into);
	} else if (typeof value === 'number') into.add(String(value));
	return into;
}

function jsonIn(text: string): object | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' && value !== null ? value : undefined;
	} catch {
		return undefined;
	}
}

interface Listed {
	readonly file: string;
	readonly record_counts: Readonly<Record<string, number>>;
	readonly stats?: Readonly<Record<string, number>>;
}

const index = JSON.parse(strFromU8(vector('index.json'))) as { readonly items: readonly Listed[] };

export function listed(file: string): Listed {
	const found = index.items.find((item) => item.file === file);
	if (found === undefined) throw new Error(`${file} is not in the index`);
	return found;
}

export const databases = [
	...[
		'core001-ana.db',
		'core001-first-1.0.0.db',
		'exporter-bruno.db',
		'localdb-chiara.db',
		'mirrors-dario.db'
	]
];
/** The other files, each with the database of the same mirror. */
export const others = [
	['core001-ana.backup.zip', 'core001-ana.db'],
	['core001-ana.export.json', 'core001-ana.db'],
	['exporter-bruno.backup.zip', 'exporter-bruno.db'],
	['exporter-bruno.export.json', 'exporter-bruno.db'],
	['exporter-bruno.one-identity.export.json', 'exporter-bruno.db'],
	['localdb-chiara.export.json', 'localdb-chiara.db'],
	['mirrors-dario.zip', 'mirrors-dario.db']
] as const;

function count(file: string, query: string): number {
	return Number(ask(file, `SELECT count(*) AS n FROM ${query}`)[0]?.['n']);
}

/** Mirrorbacks that stand in their reflections and nowhere else, by a query of its own. */
export function rowLevel(file: string, and = '') {
	const elsewhere = tablesOf(file).includes('mirrorbacks')
		? 'AND NOT EXISTS (SELECT 1 FROM mirrorbacks m WHERE m.reflection_id = r.id AND m.content = r.mirrorback)'
		: '';
	const query = `SELECT id, mirrorback FROM reflections r WHERE trim(coalesce(mirrorback, '')) <> '' ${elsewhere} ${and}`;
	return file === 'mirrors-dario.db' ? [] : ask(file, query);
}

/** What the index counts, under the tables of the specification, and what the rules add to it. */
export function expected(file: string): Record<string, number> {
	const { record_counts: counts } = listed(file);
	const known = bundleTables.map((table) => [table, counts[table] ?? 0] as const);
	const { mirrors = 0, sessions = 0 } = counts;
	const rules: Record<string, number> = {
		identities: mirrors,
		mirrorbacks: rowLevel(file).length,
		threads: sessions,
		thread_reflections: mirrors === 0 ? 0 : count(file, 'reflections WHERE thread_id IS NOT NULL')
	};
	const all = known.map(([table, rows]) => [table, rows + (rules[table] ?? 0)] as const);
	return Object.fromEntries(all.filter(([, rows]) => rows > 0));
}
