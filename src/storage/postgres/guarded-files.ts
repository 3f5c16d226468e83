import { OpfsAhpFS, type Node } from '@electric-sql/pglite/opfs-ahp';
import { storageError, storageFailure } from '#storage/database.ts';
import { isQuotaExceeded, type OpfsAccess } from '#storage/opfs.ts';
import { asideOf } from '#storage/postgres/state-file.ts';

/** Files that are open for one statement at most, beyond what it finds. A migration of ours needs some 60. */
const pool = { first: 1300, kept: 150, fewest: 100 };

/** More than one more file of the pool takes: its name in the folder, and a line in the list of files. */
const bytesOfFile = 1024;

const control = '/global/pg_control';

/** ENOSPC, as WASI counts errors. */
const noSpace = 51;

/** What a file of the log is called until it is as long as it has to be. */
const newLog = '/pg_wal/xlogtemp';

/** Room for one file of the log, which PostgreSQL may read and write as one of its own. */
const reserve = { path: '/mirror-reserve', bytes: 16 << 20, mode: 0o100600 };

interface GuardOptions {
	/** Where the list of files is kept while it is written anew. */
	readonly aside: OpfsAccess;
	/** The folder is empty. */
	readonly isNew: boolean;
	/** Whether the device has room for so many bytes now. */
	readonly hasRoomFor: (bytes: number) => Promise<boolean>;
}

/**
 * PGlite's pool of files in the origin private file system, with what it leaves out:
 * - The tree of names is kept aside while it is written anew, so that no moment has neither.
 * - PostgreSQL runs without fsync, and the pool flushes its log only. Here the log is flushed before a page that it
 *   describes, and every page before the control file says that it need not be repeated: the order on which PostgreSQL's
 *   recovery rests, also when the power fails.
 * - A file that could not be held is an error and not a message in the console.
 * - A full device is an error that PostgreSQL knows, and undoes a transaction by. Only where the log needs another file it
 *   would give up altogether, so one is kept for that moment.
 */
export class GuardedFiles extends OpfsAhpFS {
	readonly #aside: OpfsAccess;
	/** Paths of open files, by their handle. */
	readonly #paths = new Map<number, string>();
	/** Written since they were flushed; none of them is the log's. */
	readonly #unflushed = new Set<string>();
	/** While a database is laid down and filled nothing has to be: nobody opens one that was not closed before it counts. */
	readonly #isInOrder: boolean;
	readonly #hasRoomFor: GuardOptions['hasRoomFor'];
	#isReserved = false;

	/** `folder`: from the root of the origin's files. */
	constructor(folder: string, { aside, isNew, hasRoomFor }: GuardOptions) {
		super(folder, { initialPoolSize: pool.first, maintainedPoolSize: pool.kept });
		this.#aside = aside;
		this.#isInOrder = !isNew;
		this.#hasRoomFor = hasRoomFor;
	}

	override async init(...args: Parameters<OpfsAhpFS['init']>): ReturnType<OpfsAhpFS['init']> {
		const options = await super.init(...args);
		const lost = this.#unheld('', this.state.root);
		if (lost !== null) {
			await this.letGo();
			throw storageError(
				storageFailure('busy', `A file of the database is held by somebody else (${lost}). Nothing is lost.`)
			);
		}
		this.#isReserved = this.#exists(reserve.path) && this.lstat(reserve.path).size === reserve.bytes;
		return options;
	}

	/** The pool waits for ever for a file that a full device does not give it: there it goes on with those that it has. */
	override async maintainPool(size = this.maintainedPoolSize): Promise<void> {
		const [there, missing] = [this.state.pool.length, size - this.state.pool.length];
		if (this.#isInOrder && missing > 0) {
			if (there >= pool.fewest || !(await this.#hasRoomFor(missing * bytesOfFile))) return;
		}
		await super.maintainPool(size);
	}

	override async checkpointState(): Promise<void> {
		const bytes = new TextEncoder().encode(asideOf(JSON.stringify(this.state)));
		this.#aside.truncate(0);
		try {
			withErrno(() => this.#aside.write(bytes, { at: 0 }));
		} catch (error) {
			this.#aside.truncate(0);
			// The list is longer than it has to be until there is room to write it anew.
			if (error instanceof NoSpace) return;
			throw error;
		}
		this.#aside.flush();
		await super.checkpointState();
		this.#aside.truncate(0);
		this.#aside.flush();
	}

	override async closeFs(): Promise<void> {
		this.#flushPages();
		this.flush();
		try {
			await super.closeFs();
		} finally {
			this.#aside.close();
		}
	}

	/** Closes what is open, without PostgreSQL: before it is there, and where it is of no use any more. */
	async letGo(): Promise<void> {
		// After the files it would end PostgreSQL, which is not to be had.
		await super.closeFs().catch(() => undefined);
		this.#aside.close();
	}

	/**
	 * Whether there is room for what is to be written. False once the log took what was kept for it, until the device has
	 * room for that again.
	 */
	hasRoom(): boolean {
		if (!this.#isInOrder || this.#isReserved) return true;
		try {
			if (!this.#exists(reserve.path)) this.writeFile(reserve.path, '', { mode: reserve.mode });
			this.truncate(reserve.path, reserve.bytes);
			this.#isReserved = true;
		} catch (error) {
			if (!(error instanceof NoSpace)) throw error;
		}
		return this.#isReserved;
	}

	#takeReserve(path: string): boolean {
		if (!this.#isReserved) return false;
		this.#isReserved = false;
		this.rename(reserve.path, path);
		return true;
	}

	override open(path: string, flags?: string, mode?: number): number {
		const handle = super.open(path, flags, mode);
		this.#paths.set(handle, path);
		return handle;
	}

	override close(handle: number): void {
		super.close(handle);
		this.#paths.delete(handle);
	}

	// Each change of the tree of names is a line at the end of a file of the pool's own.

	override rename(from: string, to: string): void {
		withErrno(() => super.rename(from, to));
		if (this.#unflushed.delete(from)) this.#unflushed.add(to);
	}

	override unlink(path: string): void {
		withErrno(() => super.unlink(path));
		this.#unflushed.delete(path);
	}

	override writeFile(...args: Parameters<OpfsAhpFS['writeFile']>): void {
		withErrno(() => super.writeFile(...args));
	}

	override mkdir(...args: Parameters<OpfsAhpFS['mkdir']>): void {
		withErrno(() => super.mkdir(...args));
	}

	override rmdir(path: string): void {
		withErrno(() => super.rmdir(path));
	}

	override chmod(path: string, mode: number): void {
		withErrno(() => super.chmod(path, mode));
	}

	override utimes(path: string, atime: number, mtime: number): void {
		withErrno(() => super.utimes(path, atime, mtime));
	}

	override truncate(path: string, length?: number): void {
		withErrno(() => super.truncate(path, length));
	}

	override write(...args: Parameters<OpfsAhpFS['write']>): number {
		const path = this.#paths.get(args[0]) ?? '';
		if (!path.startsWith('/pg_wal')) {
			if (this.#isInOrder) this.flush();
			if (this.#isInOrder && path === control) this.#flushPages();
			this.#unflushed.add(path);
		}
		try {
			return withErrno(() => super.write(...args));
		} catch (error) {
			if (error instanceof NoSpace && path.startsWith(newLog) && this.#takeReserve(path))
				return super.write(...args);
			throw error;
		}
	}

	#flushPages(): void {
		for (const path of this.#unflushed) {
			// The pool flushes what was cut; cut at its end, a file stays as it is.
			if (this.#exists(path)) super.truncate(path, this.lstat(path).size);
		}
		this.#unflushed.clear();
		this.flush();
	}

	#exists(path: string): boolean {
		try {
			this.lstat(path);
			return true;
		} catch {
			return false;
		}
	}

	/** The path of a file that could not be opened; null where all are. */
	#unheld(path: string, node: Node): string | null {
		if (node.type === 'file') return this.#exists(path) ? null : path;
		for (const [name, child] of Object.entries(node.children)) {
			const found = this.#unheld(`${path}/${name}`, child);
			if (found !== null) return found;
		}
		return null;
	}
}

/** A full device in the words of PostgreSQL: PGlite hands the code of an error on to it, and the browser's is another one there. */
class NoSpace extends Error {
	readonly code = noSpace;

	constructor() {
		super('No space left on this device');
	}
}

/** @throws NoSpace where the browser says so of a full device. */
function withErrno<T>(change: () => T): T {
	try {
		return change();
	} catch (error) {
		throw isQuotaExceeded(error) ? new NoSpace() : error;
	}
}
