import { closeSync, ftruncateSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { zipSync } from 'fflate';
import initSqlJs from 'sql.js';

/** A file as a person chooses it. */
export interface Chosen {
	readonly name: string;
	readonly mimeType: string;
	readonly buffer: Buffer;
}

export function fileOf(name: string, content: string | Uint8Array): Chosen {
	const mimeType = name.endsWith('.zip') ? 'application/zip' : 'application/json';
	return { name, mimeType, buffer: Buffer.from(content as Uint8Array) };
}

export function diaryOf(entries: readonly object[]): Chosen {
	return fileOf('diary.json', JSON.stringify(entries));
}

/** Path of a bundle of tests/vectors/mirror. */
export function vectorPath(name: string): string {
	return join(import.meta.dirname, '../vectors/mirror', name);
}

/** A file of so many zeros that takes no room on the disk. */
export function zeros(path: string, size: number): string {
	const file = openSync(path, 'w');
	ftruncateSync(file, size);
	closeSync(file);
	return path;
}

/** A zip of 100 kB that unpacks to 100 MB. */
export function bomb(): Uint8Array {
	return zipSync({ 'MANIFEST.json': new Uint8Array(100_000_000) }, { level: 9 });
}

/** Rows by their tables, as another program may have written them: columns as they come, and no rule. */
export type ForeignRows = Readonly<Record<string, readonly Readonly<Record<string, string | null>>[]>>;

/** A bundle whose database has these rows, and whatever else `more` makes in it; `files` are JSON, by their paths. */
export async function bundleOf(
	rows: ForeignRows,
	more = '',
	files: Readonly<Record<string, object>> = {}
): Promise<Chosen> {
	const database = new (await loadSql()).Database();
	for (const [table, list] of Object.entries({ identities: [], reflections: [], ...rows })) {
		const columns = Object.keys(list[0] ?? { id: '' });
		database.run(`CREATE TABLE ${table} (${columns.join(', ')})`);
		const places = columns.map(() => '?').join(', ');
		for (const row of list) database.run(`INSERT INTO ${table} VALUES (${places})`, Object.values(row));
	}
	database.exec(more);
	const image = database.export();
	database.close();
	const manifest = {
		...{ version: '1.0', exported_at: '2026-01-01T00:00:00Z', mirror_version: '1.0.0' },
		...{ schema_version: '1.0.0', database_type: 'sqlite', database_size_bytes: image.length },
		record_counts: {}
	};
	const texts = Object.entries({ 'MANIFEST.json': manifest, ...files }).map(([path, json]) => [
		path,
		new TextEncoder().encode(JSON.stringify(json))
	]);
	const parts = Object.fromEntries(texts) as Record<string, Uint8Array>;
	return fileOf('bundle.zip', zipSync({ ...parts, 'mirror_os.db': image }));
}

/** Of the schema: each mirror counts for itself, and was migrated at another time. */
const ownColumns = ['id', 'applied_at'];

/** The rows of every table in an SQLite file, each as a line, in the order of these lines. */
export async function tablesOf(image: Uint8Array): Promise<Map<string, string[]>> {
	const database = new (await loadSql()).Database(image);
	const named = database.exec("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
	const tables = new Map<string, string[]>();
	for (const [name] of named[0]?.values ?? []) {
		const found = database.exec(`SELECT * FROM "${String(name)}"`)[0];
		const isTold = (column: string) => name !== 'schema_version' || !ownColumns.includes(column);
		const lines = (found?.values ?? []).map((row) =>
			JSON.stringify(row.filter((_, at) => isTold(found!.columns[at]!)))
		);
		tables.set(String(name), lines.sort());
	}
	database.close();
	return tables;
}

function loadSql() {
	const folder = dirname(createRequire(import.meta.url).resolve('sql.js'));
	return initSqlJs({ locateFile: (file: string) => join(folder, file) });
}
