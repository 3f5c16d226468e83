import { isApplied } from '#records/applied.ts';
import { kernelsSince } from '#domain/schema.ts';
import type { Queryable, Transaction } from '#storage/database.ts';

/** What was asked of a kernel after it was halted, of one kind. */
export interface HaltedRequests {
	readonly kind: string;
	readonly refused: number;
	/** What is let pass all the same: it takes nothing and changes nothing. */
	readonly allowed: number;
}

/** Counts one request outside of the chain: the halted kernel writes no entry any more. */
export async function countHalted(
	tx: Transaction,
	kernelId: string,
	kind: string,
	outcome: 'refused' | 'allowed'
): Promise<void> {
	if (!(await isApplied(tx, kernelsSince))) return;
	const [refused, allowed] = outcome === 'refused' ? [1, 0] : [0, 1];
	await tx.run(
		`INSERT INTO halted_requests (kernel_id, kind, refused, allowed) VALUES (?, ?, ?, ?)
		ON CONFLICT (kernel_id, kind) DO UPDATE SET
			refused = halted_requests.refused + excluded.refused,
			allowed = halted_requests.allowed + excluded.allowed`,
		[kernelId, kind, refused, allowed]
	);
}

/** By kind, in the order of their names. */
export async function haltedRequests(db: Queryable, kernelId: string): Promise<HaltedRequests[]> {
	if (!(await isApplied(db, kernelsSince))) return [];
	const rows = await db.query('SELECT kind, refused, allowed FROM halted_requests WHERE kernel_id = ?', [
		kernelId
	]);
	return rows
		.map(({ kind, refused, allowed }) => ({
			kind: String(kind),
			refused: Number(refused),
			allowed: Number(allowed)
		}))
		.sort((a, b) => (a.kind < b.kind ? -1 : 1));
}
