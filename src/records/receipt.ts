import type { Receipt } from '#domain/receipt.ts';
import type { Queryable, Transaction } from '#storage/database.ts';

/** What is kept of an accepted request: enough to answer it again, and to prove what was asked. */
export interface StoredReceipt {
	readonly receipt: Receipt;
	readonly hash: string;
	/** Null once a row that the request wrote was erased for good. */
	readonly salt: Uint8Array | null;
}

export async function insertReceipt(
	tx: Transaction,
	kind: string,
	{ receipt, hash, salt }: StoredReceipt
): Promise<void> {
	await tx.run(
		'INSERT INTO receipts (request_id, kind, hash, salt, position, receipt) VALUES (?, ?, ?, ?, ?, ?)',
		[receipt.request_id, kind, hash, salt, receipt.position, JSON.stringify(receipt)]
	);
}

export async function storedReceipt(db: Queryable, requestId: string): Promise<StoredReceipt | null> {
	const rows = await db.query('SELECT receipt, hash, salt FROM receipts WHERE request_id = ?', [requestId]);
	const row = rows[0];
	if (row === undefined) return null;
	return {
		receipt: JSON.parse(String(row['receipt'])) as Receipt,
		hash: String(row['hash']),
		salt: row['salt'] instanceof Uint8Array ? row['salt'] : null
	};
}
