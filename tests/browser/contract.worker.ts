import initSqlJs, { type SqlJsStatic } from 'sql.js';
import wasmUrl from 'sql.js/dist/sql-wasm-browser.wasm?url';
import type { OpenResult } from '#storage/database.ts';
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
	'SQLite over IndexedDB': async () => {
		const name = newName();
		return {
			open: async () => openSqlite({ sql: await loadSql(), store: new IndexedDbStore({ name, digest }) })
		};
	}
};

self.onmessage = async ({ data }: MessageEvent<Question>) => {
	self.postMessage(await outcomeOf(data));
};
self.postMessage('ready');

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
