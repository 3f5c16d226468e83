import { sha256Hex } from '#base/hash.ts';
import type { LedgerVerification } from '#domain/ledger.ts';
import type { AuditEntry } from '#kernel/ledger.ts';
import { Replay, type Verification } from '#kernel/replay.ts';
import { ledgerSlices, storedKernels, type StoredKernel } from '#records/ledger.ts';
import { addCarriedOut, keptCommits, unprovenRows, type CarriedOutRequests } from '#records/proof.ts';
import { unprovenKernels, type Succeeded } from '#records/succession.ts';
import { unfitTree, type PlacedHash } from '#records/tree.ts';
import type { Queryable } from '#records/work.ts';

/** More findings than these help nobody. */
const mostErrors = 100;

/**
 * Verifies everything that this database holds: each kernel's chain against its stored head and the chain before it, the
 * tree over all entries, what they were hashed with, and every row as it stands. Nothing it says holds a word of the
 * person's. To be asked in one transaction: what is written meanwhile would look like something that is wrong.
 */
export async function verifyLedger(db: Queryable): Promise<LedgerVerification> {
	const errors: string[] = [];
	const carriedOut: CarriedOutRequests = new Map();
	const kernels: Succeeded[] = [];
	const placed: PlacedHash[] = [];
	let entries_verified = 0;
	let as_reference = true;
	for (const kernel of await storedKernels(db)) {
		const chain = await verifyChain(db, kernel, { carriedOut, placed, errors });
		entries_verified += chain.verification.entries_verified;
		as_reference &&= chain.verification.as_reference.is_valid;
		kernels.push({ kernel, ...chain });
	}
	for (const port of new Set(kernels.map(({ kernel }) => kernel.port)))
		errors.push(...unprovenKernels(kernels.filter(({ kernel }) => kernel.port === port)));
	errors.push(...(await unfitTree(db, placed)));
	const kept = await keptCommits(db, carriedOut);
	errors.push(...kept.findings);
	for await (const finding of unprovenRows(db, kept.rows)) errors.push(finding);
	return {
		is_valid: errors.length === 0,
		entries_verified,
		errors: errors.slice(0, mostErrors),
		as_reference
	};
}

/** What all chains add to. */
interface Gathered {
	readonly carriedOut: CarriedOutRequests;
	readonly placed: PlacedHash[];
	readonly errors: string[];
}

interface VerifiedChain {
	readonly verification: Verification;
	readonly first: AuditEntry | null;
	readonly last: AuditEntry | null;
}

export async function verifyChain(
	db: Queryable,
	{ kernel_id, variant, head }: StoredKernel,
	{ carriedOut, placed, errors }: Gathered
): Promise<VerifiedChain> {
	const replay = new Replay({ sha256: sha256Hex });
	let first: AuditEntry | null = null;
	let last: AuditEntry | null = null;
	for await (const slice of ledgerSlices(db, kernel_id)) {
		replay.push(slice.entries);
		for (const [at, { entry_hash: hash }] of slice.entries.entries())
			placed.push({ position: slice.positions[at] ?? 0, hash });
		first ??= slice.entries[0] ?? null;
		last = slice.entries.at(-1) ?? last;
		if (slice.damage !== null) errors.push(`${kernel_id}: ${slice.damage}`);
		errors.push(...addCarriedOut(carriedOut, kernel_id, slice));
	}
	const verification = replay.finish({
		kernel_id,
		variant,
		head: { kernel_id, variant, size: head.next_seq, root: head.last_hash }
	});
	for (const finding of [...verification.errors, ...verification.structural])
		errors.push(`${kernel_id}: ${finding}`);
	return { verification, first, last };
}
