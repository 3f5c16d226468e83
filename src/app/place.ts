import { openDB } from 'idb';
import { names } from '#app/names.ts';

/** Where the mirror of this origin is kept. */
export type Place = 'opfs' | 'indexeddb';

const key = 'place';

function openNotes() {
	return openDB(names.place, 1, { upgrade: (db) => void db.createObjectStore('notes') });
}

/** Null before the first start, and in a browser that keeps no such notes. */
export async function notedPlace(): Promise<Place | null> {
	try {
		const notes = await openNotes();
		const place: unknown = await notes.get('notes', key);
		notes.close();
		return place === 'opfs' || place === 'indexeddb' ? place : null;
	} catch {
		return null;
	}
}

export async function notePlace(place: Place): Promise<void> {
	try {
		const notes = await openNotes();
		await notes.put('notes', place, key);
		notes.close();
	} catch {
		// Without the note the next start decides anew, by the same rule.
	}
}
