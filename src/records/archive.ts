import * as v from 'valibot';
import { isObject, type Json } from '#base/canonical.ts';
import { fromUtf8, utf8 } from '#base/bytes.ts';
import { isoTime, type Clock } from '#base/clock.ts';
import { gunzip, gzip } from '#base/gzip.ts';
import { sha256Hex } from '#base/hash.ts';
import { err, ok, type Result } from '#base/result.ts';
import { isUuidv7, timeOf } from '#base/uuid.ts';
import { genesis, type AuditEntry } from '#kernel/ledger.ts';
import { Replay } from '#kernel/replay.ts';
import { entryColumns, inExportOrder, placed, type PlacedEntry } from '#records/ledger-entry.ts';
import type { Database, Queryable, Row, Transaction } from '#storage/database.ts';

/** How many entries stay rows at least, and how many are packed together: a megabyte of JSON at a time. */
export interface ArchiveSizes {
	readonly kept: number;
	readonly together: number;
}

export const archiveSizes: ArchiveSizes = { kept: 10_000, together: 2000 };
/** What such a file may unpack to, in bytes. */
const largest = 64 * 1024 * 1024;

/** What an archive holds: entries as they are exported, and their places among those of all kernels. */
const archiveSchema = v.object({
	kernel_id: v.string(),
	positions: v.array(v.number()),
	// What stands in them their chain proves.
	ledger_entries: v.array(v.custom<AuditEntry>((entry) => isObject(entry as Json)))
});

/** One archive, opened. */
interface Archive {
	readonly entries: readonly PlacedEntry[];
}

/** Consecutive archives of one kernel, oldest first; what is damaged is said in a sentence. */
export async function* archivesOf(db: Queryable, kernelId: string): AsyncGenerator<Result<Archive, string>> {
	const rows = await db.query('SELECT first_seq FROM archives WHERE kernel_id = ? ORDER BY first_seq', [
		kernelId
	]);
	for (const { first_seq } of rows) {
		const found = await db.query('SELECT * FROM archives WHERE kernel_id = ? AND first_seq = ?', [
			kernelId,
			first_seq ?? null
		]);
		if (found[0] !== undefined) yield open(found[0]);
	}
}

/** The newest entries before a position that are archived, newest first; as many as `limit`, or what there is. */
export async function archivedBefore(db: Queryable, before: number, limit: number): Promise<PlacedEntry[]> {
	const found: PlacedEntry[] = [];
	for (let end = before; found.length < limit;) {
		// Archives of several kernels may lie across each other: so each round answers for what the newest one begins with.
		const next = await db.query(
			'SELECT max(first_position) AS from_ FROM archives WHERE first_position < ?',
			[end]
		);
		const start = next[0]?.['from_'];
		if (typeof start !== 'number') break;
		const rows = await db.query('SELECT * FROM archives WHERE last_position >= ? AND first_position < ?', [
			start,
			end
		]);
		const entries: PlacedEntry[] = [];
		for (const row of rows) {
			const opened = await open(row);
			if (opened.ok)
				entries.push(...opened.value.entries.filter(({ position }) => position >= start && position < end));
		}
		found.push(...entries.sort((a, b) => b.position - a.position));
		end = start;
	}
	return found.slice(0, limit);
}

/** Whether a request was carried out whose entry is archived: by then its receipt is gone. */
export async function isArchived(db: Queryable, requestId: string): Promise<boolean> {
	const rows = await db.query('SELECT * FROM archives WHERE newest_request_ms >= ?', [timeOf(requestId)]);
	for (const row of rows) {
		const opened = await open(row);
		if (!opened.ok) continue;
		const isHere = ({ entry }: PlacedEntry) => entry.request_id === requestId && entry.decision === 'ALLOW';
		if (opened.value.entries.some(isHere)) return true;
	}
	return false;
}

/**
 * Packs the oldest entries while there are that many more than are kept as rows: a start then reads a sixth of their
 * bytes, however long a mirror is lived in. What does not verify stays as it is, so that nothing is packed over. For idle moments.
 */
export async function archiveOldEntries(
	database: Database,
	clock: Clock,
	{ kept, together }: ArchiveSizes = archiveSizes
): Promise<void> {
	for (;;) {
		const rows = await database.query('SELECT count(*) AS entries FROM ledger');
		if (Number(rows[0]?.['entries']) < kept + together) return;
		if (!(await archiveOldest(database, clock, together))) return;
	}
}

async function archiveOldest(database: Database, clock: Clock, count: number): Promise<boolean> {
	const rows = await database.query(`SELECT ${entryColumns} FROM ledger ORDER BY position LIMIT ?`, [count]);
	const first = Number(rows[0]?.['position']);
	const last = Number(rows.at(-1)?.['position']);
	const archives: Row[] = [];
	for (const [kernelId, entries] of byKernel(rows.map(placed))) {
		const archive = await pack(database, kernelId, entries);
		if (archive === null) return false;
		archives.push({ ...archive, created_at: isoTime(clock()) });
	}
	await database.transaction(async (tx) => {
		for (const archive of archives) {
			const columns = Object.keys(archive);
			await tx.run(
				`INSERT INTO archives (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
				Object.values(archive)
			);
		}
		await tx.run('DELETE FROM ledger WHERE position <= ?', [last]);
		await forgetRequests(tx, first, last);
	});
	return true;
}

function byKernel(entries: readonly PlacedEntry[]): Map<string, PlacedEntry[]> {
	const groups = new Map<string, PlacedEntry[]>();
	for (const placed of entries) {
		const group = groups.get(placed.kernel_id);
		if (group === undefined) groups.set(placed.kernel_id, [placed]);
		else group.push(placed);
	}
	return groups;
}

/** The entries as an archive; null where they do not continue what is archived already, or their chain is broken. */
async function pack(db: Queryable, kernel_id: string, entries: readonly PlacedEntry[]): Promise<Row | null> {
	const [first, last] = [entries[0], entries.at(-1)];
	if (first === undefined || last === undefined) return null;
	const before = await db.query(
		'SELECT first_seq + entries AS next_seq, root_hash FROM archives WHERE kernel_id = ? ORDER BY first_seq DESC LIMIT 1',
		[kernel_id]
	);
	const { next_seq = 0, root_hash = genesis } = before[0] ?? {};
	const replay = new Replay({
		sha256: sha256Hex,
		after: { next_seq: Number(next_seq), last_hash: String(root_hash) }
	});
	replay.push(entries.map(({ entry }) => entry));
	if (!replay.finish().is_valid) return null;
	const file = await gzip(
		new Uint8Array(
			utf8(
				JSON.stringify({
					kernel_id,
					positions: entries.map(({ position }) => position),
					ledger_entries: entries.map(({ entry }) => inExportOrder(entry))
				})
			)
		)
	);
	return {
		kernel_id,
		first_seq: first.entry.ledger_seq,
		entries: entries.length,
		first_position: first.position,
		last_position: last.position,
		newest_request_ms: Math.max(
			0,
			...entries.map(({ entry }) => (isUuidv7(entry.request_id) ? timeOf(entry.request_id) : 0))
		),
		root_hash: last.entry.entry_hash,
		sha256: sha256Hex(file),
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

/** The value of JSON bytes; null where they are none. */
function readJson(bytes: Uint8Array): unknown {
	try {
		return JSON.parse(fromUtf8(bytes) ?? '');
	} catch {
		return null;
	}
}

async function open(row: Row): Promise<Result<Archive, string>> {
	const { kernel_id, first_seq, entries, sha256, file } = row;
	const damaged = err(
		`the archive of entries ${Number(first_seq)} to ${Number(first_seq) + Number(entries) - 1} is damaged`
	);
	if (!(file instanceof Uint8Array) || sha256Hex(file) !== sha256) return damaged;
	const plain = await gunzip(new Uint8Array(file), largest);
	const read = v.safeParse(archiveSchema, plain.ok ? readJson(plain.value) : null);
	if (!read.success || read.output.kernel_id !== kernel_id) return damaged;
	const { positions, ledger_entries } = read.output;
	return ok({
		entries: ledger_entries.map((entry, at) => ({
			position: positions[at] ?? 0,
			kernel_id: String(kernel_id),
			entry
		}))
	});
}
