import type { LedgerProof, NoProof } from '#domain/ledger.ts';
import type { ViewParams } from '#domain/view.ts';
import { proveConsistency, proveInclusion } from '#kernel/merkle-proof.ts';
import { inExportOrder } from '#records/ledger-entry.ts';
import { entryAt } from '#records/ledger.ts';
import { ledgerHashes, ledgerLeaves } from '#records/tree.ts';
import type { Queryable } from '#records/work.ts';

/** Proves one entry, or that the ledger only grew. To be asked in one transaction. */
export async function proveLedger(db: Queryable, asked: ViewParams<'ledger.proof'>): Promise<LedgerProof> {
	const leaves = await ledgerLeaves(db);
	if (!leaves.ok) return none(`The ledger is not whole: ${leaves.error.message}. Verify it to see more.`);
	const { length } = leaves.value;
	const size = (asked.kind === 'inclusion' ? asked.size : asked.to) ?? length;
	const first = asked.kind === 'inclusion' ? asked.position : asked.from;
	if (size > length) return none(`The ledger has ${length} entries, and not ${size}.`);
	if (first > size) return none(`Entry ${first} is not among the first ${size}.`);
	const among = leaves.value.slice(0, size);
	if (asked.kind === 'consistency')
		return { kind: 'consistency', ...proveConsistency(among, first, ledgerHashes) };
	const found = await entryAt(db, first);
	if (found === null) return none(`Entry ${first} cannot be read. Verify the ledger to see more.`);
	const { position, kernel_id, entry } = found;
	const { root, path } = proveInclusion(among, position - 1, ledgerHashes);
	return { kind: 'inclusion', size, root, position, kernel_id, entry: inExportOrder(entry), path };
}

function none(why: string): NoProof {
	return { kind: 'none', why };
}
