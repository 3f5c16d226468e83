import { sha256Hex } from '#base/hash.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import { entryLeaves, isTreeHash, MerkleTree, readFrontier, treeHashes, treeOver } from '#kernel/merkle.ts';
import type { ComparedCheckpoint } from '#domain/ledger.ts';
import { archivesOf } from '#records/archive.ts';
import { checkpointRows, type CheckpointRow } from '#records/checkpoint.ts';
import type { Queryable, Row, Transaction } from '#storage/database.ts';

/**
 * One tree over the hashes of all entries, in the order of their positions (RFC 6962, 2.1): never begun anew, whatever kernel
 * appends. The row of each kernel keeps its frontier as it was after that kernel's newest entry.
 */
export const ledgerHashes = treeHashes(sha256Hex);

/** Where the ledger ends, over all kernels. */
export interface LedgerEnd {
	/** Position of the newest entry; 0 where there is none. */
	readonly position: number;
	/** Whose row has the newest frontier: the kernel that appended that entry. */
	readonly kernel_id: string;
	/** The frontier as JSON, null until it was computed; absent where a schema that is held has no place for it. */
	readonly kept?: string | null;
}

/** Where the ledger ends; before the very first entry, which is one of `kernelId`, with that kernel's row. */
export async function ledgerEnd(db: Queryable, kernelId = ''): Promise<LedgerEnd> {
	// Where the schema is held, `kernels` has no tree: the name then means the outer one. A policy is long, so not all columns.
	const rows = await db.query(
		`SELECT kernel_id, position, (SELECT tree FROM kernels WHERE kernels.kernel_id = newest.kernel_id) AS kept
		FROM (
			SELECT kernel_id, 'held' AS tree, (SELECT coalesce(max(position), 0) FROM ledger) AS position
			FROM kernels
			WHERE kernel_id = coalesce((SELECT kernel_id FROM ledger ORDER BY position DESC LIMIT 1), ?)
		) AS newest`,
		[kernelId]
	);
	const { position = 0, kernel_id = kernelId, kept = 'held' } = rows[0] ?? {};
	const end = { position: Number(position), kernel_id: String(kernel_id) };
	return kept === 'held' ? end : { ...end, kept: kept === null ? null : String(kept) };
}

/** The frontier with one entry more, as JSON; null where the one before is not known. */
export function grownFrontier(end: LedgerEnd, entryHash: string): string | null {
	const tree = keptTree(end);
	tree?.append(ledgerHashes.entryLeaf(entryHash));
	return tree === null ? null : JSON.stringify(tree.frontier);
}

/** The tree that is kept; null where none is, or one of another size. */
function keptTree({ position, kept = null }: LedgerEnd): MerkleTree | null {
	if (position === 0) return new MerkleTree(ledgerHashes);
	const frontier = kept === null ? null : readFrontier(parsed(kept));
	return frontier?.size === position ? new MerkleTree(ledgerHashes, frontier) : null;
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

/** Whether there is a place for the frontier and none in it: so after the migration that made the place. */
export async function lacksTree(db: Queryable): Promise<boolean> {
	const end = await ledgerEnd(db);
	return end.kept !== undefined && keptTree(end) === null;
}

/** Computes the frontier from all entries and keeps it, where it is not kept. Where entries are missing it stays as it is. */
export async function keepTree(tx: Transaction): Promise<void> {
	const { position, kernel_id } = await ledgerEnd(tx);
	const tree = await computedTree(tx);
	if (!tree.ok || tree.value.size !== position) return;
	await tx.run('UPDATE kernels SET tree = ? WHERE kernel_id = ?', [
		JSON.stringify(tree.value.frontier),
		kernel_id
	]);
}

/** `incomplete`: entries are missing or damaged; `not_a_hash`: so is the hash of one. */
export type TreeFailure = Failure<'incomplete' | 'not_a_hash'>;

/** The tree over all entries, as it is kept; computed from them where it is not. */
export async function ledgerTree(db: Queryable): Promise<Result<MerkleTree, TreeFailure>> {
	const kept = keptTree(await ledgerEnd(db));
	return kept === null ? computedTree(db) : ok(kept);
}

/** The root over so many entries, all that there are, where it is kept; null where it is not, or there are more by now. */
export async function keptRoot(db: Queryable, size: number): Promise<string | null> {
	const kept = keptTree(await ledgerEnd(db));
	return kept?.size === size ? kept.root : null;
}

async function computedTree(db: Queryable): Promise<Result<MerkleTree, TreeFailure>> {
	const leaves = await ledgerLeaves(db);
	return leaves.ok ? ok(treeOver(leaves.value, ledgerHashes)) : leaves;
}

/** The leaves of all entries, packed ones too. To be asked in one transaction; some 100 bytes for each. */
async function ledgerLeaves(db: Queryable): Promise<Result<readonly string[], TreeFailure>> {
	const placed: PlacedHash[] = [];
	const kernels = await db.query('SELECT DISTINCT kernel_id FROM archives');
	for (const { kernel_id } of kernels) {
		for await (const archive of archivesOf(db, String(kernel_id))) {
			if (!archive.ok) return err(failure('incomplete', archive.error));
			for (const { position, entry } of archive.value) placed.push({ position, hash: entry.entry_hash });
		}
	}
	for await (const rows of hashSlices(db))
		for (const { position, entry_hash } of rows)
			placed.push({ position: Number(position), hash: String(entry_hash) });
	return placedLeaves(placed);
}

async function* hashSlices(db: Queryable, size = 1000): AsyncGenerator<readonly Row[]> {
	for (let after = 0; ;) {
		const rows = await db.query(
			'SELECT position, entry_hash FROM ledger WHERE position > ? ORDER BY position LIMIT ?',
			[after, size]
		);
		yield rows;
		if (rows.length < size) return;
		after = Number(rows.at(-1)?.['position']);
	}
}

/** The hash of an entry, and its place among those of all kernels. */
export interface PlacedHash {
	readonly position: number;
	readonly hash: string;
}

/** The leaves of entries in the order of their positions, which must be 1, 2, 3 and so on, each once. */
export function placedLeaves(placed: readonly PlacedHash[]): Result<readonly string[], TreeFailure> {
	const inOrder = hashesInOrder(placed);
	return inOrder.ok ? entryLeaves(inOrder.value, ledgerHashes) : inOrder;
}

function hashesInOrder(placed: readonly PlacedHash[]): Result<readonly string[], TreeFailure> {
	const hashes: string[] = Array.from({ length: placed.length }, () => '');
	for (const { position, hash } of placed) {
		if (hashes[position - 1] !== '')
			return err(
				failure('incomplete', `the positions of its entries are not 1 to ${placed.length}, each once`)
			);
		hashes[position - 1] = hash;
	}
	return ok(hashes);
}

/** What is known of the tree besides the entries: as the database keeps it, and as the person does. */
export interface KnownTree {
	/** The frontier as JSON; null where none is kept. */
	readonly kept: string | null;
	readonly pinned: readonly CheckpointRow[];
}

export async function knownTree(db: Queryable): Promise<KnownTree> {
	const { kept = null } = await ledgerEnd(db);
	return { kept, pinned: await checkpointRows(db) };
}

/** What came of comparing: sentences, and which of the pinned checkpoints fit. */
export interface TreeComparison {
	readonly findings: readonly string[];
	readonly checkpoints: readonly ComparedCheckpoint[];
}

/** How many entries are put into the tree before whoever asks may have a turn. */
const treeSlice = 5000;

/**
 * Compares what is known of the tree with these entries, the whole ledger's. A pinned checkpoint finds what nothing that the
 * database holds can tell: that entries were cut off, or all of them written anew. It yields between slices.
 */
export function* comparing(
	{ kept, pinned }: KnownTree,
	placed: readonly PlacedHash[]
): Generator<undefined, TreeComparison> {
	const inOrder = hashesInOrder(placed);
	if (!inOrder.ok) return notWhole(pinned, inOrder.error.message);
	const tree = new MerkleTree(ledgerHashes);
	const wanted = new Set(pinned.map(({ size }) => size));
	const roots = new Map<number, string>();
	for (let from = 0; from < inOrder.value.length; from += treeSlice) {
		for (const hash of inOrder.value.slice(from, from + treeSlice)) {
			if (!isTreeHash(hash))
				return notWhole(pinned, `the hash of entry ${tree.size + 1} is not 64 hex digits`);
			tree.append(ledgerHashes.entryLeaf(hash));
			if (wanted.has(tree.size)) roots.set(tree.size, tree.root);
		}
		yield;
	}
	const { size, frontier } = tree;
	const fits = (pin: CheckpointRow) => roots.get(pin.size) === pin.root;
	const findings = pinned
		.filter((pin) => !fits(pin))
		.map((pin) =>
			misfit(
				pin,
				pin.size > size
					? `the ledger has only ${size} entries`
					: `the first ${pin.size} entries of the ledger are not those that it was noted of`
			)
		);
	if (kept !== null && kept !== JSON.stringify(frontier))
		findings.unshift(`the tree: what is kept of it is not the tree over the ${size} entries of the ledger`);
	return { findings, checkpoints: pinned.map((pin) => ({ id: pin.id, fits: fits(pin) })) };
}

/** Where there is no tree, no checkpoint can be compared with it. */
function notWhole(pinned: readonly CheckpointRow[], why: string): TreeComparison {
	const findings = pinned.map((pin) => misfit(pin, 'the tree that it is compared with is not whole'));
	const checkpoints = pinned.map(({ id }) => ({ id, fits: false }));
	return { findings: [`the tree: ${why}`, ...findings], checkpoints };
}

function misfit({ time, size }: CheckpointRow, why: string): string {
	return `Pinned checkpoint of ${time} over ${size} entries: ${why}`;
}
