import { PGlite } from '@electric-sql/pglite';
import { expect, test } from 'vitest';
import { isoTime } from '#base/clock.ts';
import { dateOfSeed, makeSeed } from '#app/postgres-seed.ts';
import { migrate } from '#storage/migrator.ts';
import { pgliteConnection } from '#storage/postgres/connection.ts';
import { openPostgres } from '#storage/postgres/database.ts';
import { shipped } from '../app/mirror.ts';

/** In place of the program that lays a database down: whoever ran it would fail. */
const nothing = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));

test('a seed opens as a database of its own to which all migrations were applied', async () => {
	const files = shipped('postgres');
	const at = dateOfSeed(files);
	const loadDataDir = await makeSeed(files, () => at);
	const pglite = await PGlite.create({ loadDataDir, initdbWasmModule: nothing });
	const opened = await openPostgres(async () => pgliteConnection(pglite), { isNew: true });
	if (!opened.ok) throw new Error(opened.error.message);
	const { database } = opened.value;

	const never = () => Promise.reject(new Error('there is nothing to do'));
	const report = await migrate(database, files, { clock: () => 0, backup: never, testQuery: never });
	expect(report).toMatchObject({ applied: [], failed: null, notRun: [], hold: null });
	const applied = await database.query('select version, applied_at from schema_version order by id');
	expect(applied).toHaveLength(files.length);
	expect(applied.at(-1)?.['version']).toBe(report.current);
	expect(new Set(applied.map(({ applied_at }) => applied_at))).toEqual(new Set([isoTime(at)]));
	expect(await database.query(`select current_user as who, current_setting('search_path') as path`)).toEqual([
		{ who: 'postgres', path: 'public' }
	]);
	expect(await database.query('select datname from pg_database')).toEqual([{ datname: 'postgres' }]);
	expect(await database.query('select name from pg_ls_waldir()')).toHaveLength(1);

	// It takes what a mirror takes, and the tidying that rewrites every table.
	await database.transaction((tx) =>
		tx.run('insert into identities (id, created_at, updated_at) values ($1, $2, $2)', ['me', isoTime(at)])
	);
	await database.scrub();
	expect(await database.query('select id from identities')).toEqual([{ id: 'me' }]);
	await database.close();
});
