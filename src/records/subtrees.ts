import { err, failure, ok, type Result } from '#base/result.ts';
import { isTreeHash, treeOver } from '#kernel/merkle.ts';
import { largestPowerBelow, type ProvableTree } from '#kernel/merkle-proof.ts';
import { openArchive } from '#records/archive.ts';
import { keptRoot, ledgerHashes, type TreeFailure } from '#records/tree.ts';
import type { Queryable } from '#storage/database.ts';

/** Rows that are read at once. */
const rowsTogether = 2000;

/**
 * The tree over all entries, ready for proofs. What is kept of it in memory are the roots over each full stretch of entries:
 * an entry at a position never changes, packed or not, so they hold as long as the mirror is open. What a proof takes beside
 * them is read when it is asked for. The first proof reads every entry, archive by archive: others have their turn in between.
 */
export class Subtrees {
	/** Leaves in a stretch: a power of two, so that each stretch is a subtree. */
	readonly #stretch: number;
	#roots: string[] = [];
	/** The question before: one at a time adds to the roots. */
	#last: Promise<unknown> = Promise.resolve();

	constructor(stretch = 256) {
		this.#stretch = stretch;
	}

	/**
	 * The tree over the first `length` entries, all that there are; it can be asked for what proofs take that begin or end at
	 * these places, counted from 0. Not to be asked in a transaction: it may wait for another question.
	 */
	at(db: Queryable, length: number, places: readonly number[]): Promise<Result<LedgerTree, TreeFailure>> {
		const asked = this.#last.then(() => this.#at(db, length, places));
		this.#last = asked.catch(() => undefined);
		return asked;
	}

	async #at(
		db: Queryable,
		length: number,
		places: readonly number[]
	): Promise<Result<LedgerTree, TreeFailure>> {
		const known = this.#roots.length;
		const tree = await this.#read(db, length, places);
		if (known === 0 || !tree.ok) return tree;
		const kept = await keptRoot(db, length);
		if (kept === null || kept === tree.value.rootOf(0, length)) return tree;
		// Something else stands there than was read before. Whatever it is, a proof is of what is there.
		this.#roots = [];
		return this.#read(db, length, places);
	}

	async #read(
		db: Queryable,
		length: number,
		places: readonly number[]
	): Promise<Result<LedgerTree, TreeFailure>> {
		const stretch = this.#stretch;
		const full = Math.floor(length / stretch);
		const grown = await this.#grow(db, full);
		if (!grown.ok) return grown;
		const leaves = new Map<number, readonly string[]>();
		for (const at of new Set([...places, length - 1].map((place) => Math.floor(place / stretch)))) {
			const found = await leavesBetween(db, at * stretch, Math.min((at + 1) * stretch, length));
			if (!found.ok) return found;
			leaves.set(at, found.value);
		}
		return ok(new LedgerTree({ stretch, roots: this.#roots.slice(0, full), leaves }));
	}

	/** Makes the roots of so many full stretches known. */
	async #grow(db: Queryable, full: number): Promise<Result<void, TreeFailure>> {
		const known = this.#roots.length;
		if (full <= known) return ok(undefined);
		let waiting: string[] = [];
		for await (const read of leafSlices(db, known * this.#stretch, full * this.#stretch)) {
			if (!read.ok) return read;
			waiting = waiting.concat(read.value);
			let from = 0;
			for (; waiting.length - from >= this.#stretch; from += this.#stretch)
				this.#roots.push(treeOver(waiting.slice(from, from + this.#stretch), ledgerHashes).root);
			waiting = waiting.slice(from);
		}
		return ok(undefined);
	}
}

interface KnownTree {
	readonly stretch: number;
	/** Of each full stretch. */
	readonly roots: readonly string[];
	/** Of some stretches, by their number. */
	readonly leaves: ReadonlyMap<number, readonly string[]>;
}

/** The tree over the entries of a ledger, as far as proofs at some places ask for it. */
export class LedgerTree {
	readonly #known: KnownTree;

	constructor(known: KnownTree) {
		this.#known = known;
	}

	/** As it was when it had so many entries. */
	first(size: number): ProvableTree {
		return { size, rootOf: (from, to) => this.rootOf(from, to) };
	}

	/** @throws RangeError where it takes leaves of a stretch that was not asked for. */
	rootOf(from: number, to: number): string {
		const { stretch, roots, leaves } = this.#known;
		if (to === from) return ledgerHashes.empty;
		const at = Math.floor(from / stretch);
		const start = at * stretch;
		if (to - from > stretch) {
			const middle = from + largestPowerBelow(to - from);
			return ledgerHashes.node(this.rootOf(from, middle), this.rootOf(middle, to));
		}
		const whole = to - from === stretch ? roots[at] : undefined;
		if (whole !== undefined) return whole;
		const among = leaves.get(at);
		if (among === undefined) throw new RangeError(`the leaves from ${start} on were not read`);
		return treeOver(among.slice(from - start, to - start), ledgerHashes).root;
	}
}

/** The leaves after a position, up to another. */
async function leavesBetween(
	db: Queryable,
	after: number,
	last: number
): Promise<Result<readonly string[], TreeFailure>> {
	const leaves: string[] = [];
	for await (const read of leafSlices(db, after, last)) {
		if (!read.ok) return read;
		leaves.push(...read.value);
	}
	return ok(leaves);
}

/**
 * The leaves after a position and up to another in their order, some at a time: those of an archive or of some rows. Entries may
 * be packed meanwhile. Ends with a failure where one is missing.
 */
async function* leafSlices(
	db: Queryable,
	after: number,
	last: number
): AsyncGenerator<Result<readonly string[], TreeFailure>> {
	const waiting = new Waiting(after, last);
	// What is packed between the two questions is missed by both, and found when they are asked again.
	for (let missed = 0; missed < 2 && !waiting.isOver;) {
		const before = waiting.reached;
		for await (const archive of archivesAfter(db, before, last)) {
			if (!archive.ok) return yield err(failure('incomplete', archive.error));
			for (const { position, hash } of archive.value) waiting.add(position, hash);
			yield waiting.take();
			if (waiting.isOver) return;
		}
		for await (const rows of rowsAfter(db, waiting.reached, last)) {
			for (const { position, hash } of rows) waiting.add(position, hash);
			yield waiting.take();
		}
		missed = waiting.reached === before ? missed + 1 : 0;
	}
	if (!waiting.isOver) yield err(failure('incomplete', `entry ${waiting.reached + 1} is missing`));
}

interface Placed {
	readonly position: number;
	readonly hash: string;
}

/** Hashes that wait for those before them: archives of several kernels lie across each other. */
class Waiting {
	reached: number;
	readonly #last: number;
	readonly #hashes = new Map<number, string>();

	constructor(after: number, last: number) {
		this.reached = after;
		this.#last = last;
	}

	get isOver(): boolean {
		return this.reached >= this.#last;
	}

	add(position: number, hash: string): void {
		if (position > this.reached && position <= this.#last) this.#hashes.set(position, hash);
	}

	/** The leaves that have their turn. */
	take(): Result<readonly string[], TreeFailure> {
		const leaves: string[] = [];
		for (;;) {
			const hash = this.#hashes.get(this.reached + 1);
			if (hash === undefined) return ok(leaves);
			this.#hashes.delete(++this.reached);
			if (!isTreeHash(hash))
				return err(failure('not_a_hash', `the hash of entry ${this.reached} is not 64 hex digits`));
			leaves.push(ledgerHashes.entryLeaf(hash));
		}
	}
}

/** The archives that reach beyond a position, by what they begin with: each is opened when it has its turn. */
async function* archivesAfter(
	db: Queryable,
	after: number,
	last: number
): AsyncGenerator<Result<readonly Placed[], string>> {
	const found = await db.query(
		`SELECT kernel_id, first_seq FROM archives WHERE last_position > ? AND first_position <= ?
		ORDER BY first_position`,
		[after, last]
	);
	for (const { kernel_id = null, first_seq = null } of found) {
		const rows = await db.query(
			`SELECT archives.*, file FROM archives JOIN archive_files USING (kernel_id, first_seq)
			WHERE kernel_id = ? AND first_seq = ?`,
			[kernel_id, first_seq]
		);
		const opened = await openArchive(rows[0] ?? {});
		yield opened.ok
			? ok(opened.value.map(({ position, entry }) => ({ position, hash: entry.entry_hash })))
			: opened;
	}
}

async function* rowsAfter(db: Queryable, after: number, last: number): AsyncGenerator<readonly Placed[]> {
	for (let from = after; ;) {
		const rows = await db.query(
			'SELECT position, entry_hash FROM ledger WHERE position > ? AND position <= ? ORDER BY position LIMIT ?',
			[from, last, rowsTogether]
		);
		if (rows.length === 0) return;
		yield rows.map(({ position, entry_hash }) => ({ position: Number(position), hash: String(entry_hash) }));
		from = Number(rows.at(-1)?.['position']);
	}
}
