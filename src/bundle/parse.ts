import * as v from 'valibot';
import type { RowFinding } from '#domain/bundle.ts';
import { contentTypes, sources, visibilities } from '#domain/reflection.ts';
import { bundleColumns, bundleRowId, bundleTables } from '#records/bundle-rows.ts';
import type { BundleRow, BundleTable } from '#records/bundle-rows.ts';
import type { VersionRow } from '#records/reflection.ts';
import { objectIn } from '#bundle/metadata.ts';
import { rowSchemas, versionRow } from '#bundle/rows.ts';
import { sanitizeIntegration } from '#wire/secrets.ts';
import { byTable } from '#bundle/staged.ts';
import { cleanText } from '#bundle/text.ts';
import { placeOf, readTime } from '#bundle/time.ts';

/** A row as a file holds it: any column, any value. */
export type RawRow = Readonly<Record<string, unknown>>;

export interface ParsedTables {
	readonly rows: Record<BundleTable, BundleRow[]>;
	readonly quarantined: RowFinding[];
	readonly changed: RowFinding[];
	/** Columns that no row of ours has a place for, as `table.column`. */
	readonly lost: Set<string>;
}

/**
 * Parses every row by its schema. A row that breaks it is left out and listed; a row without an identity that is not
 * local_only becomes so and is listed; a column that the schema does not know is kept in `metadata.unknown_columns`.
 */
export function parseTables(tables: ReadonlyMap<string, readonly RawRow[]>): ParsedTables {
	const parsed: ParsedTables = { rows: byTable(() => []), quarantined: [], changed: [], lost: new Set() };
	for (const table of bundleTables) {
		const seen = new Set<string>();
		for (const raw of tables.get(table) ?? []) {
			const row = parseRow(table, raw, parsed);
			if (row === null) continue;
			const id = bundleRowId(table, row);
			if (seen.has(id)) parsed.quarantined.push({ table, id, reason: 'its id stands twice in the file' });
			else parsed.rows[table].push(row);
			seen.add(id);
		}
	}
	return parsed;
}

/** Parses earlier states: one that does not fit is left out alone, and `left` says for each why. */
export function parseVersions(list: readonly RawRow[]) {
	const versions: VersionRow[] = [];
	const left: string[] = [];
	for (const raw of list) {
		const parsed = v.safeParse(versionRow, cleaned(raw, []));
		if (parsed.success) versions.push(parsed.output);
		else left.push(reasonOf(parsed.issues));
	}
	return { versions, left };
}

function parseRow(table: BundleTable, raw: RawRow, into: ParsedTables): BundleRow | null {
	const changed: string[] = [];
	const known = withUnknown(table, cleaned(raw, changed), into);
	const clean = withPlace(table, withKnownWords(table, known, changed));
	const id = shownId(table, clean);
	const parsed = v.safeParse(rowSchemas[table], clean);
	if (!parsed.success) {
		into.quarantined.push({ table, id, reason: reasonOf(parsed.issues) });
		return null;
	}
	const row = settled(table, parsed.output, changed);
	for (const reason of changed) into.changed.push({ table, id, reason });
	return row;
}

/** What an import changes in a row that fits: it never makes anything more public, and no account comes back open. */
function settled(table: BundleTable, row: BundleRow, changed: string[]): BundleRow {
	if (table === 'integrations') {
		const { config, metadata } = row;
		const clean = sanitizeIntegration({
			config: String(config),
			metadata: typeof metadata === 'string' ? metadata : null
		});
		return { ...row, ...clean, status: 'disconnected' };
	}
	if (table === 'reflections' && row['identity_id'] === null && row['visibility'] !== 'local_only') {
		changed.push('has no identity, and so becomes local_only');
		return { ...row, visibility: 'local_only' };
	}
	return row;
}

function cleaned(raw: RawRow, changed: string[]): Record<string, unknown> {
	let replaced = false;
	const clean = Object.entries(raw).map(([column, value]) => {
		if (typeof value !== 'string') return [column, value] as const;
		const text = cleanText(value);
		replaced ||= text !== value;
		return [column, text] as const;
	});
	if (replaced) changed.push('characters that no text may hold were replaced');
	return Object.fromEntries(clean);
}

/** Columns beyond the schema go into metadata, where the table has one. */
function withUnknown(
	table: BundleTable,
	raw: Record<string, unknown>,
	into: ParsedTables
): Record<string, unknown> {
	const columns: readonly string[] = bundleColumns[table];
	const unknown = Object.entries(raw).filter(
		([column, value]) => !columns.includes(column) && value !== null && !(value instanceof Uint8Array)
	);
	if (unknown.length === 0) return raw;
	const metadata = objectIn(raw['metadata']);
	if (!columns.includes('metadata') || metadata === null) {
		for (const [column] of unknown) into.lost.add(`${table}.${column}`);
		return raw;
	}
	return {
		...raw,
		metadata: JSON.stringify({ ...metadata, unknown_columns: Object.fromEntries(unknown) })
	};
}

const words: readonly [column: string, known: readonly string[], fallback: string][] = [
	['content_type', contentTypes, 'text'],
	['source', sources, 'import'],
	['visibility', visibilities, 'local_only']
];

/** Words that the specification does not know become its defaults; what stood there is kept in metadata (C3, 33). */
function withKnownWords(
	table: BundleTable,
	raw: Record<string, unknown>,
	changed: string[]
): Record<string, unknown> {
	if (table !== 'reflections') return raw;
	let row = raw;
	for (const [column, known, fallback] of words) {
		const value = row[column];
		const metadata = objectIn(row['metadata']);
		if (typeof value !== 'string' || known.includes(value) || metadata === null) continue;
		changed.push(`${column} is a word that is not known here, and becomes ${fallback}`);
		const kept = { ...metadata, [`original_${column}`]: value.slice(0, 200) };
		row = { ...row, [column]: fallback, metadata: JSON.stringify(kept) };
	}
	return row;
}

/** What the time of a reflection says beyond its moment, which is all that is left of it after: the day, and the clock. */
function withPlace(table: BundleTable, raw: Record<string, unknown>): Record<string, unknown> {
	const metadata = objectIn(raw['metadata']);
	if (table !== 'reflections' || metadata === null || 'local_date' in metadata) return raw;
	const read = readTime(String(raw['created_at']));
	if (read === null || (read.known && read.offset === null)) return raw;
	return { ...raw, metadata: JSON.stringify({ ...metadata, ...placeOf(read) }) };
}

/** The name of a row in a finding, whatever stands there. */
export function shownId(table: BundleTable, raw: RawRow): string {
	const id = table === 'thread_reflections' ? `${raw['thread_id']}:${raw['reflection_id']}` : raw['id'];
	return typeof id === 'string' || typeof id === 'number' ? String(id).slice(0, 200) : '';
}

/** The first thing that does not fit, by its column. Never the value. */
function reasonOf([issue]: readonly v.BaseIssue<unknown>[]): string {
	const column = issue?.path?.map((step) => String(step.key)).join('.') ?? '';
	return `${column} ${issue?.type === 'check' ? issue.message : 'does not fit'}`.trim();
}
