import type { KernelSlice } from '#domain/kernel.ts';
import type { ViewParams } from '#domain/view.ts';
import type { AuditEntry } from '#kernel/ledger.ts';
import { openArchive } from '#records/archive.ts';
import { entryColumns, placed, type PlacedEntry } from '#records/ledger-entry.ts';
import type { Queryable } from '#storage/database.ts';

export interface StoredSlice extends KernelSlice {
	readonly entries: readonly AuditEntry[];
}

/** Entries in one answer, where they are not packed. */
const most = 1000;

/** The entries of a kernel from one on: those of the archive that it lies in, else some rows. */
export async function kernelEntries(
	db: Queryable,
	{ kernel_id, from }: ViewParams<'kernel.entries'>
): Promise<StoredSlice> {
	const packed = await db.query(
		`SELECT archives.*, file FROM archives JOIN archive_files USING (kernel_id, first_seq)
		WHERE kernel_id = ? AND first_seq + entries > ? ORDER BY first_seq LIMIT 1`,
		[kernel_id, from]
	);
	const [archive] = packed;
	if (archive !== undefined) {
		const opened = await openArchive(archive);
		const found = opened.ok ? opened.value.filter(({ entry }) => entry.ledger_seq >= from) : [];
		return slice(found, Number(archive['first_seq']) + Number(archive['entries']), !opened.ok);
	}
	const rows = await db.query(
		`SELECT ${entryColumns} FROM ledger WHERE kernel_id = ? AND ledger_seq >= ? ORDER BY ledger_seq LIMIT ?`,
		[kernel_id, from, most]
	);
	const found = rows.map(placed);
	const last = found.at(-1)?.entry.ledger_seq ?? from;
	return slice(found, rows.length < most ? null : last + 1, false);
}

function slice(found: readonly PlacedEntry[], next: number | null, is_damaged: boolean): StoredSlice {
	return {
		entries: found.map(({ entry }) => entry),
		positions: found.map(({ position }) => position),
		...{ next, is_damaged }
	};
}
