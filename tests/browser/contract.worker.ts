import initSqlJs, { type SqlJsStatic } from 'sql.js';
import wasmUrl from 'sql.js/dist/sql-wasm-browser.wasm?url';
import { loadProgram, loadSeed } from '#app/postgres.ts';
import type { OpenResult } from '#storage/database.ts';
import type { Connection } from '#storage/postgres/connection.ts';
import { openPostgres } from '#storage/postgres/database.ts';
import { connectToPool, createPool, type PoolDependencies } from '#storage/postgres/pool.ts';
import { openSqlite } from '#storage/sqlite/database.ts';
import { IndexedDbStore } from '#storage/sqlite/indexeddb.ts';
import { openOpfsSlots } from '#storage/sqlite/opfs.ts';
import { SlotStore } from '#storage/sqlite/slots.ts';
import type { Digest } from '#storage/sqlite/store.ts';
import { contractCases } from '../storage/contract.ts';
import { placeOf } from '../storage/place.ts';
import type { Outcome, PlaceKind, Question } from './contract-kinds.ts';

/** A place that is new and empty: opened again, it holds what was written before. */
interface Kept {
	open(): Promise<OpenResult>;
}

/** How each kind of place is made, for one case each. */
const make: Readonly<Record<PlaceKind, () => Promise<Kept>>> = {
	'SQLite over OPFS files': async () => {
		const root = await navigator.storage.getDirectory();
		const directory = await root.getDirectoryHandle(newName(), { create: true });
		return {
			open: async () => {
				const files = await openOpfsSlots(directory);
				if (!files.ok) return files;
				return openSqlite({
					sql: await loadSql(),
					store: new SlotStore({ files: files.value, digest, pause })
				});
			}
		};
	},
	'PostgreSQL over OPFS files': async () => {
		const schema = `case_${++schemas}`;
		return { open: () => openPostgres(() => sessionOf(schema), { isNew: false }) };
	},
	'SQLite over IndexedDB': async () => {
		const name = newName();
		return {
			open: async () => openSqlite({ sql: await loadSql(), store: new IndexedDbStore({ name, digest }) })
		};
	}
};

async function outcomeOf({ kind, name }: Question): Promise<Outcome> {
	const found = contractCases.find((each) => each.name === name);
	if (found === undefined) return 'there is no such case';
	try {
		const { open } = await make[kind]();
		await found.run(placeOf(open));
		return null;
	} catch (error) {
		return error instanceof Error ? `${error.message}\n${error.stack}` : String(error);
	}
}

/** A start of PostgreSQL takes a second, so one database serves all cases, each in a schema of its own. */
let schemas = 0;
let isLaid = false;
let standing: { readonly connection: Connection; by: string } | null = null;
const pool: PoolDependencies = {
	folder: 'contract-postgres',
	root: await navigator.storage.getDirectory(),
	program: loadProgram,
	after: () => () => undefined
};

/** A session of one schema. Whoever opens again what it closed finds it as its files hold it: they were closed, and opened. */
async function sessionOf(schema: string): Promise<Connection> {
	if (standing?.by === schema) {
		await standing.connection.close();
		standing = null;
	}
	standing ??= { connection: await connect(), by: schema };
	standing.by = schema;
	const { connection } = standing;
	for (const statement of [
		'set default_transaction_read_only = off',
		`create schema if not exists ${schema}`,
		`set search_path = ${schema}`
	])
		await connection.command(statement);
	return { ...connection, close: async () => undefined };
}

async function connect(): Promise<Connection> {
	if (!isLaid) {
		const laid = await createPool(pool, await loadSeed());
		if (!laid.ok) throw new Error(laid.error.message);
		await laid.value.database.close();
		isLaid = true;
	}
	const connected = await connectToPool(pool);
	if (!connected.ok) throw new Error(connected.error.message);
	return connected.value.connection;
}

function newName(): string {
	return `contract-${crypto.randomUUID()}`;
}

let sql: Promise<SqlJsStatic> | null = null;

function loadSql(): Promise<SqlJsStatic> {
	return (sql ??= initSqlJs({ locateFile: () => wasmUrl }));
}

const digest: Digest = async (bytes) =>
	new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as BufferSource));

function pause(): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, 0));
}

// Last: what stands above waits for files, and is not there for whoever asks before.
self.onmessage = async ({ data }: MessageEvent<Question>) => {
	self.postMessage(await outcomeOf(data));
};
self.postMessage('ready');
