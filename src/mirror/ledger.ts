import type { Clock } from '#base/clock.ts';
import { sha256Hex } from '#base/hash.ts';
import type { KernelStatus, LedgerEvidence, LedgerVerification } from '#domain/ledger.ts';
import { Replay } from '#kernel/replay.ts';
import { storedEvidence } from '#records/evidence.ts';
import { kernelStatus, ledgerSlices, ledgerHeads, ledgerPage } from '#records/ledger.ts';
import { keptCommits, unprovenEntries, unprovenRows, type Kept } from '#records/proof.ts';
import type { Queryable, ViewMap } from '#records/work.ts';

/** More findings than these help nobody. */
const mostErrors = 100;

type LedgerViewName = 'ledger.list' | 'ledger.head' | 'ledger.verify' | 'ledger.evidence' | 'kernel.status';

export function ledgerViewMap(clock: Clock): ViewMap<LedgerViewName> {
	return {
		'ledger.list': ledgerPage,
		'ledger.head': async (db) => ({ rows: await ledgerHeads(db) }),
		'ledger.verify': async (db) => ({ rows: [await verifyLedger(db)] }),
		'ledger.evidence': async (db, { kernel_id }) => {
			const kernels = await kernelStatus(db);
			const asked = kernels.filter((kernel) => kernel_id === null || kernel.kernel_id === kernel_id);
			const rows: LedgerEvidence[] = [];
			for (const kernel of asked) rows.push(await storedEvidence(db, kernel, clock()));
			return { rows };
		},
		'kernel.status': async (db) => ({ rows: await kernelStatus(db) })
	};
}

/**
 * Verifies everything that this database holds: each kernel's chain against its stored head, what the entries were hashed
 * with, and every row as it stands. Nothing it says holds a word of the person's.
 */
async function verifyLedger(db: Queryable): Promise<LedgerVerification> {
	const errors: string[] = [];
	let entries_verified = 0;
	let as_reference = true;
	const kept = await keptCommits(db);
	for (const kernel of await kernelStatus(db)) {
		const chain = await verifyChain(db, kernel, kept, errors);
		entries_verified += chain.entries_verified;
		as_reference &&= chain.as_reference.is_valid;
	}
	for await (const finding of unprovenRows(db, kept)) errors.push(finding);
	return {
		is_valid: errors.length === 0,
		entries_verified,
		errors: errors.slice(0, mostErrors),
		as_reference
	};
}

async function verifyChain(
	db: Queryable,
	{ kernel_id, variant, entries: size, root_hash }: KernelStatus,
	kept: Kept,
	errors: string[]
) {
	const replay = new Replay({ sha256: sha256Hex });
	for await (const slice of ledgerSlices(db, kernel_id)) {
		replay.push(slice.entries);
		if (slice.damage !== null) errors.push(`${kernel_id}: ${slice.damage}`);
		for (const finding of unprovenEntries(kept, slice)) errors.push(`${kernel_id}: ${finding}`);
	}
	const verification = replay.finish({
		kernel_id,
		variant,
		head: { kernel_id, variant, size, root: root_hash }
	});
	for (const finding of [...verification.errors, ...verification.structural])
		errors.push(`${kernel_id}: ${finding}`);
	return verification;
}
