import { isArchived } from '#records/archive.ts';
import type { Receipt } from '#domain/receipt.ts';
import type { Queryable, Transaction } from '#storage/database.ts';

/** What is kept of an accepted request: enough to answer it again, and to prove what was asked. */
export interface StoredReceipt {
	/** Null once its entry is archived: then nothing but that it was accepted is known. */
	readonly receipt: Receipt | null;
	readonly hash: string;
	/** Null once a row that the request wrote was erased for good. */
	readonly salt: Uint8Array | null;
}

export async function insertReceipt(
	tx: Transaction,
	kind: string,
	{ receipt, hash, salt }: StoredReceipt & { readonly receipt: Receipt }
): Promise<void> {
	await tx.run(
		'INSERT INTO receipts (request_id, kind, hash, salt, position, receipt) VALUES (?, ?, ?, ?, ?, ?)',
		[receipt.request_id, kind, hash, salt, receipt.position, JSON.stringify(receipt)]
	);
}

export async function storedReceipt(db: Queryable, requestId: string): Promise<StoredReceipt | null> {
	const rows = await db.query('SELECT receipt, hash, salt FROM receipts WHERE request_id = ?', [requestId]);
	const row = rows[0];
	if (row === undefined)
		return (await isArchived(db, requestId)) ? { receipt: null, hash: '', salt: null } : null;
	return {
		receipt: row['receipt'] === null ? null : (JSON.parse(String(row['receipt'])) as Receipt),
		hash: String(row['hash']),
		salt: row['salt'] instanceof Uint8Array ? row['salt'] : null
	};
}

/** How many reflections were saved or imported after a position of the ledger, whatever became of them. */
export async function writtenSince(db: Queryable, position: number): Promise<number> {
	const saved = await db.query('SELECT count(*) AS n FROM receipts WHERE position > ? AND kind = ?', [
		position,
		'reflection.create'
	]);
	const imports = await db.query(
		'SELECT receipt FROM receipts WHERE position > ? AND kind = ? AND receipt IS NOT NULL',
		[position, 'import.run']
	);
	return imports.reduce((sum, { receipt }) => {
		const { result } = JSON.parse(String(receipt)) as Receipt;
		return sum + Number(result?.['reflections'] ?? 0);
	}, Number(saved[0]?.['n']));
}
