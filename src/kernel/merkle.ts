import { hexToBytes } from '@noble/hashes/utils.js';
import { concatBytes } from '#base/bytes.ts';
import type { Sha256Hex } from '#base/hash.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';

/** Hashes of a tree by RFC 6962, 2.1: 64 lower-case hex digits each. */
export interface TreeHashes {
	/** The root of no leaves. */
	readonly empty: string;
	/** A leaf over its input. */
	leaf(input: Uint8Array): string;
	/** What stands above two nodes. */
	node(left: string, right: string): string;
}

/** A leaf and a node begin with another byte each, so that no node can be passed off as a leaf. */
const [leafByte, nodeByte] = [Uint8Array.of(0), Uint8Array.of(1)];

export function treeHashes(sha256: Sha256Hex): TreeHashes {
	return {
		empty: sha256(new Uint8Array()),
		leaf: (input) => sha256(concatBytes([leafByte, input])),
		node: (left, right) => sha256(concatBytes([nodeByte, hexToBytes(left), hexToBytes(right)]))
	};
}

/** Whether a value is a hash as it is written here. */
export function isTreeHash(value: unknown): value is string {
	return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

/** The leaves over entries, whose inputs are the 32 bytes of each `entry_hash`. */
export function entryLeaves(
	entryHashes: readonly string[],
	hashes: TreeHashes
): Result<readonly string[], Failure<'not_a_hash'>> {
	const wrong = entryHashes.findIndex((hash) => !isTreeHash(hash));
	if (wrong !== -1) return err(failure('not_a_hash', `the hash of entry ${wrong + 1} is not 64 hex digits`));
	return ok(entryHashes.map((hash) => hashes.leaf(hexToBytes(hash))));
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
