import type { SlotFile, SlotFiles } from '#storage/sqlite/slot-file.ts';

/** A file in memory: for throw-away databases (bundles, the command line) and for tests. */
export class MemoryFile implements SlotFile {
	#bytes: Uint8Array;
	#size: number;

	constructor(bytes: Uint8Array = new Uint8Array(0)) {
		this.#bytes = bytes.slice();
		this.#size = bytes.length;
	}

	/** A copy of what the file holds now. */
	bytes(): Uint8Array {
		return this.#bytes.slice(0, this.#size);
	}

	size(): number {
		return this.#size;
	}

	read(into: Uint8Array, at: number): number {
		const found = this.#bytes.subarray(Math.min(at, this.#size), Math.min(at + into.length, this.#size));
		into.set(found);
		return found.length;
	}

	write(bytes: Uint8Array, at: number): void {
		this.#reserve(at + bytes.length);
		this.#bytes.set(bytes, at);
		this.#size = Math.max(this.#size, at + bytes.length);
	}

	truncate(size: number): void {
		this.#reserve(size);
		this.#bytes.fill(0, size);
		this.#size = size;
	}

	flush(): void {}

	close(): void {}

	#reserve(size: number): void {
		if (size <= this.#bytes.length) return;
		const grown = new Uint8Array(Math.max(size, this.#bytes.length * 2));
		grown.set(this.#bytes);
		this.#bytes = grown;
	}
}

/** Five empty files in memory. */
export function memorySlots(): SlotFiles & Record<keyof SlotFiles, MemoryFile> {
	return {
		snap0: new MemoryFile(),
		snap1: new MemoryFile(),
		jrnl0: new MemoryFile(),
		jrnl1: new MemoryFile(),
		torn: new MemoryFile()
	};
}
