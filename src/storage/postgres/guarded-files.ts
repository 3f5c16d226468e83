import { OpfsAhpFS, type Node } from '@electric-sql/pglite/opfs-ahp';
import { storageError, storageFailure } from '#storage/database.ts';
import type { OpfsAccess } from '#storage/opfs.ts';
import { asideOf } from '#storage/postgres/state-file.ts';

/** Files that are open for one statement at most, beyond what it finds. A migration of ours needs some 60. */
const pool = { first: 1300, kept: 150 };

const control = '/global/pg_control';

/** ENOSPC, as WASI counts errors. */
const noSpace = 51;

/** What a file of the log is called until it is as long as it has to be. */
const newLog = '/pg_wal/xlogtemp';

/** Room for one file of the log, which PostgreSQL may read and write as one of its own. */
const reserve = { path: '/mirror-reserve', bytes: 16 << 20, mode: 0o100600 };

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
	#isReserved = false;

	/** `folder`: from the root of the origin's files. `isNew`: it is empty. */
	constructor(folder: string, { aside, isNew }: { readonly aside: OpfsAccess; readonly isNew: boolean }) {
		super(folder, { initialPoolSize: pool.first, maintainedPoolSize: pool.kept });
		this.#aside = aside;
		this.#isInOrder = !isNew;
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

	override async checkpointState(): Promise<void> {
		const bytes = new TextEncoder().encode(asideOf(JSON.stringify(this.state)));
		this.#aside.truncate(0);
		this.#aside.write(bytes, { at: 0 });
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
			if (!this.#exists(reserve.path)) super.writeFile(reserve.path, '', { mode: reserve.mode });
			super.truncate(reserve.path, reserve.bytes);
			this.#isReserved = true;
		} catch (error) {
			if (!isFull(error)) throw error;
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

	override rename(from: string, to: string): void {
		super.rename(from, to);
		if (this.#unflushed.delete(from)) this.#unflushed.add(to);
	}

	override unlink(path: string): void {
		super.unlink(path);
		this.#unflushed.delete(path);
	}

	override write(...args: Parameters<OpfsAhpFS['write']>): number {
		const path = this.#paths.get(args[0]) ?? '';
		if (!path.startsWith('/pg_wal')) {
			if (this.#isInOrder) this.flush();
			if (this.#isInOrder && path === control) this.#flushPages();
			this.#unflushed.add(path);
		}
		try {
			return super.write(...args);
		} catch (error) {
			if (!isFull(error)) throw error;
			if (path.startsWith(newLog) && this.#takeReserve(path)) return super.write(...args);
			// PGlite hands the code of an error on to PostgreSQL, and the browser's is another one there.
			throw Object.assign(new Error(error.message), { code: noSpace });
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

function isFull(error: unknown): error is DOMException {
	return error instanceof DOMException && error.name === 'QuotaExceededError';
}
