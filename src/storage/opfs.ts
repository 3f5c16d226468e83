/** What is used of FileSystemDirectoryHandle and FileSystemFileHandle (File System Standard). */
export interface OpfsDirectory {
	getFileHandle(name: string, options: { create: boolean }): Promise<OpfsFile>;
}

/** A directory with others in it, whose names can be listed. */
export interface OpfsTree extends OpfsDirectory {
	getDirectoryHandle(name: string, options: { create: boolean }): Promise<OpfsTree>;
	removeEntry(name: string, options: { recursive: boolean }): Promise<void>;
	keys(): AsyncIterable<string>;
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

/** Holds a file until it is closed. @throws where this browser or thread cannot, and where somebody else holds it. */
export async function hold(file: OpfsFile): Promise<OpfsAccess> {
	const access = await file.createSyncAccessHandle?.();
	if (access === undefined) throw new Error('files cannot be held open here');
	return access;
}

/** Whether somebody else still holds a file that was to be held or removed. */
export function isHeldElsewhere(error: unknown): boolean {
	return error instanceof DOMException && heldNames.has(error.name);
}

/** What browsers call it. */
const heldNames = new Set(['NoModificationAllowedError', 'InvalidStateError', 'InvalidModificationError']);

/** What a handle answers with; null where there is nothing of that name. */
export async function found<T>(handle: Promise<T>): Promise<T | null> {
	try {
		return await handle;
	} catch (error) {
		if (error instanceof DOMException && error.name === 'NotFoundError') return null;
		throw error;
	}
}

/** Whether a browser refused something because this origin has no more room. */
export function isQuotaExceeded(error: unknown): boolean {
	return error instanceof DOMException && error.name === 'QuotaExceededError';
}
