import { deleteDB } from 'idb';
import initSqlJs, { type SqlJsStatic } from 'sql.js';
import wasmUrl from 'sql.js/dist/sql-wasm-browser.wasm?url';
import { err, ok } from '#base/result.ts';
import { storageFailure } from '#storage/database.ts';
import { sha256Beside } from '#storage/digest.ts';
import type { MigrationFile } from '#storage/migration.ts';
import { found } from '#storage/opfs.ts';
import type { Engines } from '#app/engines.ts';
import { names } from '#app/names.ts';
import { openStore } from '#app/open-store.ts';
import { ownUrl } from '#app/own-url.ts';
import { note, readNotes } from '#app/place.ts';
import { postgresPlace } from '#app/postgres-place.ts';
import { sqlitePlace } from '#app/sqlite-place.ts';

const migrationTexts = import.meta.glob<string>('../../migrations/sqlite/*.sql', {
	query: '?raw',
	import: 'default',
	eager: true
});
const migrations: MigrationFile[] = Object.entries(migrationTexts).map(([path, text]) => ({
	name: path.slice(path.lastIndexOf('/') + 1),
	text
}));

/** sql.js as it was loaded at the start; a store that is opened again gets a fresh one. */
let early: Promise<SqlJsStatic> | null = null;

/** To be called while something else is waited for. */
export function loadSqlEarly(): void {
	early = loadSql();
	early.catch(() => undefined);
}

function takeSql(): Promise<SqlJsStatic> {
	const taken = early ?? loadSql();
	early = null;
	return taken;
}

export function loadSql(): Promise<SqlJsStatic> {
	return initSqlJs({ locateFile: () => ownUrl(wasmUrl) });
}

const sqlite = sqlitePlace({
	sql: takeSql,
	store: () => openStore({ folder, digest: sha256Beside, pause, wait }),
	migrations,
	isKept: hasSqliteStore,
	drop: async () => {
		await Promise.all([
			root().then(
				(files) => found(files.removeEntry(names.folder, { recursive: true })),
				() => undefined
			),
			deleteDB(names.database)
		]);
	}
});

/** Whether SQLite left a store here; looks without making one. */
async function hasSqliteStore(): Promise<boolean> {
	if ((await readNotes()).place === 'indexeddb')
		return (await indexedDB.databases()).some(({ name }) => name === names.database);
	const files = await root().catch(() => null);
	return files !== null && (await found(files.getDirectoryHandle(names.folder))) !== null;
}

const postgres = postgresPlace({ root, wait, device });

/** Where this browser keeps mirrors, by its own files and notes. */
export const browserEngines: Engines = {
	places: { sqlite, postgres },
	inCharge: async () => {
		const { engine, place } = await readNotes();
		if (engine !== null) return ok(engine);
		// Nothing is noted: a first start, or the notes are lost. Then SQLite's store may be of long ago.
		return place === null && (await postgres.isKept()) ? err(unknownEngine) : ok('sqlite');
	},
	putInCharge: (engine) => note('engine', engine),
	copied: async () => (await readNotes()).copied,
	noteCopied: (copied) => note('copied', copied),
	beginDeletion: () => note('isDeleting', true),
	isDeleting: async () => (await readNotes()).isDeleting,
	device
};

const unknownEngine = storageFailure(
	'missing_piece',
	'This browser lost the note of which storage engine keeps your mirror, and there is more than one here. Nothing was changed. The rescue page lets you choose.'
);

async function device(): ReturnType<Engines['device']> {
	const { usage, quota } = await navigator.storage.estimate();
	const { deviceMemory = null } = navigator as { deviceMemory?: number };
	const isKnown = usage !== undefined && quota !== undefined;
	return { memory_gb: deviceMemory, free_bytes: isKnown ? quota - usage : null };
}

function pause(): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, 0));
}

function wait(): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, 100));
}

function root(): Promise<FileSystemDirectoryHandle> {
	return navigator.storage.getDirectory();
}

async function folder(): Promise<FileSystemDirectoryHandle> {
	return (await root()).getDirectoryHandle(names.folder, { create: true });
}
