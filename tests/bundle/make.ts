import { strFromU8, strToU8, unzipSync, zipSync, type Zippable } from 'fflate';
import fc from 'fast-check';
import { sha256Hex } from '#base/hash.ts';
import { publishedSchema } from '#app/export-bundle.ts';
import { buildDatabase } from '#app/scratch.ts';
import { readImport } from '#app/read-import.ts';
import type { StagedImport } from '#bundle/staged.ts';
import { bundleTables, putBundleRow, type BundleRow, type BundleTable } from '#records/bundle-rows.ts';
import { migrations } from '../app/mirror.ts';
import { sql } from '../storage/sql.ts';

export type Rows = Partial<Record<BundleTable, readonly BundleRow[]>>;

/** An SQLite file of the published schema with these rows. */
export function databaseOf(rows: Rows, more = ''): Promise<Uint8Array> {
	return buildDatabase(sql, publishedSchema(migrations), async (tx) => {
		for (const table of bundleTables) {
			for (const row of rows[table] ?? []) await putBundleRow(tx, table, row);
		}
		if (more !== '') await tx.script(more);
	});
}

/** A zip with the least that is a bundle. */
export function bundleOf(database: Uint8Array, manifest: object = {}, files: Zippable = {}): Uint8Array {
	const text = JSON.stringify({
		version: '1.0',
		exported_at: '2026-01-01T00:00:00Z',
		mirror_version: '1.0.0',
		schema_version: '1.0.0',
		database_type: 'sqlite',
		database_size_bytes: database.length,
		record_counts: {},
		...manifest
	});
	return zipSync({ 'MANIFEST.json': new TextEncoder().encode(text), 'mirror_os.db': database, ...files });
}

/** The rows of a bundle's database, as an import reads them. */
export async function rowsIn(bundle: Uint8Array): Promise<Record<BundleTable, readonly BundleRow[]>> {
	return (await staged(bundle)).rows;
}

/** What an import reads in a file. */
export async function staged(bytes: Uint8Array): Promise<StagedImport> {
	const read = await readImport(bytes, { sql: async () => sql, today: '2026-01-01' });
	if (!read.ok) throw new Error(`${read.error.code}: ${read.error.message}`);
	return read.value;
}

/** Rows as texts, by table and in an order of their own: what two mirrors hold can be compared. */
export function sorted(rows: Rows): Record<string, string[]> {
	return Object.fromEntries(
		bundleTables.map((table) => [table, (rows[table] ?? []).map((row) => line(row)).sort()])
	);
}

function line(row: BundleRow): string {
	return JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A bundle with some of its files replaced by what `change` makes of them. */
export function repacked(
	bundle: Uint8Array,
	change: (files: Record<string, Uint8Array>) => Record<string, Uint8Array>
): Uint8Array {
	return zipSync(change(unzipSync(bundle)));
}

const time = fc
	.date({ min: new Date('1990-01-01T00:00:00Z'), max: new Date('2030-01-01T00:00:00Z'), noInvalidDate: true })
	.map((date) => date.toISOString());
const words = fc.string({ unit: 'binary', maxLength: 60 }).map((text) =>
	text
		.toWellFormed()
		.replaceAll('\0', '')
		.replace(/^\ufeff+/, '')
);
const written = words.map((text) => `w${text}`);
const metadata = fc.option(
	fc.dictionary(fc.constantFrom('a', 'note', 'ä'), words).map((value) => JSON.stringify(value))
);
const bit = fc.constantFrom(0, 1);
const ids = (prefix: string) =>
	fc.integer({ min: 0, max: 4 }).map((n) => Array.from({ length: n }, (_, i) => `${prefix}${i}`));

function among(list: readonly string[], ...otherwise: (string | null)[]): fc.Arbitrary<string | null> {
	const all = [...list, ...otherwise];
	return all.length === 0 ? fc.constant(null) : fc.constantFrom(...all);
}

function each(
	list: readonly string[],
	columns: Record<string, fc.Arbitrary<string | number | null>>
): fc.Arbitrary<BundleRow[]> {
	return fc.tuple(...list.map((id) => fc.record({ id: fc.constant(id), ...columns }))) as never;
}

/** Rows of all 13 tables that fit the schema and refer to each other. */
export const mirrorRows: fc.Arbitrary<Rows> = fc
	.tuple(ids('i'), ids('r'), ids('t'), ids('x'))
	.chain(([people, entries, threads, others]) => {
		const owner = { identity_id: among(people, null) };
		const runs = entries.map((id) => `run-${id}`);
		return fc.record({
			identities: each(people, { created_at: time, updated_at: time, metadata }),
			axes: each(others, {
				...owner,
				name: written,
				description: fc.option(words),
				category: fc.option(words),
				created_at: time,
				metadata
			}),
			tensions: each(others, {
				...owner,
				...{ name: written.map((text) => [...text].slice(0, 90).join('')), axis_a: words, axis_b: words },
				position: fc.option(fc.double({ min: -1, max: 1, noNaN: true })),
				intensity: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
				origin: fc.constantFrom('system_seed', 'llm_suggested', 'user_created'),
				sync_mode: fc.constantFrom('local_only', 'share_anonymized', 'share_full'),
				...{ created_at: time, updated_at: time, metadata }
			}),
			reflections: each(entries, {
				...owner,
				...{ content: written, created_at: time, metadata },
				content_type: fc.constantFrom('text', 'markdown', 'audio_transcript'),
				visibility: fc.constantFrom('local_only', 'sync_summary', 'sync_full_private', 'sync_full_public'),
				source: fc.constantFrom('direct', 'import', 'integration')
			}).map((rows) =>
				rows.map((row) => (row['identity_id'] === null ? { ...row, visibility: 'local_only' } : row))
			),
			mirrorbacks: each(entries.length === 0 ? [] : others, {
				reflection_id: among(entries, ...entries.slice(0, 1)),
				...{ content: words, engine_version: words, created_at: time, metadata }
			}),
			threads: each(threads, {
				...owner,
				...{ title: fc.option(words), started_at: time, last_active: time, metadata },
				status: fc.constantFrom('active', 'paused', 'archived')
			}),
			thread_reflections: time.map((added_at) =>
				threads.flatMap((thread_id) =>
					entries.map((reflection_id, position) => ({ thread_id, reflection_id, position, added_at }))
				)
			),
			engine_runs: each(runs, {
				reflection_id: among(entries, null),
				...{
					config_version: words,
					engine_mode: fc.constantFrom('local_llm', 'manual'),
					model_name: fc.option(words)
				},
				...{ patterns: fc.constantFrom(null, '["a"]'), tensions_surfaced: fc.constant('[]') },
				...{
					mirrorback_length: fc.option(fc.nat()),
					duration_ms: fc.option(fc.integer({ min: 1 })),
					flags: metadata
				},
				...{ timestamp: time, sync_allowed: bit }
			}),
			engine_feedback: each(
				runs.map((id) => `f-${id}`),
				{
					engine_run_id: among(runs, ...runs.slice(0, 1)),
					...{ rating: fc.integer({ min: 1, max: 5 }), flags: fc.constantFrom(null, '["felt_judged"]') },
					...{ notes: fc.option(words), timestamp: time, sync_allowed: bit }
				}
			),
			evolution_proposals: each(others, {
				...{ proposal_type: fc.constant('prompt_adjustment'), status: fc.constantFrom('draft', 'voting') },
				...{
					from_version: fc.option(words),
					to_version: fc.constant('1.1.0'),
					title: words,
					description: words
				},
				...{ changes: fc.constant('{}'), evidence: metadata, test_results: metadata, vote_results: metadata },
				...{ created_at: time, approved_at: fc.option(time), applied_at: fc.option(time), metadata }
			}),
			evolution_history: each(others, {
				...{ evolution_id: words, event_type: fc.constant('upgrade'), from_version: fc.option(words) },
				...{
					to_version: fc.option(words),
					applied_at: time,
					applied_by: fc.option(words),
					reversible: bit,
					metadata
				}
			}),
			evolution_events: each(others, {
				...{
					event_type: fc.constant('config_change'),
					from_version: fc.option(words),
					to_version: fc.option(words)
				},
				...{
					event_data: fc.constant('{"a":1}'),
					timestamp: time,
					mirror_signature: fc.option(words),
					sync_allowed: bit
				}
			}),
			integrations: each(others, {
				...owner,
				...{ integration_type: fc.constantFrom('notes', 'custom'), status: fc.constant('disconnected') },
				...{
					config: fc.constant('{"provider":"p"}'),
					connected_at: time,
					last_sync: fc.option(time),
					metadata
				}
			})
		}) as fc.Arbitrary<Rows>;
	});

/** A bundle with another file in place of one of its own, its manifest made to fit. */
export function withFile(
	bundle: Uint8Array,
	path: string,
	change: (text: string) => string
): Uint8Array<ArrayBuffer> {
	const files = unzipSync(bundle);
	const text = (of: string) => {
		const held = files[of];
		if (held === undefined)
			throw new Error(`the bundle holds no ${of}, but ${Object.keys(files).join(', ')}`);
		return strFromU8(held);
	};
	const bytes = strToU8(change(text(path)));
	const manifest = JSON.parse(text('MANIFEST.json')) as { files: Record<string, object> };
	manifest.files[path] = { sha256: sha256Hex(bytes), size: bytes.length };
	const listed = strToU8(JSON.stringify(manifest));
	return new Uint8Array(zipSync({ ...files, 'MANIFEST.json': listed, [path]: bytes }));
}
