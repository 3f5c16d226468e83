import { err, ok, type Result } from '#base/result.ts';
import { storageFailure, type StorageFailure } from '#storage/database.ts';
import type { OpfsDirectory } from '#storage/opfs.ts';
import { IndexedDbStore } from '#storage/sqlite/indexeddb.ts';
import { openOpfsSlots } from '#storage/sqlite/opfs.ts';
import type { SlotFiles } from '#storage/sqlite/slot-file.ts';
import { SlotStore } from '#storage/sqlite/slots.ts';
import type { Digest, Store } from '#storage/sqlite/store.ts';
import { names } from '#app/names.ts';
import { note, readNotes } from '#app/place.ts';

export interface StoreDependencies {
	/** The folder of the store in the origin private file system; rejects in a browser without one. */
	readonly folder: () => Promise<OpfsDirectory>;
	readonly digest: Digest;
	/** Lets other work of this thread go on. */
	readonly pause: () => Promise<void>;
	/** Waits before a file that is still held is tried again. */
	readonly wait: () => Promise<void>;
}

/**
 * Opens the store where it was kept before. A new one is kept in five fixed files of the origin private file system, or in
 * IndexedDB where a browser has none. A mirror never seems empty because the place it is in does not open this time.
 */
export async function openStore(deps: StoreDependencies): Promise<Result<Store, StorageFailure>> {
	const [noted, folder] = await Promise.all([readNotes(), deps.folder().catch(() => null)]);
	const place = noted.place ?? (folder === null ? 'indexeddb' : 'opfs');
	// Without the note the next start decides anew, by the same rule.
	if (noted.place === null) await note('place', place).catch(() => undefined);
	if (place === 'indexeddb') return ok(new IndexedDbStore({ name: names.database, digest: deps.digest }));
	if (folder === null) return err(notHandedOut);
	const files = await openWhenFree(folder, deps.wait);
	return files.ok ? ok(new SlotStore({ files: files.value, digest: deps.digest, pause: deps.pause })) : files;
}

const notHandedOut = storageFailure(
	'failed',
	'This browser did not hand out the files that hold your mirror. Nothing was changed. Restart the browser and open Mirror OS again.'
);

/** The lock can arrive a moment before the browser has let go of the former owner's files. */
async function openWhenFree(
	folder: OpfsDirectory,
	wait: () => Promise<void>
): Promise<Result<SlotFiles, StorageFailure>> {
	for (let tries = 1; ; tries++) {
		const files = await openOpfsSlots(folder);
		if (files.ok || files.error.code !== 'busy' || tries === 50) return files;
		await wait();
	}
}
