import { rowsOf, sql } from '#records/sql.ts';
import { optimizeSearch } from '#records/search.ts';
import type { Database, Transaction } from '#storage/database.ts';

/** Notes that a request erased rows for good, in the transaction that does: a crash does not forget it. */
export async function noteErasure(tx: Transaction, requestId: string): Promise<void> {
	await tx.run('INSERT INTO erasures (request_id) VALUES (?)', [requestId]);
}

/** Whether rows were erased whose bytes are still to be removed. */
export async function hasErasures(database: Database): Promise<boolean> {
	return (await database.query('SELECT 1 FROM erasures LIMIT 1')).length > 0;
}

/**
 * Removes the bytes of erased rows from the medium: search index, free pages, older snapshots and journals. Takes as long
 * as writing the whole database once, so it is for idle moments. Answers whether there was anything to do.
 */
export async function carryOutErasures(database: Database): Promise<boolean> {
	const noted = await rowsOf(database, sql.selectFrom('erasures').select('request_id'));
	if (noted.length === 0) return false;
	await database.transaction(optimizeSearch);
	await database.scrub();
	await database.transaction(async (tx) => {
		for (const { request_id } of noted)
			await tx.run('DELETE FROM erasures WHERE request_id = ?', [request_id]);
	});
	return true;
}
