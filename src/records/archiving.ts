import { utf8 } from '#base/bytes.ts';
import { gzip } from '#base/gzip.ts';
import { sha256Hex } from '#base/hash.ts';
import { isUuidv7, timeOf } from '#base/uuid.ts';
import { genesis } from '#kernel/ledger.ts';
import { Replay } from '#kernel/replay.ts';
import { writeArchive } from '#records/archive-content.ts';
import { openArchive, requestKey } from '#records/archive.ts';
import { entryColumns, placed, type PlacedEntry } from '#records/ledger-entry.ts';
import { writtenBetween } from '#records/receipt.ts';
import { readSettings } from '#records/setting.ts';
import type { Queryable, Work } from '#records/work.ts';
import type { Row, Transaction } from '#storage/database.ts';

/** How many entries stay rows at least, and how many are packed together. */
export interface ArchiveSizes {
	readonly kept: number;
	readonly together: number;
}

/** A start reads what stands in rows; two thousand entries are a megabyte of JSON. */
export const archiveSizes: ArchiveSizes = { kept: 10_000, together: 2000 };

/**
 * The oldest entries, by kernel, where there are that many more than are kept as rows. None where they do not continue what
 * is archived already, or their chain is broken: nothing is packed over.
 */
export async function oldEntries(
	db: Queryable,
	{ kept, together }: ArchiveSizes
): Promise<readonly (readonly PlacedEntry[])[]> {
	const counted = await db.query('SELECT count(*) AS entries FROM ledger');
	if (Number(counted[0]?.['entries']) < kept + together) return [];
	const rows = await db.query(`SELECT ${entryColumns} FROM ledger ORDER BY position LIMIT ?`, [together]);
	const groups = new Map<string, PlacedEntry[]>();
	for (const entry of rows.map(placed)) {
		const group = groups.get(entry.kernel_id);
		if (group === undefined) groups.set(entry.kernel_id, [entry]);
		else group.push(entry);
	}
	for (const [kernelId, entries] of groups) if (!(await isSound(db, kernelId, entries))) return [];
	return [...groups.values()];
}

async function isSound(db: Queryable, kernelId: string, entries: readonly PlacedEntry[]): Promise<boolean> {
	const before = await db.query(
		'SELECT first_seq + entries AS next_seq, root_hash FROM archives WHERE kernel_id = ? ORDER BY first_seq DESC LIMIT 1',
		[kernelId]
	);
	const { next_seq = 0, root_hash = genesis } = before[0] ?? {};
	const replay = new Replay({
		sha256: sha256Hex,
		after: { next_seq: Number(next_seq), last_hash: String(root_hash) }
	});
	replay.push(entries.map(({ entry }) => entry));
	return replay.finish().is_valid;
}

/**
 * Packs these entries, the oldest there are: an archive for each kernel, and of their requests only what still proves a row.
 * The ledger commits to each archive, and with it to which requests are kept: so none of them can be taken away unseen.
 */
export async function packEntries(work: Work, groups: readonly (readonly PlacedEntry[])[]): Promise<void> {
	const positions = groups.flat().map(({ position }) => position);
	const [first, last] = [Math.min(...positions), Math.max(...positions)];
	const { last_export_position } = await readSettings(work.tx);
	const written = await writtenBetween(work.tx, Math.max(first - 1, last_export_position), last);
	await work.tx.run('DELETE FROM ledger WHERE position <= ?', [last]);
	await forgetRequests(work.tx, first, last);
	const kept_hash = keptHash(await keptRequests(work.tx));
	for (const entries of groups) {
		const { file, request_keys, ...packed } = await pack(entries);
		const reflections_written = packed.last_position === last ? written : 0;
		const row = { ...packed, reflections_written, kept_hash, created_at: work.now };
		const { kernel_id, first_seq } = row;
		await insert(work.tx, 'archives', row);
		await insert(work.tx, 'archive_files', { kernel_id, first_seq, request_keys, file });
		work.changes.push({ entity: 'archives', id: `${kernel_id}:${first_seq}`, row });
	}
}

async function insert(tx: Transaction, table: 'archives' | 'archive_files', row: Row): Promise<void> {
	const columns = Object.keys(row);
	await tx.run(
		`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
		Object.values(row)
	);
}

/** Ids of the archived requests of which commits are kept, in order. */
async function keptRequests(db: Queryable): Promise<string[]> {
	const rows = await db.query('SELECT request_id FROM receipts WHERE receipt IS NULL ORDER BY request_id');
	return rows.map(({ request_id }) => String(request_id));
}

/** SHA-256 of the ids of the archived requests of which commits are kept, in order, a line each: 64 hex digits. */
export function keptHash(requestIds: readonly string[]): string {
	return sha256Hex(utf8(requestIds.join('\n')));
}

async function pack(entries: readonly PlacedEntry[]) {
	const [first, last] = [entries[0], entries.at(-1)];
	if (first === undefined || last === undefined) throw new Error('an archive of nothing');
	const { kernel_id } = first;
	const file = await gzip(new Uint8Array(utf8(writeArchive(kernel_id, entries))));
	const packed = {
		kernel_id,
		first_seq: first.entry.ledger_seq,
		entries: entries.length,
		sha256: sha256Hex(file)
	};
	const readBack = await openArchive({ ...packed, file });
	if (!readBack.ok) throw new Error('an archive does not read as it was packed');
	const requestIds = entries.map(({ entry }) => entry.request_id).filter(isUuidv7);
	return {
		...packed,
		first_position: first.position,
		last_position: last.position,
		newest_request_ms: Math.max(0, ...requestIds.map(timeOf)),
		root_hash: last.entry.entry_hash,
		request_keys: Uint8Array.from(requestIds.flatMap((id) => [...requestKey(id)])),
		file
	};
}

/**
 * Of the requests up to `last` only the commits stay that prove a row as it is. A commit that a later one followed proves
 * nothing any more: its salt goes, and with the last salt of a request all that is kept of it. What to look at are the rows
 * that the requests from `first` on wrote.
 */
async function forgetRequests(tx: Transaction, first: number, last: number): Promise<void> {
	await tx.run('UPDATE receipts SET receipt = NULL, salt = NULL WHERE position BETWEEN ? AND ?', [
		first,
		last
	]);
	await tx.run(
		`UPDATE commit_salts SET salt = NULL WHERE (request_id, ordinal) IN (
			SELECT request_id, ordinal FROM (
				SELECT s.request_id, s.ordinal,
					row_number() OVER (PARTITION BY s.entity, s.row_id ORDER BY r.position DESC, s.ordinal DESC) AS place
				FROM (SELECT DISTINCT entity, row_id FROM commit_salts JOIN receipts USING (request_id)
					WHERE position BETWEEN ? AND ?) AS touched
				JOIN commit_salts AS s ON s.entity = touched.entity AND s.row_id = touched.row_id
				JOIN receipts AS r ON r.request_id = s.request_id
				WHERE r.position <= ?
			) AS archived WHERE place > 1
		)`,
		[first, last, last]
	);
	const proving =
		'SELECT 1 FROM commit_salts AS s WHERE s.request_id = receipts.request_id AND s.salt IS NOT NULL';
	await tx.run(
		`DELETE FROM commit_salts WHERE request_id IN (SELECT request_id FROM receipts WHERE position <= ? AND NOT EXISTS (${proving}))`,
		[last]
	);
	await tx.run(`DELETE FROM receipts WHERE position <= ? AND NOT EXISTS (${proving})`, [last]);
}
