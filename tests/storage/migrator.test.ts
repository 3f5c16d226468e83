import { readFile, readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { Database } from '#storage/database.ts';
import { parseMigration } from '#storage/migration.ts';
import type { MigrationFile } from '#storage/migration.ts';
import { migrate, readSchema, releaseHold, rollback } from '#storage/migrator.ts';
import type { MigratorOptions } from '#storage/migrator.ts';
import { memorySlots } from '#storage/sqlite/memory.ts';
import { Disk, survivals } from './disk.ts';
import { opened, openSlots } from './sql.ts';

function file(name: string, version: string, forward: string, reverse: string | null): MigrationFile {
	const back = reverse === null ? '' : `\n-- ROLLBACK:\n${reverse.replaceAll(/^/gm, '-- ')}\n`;
	const header = `-- Migration: ${name}\n-- Version: ${version}\n-- Date: 2026-01-01\n-- Description: Test of ${name}\n`;
	return { name, text: `${header}\n${forward}\n${back}` };
}

const core = file(
	'001_core.sql',
	'1.0.0',
	`CREATE TABLE schema_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version TEXT NOT NULL,
		description TEXT, applied_at TEXT NOT NULL, checksum TEXT);
	CREATE TABLE storage_holds (version TEXT PRIMARY KEY, held_at TEXT NOT NULL);
	CREATE TABLE parent (id TEXT PRIMARY KEY);
	CREATE TABLE child (id TEXT PRIMARY KEY, parent_id TEXT NOT NULL REFERENCES parent (id) ON DELETE CASCADE);
	INSERT INTO parent VALUES ('p;-- '); INSERT INTO child VALUES ('c', 'p;-- ');`,
	`DROP TABLE parent;\nDROP TABLE child;\n-- and these\nDROP TABLE storage_holds;\nDROP TABLE schema_version;`
);
const wider = file(
	'002_wider.sql',
	'1.1.0',
	`CREATE TABLE new_parent (id TEXT PRIMARY KEY, name TEXT);
	INSERT INTO new_parent (id) SELECT id FROM parent; DROP TABLE parent; ALTER TABLE new_parent RENAME TO parent;`,
	`ALTER TABLE parent DROP COLUMN name;`
);
const index = file(
	'003_index.sql',
	'1.1.1',
	`CREATE INDEX child_by_parent ON child (parent_id);`,
	`DROP INDEX child_by_parent;`
);
const all = [core, wider, index];

function options(changes: Partial<MigratorOptions> = {}): MigratorOptions {
	return {
		clock: () => Date.UTC(2026, 0, 2),
		backup: async () => undefined,
		testQuery: async (tx, version) => {
			if (version !== null) await tx.query('select count(*) from child');
		},
		...changes
	};
}

async function schema(database: Database): Promise<unknown> {
	return database.query(
		`select type, name, tbl_name, replace(sql, '"', '') as sql from sqlite_schema where name not like 'sqlite_%' order by name`
	);
}

describe('a migration file', () => {
	test('is read with its header, its SQL in both directions and its checksum, whatever its line ends', () => {
		const unix = parseMigration(core);
		expect(unix).toMatchObject({
			ok: true,
			value: {
				name: '001_core.sql',
				version: '1.0.0',
				date: '2026-01-01',
				description: 'Test of 001_core.sql'
			}
		});
		expect(parseMigration({ ...core, text: core.text.replaceAll('\n', '\r\n') })).toEqual(unix);
		if (!unix.ok) return;
		expect(unix.value.forward).not.toContain('ROLLBACK');
		expect(unix.value.reverse).toBe(
			'DROP TABLE parent;\nDROP TABLE child;\n-- and these\nDROP TABLE storage_holds;\nDROP TABLE schema_version;'
		);
		expect(unix.value.checksum).toMatch(/^[0-9a-f]{64}$/);
	});

	test('may call its way back DOWN, or have none', () => {
		const down = parseMigration({ ...index, text: index.text.replace('-- ROLLBACK:', '-- DOWN') });
		expect(down).toMatchObject({ ok: true, value: { reverse: 'DROP INDEX child_by_parent;' } });
		expect(parseMigration(file('004_x.sql', '2.0.0', 'SELECT 1;', null))).toMatchObject({
			value: { reverse: null }
		});
		expect(parseMigration(file('004_x.sql', '2.0.0', 'SELECT 1;', ''))).toMatchObject({
			value: { reverse: null }
		});
	});

	test('may speak of rolling back and of down without meaning its way back', () => {
		const forward = '-- Down below:\n-- ROLLBACK is at the end\n-- rollback:\nSELECT 1;';
		const parsed = parseMigration(file('004_x.sql', '2.0.0', forward, 'SELECT 2;'));
		expect(parsed.ok && parsed.value.forward).toContain(forward);
		expect(parsed).toMatchObject({ value: { reverse: 'SELECT 2;' } });
	});

	test.each([
		['another name', { name: '002_core.sql', text: core.text }],
		['no number', file('core.sql', '1.0.0', '', null)],
		['no version', { name: '001_core.sql', text: core.text.replace(/-- Version.*\n/, '') }],
		['a version of two numbers', file('001_core.sql', '1.0', '', null)]
	])('with %s is malformed', (_, wrong) => {
		expect(parseMigration(wrong)).toMatchObject({ ok: false, error: { code: 'malformed' } });
	});
});

describe('migrating', () => {
	test('applies what is missing, in order, and says so; a second time nothing', async () => {
		const files = memorySlots();
		const database = await opened(files);
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
		const before = await schema(database);
		await database.close();
		expect(await schema(await opened(files))).toEqual(before);
	});

	test('makes a backup before it changes a database with content, and none of an empty one', async () => {
		const database = await opened(memorySlots());
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
		const database = await opened(memorySlots());
		await migrate(database, [core], options());
		const backup = () => Promise.reject(new Error('no space'));
		const report = await migrate(database, all, options({ backup }));
		expect(report).toMatchObject({ current: '1.0.0', applied: [], notRun: ['1.1.0', '1.1.1'] });
		expect(report.failed?.code).toBe('backup');
	});

	const bad: [string, MigrationFile, Partial<MigratorOptions>][] = [
		[
			'whose SQL is wrong',
			file('002_bad.sql', '1.1.0', 'CREATE TABLE new (id TEXT); SELECT wrong;', null),
			{}
		],
		[
			'that ends the transaction',
			file('002_bad.sql', '1.1.0', 'CREATE TABLE new (id TEXT); COMMIT;', null),
			{}
		],
		[
			'that breaks a reference',
			file('002_bad.sql', '1.1.0', 'CREATE TABLE new (id TEXT); DELETE FROM parent;', null),
			{}
		],
		[
			'that asks for the time',
			file('002_bad.sql', '1.1.0', `INSERT INTO parent VALUES (datetime());`, null),
			{}
		],
		[
			'whose test query fails',
			file('002_bad.sql', '1.1.0', 'CREATE TABLE new (id TEXT);', null),
			{
				testQuery: async (tx, version) => {
					if (version === '1.1.0') await tx.query('select * from missing');
				}
			}
		]
	];
	test.each(bad)('leaves nothing of a migration %s', async (_, wrong, changes) => {
		const files = memorySlots();
		const database = await opened(files);
		await migrate(database, [core], options());
		const before = [await schema(database), await database.query('select * from schema_version')];
		const report = await migrate(database, [core, wrong, index], options(changes));
		expect(report).toMatchObject({ current: '1.0.0', applied: [], notRun: ['1.1.0', '1.1.1'] });
		expect(report.failed).toMatchObject({ code: 'sql', version: '1.1.0' });
		expect([await schema(database), await database.query('select * from schema_version')]).toEqual(before);
		await database.close();
		expect((await readSchema(await opened(files))).applied).toHaveLength(1);
	});

	test('keeps what was applied before one that fails', async () => {
		const database = await opened(memorySlots());
		const wrong = file('003_bad.sql', '1.2.0', 'SELECT wrong;', null);
		const report = await migrate(database, [core, wider, wrong], options());
		expect(report).toMatchObject({ current: '1.1.0', applied: ['1.0.0', '1.1.0'], notRun: ['1.2.0'] });
		expect(report.failed?.version).toBe('1.2.0');
	});

	test('sees a file that was edited, one that is gone, one that came too late, and a newer database', async () => {
		const database = await opened(memorySlots());
		await migrate(database, [core, wider], options());
		const edited = { ...wider, text: `${wider.text}\n` };
		const late = file('002_late.sql', '1.0.5', 'SELECT 1;', null);
		const codes = await Promise.all(
			[
				[core, edited],
				[wider],
				[core, late, wider],
				[core],
				[core, { ...wider, text: '' }],
				[core, index, wider]
			].map(async (files) => (await migrate(database, files, options())).failed?.code)
		);
		expect(codes).toEqual(['edited', 'unknown', 'order', 'newer', 'malformed', undefined]);
	});

	test('answers with a failure where the database is closed', async () => {
		const database = await opened(memorySlots());
		await database.close();
		expect((await migrate(database, all, options())).failed?.code).toBe('storage');
		expect((await rollback(database, all, '1.0.0', options())).failed?.code).toBe('storage');
	});
});

describe('rolling back', () => {
	test('undoes in reverse order, leaves a hold, and after its release leads to the same schema again', async () => {
		const files = memorySlots();
		const database = await opened(files);
		await migrate(database, all, options());
		const before = await schema(database);
		const report = await rollback(database, all, '1.0.0', options());
		expect(report).toEqual({ current: '1.0.0', undone: ['1.1.1', '1.1.0'], failed: null, hold: '1.0.0' });
		expect(await database.query('select id from child')).toEqual([{ id: 'c' }]);
		await database.close();
		const again = await opened(files);
		expect(await migrate(again, all, options())).toMatchObject({
			current: '1.0.0',
			applied: [],
			notRun: ['1.1.0', '1.1.1'],
			hold: '1.0.0',
			failed: null
		});
		await releaseHold(again);
		expect((await migrate(again, all, options())).applied).toEqual(['1.1.0', '1.1.1']);
		expect(await schema(again)).toEqual(before);
	});

	test('to nothing and forward again gives the same schema', async () => {
		const database = await opened(memorySlots());
		await migrate(database, all, options());
		const before = await schema(database);
		expect(await rollback(database, all, null, options())).toMatchObject({
			current: null,
			undone: ['1.1.1', '1.1.0', '1.0.0'],
			failed: null
		});
		expect(await schema(database)).toEqual([]);
		await migrate(database, all, options());
		expect(await schema(database)).toEqual(before);
	});

	test('says what has no way back, and changes nothing', async () => {
		const database = await opened(memorySlots());
		const oneWay = file('003_one.sql', '1.2.0', 'CREATE TABLE one (id TEXT);', null);
		await migrate(database, [core, wider, oneWay], options());
		const before = await schema(database);
		const report = await rollback(database, [core, wider, oneWay], '1.0.0', options());
		expect(report).toMatchObject({
			current: '1.2.0',
			undone: [],
			failed: { code: 'irreversible', version: '1.2.0' }
		});
		expect(await schema(database)).toEqual(before);
	});

	test('changes nothing where a step fails or would break a reference', async () => {
		const database = await opened(memorySlots());
		const wrong = file(
			'003_wrong.sql',
			'1.2.0',
			'CREATE TABLE one (id TEXT);',
			'DROP TABLE one;\nDELETE FROM parent;'
		);
		await migrate(database, [core, wider, wrong], options());
		const before = await schema(database);
		const report = await rollback(database, [core, wider, wrong], '1.0.0', options());
		expect(report.failed?.code).toBe('sql');
		expect(await schema(database)).toEqual(before);
		expect((await readSchema(database)).hold).toBe(null);
	});

	test('refuses a version it has not been at, and does nothing to the current one', async () => {
		const database = await opened(memorySlots());
		await migrate(database, [core, wider], options());
		expect((await rollback(database, all, '1.1.1', options())).failed?.code).toBe('not_applied');
		expect(await rollback(database, all, '1.1.0', options())).toMatchObject({
			undone: [],
			failed: null,
			hold: null
		});
	});
});

test('a power cut in the middle of migrating leaves each migration whole or not there', async () => {
	const run = async (disk: Disk) => {
		const database = await opened(disk.files);
		return migrate(database, all, options());
	};
	const whole = new Disk();
	await run(whole);
	const expected = await schema(await opened(whole.files));
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
			expect((await migrate(database, all, options())).current).toBe('1.1.1');
			expect(await schema(database)).toEqual(expected);
		}
	}
});

test('the migrations of the app lead forward, back to nothing, and forward to the same schema', async () => {
	const folder = new URL('../../migrations/sqlite/', import.meta.url);
	const names = (await readdir(folder)).filter((name) => name.endsWith('.sql'));
	const files = await Promise.all(
		names.map(async (name) => ({ name, text: await readFile(new URL(name, folder), 'utf8') }))
	);
	const database = await opened(memorySlots());
	const plain = options({ testQuery: async () => undefined });
	expect((await migrate(database, files, plain)).failed).toBe(null);
	const before = await schema(database);
	expect((await rollback(database, files, null, plain)).failed).toBe(null);
	expect(await schema(database)).toEqual([]);
	expect((await migrate(database, files, plain)).failed).toBe(null);
	expect(await schema(database)).toEqual(before);
});
