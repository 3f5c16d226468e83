import { isObject, type Json } from '#base/canonical.ts';
import { sha256Hex } from '#base/hash.ts';
import type { LedgerProof } from '#domain/ledger.ts';
import { hashInput, hashProfiles } from '#kernel/ledger.ts';
import { isTreeHash, treeHashes } from '#kernel/merkle.ts';
import { climbInclusion, type InclusionStep } from '#kernel/merkle-proof.ts';
import { Replay } from '#kernel/replay.ts';
import { proofFormat, type InclusionFile } from '#wire/ledger-proof.ts';

const hashes = treeHashes(sha256Hex);

/** What an entry of any version may hold. */
export const entryKeys: ReadonlySet<string> = new Set([
	...['ledger_seq', 'prev_hash', 'entry_hash'],
	...hashProfiles['v3-19']
]);

type ShownEntry = Pick<InclusionFile, 'entry' | 'position' | 'size' | 'root' | 'path'>;

/** How one entry leads to the root of the tree over all, every hash of it computed here. */
export interface ExplainedEntry {
	/** What is wrong with it, in sentences; where something is, the rest shows no more than how far it goes. */
	readonly errors: readonly string[];
	/** The fields that are hashed, in their order in an export. */
	readonly fields: readonly (readonly [name: string, value: Json])[];
	/** What is hashed: the hash before it, a colon, and these fields as canonical JSON. */
	readonly input: string;
	readonly entry_hash: string;
	/** The entry in the tree: SHA-256 of a zero byte and the hash. */
	readonly leaf: string;
	/** From the leaf up; the last one ends at the root. */
	readonly steps: readonly InclusionStep[];
}

/**
 * Checks the proof of one entry: it is what its hash says, it holds nothing that no hash covers, and its path leads to the
 * root. All of it may come from an adversary.
 */
export function explainEntry({ entry, position, size, root, path }: ShownEntry): ExplainedEntry {
	const { ledger_seq, prev_hash, entry_hash } = entry;
	if (typeof prev_hash !== 'string' || !isTreeHash(entry_hash)) return broken('its entry is none');
	if (Object.keys(entry).some((name) => !entryKeys.has(name)))
		return broken('its entry holds something that no hash covers');
	// The oldest versions did not number their entries.
	const next_seq = typeof ledger_seq === 'number' ? ledger_seq : 0;
	const replay = new Replay({ sha256: sha256Hex, after: { next_seq, last_hash: prev_hash } });
	replay.push([entry]);
	const { errors, structural, hash_profile } = replay.finish();
	const leaf = hashes.entryLeaf(entry_hash);
	const climbed = climbInclusion({ leaf, index: position - 1, size, root, path }, hashes);
	return {
		errors: [...errors, ...structural, ...(climbed.ok ? [] : [climbed.error.message])],
		fields: hashProfiles[hash_profile].map((name) => [name, entry[name] ?? null]),
		input: hashInput(prev_hash, entry, hash_profile),
		...{ entry_hash, leaf, steps: climbed.ok ? climbed.value : [] }
	};
}

function broken(error: string): ExplainedEntry {
	return { errors: [error], fields: [], input: '', entry_hash: '', leaf: '', steps: [] };
}

/** A proof as `mirror ledger check` reads it; null where it is none of one entry. */
export function entryProofFile(proof: LedgerProof): InclusionFile | null {
	if (proof.kind !== 'inclusion') return null;
	const { kind, size, root, position, kernel_id, entry, path } = proof;
	if (!isObject(entry)) return null;
	return { ...proofFormat, kind, size, root, position, kernel_id, entry, path: [...path] };
}
