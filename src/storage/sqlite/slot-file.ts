/**
 * A file held open: just what a FileSystemSyncAccessHandle can do, for one in OPFS and one in memory alike.
 * `write` writes all of its bytes or throws; what is written is durable after `flush` only.
 */
export interface SlotFile {
	size(): number;
	/** Fills `into` from byte `at` on; answers with how many bytes there were. */
	read(into: Uint8Array, at: number): number;
	write(bytes: Uint8Array, at: number): void;
	truncate(size: number): void;
	flush(): void;
	close(): void;
}

/**
 * Two snapshots, two journals and the place for cut-off bytes. Created once, at the first boot, never renamed or removed:
 * the name of a file that was created later may vanish with the power, although its bytes were flushed.
 */
export const slotNames = ['snap0', 'snap1', 'jrnl0', 'jrnl1', 'torn'] as const;
export type SlotName = (typeof slotNames)[number];
export type SlotFiles = Readonly<Record<SlotName, SlotFile>>;

/** The bytes `[at, at + length)` of a file, fewer where it ends before. */
export function readSlot(file: SlotFile, at: number, length: number): Uint8Array {
	const bytes = new Uint8Array(Math.max(0, Math.min(length, file.size() - at)));
	return bytes.subarray(0, file.read(bytes, at));
}
