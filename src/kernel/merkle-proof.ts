import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import { isTreeHash, treeOver, type TreeHashes } from '#kernel/merkle.ts';

/** More hashes than a tree of 2^64 leaves has levels are no proof. */
const longestPath = 64;

/** That the leaf at `index` (from 0) stands in the tree of `size` leaves under `root`. */
export interface Inclusion {
	readonly leaf: string;
	readonly index: number;
	readonly size: number;
	readonly root: string;
	/** The nodes beside the way up, the lowest first. */
	readonly path: readonly string[];
}

/** That the tree of `from` leaves under `from_root` is what the tree of `to` leaves under `to_root` began with. */
export interface Consistency {
	readonly from: number;
	readonly to: number;
	readonly from_root: string;
	readonly to_root: string;
	readonly path: readonly string[];
}

/**
 * `malformed`: a hash, a size or a place is none, or they do not go together; `wrong_length`: the path has more or fewer
 * hashes than it takes; `wrong_root`: it leads to another root.
 */
export type ProofCode = 'malformed' | 'wrong_length' | 'wrong_root';
export type ProofFailure = Failure<ProofCode>;

/** A tree to show something in. It need not hold its leaves, so long as it knows the roots that it is asked for. */
export interface ProvableTree {
	readonly size: number;
	/** The root over the leaves from `from`, counted from 0, to before `to`: a leaf itself, a subtree, or all of one's right edge. */
	rootOf(from: number, to: number): string;
}

function treeOf(leaves: readonly string[], hashes: TreeHashes): ProvableTree {
	return { size: leaves.length, rootOf: (from, to) => treeOver(leaves.slice(from, to), hashes).root };
}

/** Shows the leaf at `index` in the tree over all `leaves` (RFC 6962, 2.1.1). */
export function proveInclusion(leaves: readonly string[], index: number, hashes: TreeHashes): Inclusion {
	return inclusionIn(treeOf(leaves, hashes), index);
}

/** Shows the leaf at `index` in a tree (RFC 6962, 2.1.1). */
export function inclusionIn(tree: ProvableTree, index: number): Inclusion {
	const { size } = tree;
	const leaf = index < size ? tree.rootOf(index, index + 1) : '';
	return { leaf, index, size, root: tree.rootOf(0, size), path: pathIn(tree, index, [0, size]) };
}

/** The leaves from one place to before another. */
type Span = readonly [from: number, to: number];

function pathIn(tree: ProvableTree, index: number, [from, to]: Span): string[] {
	if (to - from <= 1) return [];
	const middle = from + largestPowerBelow(to - from);
	return index < middle
		? [...pathIn(tree, index, [from, middle]), tree.rootOf(middle, to)]
		: [...pathIn(tree, index, [middle, to]), tree.rootOf(from, middle)];
}

/** Shows that the tree over all `leaves` begins with the tree over the first `from`, at least 1 (RFC 6962, 2.1.2). */
export function proveConsistency(leaves: readonly string[], from: number, hashes: TreeHashes): Consistency {
	return consistencyIn(treeOf(leaves, hashes), from);
}

/** Shows that a tree begins with the tree over its first `from` leaves, at least 1 (RFC 6962, 2.1.2). */
export function consistencyIn(tree: ProvableTree, from: number): Consistency {
	const to = tree.size;
	const roots = { from_root: tree.rootOf(0, from), to_root: tree.rootOf(0, to) };
	return { from, to, ...roots, path: subproof(tree, from, [0, to]) };
}

/** Of the first span the old tree may be the whole, and the reader has its root. */
function subproof(tree: ProvableTree, old: number, [from, to]: Span): string[] {
	if (old === to) return from === 0 ? [] : [tree.rootOf(from, to)];
	const middle = from + largestPowerBelow(to - from);
	return old <= middle
		? [...subproof(tree, old, [from, middle]), tree.rootOf(middle, to)]
		: [...subproof(tree, old, [middle, to]), tree.rootOf(from, middle)];
}

/** How many leaves the left subtree has of two that stand over `size` leaves. */
export function largestPowerBelow(size: number): number {
	let power = 1;
	while (power * 2 < size) power *= 2;
	return power;
}

/** One step up the tree: which node stands beside the way, on which side, and what the two make together. */
export interface InclusionStep {
	readonly side: 'left' | 'right';
	readonly beside: string;
	readonly above: string;
}

/**
 * The way from a leaf to the root, step by step, where an inclusion proof leads there (RFC 9162, 2.1.3.2). All of it may come
 * from an adversary. A root does not say of how many leaves it is: whoever has one from elsewhere holds its size against the
 * proof's too.
 */
export function climbInclusion(
	{ leaf, index, size, root, path }: Inclusion,
	hashes: TreeHashes
): Result<readonly InclusionStep[], ProofFailure> {
	if (!isSize(size) || !isSize(index + 1) || index >= size || !areHashes([leaf, root], path))
		return err(malformed);
	const climb = new Climb(index, size - 1);
	const steps: InclusionStep[] = [];
	let computed = leaf;
	for (const beside of path) {
		const side = climb.step();
		if (side === null) return err(wrongLength);
		computed = side === 'left' ? hashes.node(beside, computed) : hashes.node(computed, beside);
		steps.push({ side, beside, above: computed });
	}
	if (!climb.isAtTop) return err(wrongLength);
	return computed === root ? ok(steps) : err(wrongRoot);
}

/** Whether an inclusion proof leads to its root. */
export function verifyInclusion(inclusion: Inclusion, hashes: TreeHashes): Result<void, ProofFailure> {
	const climbed = climbInclusion(inclusion, hashes);
	return climbed.ok ? ok(undefined) : climbed;
}

/** Whether a consistency proof leads to both of its roots (RFC 9162, 2.1.4.2). All of it may come from an adversary. */
export function verifyConsistency(
	{ from, to, from_root, to_root, path }: Consistency,
	hashes: TreeHashes
): Result<void, ProofFailure> {
	if (!isSize(from) || !isSize(to) || from > to || !areHashes([from_root, to_root], path))
		return err(malformed);
	if (from === to) {
		if (path.length > 0) return err(wrongLength);
		return from_root === to_root ? ok(undefined) : err(wrongRoot);
	}
	if (path.length === 0) return err(wrongLength);
	const climb = new Climb(from - 1, to - 1);
	climb.skipRight();
	// The whole old tree is one full subtree of the new one where nothing is left of its way up.
	const [first = '', ...rest] = climb.isAtLeft ? [from_root, ...path] : path;
	let [old, grown] = [first, first];
	for (const beside of rest) {
		const side = climb.step();
		if (side === null) return err(wrongLength);
		if (side === 'left') old = hashes.node(beside, old);
		grown = side === 'left' ? hashes.node(beside, grown) : hashes.node(grown, beside);
	}
	if (!climb.isAtTop) return err(wrongLength);
	return old === from_root && grown === to_root ? ok(undefined) : err(wrongRoot);
}

/** The way up from a node, level by level, in a tree whose last node is `last`. Numbers beyond 32 bits: no bit operators. */
class Climb {
	#node: number;
	#last: number;

	constructor(node: number, last: number) {
		this.#node = node;
		this.#last = last;
	}

	/** On which side of this node the next hash of a path stands; null where there is nothing above. */
	step(): 'left' | 'right' | null {
		if (this.#last === 0) return null;
		const isLeft = this.#node % 2 === 1 || this.#node === this.#last;
		// The last node may have no other beside it for some levels.
		if (isLeft) while (this.#node % 2 === 0 && this.#node > 0) this.#rise();
		this.#rise();
		return isLeft ? 'left' : 'right';
	}

	/** Goes up as long as this node is the right one of two. */
	skipRight(): void {
		while (this.#node % 2 === 1) this.#rise();
	}

	get isAtTop(): boolean {
		return this.#last === 0;
	}

	get isAtLeft(): boolean {
		return this.#node === 0;
	}

	#rise(): void {
		this.#node = Math.floor(this.#node / 2);
		this.#last = Math.floor(this.#last / 2);
	}
}

function isSize(value: number): boolean {
	return Number.isSafeInteger(value) && value >= 1;
}

function areHashes(roots: readonly string[], path: readonly string[]): boolean {
	return path.length <= longestPath && roots.every(isTreeHash) && path.every(isTreeHash);
}

const malformed = failure('malformed', 'the sizes and hashes of this proof do not go together');
const wrongLength = failure('wrong_length', 'its path has more or fewer hashes than it takes');
const wrongRoot = failure('wrong_root', 'its path leads to another root');
