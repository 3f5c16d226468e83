import type { OpfsAccess, OpfsDirectory } from '#storage/opfs.ts';

/** What the floors keep in the origin private file system, apart from the app's own folder. */
const own = 'bench';

export async function readFile(name: string): Promise<Uint8Array<ArrayBuffer>> {
	const file = await openFile(own, name);
	const bytes = new Uint8Array(file.getSize());
	file.read(bytes, { at: 0 });
	file.close();
	return bytes;
}

/** Writes bytes as the whole of a file, durably. */
export async function writeFile(folder: string, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
	const file = await openFile(folder, name);
	file.truncate(0);
	file.write(bytes, { at: 0 });
	file.flush();
	file.close();
}

/** A file that is only ever added to. */
export class AppendedFile {
	readonly #file: OpfsAccess;
	#end = 0;

	private constructor(file: OpfsAccess) {
		this.#file = file;
	}

	static async open(name: string): Promise<AppendedFile> {
		const file = await openFile(own, name);
		file.truncate(0);
		file.flush();
		return new AppendedFile(file);
	}

	/** When it returns, the bytes are durable. */
	append(bytes: Uint8Array<ArrayBuffer>): void {
		this.#end += this.#file.write(bytes, { at: this.#end });
		this.#file.flush();
	}

	close(): void {
		this.#file.close();
	}
}

/** What the stage serves under this name. */
export async function served(name: string): Promise<Uint8Array<ArrayBuffer>> {
	const answer = await fetch(`/bench/data/${name}`);
	if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
	return new Uint8Array(await answer.arrayBuffer());
}

async function openFile(folder: string, name: string): Promise<OpfsAccess> {
	const root = await navigator.storage.getDirectory();
	const directory: OpfsDirectory = await root.getDirectoryHandle(folder, { create: true });
	const handle = await directory.getFileHandle(name, { create: true });
	const access = await handle.createSyncAccessHandle?.();
	if (access === undefined) throw new Error('files cannot be held open here');
	return access;
}
