import { utf8 } from '#base/bytes.ts';
import { longestContent } from '#domain/common.ts';
import { withMembers } from '#bundle/metadata.ts';
import type { RawRow } from '#bundle/parse.ts';
import type { Remarks } from '#bundle/original/remarks.ts';
import { byColumn } from '#bundle/original/shape.ts';

/** Rows of a table that the specification does not have. */
export interface Homeless {
	readonly table: string;
	readonly rows: readonly RawRow[];
	/** The column that names the row they are kept with. */
	readonly owner: string;
}

/**
 * The owners, each with the rows that belong to it in its metadata, in `original_TABLE` and there by their ids: so that
 * a file which holds some of them says a part of what one says that holds all. What belongs to nobody here, or is more
 * than an owner may hold, is skipped and told.
 */
export function keptWith(
	owners: readonly RawRow[],
	{ table, rows, owner: column }: Homeless,
	remarks: Remarks
): RawRow[] {
	const owned = byColumn(rows, column);
	const kept = owners.map((owner) => {
		const own = owned.get(owner['id']);
		if (own === undefined) return owner;
		owned.delete(owner['id']);
		const full = isTooMuch(own) ? null : withRows(owner, table, own);
		const size = utf8(String(full?.['metadata'] ?? '')).length;
		if (full !== null && size <= longestContent && remarks.hasRoomFor(size)) return full;
		remarks.leaveOut(`${table}: more belongs to one row, or to all, than can be kept`, own.length);
		return owner;
	});
	for (const left of owned.values())
		remarks.leaveOut(`${table}: belongs to nothing that is in the file`, left.length);
	return kept;
}

function withRows(owner: RawRow, table: string, rows: readonly RawRow[]): RawRow {
	const byId = Object.fromEntries(rows.map((row, at) => [String(row['id'] ?? at), plain(row)]));
	return withMembers(owner, 'metadata', { [`original_${table}`]: byId });
}

/** Asked before they are put together: a hostile file holds more than any text can. */
function isTooMuch(rows: readonly RawRow[]): boolean {
	let size = 0;
	return rows.some((row) => (size += JSON.stringify(plain(row)).length) > longestContent);
}

/** What a row says, as JSON can say it: without empty columns and without bytes. */
export function plain(row: RawRow): RawRow {
	return Object.fromEntries(
		Object.entries(row).filter(([, value]) => value !== null && !(value instanceof Uint8Array))
	);
}
