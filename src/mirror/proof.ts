import type { LedgerProof, NoProof } from '#domain/ledger.ts';
import type { ViewParams } from '#domain/view.ts';
import { consistencyIn, inclusionIn } from '#kernel/merkle-proof.ts';
import { inExportOrder } from '#records/ledger-entry.ts';
import { entryAt, lastPosition } from '#records/ledger.ts';
import type { Subtrees } from '#records/subtrees.ts';
import type { Queryable } from '#records/work.ts';

/** Proves one entry, or that the ledger only grew, over what there is when it is asked. */
export async function proveLedger(
	db: Queryable,
	asked: ViewParams<'ledger.proof'>,
	subtrees: Subtrees
): Promise<LedgerProof> {
	const length = await lastPosition(db);
	const size = (asked.kind === 'inclusion' ? asked.size : asked.to) ?? length;
	const first = asked.kind === 'inclusion' ? asked.position : asked.from;
	if (size > length) return none(`The ledger has ${length} entries, and not ${size}.`);
	if (first > size) return none(`Entry ${first} is not among the first ${size}.`);
	const tree = await subtrees.at(db, length, [first - 1, size - 1]);
	if (!tree.ok) return none(`The ledger is not whole: ${tree.error.message}. Verify it to see more.`);
	const among = tree.value.first(size);
	if (asked.kind === 'consistency') return { kind: 'consistency', ...consistencyIn(among, first) };
	const found = await entryAt(db, first);
	if (found === null) return none(`Entry ${first} cannot be read. Verify the ledger to see more.`);
	const { position, kernel_id, entry } = found;
	const { root, path } = inclusionIn(among, position - 1);
	return { kind: 'inclusion', size, root, position, kernel_id, entry: inExportOrder(entry), path };
}

function none(why: string): NoProof {
	return { kind: 'none', why };
}
