import * as v from 'valibot';
import { tryCanonical } from '#base/canonical.ts';
import { ok, type Result } from '#base/result.ts';
import { refuseFile, type ImportFailure } from '#bundle/import-failure.ts';
import type { RawRow } from '#bundle/parse.ts';
import type { OriginalTables } from '#bundle/original/shape.ts';
import { refuseTooLong } from '#bundle/stage.ts';
import { importLimits } from '#wire/bundle-manifest.ts';

const row = v.record(v.string(), v.unknown());
const rows = v.optional(v.array(row), []);

/** An identity of `mirror_os_export_v1`, with all that belongs to it. */
const identity = v.looseObject({
	reflections: rows,
	mirrorbacks: rows,
	patterns: rows,
	tensions: rows,
	threads: rows,
	settings: v.optional(v.record(v.string(), v.unknown()), {})
});
const exportV1 = v.object({ format: v.literal('mirror_os_export_v1'), identities: v.array(identity) });

/** What `LocalDB.export_all_data` writes: tables. */
const localTables = ['identities', 'reflections', 'tensions', 'axes', 'sessions'] as const;
const exportLocal = v.object({
	version: v.string(),
	...{
		identities: v.array(row),
		reflections: v.array(row),
		tensions: v.array(row),
		axes: rows,
		sessions: rows
	}
});

/** The tables in a JSON export of the original; null where JSON is something else. */
export function readExport(json: unknown): Result<OriginalTables, ImportFailure> | null {
	const tables = tablesIn(json);
	if (tables === null) return null;
	for (const [table, { length }] of tables)
		if (length > importLimits.rowsPerTable) return refuseTooLong(table);
	return ok(new Map([...tables].map(([table, list]) => [table, list.map(asColumns)])));
}

function tablesIn(json: unknown): OriginalTables | null {
	const first = v.safeParse(exportV1, json);
	if (first.success) return fromIdentities(first.output.identities);
	const local = v.safeParse(exportLocal, json);
	return local.success ? new Map(localTables.map((table) => [table, local.output[table]])) : null;
}

/** Whether JSON says that it is an export of the original, and does not look like one. */
export function refuseOddExport(json: unknown) {
	const says = v.safeParse(v.object({ format: v.pipe(v.string(), v.startsWith('mirror_os_export')) }), json);
	const why =
		'This JSON file says that it is an export of the original Mirror OS, and is none that is known here.';
	return says.success ? refuseFile('unknown_format', why) : null;
}

/** The exporter nests rows below their identities: the same pattern stands below each of them that it was found in. */
function fromIdentities(identities: readonly v.InferOutput<typeof identity>[]): OriginalTables {
	const patterns = new Map<unknown, RawRow>();
	const found: RawRow[] = [];
	for (const pattern of identities.flatMap((each) => each.patterns)) {
		const { occurrences, ...columns } = pattern;
		const places = v.safeParse(v.array(row), occurrences);
		if (places.success) found.push(...places.output);
		patterns.set(pattern['id'], places.success ? columns : pattern);
	}
	const threads = identities.flatMap((each) => each.threads);
	return new Map<string, readonly RawRow[]>([
		['identities', identities.map(ownColumns)],
		['reflections', identities.flatMap((each) => each.reflections)],
		['mirrorbacks', identities.flatMap((each) => each.mirrorbacks)],
		['tensions', identities.flatMap((each) => each.tensions)],
		['threads', threads.map(({ reflection_ids: _ids, ...thread }) => thread)],
		['thread_reflections', threads.flatMap(placesIn)],
		['patterns', [...patterns.values()]],
		['pattern_occurrences', found],
		['settings', identities.flatMap(({ settings }) => Object.entries(settings).map(([key]) => ({ key })))]
	]);
}

function ownColumns(given: v.InferOutput<typeof identity>): RawRow {
	const { reflections: _r, mirrorbacks: _m, patterns: _p, tensions: _t, threads: _h, ...rest } = given;
	const { settings: _s, ...columns } = rest;
	return columns;
}

/** Of the places in a thread only the order is exported: each was added when the thread began, as far as anybody knows. */
function placesIn({ id, started_at, reflection_ids }: RawRow): RawRow[] {
	const ids: unknown[] = Array.isArray(reflection_ids) ? reflection_ids : [];
	return ids.map((reflection_id, position) => ({
		...{ thread_id: id, reflection_id, position, added_at: started_at }
	}));
}

/** Values as a database would hold them: JSON within JSON is text, which is canonical here. */
function asColumns(given: RawRow): RawRow {
	return Object.fromEntries(Object.entries(given).map(([column, value]) => [column, asColumn(value)]));
}

function asColumn(value: unknown): unknown {
	if (typeof value === 'boolean') return Number(value);
	if (typeof value !== 'object' || value === null) return value;
	const text = tryCanonical(value);
	return text.ok ? text.value : 'deeper than JSON is read here';
}
