import { openDB } from 'idb';
import * as v from 'valibot';
import { engineNames, type EngineName } from '#domain/storage.ts';
import type { CopyNote } from '#app/engines.ts';
import { names } from '#app/names.ts';

/** Where SQLite keeps the mirror of this origin. */
export type Place = 'opfs' | 'indexeddb';

/** What is noted beside the mirror: how to find it. */
export interface Notes {
	readonly place: Place | null;
	/** The engine that was put in charge; null where none ever was, or where the note is lost. */
	readonly engine: EngineName | null;
	readonly copied: CopyNote | null;
	/** Whether everything is being deleted. This note goes last, with all of them at once. */
	readonly isDeleting: boolean;
}

const store = 'notes';
const keys = ['place', 'engine', 'copied', 'isDeleting'] as const;
const nothing: Notes = { place: null, engine: null, copied: null, isDeleting: false };

const notesSchema = v.object({
	place: v.fallback(v.nullable(v.picklist(['opfs', 'indexeddb'])), null),
	engine: v.fallback(v.nullable(v.picklist(engineNames)), null),
	copied: v.fallback(v.nullable(v.object({ at: v.string(), position: v.number() })), null),
	isDeleting: v.fallback(v.boolean(), false)
});

function openNotes() {
	return openDB(names.place, 1, { upgrade: (db) => void db.createObjectStore(store) });
}

/** Nothing is noted before the first start, and in a browser that keeps no such notes. */
export async function readNotes(): Promise<Notes> {
	try {
		return await readAll();
	} catch {
		return nothing;
	}
}

/**
 * Whether a deletion was begun and is not at its end. Leaves no trace where nothing is noted.
 *
 * @throws where the notes are there and cannot be read: it is never taken for ended.
 */
export async function isDeletionNoted(): Promise<boolean> {
	const all = await indexedDB.databases();
	return all.some(({ name }) => name === names.place) && (await readAll()).isDeleting;
}

async function readAll(): Promise<Notes> {
	const db = await openNotes();
	try {
		const tx = db.transaction(store);
		const [place, engine, copied, isDeleting] = await Promise.all(
			keys.map((key) => tx.store.get(key) as Promise<unknown>)
		);
		return v.parse(notesSchema, { place, engine, copied, isDeleting });
	} finally {
		db.close();
	}
}

/** Durable when it resolves. @throws where this browser does not keep it. */
export async function note<K extends keyof Notes>(key: K, value: Notes[K]): Promise<void> {
	const db = await openNotes();
	try {
		const tx = db.transaction(store, 'readwrite', { durability: 'strict' });
		await Promise.all([tx.store.put(value, key), tx.done]);
	} finally {
		db.close();
	}
}
