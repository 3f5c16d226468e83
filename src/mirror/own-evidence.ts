import type { OwnComparison } from '#domain/evidence.ts';
import type { KernelSlice } from '#domain/kernel.ts';
import type { AuditEntry } from '#kernel/ledger.ts';

/** A kernel of this mirror: how many entries its head knows of, and its stored entries from one on. */
export interface OwnLedger {
	readonly entries: number;
	readonly read: (from: number) => Promise<KernelSlice>;
}

/**
 * Holds evidence that names a kernel of this mirror against what stands in it, entry by entry: that a chain is sound by itself
 * does not show that it was not cut off, or written anew.
 */
export async function compareWithOwn(
	hashes: readonly string[],
	{ entries, read }: OwnLedger
): Promise<OwnComparison> {
	let agree = 0;
	const found = (differs: boolean) => ({ ours: entries, theirs: hashes.length, agree, differs });
	for (let from: number | null = 0; from !== null && agree < hashes.length;) {
		const slice: KernelSlice = await read(from);
		for (const entry of slice.entries as readonly Pick<AuditEntry, 'ledger_seq' | 'entry_hash'>[]) {
			// Where an entry of ours is missing nothing behind it is compared.
			if (agree === hashes.length || entry.ledger_seq !== agree) return found(false);
			if (entry.entry_hash !== hashes[agree]) return found(true);
			agree++;
		}
		from = slice.next;
	}
	return found(false);
}
