import * as v from 'valibot';
import { isObject } from '#base/canonical.ts';
import { isoTime } from '#base/clock.ts';
import { sha256Hex } from '#base/hash.ts';
import { parseJson, type JsonFailure } from '#base/json.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import { readText, type TextFailure } from '#base/text-file.ts';
import type { ImportFailure } from '#bundle/import-failure.ts';
import { readBundleFiles } from '#bundle/read.ts';
import { orderEntries, orderOfOne, type FoundLedger, type OrderFailure } from '#bundle/tree.ts';
import { readZip } from '#bundle/unzip.ts';
import { verifyKernels } from '#bundle/ledgers.ts';
import { readEvidence, verifyEvidence, type EvidenceFailure } from '#kernel/evidence.ts';
import { treeOver } from '#kernel/merkle.ts';
import { proveConsistency, proveInclusion, verifyConsistency } from '#kernel/merkle-proof.ts';
import type { Verification } from '#kernel/replay.ts';
import { ledgerHashes } from '#records/tree.ts';
import {
	longestProof,
	proofFormat,
	proofSchema,
	type InclusionFile,
	type ProofFile
} from '#wire/ledger-proof.ts';
import { entryKeys, explainEntry } from '#app/explain-entry.ts';
import { isBundle } from '#app/inspect-bundle.ts';

/** A ledger in a file: of a bundle those of all kernels, of evidence that of one. */
export interface InspectedLedger extends FoundLedger {
	readonly kind: 'bundle' | 'evidence';
	/** What is wrong with its chains. */
	readonly errors: readonly string[];
	readonly size: number;
	readonly root: string;
}

export type LedgerFailure = ImportFailure | TextFailure | EvidenceFailure | OrderFailure;

/** Reads the ledger of a bundle or of evidence, and verifies its chains and what it says of its tree. */
export async function inspectLedger(
	bytes: Uint8Array<ArrayBuffer>
): Promise<Result<InspectedLedger, LedgerFailure>> {
	return isBundle(bytes) ? ofBundle(bytes) : ofEvidence(bytes);
}

function ofBundle(bytes: Uint8Array): Result<InspectedLedger, LedgerFailure> {
	const zip = readZip(bytes);
	if (!zip.ok) return zip;
	const bundle = readBundleFiles(zip.value);
	if (!bundle.ok) return bundle;
	const errors: string[] = [];
	const kernels = verifyKernels(bundle.value.files, errors);
	for (const { path, verification } of kernels)
		errors.push(...findingsOf(verification).map((finding) => `${path}: ${finding}`));
	const ledger = orderEntries(bundle.value.files, kernels);
	return ledger.ok ? ok(inspected('bundle', ledger.value, errors)) : ledger;
}

async function ofEvidence(bytes: Uint8Array<ArrayBuffer>): Promise<Result<InspectedLedger, LedgerFailure>> {
	const text = await readText(bytes);
	if (!text.ok) return text;
	const json = parseJson(text.value);
	if (!json.ok) return json;
	const evidence = readEvidence(json.value);
	if (!evidence.ok) return evidence;
	const { claims, entries, exported_at_ms } = evidence.value;
	const kernel_id = typeof claims.kernel_id === 'string' ? claims.kernel_id : '';
	const ledger = orderOfOne(kernel_id, entries, timeOf(exported_at_ms));
	const errors = findingsOf(verifyEvidence(evidence.value, sha256Hex));
	return ledger.ok ? ok(inspected('evidence', ledger.value, errors)) : ledger;
}

function findingsOf({ errors, structural }: Verification): string[] {
	return [...errors, ...structural];
}

/** The time that evidence says it was exported at; null where that is none that a calendar has. */
function timeOf(ms: number | null): string | null {
	return ms === null || !Number.isSafeInteger(ms) || Math.abs(ms) > 8.64e15 ? null : isoTime(ms);
}

function inspected(
	kind: InspectedLedger['kind'],
	ledger: FoundLedger,
	errors: readonly string[]
): InspectedLedger {
	const { size, root } = treeOver(ledger.leaves, ledgerHashes);
	return { ...ledger, kind, errors, size, root };
}

/** Shows one entry of a ledger without the others. */
export function proveEntry(
	{ entries, leaves }: InspectedLedger,
	position: number
): Result<InclusionFile, Failure<'no_entry'>> {
	const found = entries[position - 1];
	if (found === undefined || !isObject(found.entry))
		return err(failure('no_entry', `it has ${entries.length} entries, and none at ${position}`));
	const { kernel_id } = found;
	// Whatever else somebody put into an entry, no hash covers it.
	const entry = Object.fromEntries(Object.entries(found.entry).filter(([name]) => entryKeys.has(name)));
	const { size, root, path } = proveInclusion(leaves, position - 1, ledgerHashes);
	return ok({ ...proofFormat, kind: 'inclusion', size, root, position, kernel_id, entry, path: [...path] });
}

/** Shows that one ledger is what the other began with; `not_one_history` where it is not. */
export function proveGrowth(
	older: InspectedLedger,
	newer: InspectedLedger
): Result<ProofFile, Failure<'empty' | 'not_one_history'>> {
	const { size } = older;
	if (size === 0)
		return err(failure('empty', 'The first one has no entries, and so every ledger begins with it.'));
	const parted = older.leaves.findIndex((leaf, at) => leaf !== newer.leaves[at]);
	if (parted === newer.size)
		return err(failure('not_one_history', `The first one has ${size} entries, the second only ${parted}.`));
	if (parted !== -1)
		return err(failure('not_one_history', `They are not one history: entry ${parted + 1} is another one.`));
	const proof = proveConsistency(newer.leaves, size, ledgerHashes);
	return ok({ ...proofFormat, kind: 'consistency', ...proof, path: [...proof.path] });
}

/** What is known from elsewhere: a checkpoint that was noted, or its root alone. */
export interface KnownCheckpoint {
	readonly root?: string;
	readonly size?: number;
}

export interface ProofCheck {
	readonly proof: ProofFile;
	/** What is wrong with it, in sentences. */
	readonly errors: readonly string[];
}

/**
 * Checks a proof: its entry is what its hash says, its path leads to its roots, and they are what was noted. A root alone does
 * not say of how many entries it is: so a checkpoint is a size and a root.
 */
export async function checkProof(
	bytes: Uint8Array<ArrayBuffer>,
	known: KnownCheckpoint
): Promise<Result<ProofCheck, TextFailure | JsonFailure | Failure<'not_a_proof'>>> {
	if (bytes.length > longestProof) return err(failure('not_a_proof', 'it is too long to be a proof'));
	const text = await readText(bytes);
	if (!text.ok) return text;
	const json = parseJson(text.value);
	if (!json.ok) return json;
	const parsed = v.safeParse(proofSchema, json.value);
	if (!parsed.success) {
		const where = v.getDotPath(parsed.issues[0]) ?? 'it';
		return err(failure('not_a_proof', `it is no proof: ${where} does not fit`));
	}
	const proof = parsed.output;
	return ok({ proof, errors: [...errorsOf(proof), ...unlike(known, proof)] });
}

function errorsOf(proof: ProofFile): readonly string[] {
	if (proof.kind === 'consistency') {
		const verified = verifyConsistency(proof, ledgerHashes);
		return verified.ok ? [] : [verified.error.message];
	}
	return explainEntry(proof).errors;
}

/** A proof of growth speaks of two checkpoints: either may be the one that was noted. */
function unlike({ root, size }: KnownCheckpoint, proof: ProofFile): string[] {
	const ends =
		proof.kind === 'inclusion'
			? [{ size: proof.size, root: proof.root }]
			: [
					{ size: proof.from, root: proof.from_root },
					{ size: proof.to, root: proof.to_root }
				];
	const isKnown = ends.some(
		(end) => (root === undefined || end.root === root) && (size === undefined || end.size === size)
	);
	return isKnown ? [] : ['it is not about the checkpoint that was noted'];
}
