import { describe, expect, test } from 'vitest';
import type { Database, Dialect } from '#storage/database.ts';
import { migrate, readSchema, releaseHold, rollback } from '#storage/migrator.ts';
import type { MigratorOptions } from '#storage/migrator.ts';
import { createWorld, databaseOf, shipped } from '../app/mirror.ts';
import { Disk, survivals } from './disk.ts';
import { file, migrationsOf, options } from './migrations.ts';
import { rowsOf, schemaOf } from './schema.ts';
import { opened, openSlots } from './sql.ts';

/** Everything that a migration may leave behind. */
async function dump(database: Database): Promise<unknown> {
	return { schema: await schemaOf(database), rows: await rowsOf(database) };
}

/** Whether a child of nobody is refused. */
async function holdsReferences(database: Database): Promise<boolean> {
	return database
		.transaction((tx) => tx.run('insert into child values ($1, $2)', ['orphan', 'nobody']))
		.then(
			() => false,
			() => true
		);
}

interface Bad {
	readonly name: string;
	readonly sql: string;
	readonly changes?: Partial<MigratorOptions>;
}

const bad: readonly Bad[] = [
	{ name: 'whose SQL is wrong', sql: 'CREATE TABLE new (id TEXT); SELECT wrong;' },
	{ name: 'that ends the transaction', sql: 'CREATE TABLE new (id TEXT); COMMIT;' },
	{ name: 'that breaks a reference', sql: 'CREATE TABLE new (id TEXT); DELETE FROM parent;' },
	{ name: 'that refers to nobody', sql: `INSERT INTO child VALUES ('d', 'nobody');` },
	{
		name: 'that breaks a key',
		sql: `UPDATE apart SET note = 'lost'; INSERT INTO child VALUES ('c', 'p;-- ');`
	},
	{
		name: 'that makes a table which is not kept',
		sql: 'DELETE FROM apart; CREATE TEMP TABLE new (id TEXT);'
	},
	{
		name: 'whose test query fails',
		sql: 'CREATE TABLE new (id TEXT); DROP TABLE apart;',
		changes: {
			testQuery: async (tx, version) => {
				if (version === '1.1.0') await tx.query('select * from missing');
			}
		}
	}
];
const badHere: Readonly<Record<Dialect, readonly Bad[]>> = {
	// A repeated record would write another time.
	sqlite: [...bad, { name: 'that asks for the time', sql: `INSERT INTO parent VALUES (datetime());` }],
	postgres: [
		...bad,
		{ name: 'that ends the transaction from inside', sql: `DO $$ BEGIN DELETE FROM apart; COMMIT; END $$;` },
		{
			name: 'that lets go of the references',
			sql: 'SET session_replication_role = replica; DELETE FROM parent;'
		},
		{
			name: 'whose key is looked at too late',
			sql: `CREATE TABLE new (id TEXT UNIQUE DEFERRABLE); INSERT INTO new VALUES ('a'), ('a');`
		}
	]
};

describe.each<Dialect>(['sqlite', 'postgres'])('on %s', (engine) => {
	const { core, wider, index } = migrationsOf[engine];
	const all = [core, wider, index];
	/** A new, empty place; opened again, it holds what was written before. */
	const place = () => {
		const world = createWorld(1, engine);
		return () => databaseOf(world);
	};

	describe('migrating', () => {
		test('applies what is missing, in order, and says so; a second time nothing', async () => {
			const open = place();
			const database = await open();
			expect(await migrate(database, [core], options())).toMatchObject({ applied: ['1.0.0'], failed: null });
			const report = await migrate(database, [index, wider, core], options());
			expect(report).toEqual({
				current: '1.1.1',
				applied: ['1.1.0', '1.1.1'],
				failed: null,
				notRun: [],
				hold: null
			});
			expect((await migrate(database, all, options())).applied).toEqual([]);
			expect(
				await database.query('select version, description, applied_at from schema_version order by id')
			).toEqual(
				[core, wider, index].map(({ name }, at) => ({
					version: ['1.0.0', '1.1.0', '1.1.1'][at],
					description: `Test of ${name}`,
					applied_at: '2026-01-02T00:00:00.000Z'
				}))
			);
			expect(await database.query('select id from child')).toEqual([{ id: 'c' }]);
			expect(await holdsReferences(database)).toBe(true);
			const before = await dump(database);
			await database.close();
			expect(await dump(await open())).toEqual(before);
		});

		test('makes a backup before it changes a database with content, and none of an empty one', async () => {
			const database = await place()();
			const seen: (string | null)[] = [];
			const backup = async () => {
				seen.push((await readSchema(database)).applied.at(-1)?.version ?? null);
			};
			await migrate(database, [core], options({ backup }));
			await migrate(database, all, options({ backup }));
			await migrate(database, all, options({ backup }));
			expect(seen).toEqual(['1.0.0']);
		});

		test('does nothing without its backup', async () => {
			const database = await place()();
			await migrate(database, [core], options());
			const before = await dump(database);
			const backup = () => Promise.reject(new Error('no space'));
			const report = await migrate(database, all, options({ backup }));
			expect(report).toMatchObject({ current: '1.0.0', applied: [], notRun: ['1.1.0', '1.1.1'] });
			expect(report.failed?.code).toBe('backup');
			expect(await dump(database)).toEqual(before);
		});

		test.each(badHere[engine])('leaves nothing of a migration $name', async ({ sql, changes }) => {
			const open = place();
			const database = await open();
			await migrate(database, [core], options());
			const before = await dump(database);
			const wrong = file('002_bad.sql', '1.1.0', sql, null);
			const report = await migrate(database, [core, wrong, index], options(changes));
			expect(report).toMatchObject({ current: '1.0.0', applied: [], notRun: ['1.1.0', '1.1.1'] });
			expect(report.failed).toMatchObject({ code: 'sql', version: '1.1.0' });
			expect(await dump(database)).toEqual(before);
			expect(await holdsReferences(database)).toBe(true);
			await database.close();
			const again = await open();
			expect(await dump(again)).toEqual(before);
			expect((await migrate(again, all, options())).failed).toBe(null);
		});

		test('keeps what was applied before one that fails', async () => {
			const database = await place()();
			const wrong = file('003_bad.sql', '1.2.0', 'SELECT wrong;', null);
			const report = await migrate(database, [core, wider, wrong], options());
			expect(report).toMatchObject({ current: '1.1.0', applied: ['1.0.0', '1.1.0'], notRun: ['1.2.0'] });
			expect(report.failed?.version).toBe('1.2.0');
		});

		test('sees a file that was edited, one that is gone, one that came too late, and a newer database', async () => {
			const database = await place()();
			await migrate(database, [core, wider], options());
			const edited = { ...wider, text: `${wider.text}\n` };
			const late = file('002_late.sql', '1.0.5', 'SELECT 1;', null);
			const codes: unknown[] = [];
			for (const files of [
				[core, edited],
				[wider],
				[core, late, wider],
				[core],
				[core, { ...wider, text: '' }],
				[core, index, wider]
			])
				codes.push((await migrate(database, files, options())).failed?.code);
			expect(codes).toEqual(['edited', 'unknown', 'order', 'newer', 'malformed', undefined]);
		});

		test('answers with a failure where the database is closed', async () => {
			const database = await place()();
			await database.close();
			expect((await migrate(database, all, options())).failed?.code).toBe('storage');
			expect((await rollback(database, all, '1.0.0', options())).failed?.code).toBe('storage');
		});
	});

	describe('rolling back', () => {
		test('undoes in reverse order, leaves a hold, and after its release leads to the same schema again', async () => {
			const open = place();
			const database = await open();
			await migrate(database, [core], options());
			const first = await schemaOf(database);
			await migrate(database, all, options());
			const before = await schemaOf(database);
			const report = await rollback(database, all, '1.0.0', options());
			expect(report).toEqual({ current: '1.0.0', undone: ['1.1.1', '1.1.0'], failed: null, hold: '1.0.0' });
			expect(await schemaOf(database)).toEqual(first);
			await database.close();
			const again = await open();
			expect(await migrate(again, all, options())).toMatchObject({
				current: '1.0.0',
				applied: [],
				notRun: ['1.1.0', '1.1.1'],
				hold: '1.0.0',
				failed: null
			});
			await releaseHold(again);
			expect((await migrate(again, all, options())).applied).toEqual(['1.1.0', '1.1.1']);
			expect(await schemaOf(again)).toEqual(before);
		});

		test('and forward again touches no row that it does not speak of', async () => {
			const database = await place()();
			await migrate(database, [core], options());
			const { parent, child, apart } = await rowsOf(database);
			expect([parent, child, apart].map((rows) => rows?.length)).toEqual([1, 1, 2]);
			await migrate(database, all, options());
			expect(await rowsOf(database)).toMatchObject({ parent, child, apart });
			await rollback(database, all, '1.0.0', options());
			expect(await rowsOf(database)).toMatchObject({ parent, child, apart });
			await releaseHold(database);
			await migrate(database, all, options());
			expect(await rowsOf(database)).toMatchObject({ parent, child, apart });
			expect(await holdsReferences(database)).toBe(true);
		});

		test('to nothing and forward again gives the same schema', async () => {
			const database = await place()();
			const nothing = await schemaOf(database);
			await migrate(database, all, options());
			const before = await schemaOf(database);
			expect(await rollback(database, all, null, options())).toMatchObject({
				current: null,
				undone: ['1.1.1', '1.1.0', '1.0.0'],
				failed: null
			});
			expect(await schemaOf(database)).toEqual(nothing);
			await migrate(database, all, options());
			expect(await schemaOf(database)).toEqual(before);
		});

		test('says what has no way back, and changes nothing', async () => {
			const database = await place()();
			const oneWay = file('003_one.sql', '1.2.0', 'CREATE TABLE one (id TEXT);', null);
			await migrate(database, [core, wider, oneWay], options());
			const before = await dump(database);
			const report = await rollback(database, [core, wider, oneWay], '1.0.0', options());
			expect(report).toMatchObject({
				current: '1.2.0',
				undone: [],
				failed: { code: 'irreversible', version: '1.2.0' }
			});
			expect(await dump(database)).toEqual(before);
		});

		const wrong: readonly [what: string, reverse: string, changes?: Partial<MigratorOptions>][] = [
			['a step fails', 'DROP TABLE one;\nDROP TABLE missing;'],
			['a reference would break', 'DROP TABLE one;\nDELETE FROM parent;'],
			['the test query fails', 'DROP TABLE one;', { testQuery: (tx) => tx.query('select wrong').then() }]
		];
		test.each(wrong)('changes nothing where %s', async (_, reverse, changes = {}) => {
			const database = await place()();
			const files = [core, wider, file('003_wrong.sql', '1.2.0', 'CREATE TABLE one (id TEXT);', reverse)];
			await migrate(database, files, options());
			const before = await dump(database);
			const report = await rollback(database, files, '1.0.0', options(changes));
			expect(report).toMatchObject({ current: '1.2.0', undone: [], failed: { code: 'sql' }, hold: null });
			expect(await dump(database)).toEqual(before);
			expect(await holdsReferences(database)).toBe(true);
		});

		test('refuses a version it has not been at, and does nothing to the current one', async () => {
			const database = await place()();
			await migrate(database, [core, wider], options());
			expect((await rollback(database, all, '1.1.1', options())).failed?.code).toBe('not_applied');
			expect(await rollback(database, all, '1.1.0', options())).toMatchObject({
				undone: [],
				failed: null,
				hold: null
			});
		});
	});

	test('the migrations of the app lead forward, back to nothing, and forward to the same schema', async () => {
		const files = shipped(engine);
		const database = await place()();
		const nothing = await schemaOf(database);
		const plain = options({ testQuery: async () => undefined });
		expect((await migrate(database, files, plain)).failed).toBe(null);
		const before = await schemaOf(database);
		expect((await rollback(database, files, null, plain)).failed).toBe(null);
		expect(await schemaOf(database)).toEqual(nothing);
		expect((await migrate(database, files, plain)).failed).toBe(null);
		expect(await schemaOf(database)).toEqual(before);
	});
});

test('PostgreSQL reads a migration in which marks stand inside of texts, names and bodies', async () => {
	const database = await databaseOf(createWorld(1, 'postgres'));
	const { core } = migrationsOf.postgres;
	const quoted = file(
		'002_quoted.sql',
		'1.1.0',
		`INSERT INTO parent VALUES (E'it\\'s; \\\\'), (date'2026-01-01' || ';'), (U&'\\0041;'), ('a\\'), ('?;''');
		CREATE TABLE a$b$c (";?" TEXT); /* ; ' */ CREATE TABLE d$b$e (id TEXT); -- '; $b$
		CREATE FUNCTION two() RETURNS TEXT LANGUAGE plpgsql AS $body$ BEGIN RETURN $$;'$$; END; $body$;
		INSERT INTO parent SELECT two();`,
		null
	);
	expect(await migrate(database, [core, quoted], options())).toMatchObject({
		current: '1.1.0',
		failed: null
	});
	const found = (await database.query('select id from parent')).map(({ id }) => id);
	expect(found).toEqual(['p;-- ', `it's; \\`, '2026-01-01;', 'A;', 'a\\', `?;'`, `;'`]);
});

test('a power cut in the middle of migrating leaves each migration whole or not there', async () => {
	const { core, wider, index } = migrationsOf.sqlite;
	const run = async (disk: Disk) => {
		const database = await opened(disk.files);
		return migrate(database, [core, wider, index], options());
	};
	const whole = new Disk();
	await run(whole);
	const expected = await schemaOf(await opened(whole.files));
	for (let at = 1; at <= whole.operations; at++) {
		const disk = new Disk({ kind: 'crash', at });
		const applied = await run(disk).then(
			(report) => report.applied.length,
			() => 0
		);
		for (const survival of survivals) {
			const result = await openSlots(disk.after(survival));
			if (!result.ok) throw new Error(`${disk.log[at - 1]}, ${survival}: ${result.error.message}`);
			const { database } = result.value;
			expect((await readSchema(database)).applied.length).toBeGreaterThanOrEqual(applied);
			expect((await migrate(database, [core, wider, index], options())).current).toBe('1.1.1');
			expect(await schemaOf(database)).toEqual(expected);
		}
	}
});
