import { PGlite } from '@electric-sql/pglite';
import { OpfsAhpFS } from '@electric-sql/pglite/opfs-ahp';
import { hexToBytes } from '@noble/hashes/utils.js';
import { expose } from 'comlink';
import { loadProgram, loadSeed, postgresMigrations } from '#app/postgres.ts';
import { openScratch } from '#app/scratch.ts';
import { copyMirror, digestMirror, tablesOf } from '#records/copying.ts';
import { listReflections } from '#records/reflection-list.ts';
import { searchTable, searchTableWithWords, withWords } from '#records/search.ts';
import { pages, type PlainTable } from '#storage/copy.ts';
import type { Database, Queryable, SqlValue } from '#storage/database.ts';
import { migrate } from '#storage/migrator.ts';
import { dropPool } from '#storage/postgres/pool-folder.ts';
import { createPool, openPool, type PoolDependencies, type PostgresProgram } from '#storage/postgres/pool.ts';
import { withNumberedParameters } from '#storage/postgres/statement.ts';
import { openSqlite, type SqliteDatabase } from '#storage/sqlite/database.ts';
import { memorySlots } from '#storage/sqlite/memory.ts';
import { SlotStore } from '#storage/sqlite/slots.ts';
import { BareDatabase, loadSql } from './database.ts';
import { served } from './files.ts';

/** What is inserted into one table: the statement, and the rows of each page as one parameter. */
interface Bulk {
	readonly sql: string;
	readonly pages: readonly string[];
}

/** How long both sides took, in milliseconds. */
interface Timed {
	readonly app: number;
	readonly floor: number;
}

const folders = { app: 'bench-app', bare: 'bench-bare' } as const;
const options = { onRows: () => undefined, signal: new AbortController().signal };
/** Asked for late: a worker that waits before it listens misses what it is told. */
const origin = () => navigator.storage.getDirectory();

let source: SqliteDatabase | null = null;
let wasmOfSqlite = '';
let app: Database | null = null;
let bare: PGlite | null = null;
let insertions: readonly Bulk[] = [];

/** Preparing is not measured; what is called `both` takes the times itself, one side after the other. */
const postgres = {
	/** The mirror of the stage that is copied. */
	async prepare(name: string, wasm: string): Promise<void> {
		wasmOfSqlite = wasm;
		source = await sqliteOf(await served(`${name}.image`), wasm);
	},

	/** An empty database, laid down from the prepared directory, or made from nothing and migrated. */
	async firstOpen(isPrepared: boolean): Promise<number> {
		await dropPool(await origin(), folders.app);
		const program = await (isPrepared ? loadProgram() : programWithInitdb());
		const seed = isPrepared ? await loadSeed() : null;
		const before = performance.now();
		const database = await laidDown(folders.app, program, seed);
		const took = performance.now() - before;
		await database.close();
		return took;
	},

	/** Both sides begin with the same empty database. */
	async layDown(): Promise<void> {
		await postgres.close();
		const [program, seed] = [await loadProgram(), await loadSeed()];
		app = await laidDown(folders.app, program, seed);
		await dropPool(await origin(), folders.bare);
		bare = await PGlite.create({
			...{ fs: new OpfsAhpFS(folders.bare, { initialPoolSize: 1300, maintainedPoolSize: 150 }) },
			...{ ...program, ...(seed === null ? {} : { loadDataDir: seed }) }
		});
		insertions = await bulkInsertions(needed(source), app);
	},

	/** The whole mirror: read, inserted, read back and compared; beside it the rows alone, which are there already. */
	async copyBoth(first: 'app' | 'floor'): Promise<Timed> {
		const sides = {
			app: () => timed(() => copyAndCompare(needed(source), needed(app))),
			floor: () => timed(() => insertAll(needed(bare), insertions))
		};
		return inTurn(first, sides);
	},

	/** The way back, into an SQLite database in memory. */
	async copyBackBoth(first: 'app' | 'floor'): Promise<Timed> {
		const sql = await loadSql(wasmOfSqlite);
		const target = await openScratch(sql);
		for (const text of sqliteMigrations) await target.transaction((tx) => tx.script(text), 'schema');
		const image = await target.exportBytes();
		const beside = new BareDatabase(sql, image);
		const rows = await rowsOf(needed(source));
		const both = await inTurn(first, {
			app: () => timed(() => copyAndCompare(needed(app), target)),
			floor: () => timed(async () => beside.insert(rows))
		});
		await target.close();
		beside.close();
		return both;
	},

	/** As it is when it is in charge: what was filled does not care yet for a loss of power. */
	async reopen(): Promise<void> {
		await needed(app).close();
		const opened = await openPool(await poolOf(folders.app, await loadProgram()));
		if (!opened.ok) throw new Error(opened.error.message);
		app = opened.value.database;
	},

	/** One operation on each side. */
	async both(what: 'read' | 'write', first: 'app' | 'floor'): Promise<Timed> {
		const [sql, params] = what === 'read' ? await newest() : aWrite();
		const numbered = withNumberedParameters(sql);
		const [ours, theirs] = [needed(app), needed(bare)];
		return inTurn(first, {
			app: () =>
				timed(() =>
					what === 'read' ? ours.query(sql, params) : ours.transaction((tx) => tx.run(sql, params))
				),
			floor: () =>
				timed(() =>
					what === 'read'
						? theirs.query(numbered, [...params])
						: theirs.transaction((tx) => tx.query(numbered, [...params]))
				)
		});
	},

	async close(): Promise<void> {
		await app?.close();
		await bare?.close();
		[app, bare] = [null, null];
	}
};
export type PostgresBench = typeof postgres;

expose(postgres);

const sqliteMigrations = Object.values(
	import.meta.glob<string>('../../../migrations/sqlite/*.sql', {
		query: '?raw',
		import: 'default',
		eager: true
	})
);

const initdbUrl = Object.values(
	import.meta.glob<string>('../../../node_modules/@electric-sql/pglite/dist/initdb.wasm', {
		query: '?url',
		import: 'default',
		eager: true
	})
)[0];

async function programWithInitdb(): Promise<PostgresProgram> {
	const initdbWasmModule = await WebAssembly.compileStreaming(fetch(initdbUrl ?? ''));
	return { ...(await loadProgram()), initdbWasmModule };
}

async function laidDown(folder: string, program: PostgresProgram, seed: Blob | null): Promise<Database> {
	const created = await createPool(await poolOf(folder, program), seed);
	if (!created.ok) throw new Error(created.error.message);
	const { database } = created.value;
	const report = await migrate(database, postgresMigrations, {
		clock: () => Date.now(),
		backup: async () => undefined,
		testQuery: async () => undefined
	});
	if (report.failed !== null) throw new Error(report.failed.message);
	return database;
}

async function poolOf(folder: string, program: PostgresProgram): Promise<PoolDependencies> {
	return {
		...{ root: await origin(), folder, after: () => () => undefined },
		program: async () => program
	};
}

async function sqliteOf(image: Uint8Array, wasm: string): Promise<SqliteDatabase> {
	const store = new SlotStore({
		...{ files: memorySlots(), pause: () => Promise.resolve() },
		digest: async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as BufferSource))
	});
	const opened = await openSqlite({ sql: await loadSql(wasm), store, image });
	if (!opened.ok) throw new Error(opened.error.message);
	return opened.value.database;
}

/** As the app does it: what was read is what is there. */
async function copyAndCompare(from: Database, to: Database): Promise<void> {
	const copied = await copyMirror(from, to, options);
	const there = await digestMirror(to, options);
	if (JSON.stringify(copied) !== JSON.stringify(there)) throw new Error('the copy is not the same');
}

/** All rows, as the engines have them. */
async function rowsOf(from: Database): Promise<{ sql: string; rows: readonly (readonly SqlValue[])[] }[]> {
	const found: { sql: string; rows: readonly (readonly SqlValue[])[] }[] = [];
	for (const table of await tablesOf(from)) {
		const rows: (readonly SqlValue[])[] = [];
		for await (const page of pages(from, table, options))
			rows.push(...page.rows.map((row) => row.map((value, at) => bound(value, table.columns[at]?.type))));
		found.push({
			sql: `insert into ${named(table)} values (${table.columns.map(() => '?').join(', ')})`,
			rows
		});
	}
	return found;
}

/** The statements of a bulk insert into PostgreSQL, with everything in them. */
async function bulkInsertions(from: Database, to: Database): Promise<Bulk[]> {
	const types = new Map((await tablesOf(to)).map((table) => [table.name, table]));
	const bulks: Bulk[] = [];
	for (const table of await tablesOf(from)) {
		const isIndex = table.name === searchTable.name;
		const target = isIndex ? searchTableWithWords : types.get(table.name);
		if (target === undefined) throw new Error(`${table.name} is not there`);
		const texts: string[] = [];
		for await (const page of pages(from, table, options))
			texts.push(JSON.stringify(isIndex ? page.rows.map(withWords) : page.rows));
		const values = target.columns.map(({ type }, at) => `cast(r ->> ${at} as ${type})`).join(', ');
		bulks.push({
			sql: `insert into ${named(target)} select ${values} from jsonb_array_elements(cast($1 as jsonb)) as r`,
			pages: texts
		});
	}
	return bulks;
}

/** As SQLite takes it. */
function bound(value: string | number | null, type = ''): SqlValue {
	return type === 'BLOB' && typeof value === 'string' ? hexToBytes(value.slice(2)) : value;
}

function named({ name, columns }: PlainTable): string {
	return `${name} (${columns.map((column) => column.name).join(', ')})`;
}

async function insertAll(into: PGlite, bulks: readonly Bulk[]): Promise<void> {
	await into.transaction(async (tx) => {
		await tx.query('set local session_replication_role = replica');
		for (const { sql, pages } of bulks) for (const page of pages) await tx.query(sql, [page]);
	});
}

/** The newest fifty, in the words in which the app asks for them. */
async function newest(): Promise<readonly [string, readonly SqlValue[]]> {
	const asked: (readonly [string, readonly SqlValue[]])[] = [];
	const recorder: Queryable = {
		dialect: 'postgres',
		query: async (sql, params = []) => {
			asked.push([sql, params]);
			return [];
		}
	};
	await listReflections(recorder, { after: null, limit: 50 });
	const [first] = asked;
	if (first === undefined) throw new Error('the app asks nothing');
	return first;
}

let writes = 0;

/** Of some 600 characters, the same on both sides. */
function aWrite(): readonly [string, readonly SqlValue[]] {
	const id = `0190a000-0000-7000-8000-${String(Math.floor(writes++)).padStart(12, '0')}`;
	return [
		`insert into reflections (id, content, content_type, visibility, created_at, source) values (?, ?, 'text', 'local_only', ?, 'direct')`,
		[id, 'a line of some length, '.repeat(26), '2026-11-21T08:00:00.000Z']
	];
}

async function inTurn(
	first: 'app' | 'floor',
	sides: { readonly app: () => Promise<number>; readonly floor: () => Promise<number> }
): Promise<Timed> {
	if (first === 'app') return { app: await sides.app(), floor: await sides.floor() };
	const floor = await sides.floor();
	return { app: await sides.app(), floor };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
	const before = performance.now();
	await work();
	return performance.now() - before;
}

function needed<T>(value: T | null): T {
	if (value === null) throw new Error('nothing was prepared');
	return value;
}
