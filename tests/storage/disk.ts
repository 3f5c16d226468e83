import { MemoryFile } from '#storage/sqlite/memory.ts';
import { slotNames } from '#storage/sqlite/slot-file.ts';
import type { SlotFile, SlotFiles, SlotName } from '#storage/sqlite/slot-file.ts';

type Change =
	| { readonly kind: 'write'; readonly bytes: Uint8Array; readonly at: number }
	| { readonly kind: 'truncate'; readonly size: number };

/**
 * What may be found after a crash of what was written and not flushed, of each file alone: nothing, everything, a beginning
 * with its last write cut in the middle, or a later write without the ones before it.
 */
export const survivals = ['nothing', 'everything', 'cut', 'first byte', 'last only'] as const;
export type Survival = (typeof survivals)[number];

export type Fault =
	| { readonly kind: 'none' }
	/** The power goes at this operation: it and everything after it throws. */
	| { readonly kind: 'crash'; readonly at: number }
	/** This operation alone throws; a write has written `part` of its bytes before. */
	| { readonly kind: 'error'; readonly at: number; readonly error: Error; readonly part?: number }
	/** The operations on one file throw, from this one on, and the power goes later. */
	| {
			readonly kind: 'broken';
			readonly file: SlotName;
			readonly from: number;
			readonly error: Error;
			readonly at: number;
	  };

export class PowerCut extends Error {}

/** Five files whose unflushed changes a crash may lose. Counts the operations that change them, and fails where it is told. */
export class Disk {
	readonly files: SlotFiles;
	/** Of the operation that came last, from 1 on. */
	operations = 0;
	readonly log: string[] = [];
	readonly #fault: Fault;
	readonly #all: Readonly<Record<SlotName, DiskFile>>;

	constructor(fault: Fault = { kind: 'none' }, contents?: SlotFiles) {
		this.#fault = fault;
		this.#all = slots((name) => new DiskFile(name, this, contents && bytesOf(contents[name])));
		this.files = this.#all;
	}

	/** Called by its files before each operation; throws where that one fails. */
	operate(what: string, partly: (part: number) => void): void {
		this.operations++;
		this.log.push(what);
		const fault = this.#fault;
		if ((fault.kind === 'crash' || fault.kind === 'broken') && this.operations >= fault.at) {
			if (this.operations === fault.at) partly(Number.POSITIVE_INFINITY);
			throw new PowerCut(`power cut at operation ${this.operations}`);
		}
		if (fault.kind === 'broken' && this.operations >= fault.from && what.startsWith(fault.file))
			throw fault.error;
		if (fault.kind === 'error' && this.operations === fault.at) {
			partly(fault.part ?? 0);
			throw fault.error;
		}
	}

	/** The files as they are found after the power comes back. */
	after(survival: Survival): SlotFiles {
		return slots((name) => this.#all[name].after(survival));
	}
}

class DiskFile implements SlotFile {
	readonly #name: SlotName;
	readonly #disk: Disk;
	#durable: MemoryFile;
	#current: MemoryFile;
	#unflushed: Change[] = [];

	constructor(name: SlotName, disk: Disk, bytes: Uint8Array = new Uint8Array(0)) {
		this.#name = name;
		this.#disk = disk;
		this.#durable = new MemoryFile(bytes);
		this.#current = new MemoryFile(bytes);
	}

	size(): number {
		return this.#current.size();
	}

	read(into: Uint8Array, at: number): number {
		return this.#current.read(into, at);
	}

	write(bytes: Uint8Array, at: number): void {
		const copy = bytes.slice();
		this.#disk.operate(`${this.#name}.write`, (part) => {
			if (part > 0) this.#change({ kind: 'write', bytes: copy.subarray(0, part), at });
		});
		this.#change({ kind: 'write', bytes: copy, at });
	}

	truncate(size: number): void {
		this.#disk.operate(`${this.#name}.truncate`, (part) => {
			if (part > 0) this.#change({ kind: 'truncate', size });
		});
		this.#change({ kind: 'truncate', size });
	}

	flush(): void {
		// A flush that fails, or meets the power cut, has told nobody what became durable.
		this.#disk.operate(`${this.#name}.flush`, () => undefined);
		this.#durable = new MemoryFile(this.#current.bytes());
		this.#unflushed = [];
	}

	close(): void {}

	after(survival: Survival): MemoryFile {
		const found = new MemoryFile(this.#durable.bytes());
		for (const change of surviving(this.#unflushed, survival)) apply(found, change);
		return found;
	}

	#change(change: Change): void {
		this.#unflushed.push(change);
		apply(this.#current, change);
	}
}

function surviving(changes: readonly Change[], survival: Survival): readonly Change[] {
	const last = changes.at(-1);
	if (last === undefined || survival === 'nothing') return [];
	if (survival === 'everything') return changes;
	if (survival === 'last only') return [last];
	if (last.kind === 'truncate') return changes.slice(0, -1);
	const length = survival === 'cut' ? last.bytes.length >> 1 : 1;
	return [...changes.slice(0, -1), { ...last, bytes: last.bytes.subarray(0, length) }];
}

function apply(file: MemoryFile, change: Change): void {
	if (change.kind === 'write') file.write(change.bytes, change.at);
	else file.truncate(change.size);
}

/** A copy of five files, in memory. */
export function copyOf(files: SlotFiles): SlotFiles & Record<SlotName, MemoryFile> {
	return slots((name) => new MemoryFile(bytesOf(files[name])));
}

function slots<File>(make: (name: SlotName) => File): Record<SlotName, File> {
	return Object.fromEntries(slotNames.map((name) => [name, make(name)])) as Record<SlotName, File>;
}

export function bytesOf(file: SlotFile): Uint8Array {
	const bytes = new Uint8Array(file.size());
	file.read(bytes, 0);
	return bytes;
}

/** The names of the files that differ. */
export function changedFiles(files: SlotFiles, others: SlotFiles): SlotName[] {
	return slotNames.filter((name) => Buffer.compare(bytesOf(files[name]), bytesOf(others[name])) !== 0);
}

export function flipped(file: SlotFile, at: number, bit = 1): void {
	const byte = new Uint8Array(1);
	file.read(byte, at);
	file.write(Uint8Array.of(byte[0]! ^ bit), at);
}

/** What a browser throws where its storage is full. */
export function quotaExceeded(): Error {
	return new DOMException('the quota has been exceeded', 'QuotaExceededError');
}
