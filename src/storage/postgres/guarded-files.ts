import { OpfsAhpFS, type Node } from '@electric-sql/pglite/opfs-ahp';
import { storageError, storageFailure } from '#storage/database.ts';
import type { OpfsAccess } from '#storage/opfs.ts';
import { asideOf } from '#storage/postgres/state-file.ts';

/** Files that are open for one statement at most, beyond what it finds. A migration of ours needs some 60. */
const pool = { first: 1300, kept: 150 };

const control = '/global/pg_control';

/**
 * PGlite's pool of files in the origin private file system, with what it leaves out:
 * - The tree of names is kept aside while it is written anew, so that no moment has neither.
 * - PostgreSQL runs without fsync, and the pool flushes its log only. Here the log is flushed before a page that it
 *   describes, and every page before the control file says that it need not be repeated: the order on which PostgreSQL's
 *   recovery rests, also when the power fails.
 * - A file that could not be held is an error and not a message in the console.
 */
export class GuardedFiles extends OpfsAhpFS {
	readonly #aside: OpfsAccess;
	/** Paths of open files, by their handle. */
	readonly #paths = new Map<number, string>();
	/** Written since they were flushed; none of them is the log's. */
	readonly #unflushed = new Set<string>();
	/** While a database is laid down and filled nothing has to be: nobody opens one that was not closed before it counts. */
	readonly #isInOrder: boolean;

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
			await this.#letGo();
			throw storageError(
				storageFailure('busy', `A file of the database is held by somebody else (${lost}). Nothing is lost.`)
			);
		}
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
		return super.write(...args);
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

	/** Closes what was opened before PostgreSQL was there: after the files it would end PostgreSQL, which is not to be had. */
	async #letGo(): Promise<void> {
		await super.closeFs().catch(() => undefined);
	}
}
