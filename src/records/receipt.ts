import type { Receipt } from '#domain/receipt.ts';
import { isArchived } from '#records/archive.ts';
import { entryColumns, toEntry } from '#records/ledger-entry.ts';
import type { Queryable, Transaction } from '#storage/database.ts';

/** What is kept of an accepted request: enough to answer it again, and to prove what was asked. */
export interface AnsweredRequest {
	readonly kind: 'answered';
	readonly receipt: Receipt;
	/** Who asked, as its entry says. */
	readonly actor: string;
	readonly hash: string;
	/** Null once a row that the request wrote was erased for good. */
	readonly salt: Uint8Array | null;
}

/** A request that was accepted so long ago that its answer is not kept. */
export interface ForgottenRequest {
	readonly kind: 'forgotten';
}

export async function insertReceipt(
	tx: Transaction,
	kind: string,
	{ receipt, hash, salt }: Omit<AnsweredRequest, 'kind' | 'actor'>
): Promise<void> {
	await tx.run(
		'INSERT INTO receipts (request_id, kind, hash, salt, position, receipt) VALUES (?, ?, ?, ?, ?, ?)',
		[receipt.request_id, kind, hash, salt, receipt.position, JSON.stringify(receipt)]
	);
}

/** What is known of a request by its id; null where none was accepted under it. */
export async function storedRequest(
	db: Queryable,
	requestId: string
): Promise<AnsweredRequest | ForgottenRequest | null> {
	// What is packed has no receipt any more, so an answer that is kept has its entry beside it.
	const [row] = await db.query(
		`SELECT receipts.receipt, receipts.hash, receipts.salt, ${entryColumns} FROM receipts
		 LEFT JOIN ledger USING (position) WHERE receipts.request_id = ?`,
		[requestId]
	);
	if (row === undefined) return (await isArchived(db, requestId)) ? { kind: 'forgotten' } : null;
	if (row['receipt'] === null) return { kind: 'forgotten' };
	return {
		kind: 'answered',
		receipt: JSON.parse(String(row['receipt'])) as Receipt,
		actor: toEntry(row).actor,
		hash: String(row['hash']),
		salt: row['salt'] instanceof Uint8Array ? row['salt'] : null
	};
}

/** How many reflections were saved or imported after a position of the ledger, whatever became of them. */
export async function writtenSince(db: Queryable, position: number): Promise<number> {
	const archived = await db.query(
		'SELECT coalesce(sum(reflections_written), 0) AS n FROM archives WHERE last_position > ?',
		[position]
	);
	return Number(archived[0]?.['n']) + (await writtenBetween(db, position, Number.MAX_SAFE_INTEGER));
}

/** How many of them by requests whose entries are not archived, after one position and up to another. */
export async function writtenBetween(db: Queryable, after: number, last: number): Promise<number> {
	const among = 'position > ? AND position <= ? AND kind = ? AND receipt IS NOT NULL';
	const saved = await db.query(`SELECT count(*) AS n FROM receipts WHERE ${among}`, [
		...[after, last],
		'reflection.create'
	]);
	const imports = await db.query(`SELECT receipt FROM receipts WHERE ${among}`, [
		...[after, last],
		'import.run'
	]);
	return imports.reduce((sum, { receipt }) => {
		const { result } = JSON.parse(String(receipt)) as Receipt;
		return sum + Number(result?.['reflections'] ?? 0);
	}, Number(saved[0]?.['n']));
}
