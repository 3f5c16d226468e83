import { bytesToHex } from '@noble/hashes/utils.js';
import { fromUtf8 } from '#base/bytes.ts';
import { gunzip } from '#base/gzip.ts';
import { err, ok, type Result } from '#base/result.ts';
import { timeOf } from '#base/uuid.ts';
import { readArchive } from '#records/archive-content.ts';
import type { PlacedEntry } from '#records/ledger-entry.ts';
import { sha256Beside } from '#storage/digest.ts';
import type { Queryable, Row } from '#storage/database.ts';

/** What such a file may unpack to, in bytes. */
const largest = 64 * 1024 * 1024;

const withFile = 'SELECT archives.*, file FROM archives JOIN archive_files USING (kernel_id, first_seq)';

/** An archive of one kernel: where in its chain it begins, and its entries; what is damaged is said in a sentence. */
export interface OpenedArchive {
	readonly first_seq: number;
	readonly opened: Result<readonly PlacedEntry[], string>;
}

/** The next archive of a kernel after the one that begins at `first_seq`; null where there is none. */
export async function archiveAfter(
	db: Queryable,
	kernelId: string,
	first_seq: number
): Promise<OpenedArchive | null> {
	const rows = await db.query(
		'SELECT * FROM archives WHERE kernel_id = ? AND first_seq > ? ORDER BY first_seq LIMIT 1',
		[kernelId, first_seq]
	);
	if (rows[0] === undefined) return null;
	const first = Number(rows[0]['first_seq']);
	const found = await db.query('SELECT file FROM archive_files WHERE kernel_id = ? AND first_seq = ?', [
		kernelId,
		first
	]);
	return { first_seq: first, opened: await openArchive({ ...rows[0], file: found[0]?.['file'] ?? null }) };
}

/** Consecutive archives of one kernel, oldest first. */
export async function* archivesOf(db: Queryable, kernelId: string): AsyncGenerator<OpenedArchive['opened']> {
	for (let at = -1; ;) {
		const archive = await archiveAfter(db, kernelId, at);
		if (archive === null) return;
		yield archive.opened;
		at = archive.first_seq;
	}
}

/** How many archives there are. */
export async function archiveCount(db: Queryable): Promise<number> {
	const rows = await db.query('SELECT count(*) AS archives FROM archives');
	return Number(rows[0]?.['archives']);
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
		const rows = await db.query(`${withFile} WHERE last_position >= ? AND first_position < ?`, [start, end]);
		const entries: PlacedEntry[] = [];
		for (const row of rows) {
			const opened = await openArchive(row);
			if (!opened.ok) continue;
			entries.push(...opened.value.filter(({ position }) => position >= start && position < end));
		}
		found.push(...entries.sort((a, b) => b.position - a.position));
		end = start;
	}
	return found.slice(0, limit);
}

/** Whether a request was carried out whose entry is archived: by then its receipt is gone. */
export async function isArchived(db: Queryable, requestId: string): Promise<boolean> {
	// A clock that was set back asks about requests that are older than all archives: so what is in one is asked first.
	const rows = await db.query(
		`SELECT kernel_id, first_seq, request_keys FROM archives JOIN archive_files USING (kernel_id, first_seq)
		WHERE newest_request_ms >= ?`,
		[timeOf(requestId)]
	);
	const key = requestKey(requestId);
	for (const { kernel_id = null, first_seq = null, request_keys } of rows) {
		if (!(request_keys instanceof Uint8Array) || !isAmong(request_keys, key)) continue;
		const found = await db.query(`${withFile} WHERE kernel_id = ? AND first_seq = ?`, [kernel_id, first_seq]);
		const opened = await openArchive(found[0] ?? {});
		const isHere = ({ entry }: PlacedEntry) => entry.request_id === requestId && entry.decision === 'ALLOW';
		if (opened.ok && opened.value.some(isHere)) return true;
	}
	return false;
}

/** Bytes of a request's key. */
const keyLength = 8;

/** What tells a request apart well enough to look closer: the random end of its UUIDv7 (RFC 9562), eight bytes. */
export function requestKey(requestId: string): Uint8Array {
	const digits = requestId.replaceAll('-', '').slice(-2 * keyLength);
	return Uint8Array.from({ length: keyLength }, (_, at) =>
		Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16)
	);
}

function isAmong(keys: Uint8Array, key: Uint8Array): boolean {
	for (let from = 0; from < keys.length; from += keyLength)
		if (key.every((byte, at) => keys[from + at] === byte)) return true;
	return false;
}

/** The entries of an archive, from its row and its file. */
export async function openArchive(row: Row): Promise<Result<readonly PlacedEntry[], string>> {
	const { kernel_id, first_seq, entries, sha256, file } = row;
	const damaged = err(
		`the archive of entries ${Number(first_seq)} to ${Number(first_seq) + Number(entries) - 1} is damaged`
	);
	if (!(file instanceof Uint8Array)) return damaged;
	const bytes = new Uint8Array(file);
	const [digest, plain] = await Promise.all([sha256Beside(bytes), gunzip(bytes, largest)]);
	if (bytesToHex(digest) !== sha256) return damaged;
	const found = plain.ok ? readArchive(fromUtf8(plain.value) ?? '') : null;
	if (found === null || found.length !== entries) return damaged;
	return found.every((entry) => entry.kernel_id === kernel_id) ? ok(found) : damaged;
}
