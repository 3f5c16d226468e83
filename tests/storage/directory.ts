import { MemoryFile } from '#storage/sqlite/memory.ts';
import type { OpfsAccess, OpfsDirectory, OpfsFile } from '#storage/opfs.ts';
import { quotaExceeded } from './disk.ts';

/** A directory as the File System Standard describes it: one handle at a time has a file, and a full disk writes less. */
export class Directory implements OpfsDirectory {
	readonly files = new Map<string, MemoryFile>();
	readonly held = new Set<string>();
	readonly calls: string[] = [];
	/** The bytes that may still be written. */
	space = Number.POSITIVE_INFINITY;

	async getFileHandle(name: string, { create }: { create: boolean }): Promise<OpfsFile> {
		this.calls.push(`${this.files.has(name) ? 'find' : 'create'} ${name}`);
		if (!this.files.has(name) && !create) throw new DOMException('not found', 'NotFoundError');
		const file = this.files.get(name) ?? new MemoryFile();
		this.files.set(name, file);
		return { kind: 'file', createSyncAccessHandle: async () => this.#access(name, file) };
	}

	#access(name: string, file: MemoryFile): OpfsAccess {
		if (this.held.has(name)) throw new DOMException('held', 'NoModificationAllowedError');
		this.held.add(name);
		return {
			getSize: () => file.size(),
			read: (into: Uint8Array, { at }: { at: number }) => file.read(into, at),
			write: (bytes: Uint8Array, { at }: { at: number }) => {
				const length = Math.min(bytes.length, this.space);
				if (length === 0 && bytes.length > 0) throw quotaExceeded();
				this.space -= length;
				file.write(bytes.subarray(0, length), at);
				return length;
			},
			truncate: (size: number) => file.truncate(size),
			flush: () => file.flush(),
			close: () => this.held.delete(name)
		};
	}
}
