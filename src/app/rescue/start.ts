import initSqlJs from 'sql.js';
import wasmUrl from 'sql.js/dist/sql-wasm-browser.wasm?url';
import { ok, type Failure, type Result } from '#base/result.ts';
import type { EngineName } from '#domain/storage.ts';
import { sha256Beside } from '#storage/digest.ts';
import { found } from '#storage/opfs.ts';
import { isFinishedPool } from '#storage/postgres/pool-folder.ts';
import { openOpfsSlots } from '#storage/sqlite/opfs.ts';
import { slotNames } from '#storage/sqlite/slot-file.ts';
import { finishDeletion } from '#app/browser-deletion.ts';
import { openDrafts } from '#app/drafts.ts';
import { names } from '#app/names.ts';
import { note, readNotes } from '#app/place.ts';
import type { Deletion, TabMessage } from '#app/protocol.ts';
import { readElsewhere } from '#app/rescue/elsewhere.ts';
import type { SlotContents } from '#app/rescue/replace.ts';
import { Rescuer, type EngineChoices, type Folders } from '#app/rescue/rescuer.ts';
import { version } from '#app/version.ts';

/** A file that is there when everything else in its folder is. */
const marker = 'complete';

/** What the rescue page can ask for, over this browser's own files. */
export function startRescuer() {
	const sql = initSqlJs({ locateFile: () => wasmUrl });
	const rescuer = sql.then(
		(loaded) =>
			new Rescuer({
				folders,
				drafts: openDrafts(),
				elsewhere: async () => readElsewhere(await hasFiles(), sha256Beside),
				reader: { sql: loaded, digest: sha256Beside },
				clock: () => Date.now(),
				version,
				engines,
				folder: names.folder,
				remove,
				alone: (work) =>
					navigator.locks.request(names.lock, { ifAvailable: true }, (lock) =>
						lock === null ? null : work()
					)
			})
	);
	return {
		look: async () => (await rescuer).look(),
		engine: async () => (await rescuer).engine(),
		goOnWith: async (engine: EngineName) => (await rescuer).goOnWith(engine),
		copy: async () => (await rescuer).copy(),
		restore: async (bytes: Uint8Array) => (await rescuer).restore(bytes),
		startFresh: async () => (await rescuer).startFresh(),
		deleteEverything: async (clearPage: () => Promise<void>) => (await rescuer).deleteEverything(clearPage),
		diagnostics: async () => (await rescuer).diagnostics()
	};
}

export type RescueRemote = ReturnType<typeof startRescuer>;

/** Other tabs let go of what they still have, and say that everything is gone. */
async function remove(clearPage: () => Promise<void>): Promise<Result<void, Failure>> {
	const channel = new BroadcastChannel(names.channel);
	const tell = (standing: Deletion) =>
		channel.postMessage({ kind: 'deletion', standing } satisfies TabMessage);
	await note('isDeleting', true);
	tell({ kind: 'deleting' });
	const removed = await finishDeletion(clearPage);
	tell(removed.ok ? { kind: 'deleted' } : { kind: 'undeleted', failure: removed.error });
	channel.close();
	return removed;
}

/** Whether this browser hands out its private file system, now. */
async function hasFiles(): Promise<boolean> {
	try {
		await navigator.storage.getDirectory();
		return true;
	} catch {
		return false;
	}
}

const engines: EngineChoices = {
	async look() {
		const { engine, place, copied } = await readNotes();
		const root = (await hasFiles()) ? await navigator.storage.getDirectory() : null;
		const has_postgres = root !== null && (await isFinishedPool(root, names.postgres));
		// As the app tells it: what was never noted is SQLite, unless the notes are lost.
		const known = engine ?? (place === null && has_postgres ? null : 'sqlite');
		return { engine: known, copied_at: copied?.at ?? null, has_postgres };
	},
	choose: (engine) => note('engine', engine)
};

const folders: Folders = {
	async read(folder) {
		const directory = await existing(folder);
		if (directory === null) return null;
		const contents = await Promise.all(slotNames.map(async (name) => [name, await bytesOf(directory, name)]));
		return Object.fromEntries(contents) as SlotContents;
	},
	async write(folder, work) {
		const root = await navigator.storage.getDirectory();
		const files = await openOpfsSlots(await root.getDirectoryHandle(folder, { create: true }));
		if (!files.ok) return files;
		try {
			work(files.value);
			return ok(undefined);
		} finally {
			for (const name of slotNames) files.value[name].close();
		}
	},
	async finish(folder) {
		await (await existing(folder))?.getFileHandle(marker, { create: true });
	},
	async isFinished(folder) {
		const directory = await existing(folder);
		return directory !== null && (await found(directory.getFileHandle(marker))) !== null;
	},
	async remove(folder) {
		if ((await existing(folder)) === null) return;
		await (await navigator.storage.getDirectory()).removeEntry(folder, { recursive: true });
	}
};

async function existing(folder: string): Promise<FileSystemDirectoryHandle | null> {
	return found((await navigator.storage.getDirectory()).getDirectoryHandle(folder));
}

async function bytesOf(directory: FileSystemDirectoryHandle, name: string): Promise<Uint8Array> {
	const handle = await found(directory.getFileHandle(name));
	return handle === null ? new Uint8Array(0) : new Uint8Array(await (await handle.getFile()).arrayBuffer());
}
