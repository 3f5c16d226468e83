import { deleteDB } from 'idb';
import { ok, type Failure, type Result } from '#base/result.ts';
import { removeEverything } from '#app/deletion.ts';
import { names } from '#app/names.ts';
import { isDeletionNoted, readNotes } from '#app/place.ts';

/** Milliseconds that another tab has to close a database that is to be deleted. */
const patience = 5000;

/** Finishes a deletion that was noted; where none is, nothing is removed. The app itself stays, with its cache. */
export async function finishDeletion(clearPage: () => Promise<void>): Promise<Result<void, Failure>> {
	if (!(await isDeletionNoted())) return ok(undefined);
	return removeEverything({
		root,
		dropDatabase: (name) =>
			Promise.race([deleteDB(name).then(() => true), passed(patience).then(() => false)]),
		dropPrograms: async () => void (await caches.delete(names.postgresFiles)),
		clearPage,
		wait: () => passed(100)
	});
}

/** Files that are there and are not handed out this time are no files that are gone. */
async function root(): Promise<FileSystemDirectoryHandle | null> {
	const { place, engine } = await readNotes();
	const files = navigator.storage.getDirectory();
	return place === 'indexeddb' && engine !== 'postgres' ? files.catch(() => null) : files;
}

function passed(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
