import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { StorageFailure } from '#storage/database.ts';
import { hold } from '#storage/opfs.ts';
import type { OpfsAccess, OpfsDirectory } from '#storage/opfs.ts';
import { slotNames } from '#storage/sqlite/slot-file.ts';
import type { SlotFile, SlotFiles, SlotName } from '#storage/sqlite/slot-file.ts';
import { failureOf } from '#storage/sqlite/store.ts';

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
			open.set(name, new AccessFile(await hold(handles[at]!)));
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
