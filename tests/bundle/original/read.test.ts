import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { bundleTables, type BundleRow } from '#records/bundle-rows.ts';
import { createWorld, TestMirror } from '../../app/mirror.ts';
import { rowsIn, sorted, staged } from '../make.ts';
import { vector } from '../vectors.ts';
import { ask, countsIn, databases, expected, leaves, listed, others, rowLevel, tablesOf } from './source.ts';

/** What opens an account, and words that say what the columns here say without them. */
const lostByRule: Readonly<Record<string, readonly string[]>> = {
	'core001-ana.db': ['AAAA-not-a-real-token'],
	'exporter-bruno.db': ['AAAA-not-a-real-token'],
	'localdb-chiara.db': ['rating'],
	'mirrors-dario.db': ['private']
};

describe('databases of the original', () => {
	test.each(databases)('%s: every row of the index, and what the rules make of them', async (file) => {
		const read = await staged(vector(file));
		expect(countsIn(read)).toEqual(expected(file));
		expect(read).toMatchObject({ format: 'original_database', quarantined: [], changed: [], skipped: [] });
	});

	test.each(databases)(
		'%s: times are ISO 8601 with Z, and the naive ones of the file read as UTC',
		async (file) => {
			const { rows } = await staged(vector(file));
			const times = bundleTables.flatMap((table) =>
				rows[table].flatMap((row) =>
					Object.entries(row).filter(([name]) => /_at$|^timestamp$|^last_(?:active|sync)$/.test(name))
				)
			);
			expect(times.length).toBeGreaterThan(12);
			for (const [, time] of times)
				if (time !== null) expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
			const said = new Map(
				ask(file, 'SELECT id, created_at FROM reflections').map((row) => [row['id'], row['created_at']])
			);
			for (const { id, created_at } of rows.reflections)
				expect(created_at).toBe(
					`${String(said.get(id as string))
						.slice(0, 23)
						.replace(' ', 'T')}Z`
				);
		}
	);

	test.each(databases.slice(0, 4))(
		'%s: a mirrorback of a reflection is a mirrorback, word for word',
		async (file) => {
			const { mirrorbacks } = (await staged(vector(file))).rows;
			const made = mirrorbacks.filter(({ metadata }) => String(metadata).includes('"reflection.mirrorback"'));
			const words = (rows: readonly BundleRow[], text: string, of: string) =>
				rows.map((row) => [row[of], row[text]].join(' ')).sort();
			expect(made.length).toBeGreaterThan(4);
			expect(words(made, 'content', 'reflection_id')).toEqual(
				words(rowLevel(file) as readonly BundleRow[], 'mirrorback', 'id')
			);
			for (const { engine_version } of made)
				expect(engine_version).toBe(file === 'localdb-chiara.db' ? '1.0.0' : 'unknown');
		}
	);

	test.each(databases)('%s: nothing becomes more public, and no account comes back open', async (file) => {
		const { rows } = await staged(vector(file));
		const source = new Map(ask(file, 'SELECT * FROM reflections').map((row) => [row['id'], row]));
		for (const { id, identity_id, visibility } of rows.reflections) {
			const before = source.get(id as string);
			// Only shape A has the words of the specification; without an identity nothing leaves.
			const isSame = identity_id !== null && String(before?.['visibility']).includes('_');
			expect(visibility).toBe(isSame ? before?.['visibility'] : 'local_only');
		}
		const asked = (column: string, table: string) => {
			const has =
				ask(file, `SELECT 1 FROM pragma_table_info('${table}') WHERE name = '${column}'`).length > 0;
			return new Map(
				ask(file, `SELECT id, ${has ? column : 'NULL'} AS said FROM ${table}`).map((row) => [
					row['id'],
					row['said']
				])
			);
		};
		const modes = asked('sync_mode', 'tensions');
		for (const { id, sync_mode } of rows.tensions)
			expect(sync_mode).toBe(modes.get(id as string) ?? 'local_only');
		for (const table of ['engine_runs', 'engine_feedback'] as const) {
			const allowed = asked('sync_allowed', table);
			for (const { id, sync_allowed } of rows[table])
				expect(sync_allowed).toBe(allowed.get(id as string) ?? 0);
		}
		for (const { status } of rows.integrations) expect(status).toBe('disconnected');
		expect(JSON.stringify(rows)).not.toContain('not-a-real-token');
	});

	test.each(databases)('%s: every value of every row is somewhere, whatever has no column', async (file) => {
		const { rows } = await staged(vector(file));
		const found = leaves(Object.values(rows));
		const ofTheDatabase = ['settings', 'schema_version', 'schema_migrations'];
		const lost = tablesOf(file)
			.filter((table) => !ofTheDatabase.includes(table))
			.flatMap((table) => ask(file, `SELECT * FROM ${table}`))
			.flatMap((row) => [...leaves(row)].filter((value) => !found.has(value)));
		expect([...new Set(lost)]).toEqual(lostByRule[file] ?? []);
	});
});

describe('exports and backups of the original', () => {
	test.each(['core001-ana', 'exporter-bruno', 'exporter-bruno.one-identity'])(
		'%s.export.json: every row that its exporter counted',
		async (name) => {
			const { stats = {} } = listed(`${name}.export.json`);
			const read = await staged(vector(`${name}.export.json`));
			const { identities, reflections, mirrorbacks, tensions } = countsIn(read);
			const ids = read.rows.identities.map(({ id }) => `'${String(id)}'`).join(', ');
			const own = rowLevel(`${name.split('.')[0] ?? ''}.db`, `AND identity_id IN (${ids})`).length;
			expect(own).toBeGreaterThan(0);
			expect({ identities, reflections, mirrorbacks, tensions }).toEqual({
				identities: stats['identities_exported'],
				reflections: stats['total_reflections'],
				mirrorbacks: Number(stats['total_mirrorbacks']) + own,
				tensions: stats['total_tensions']
			});
			expect(read).toMatchObject({ format: 'original_export', quarantined: [], skipped: [] });
			const patterns = /"pattern":\{|"original_patterns":/;
			expect(JSON.stringify(read.rows).replaceAll('\\', '')).toMatch(patterns);
		}
	);

	test('localdb-chiara.export.json: the tables that it has, as its database has them', async () => {
		const { identities, reflections, mirrorbacks, tensions, threads } = (
			await staged(vector('localdb-chiara.db'))
		).rows;
		const read = await staged(vector('localdb-chiara.export.json'));
		expect(read.rows).toMatchObject({ identities, reflections, mirrorbacks, tensions, threads });
		expect(countsIn(read)).toEqual({
			identities: 1,
			reflections: 55,
			mirrorbacks: 55,
			tensions: 2,
			threads: 1
		});
	});

	test.each(others.filter(([file]) => file.endsWith('.zip')))(
		'%s: the rows of its database',
		async (file, database) => {
			const read = await staged(vector(file));
			expect(read.format).toBe('original_backup');
			expect(read.rows).toEqual((await staged(vector(database))).rows);
		}
	);

	test('a backup without its database is read from its export', async () => {
		const zip = zipSync({
			'export.json': vector('core001-ana.export.json'),
			'backup_metadata.json': strToU8('{}')
		});
		expect((await staged(zip)).rows).toEqual((await staged(vector('core001-ana.export.json'))).rows);
	});
});

test('all of them come in, change nothing the second time, and go out and in again as the same rows', async () => {
	const mirror = await TestMirror.open();
	for (const file of databases) {
		const { result } = await mirror.import(vector(file));
		const written = Object.values(expected(file)).reduce((sum, rows) => sum + rows, 0);
		expect([file, result]).toMatchObject([file, { written, conflicts: 0, quarantined: 0 }]);
	}
	for (const file of [...databases, ...others.map(([name]) => name)]) {
		const again = await mirror.import(vector(file));
		expect([file, again.result]).toMatchObject([file, { written: 0, conflicts: 0, quarantined: 0 }]);
	}
	expect((await mirror.read('reflections.list', {})).total).toBe(60 + 12 + 70 + 55 + 52);
	expect((await mirror.read('ledger.verify', {})).rows[0]?.errors).toEqual([]);
	const bundle = await mirror.export();
	await mirror.core.close();
	const reads = await Promise.all(databases.map((file) => staged(vector(file))));
	const all = bundleTables.map((table) => [table, reads.flatMap(({ rows }) => rows[table])] as const);
	expect(sorted(await rowsIn(bundle))).toEqual(sorted(Object.fromEntries(all)));
	const second = await TestMirror.open(createWorld(2));
	expect((await second.import(bundle)).code).toBe('accepted');
	expect(await rowsIn(await second.export())).toEqual(await rowsIn(bundle));
	await second.core.close();
});
