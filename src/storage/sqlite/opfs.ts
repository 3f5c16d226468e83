import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { StorageFailure } from '#storage/database.ts';
import { slotNames } from '#storage/sqlite/slot-file.ts';
import type { SlotFile, SlotFiles, SlotName } from '#storage/sqlite/slot-file.ts';
import { failureOf } from '#storage/sqlite/store.ts';

/** What is used of FileSystemDirectoryHandle and FileSystemFileHandle (File System Standard). */
export interface OpfsDirectory {
	getFileHandle(name: string, options: { create: boolean }): Promise<OpfsFile>;
}

export interface OpfsFile {
	readonly kind: string;
	/** Only in dedicated workers. */
	createSyncAccessHandle?(): Promise<OpfsAccess>;
}

/** What is used of FileSystemSyncAccessHandle. */
export interface OpfsAccess {
	getSize(): number;
	read(into: Uint8Array<ArrayBuffer>, options: { at: number }): number;
	write(bytes: Uint8Array<ArrayBuffer>, options: { at: number }): number;
	truncate(size: number): void;
	flush(): void;
	close(): void;
}

/**
 * Opens the five files in a directory of the origin private file system, making those that are missing, and holds them
 * until they are closed. `busy` while another worker holds one, `failed` where there are no synchronous handles; whatever
 * goes wrong, none stays held.
 */
export async function openOpfsSlots(directory: OpfsDirectory): Promise<Result<SlotFiles, StorageFailure>> {
	const open = new Map<SlotName, SlotFile>();
	try {
		// All names exist before the first byte is written, so that no boot but the first makes a file.
		const handles = await Promise.all(
			slotNames.map((name) => directory.getFileHandle(name, { create: true }))
		);
		for (const [at, name] of slotNames.entries()) {
			const access = await handles[at]!.createSyncAccessHandle?.();
			if (access === undefined) throw new Error('files cannot be held open here');
			open.set(name, new AccessFile(access));
		}
		return ok(Object.fromEntries(open) as SlotFiles);
	} catch (error) {
		for (const file of open.values()) file.close();
		return err(failureOf(error));
	}
}

class AccessFile implements SlotFile {
	readonly #access: OpfsAccess;

	constructor(access: OpfsAccess) {
		this.#access = access;
	}

	size(): number {
		return this.#access.getSize();
	}

	read(into: Uint8Array<ArrayBuffer>, at: number): number {
		return this.#access.read(into, { at });
	}

	write(bytes: Uint8Array<ArrayBuffer>, at: number): void {
		const written = this.#access.write(bytes, { at });
		if (written === bytes.length) return;
		throw new DOMException(`${written} of ${bytes.length} bytes were written`, 'QuotaExceededError');
	}

	truncate(size: number): void {
		this.#access.truncate(size);
	}

	flush(): void {
		this.#access.flush();
	}

	close(): void {
		this.#access.close();
	}
}
