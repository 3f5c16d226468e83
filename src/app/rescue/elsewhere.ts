import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import { IndexedDbStore } from '#storage/sqlite/indexeddb.ts';
import { memorySlots } from '#storage/sqlite/memory.ts';
import { RECORD_HEAD } from '#storage/sqlite/record.ts';
import { SlotStore } from '#storage/sqlite/slots.ts';
import type { Digest } from '#storage/sqlite/store.ts';
import { names } from '#app/names.ts';
import { readNotes } from '#app/place.ts';
import type { SlotContents } from '#app/rescue/replace.ts';

/** A mirror that is not kept in files, as the five files that would hold it, and what could not be read of it. */
export interface Elsewhere {
	readonly contents: SlotContents;
	readonly notices: readonly string[];
}

/**
 * What can be read of a mirror that this page cannot reach as files: by the rule of `openStore`, it is in IndexedDB where
 * that was noted, or where nothing was noted and the browser has no files. Null where it is in files; nothing is changed.
 */
export async function readElsewhere(
	hasFiles: boolean,
	digest: Digest
): Promise<Result<Elsewhere, Failure> | null> {
	const place = (await readNotes()).place ?? (hasFiles ? 'opfs' : 'indexeddb');
	if (place === 'opfs') return hasFiles ? null : err(notHandedOut);
	const store = new IndexedDbStore({ name: names.database, digest });
	const loaded = await store.load('read');
	await store.close();
	if (!loaded.ok) return loaded;
	const { image, records, notices } = loaded.value;
	if (image === null) return err(nothingFound);
	const files = memorySlots();
	const copy = new SlotStore({ files, digest, pause: () => Promise.resolve() });
	const created = await copy.create(image);
	if (!created.ok) return created;
	for (const { payload } of records) {
		const record = new Uint8Array(RECORD_HEAD + payload.length);
		record.set(payload, RECORD_HEAD);
		const appended = await copy.append(record);
		if (!appended.ok) return appended;
	}
	const { snap0, snap1, jrnl0, jrnl1, torn } = files;
	const contents = {
		...{ snap0: snap0.bytes(), snap1: snap1.bytes() },
		...{ jrnl0: jrnl0.bytes(), jrnl1: jrnl1.bytes(), torn: torn.bytes() }
	};
	return ok({ contents, notices });
}

const notHandedOut = failure(
	'not_handed_out',
	'This browser did not hand out the files that hold your mirror. Nothing was changed. Restart the browser and look again.'
);

const nothingFound = failure(
	'nothing_found',
	'Mirror OS keeps your mirror in IndexedDB in this browser, and nothing was found there: nothing was saved yet, or the browser erased it. Nothing was changed.'
);
