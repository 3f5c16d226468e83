import type { RawRow } from '#bundle/parse.ts';
import { shallowJson } from '#bundle/rows.ts';

/** The object that metadata hold; empty where there are none, null where they hold something else. */
export function objectIn(metadata: unknown): Record<string, unknown> | null {
	if (metadata === null || metadata === undefined) return {};
	const value = shallowJson(String(metadata));
	return typeof value === 'object' && value !== null && !Array.isArray(value)
		? (value as Record<string, unknown>)
		: null;
}

/**
 * A row with more members in one of its JSON columns. What stood there and is no object is kept beside them, as text, in
 * `original_COLUMN`; without new members an object stays the very same text.
 */
export function withMembers(
	row: RawRow,
	column: string,
	members: Readonly<Record<string, unknown>> = {}
): RawRow {
	const held = objectIn(row[column]);
	const more = Object.entries(members).filter(([, value]) => value !== null && value !== undefined);
	if (held !== null && more.length === 0) return row;
	const kept = held ?? { [`original_${column}`]: String(row[column]) };
	return { ...row, [column]: JSON.stringify({ ...kept, ...Object.fromEntries(more) }) };
}
