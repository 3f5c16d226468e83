import type { StagedLedger } from '#bundle/staged.ts';
import type { BundleLedger } from '#domain/bundle.ts';
import { compareWithOwn } from '#mirror/own-evidence.ts';
import { kernelEntries } from '#records/kernel-entries.ts';
import { storedKernels } from '#records/ledger.ts';
import type { Queryable } from '#storage/database.ts';

/** So many findings are shown. */
const shown = 20;

/**
 * The ledgers of a bundle held against this mirror (KERNELS A12, 14): a chain that is sound by itself may be cut off, or written
 * anew. `pause` lets others have their turn. Null where there are none.
 */
export async function bundleLedger(
	ledgers: readonly StagedLedger[],
	db: Queryable,
	pause: () => Promise<void>
): Promise<BundleLedger | null> {
	if (ledgers.length === 0) return null;
	const kernels = await storedKernels(db);
	const own: BundleLedger['own'][number][] = [];
	for (const { kernel_id, hashes } of ledgers) {
		const kernel = kernels.find((stored) => stored.kernel_id === kernel_id);
		if (kernel === undefined || kernel_id === null) continue;
		const read = async (from: number) => {
			if (from > 0) await pause();
			return kernelEntries(db, { kernel_id, from });
		};
		const compared = await compareWithOwn(hashes, { entries: kernel.head.next_seq, read });
		own.push({ kernel_id, ...compared });
	}
	const findings = ledgers.flatMap((ledger) => ledger.findings);
	return {
		...{ kernels: ledgers.length, own, findings: findings.slice(0, shown), found: findings.length },
		entries: ledgers.reduce((entries, { hashes }) => entries + hashes.length, 0)
	};
}
