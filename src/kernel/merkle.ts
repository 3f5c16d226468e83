import { concatBytes } from '#base/bytes.ts';
import type { Sha256Hex } from '#base/hash.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';

/** Hashes of a tree by RFC 6962, 2.1: 64 lower-case hex digits each. */
export interface TreeHashes {
	/** The root of no leaves. */
	readonly empty: string;
	/** A leaf over its input. */
	leaf(input: Uint8Array): string;
	/** The leaf of an entry: over the 32 bytes of its `entry_hash`. */
	entryLeaf(entryHash: string): string;
	/** What stands above two nodes. */
	node(left: string, right: string): string;
}

/** With what the input of a leaf and that of a node begin, so that no node can be passed off as a leaf. */
const [leafByte, nodeByte] = [0, 1];
const hashLength = 32;

/** Two buffers for all hashes: of a long ledger allocating would take longer than hashing. */
export function treeHashes(sha256: Sha256Hex): TreeHashes {
	const ofLeaf = Uint8Array.of(leafByte, ...new Uint8Array(hashLength));
	const ofNode = Uint8Array.of(nodeByte, ...new Uint8Array(2 * hashLength));
	return {
		empty: sha256(new Uint8Array()),
		leaf: (input) => sha256(concatBytes([Uint8Array.of(leafByte), input])),
		entryLeaf: (entryHash) => {
			putHash(ofLeaf, 1, entryHash);
			return sha256(ofLeaf);
		},
		node: (left, right) => {
			putHash(ofNode, 1, left);
			putHash(ofNode, 1 + hashLength, right);
			return sha256(ofNode);
		}
	};
}

/** Writes the bytes of a hash, which is 64 hex digits in lower case. */
function putHash(bytes: Uint8Array, from: number, hash: string): void {
	for (let at = 0; at < hashLength; at++)
		bytes[from + at] = (digitOf(hash.charCodeAt(2 * at)) << 4) | digitOf(hash.charCodeAt(2 * at + 1));
}

/** `0` is 48, `a` is 97. */
function digitOf(unit: number): number {
	return unit < 58 ? unit - 48 : unit - 87;
}

/** Whether a value is a hash as it is written here. */
export function isTreeHash(value: unknown): value is string {
	return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

/** The leaves of entries, by their `entry_hash`. */
export function entryLeaves(
	entryHashes: readonly string[],
	hashes: TreeHashes
): Result<readonly string[], Failure<'not_a_hash'>> {
	const wrong = entryHashes.findIndex((hash) => !isTreeHash(hash));
	if (wrong !== -1) return err(failure('not_a_hash', `the hash of entry ${wrong + 1} is not 64 hex digits`));
	return ok(entryHashes.map((hash) => hashes.entryLeaf(hash)));
}

/**
 * What of a tree is kept so that it can grow: its size, and the roots of the full subtrees that it consists of, the largest
 * first. There are as many as the size has binary ones.
 */
export type Frontier = { readonly size: number; readonly hashes: readonly string[] };

/** A tree that grows leaf by leaf and keeps nothing but its frontier. A leaf costs at most as many hashes as the size has digits. */
export class MerkleTree {
	readonly #hashes: TreeHashes;
	readonly #roots: string[];
	#size: number;

	constructor(hashes: TreeHashes, { size, hashes: roots }: Frontier = { size: 0, hashes: [] }) {
		this.#hashes = hashes;
		this.#roots = [...roots];
		this.#size = size;
	}

	append(leaf: string): void {
		let root = leaf;
		// Each binary one that the size ends with is a full subtree, as large as what was made of the leaf so far.
		for (let full = this.#size; full % 2 === 1; full = (full - 1) / 2)
			root = this.#hashes.node(this.#roots.pop() ?? '', root);
		this.#roots.push(root);
		this.#size++;
	}

	get size(): number {
		return this.#size;
	}

	get root(): string {
		if (this.#size === 0) return this.#hashes.empty;
		return this.#roots.reduceRight((right, left) => this.#hashes.node(left, right));
	}

	get frontier(): Frontier {
		return { size: this.#size, hashes: [...this.#roots] };
	}
}

/** The tree over leaves. */
export function treeOver(leaves: readonly string[], hashes: TreeHashes): MerkleTree {
	const tree = new MerkleTree(hashes);
	for (const leaf of leaves) tree.append(leaf);
	return tree;
}

/** A frontier that was kept somewhere; null where it is none. Whether it is the right one only the leaves tell. */
export function readFrontier(value: unknown): Frontier | null {
	if (typeof value !== 'object' || value === null) return null;
	const { size, hashes } = value as { size?: unknown; hashes?: unknown };
	if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return null;
	if (!Array.isArray(hashes) || !hashes.every(isTreeHash) || hashes.length !== binaryOnes(size)) return null;
	return { size, hashes };
}

function binaryOnes(size: number): number {
	return [...size.toString(2)].filter((digit) => digit === '1').length;
}
