import fc from 'fast-check';
import { expect, test } from 'vitest';
import { copyTable, digestOf, plainTables, type CopyOptions, type TableDigest } from '#storage/copy.ts';
import type { Database, SqlValue } from '#storage/database.ts';
import { memorySlots } from '#storage/sqlite/memory.ts';
import { openPlace, postgresPlace } from './postgres.ts';
import { opened } from './sql.ts';

const schema = {
	sqlite:
		'create table things (id integer not null, name text not null, part text, number real, bytes blob, primary key (name, id)) without rowid',
	postgres:
		'create table things (id bigint not null, name text collate "C" not null, part text, number double precision, bytes bytea, primary key (name, id))'
};

test('rows come over to the other engine and back as they were, with the same digest', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.uniqueArray(thing, { selector: ([id, name]) => `${id} ${name}`, maxLength: 40 }),
			async (rows) => void (await arrives(rows))
		),
		{ numRuns: 60 }
	);
});

test('more rows than a page, after rows that are too long for one, come over whole', async () => {
	const rows = Array.from({ length: 2500 }, (_, id): Thing => [
		id,
		'a',
		id < 8 ? 'long '.repeat(1e5) : `${id}`,
		id / 7,
		null
	]);
	const { told } = await arrives(rows);
	expect(told[1]).toBeLessThan(told[0] ?? 0);
	expect(Math.max(...told)).toBeLessThanOrEqual(1000);
});

test('one other byte is another digest', async () => {
	const database = await filled('postgres', [[1, 'a', null, 0.5, new Uint8Array([1, 2])]]);
	const before = await digest(database);
	await database.transaction((tx) => tx.run('update things set bytes = ?', [new Uint8Array([1, 3])]));
	expect(await digest(database)).not.toEqual(before);
});

test('it stops between two pages, and the reason passes through', async () => {
	const database = await filled('sqlite', [[1, 'a', null, null, null]]);
	const stop = new AbortController();
	stop.abort(new Error('enough'));
	await expect(digest(database, { onRows: () => undefined, signal: stop.signal })).rejects.toThrow('enough');
});

type Thing = [id: number, name: string, part: string | null, number: number | null, bytes: Uint8Array | null];

/** What every engine stores: no U+0000, no half characters, no byte order mark in front. */
const text = fc
	.string({ unit: fc.constantFrom('a', 'é', '"', '\\', '\n', '\u001f', '\u2028', '語', '🌊', '\\x00', ' ') })
	.map((value) => value.slice(0, 30).toWellFormed());
const thing: fc.Arbitrary<Thing> = fc.tuple(
	fc.integer(),
	text,
	fc.option(text),
	fc.option(
		fc.oneof(
			fc.double({ noNaN: true, min: -(2 ** 53) + 1, max: 2 ** 53 - 1 }),
			fc.constantFrom(0.1, 1e-7, 5e-324, 2 ** 53 - 1)
		)
	),
	fc.option(fc.uint8Array({ maxLength: 40 }))
);

/** From SQLite to PostgreSQL and back, each time looked at from both sides. Answers with the lengths of the pages. */
async function arrives(rows: readonly Thing[]): Promise<{ told: number[] }> {
	const told: number[] = [];
	const options = { ...always, onRows: (count: number) => told.push(count) };
	const first = await filled('sqlite', rows);
	const second = await filled('postgres', []);
	const third = await filled('sqlite', []);
	const there = await copied(first, second, options);
	const back = await copied(second, third, always);
	expect(there.rows).toBe(rows.length);
	expect([await digest(first), await digest(second), await digest(third), back]).toEqual([
		there,
		there,
		there,
		there
	]);
	expect(await all(second)).toEqual(await all(first));
	expect(await all(third)).toEqual(await all(first));
	return { told };
}

const always: CopyOptions = { onRows: () => undefined, signal: new AbortController().signal };

async function copied(from: Database, to: Database, options: CopyOptions): Promise<TableDigest> {
	const [[table], [into]] = [await plainTables(from, new Set()), await plainTables(to, new Set())];
	if (table === undefined || into === undefined) throw new Error('there is no table');
	return to.transaction((tx) => copyTable(from, tx, table, { ...options, into }));
}

async function digest(database: Database, options = always): Promise<TableDigest> {
	const [table] = await plainTables(database, new Set());
	if (table === undefined) throw new Error('there is no table');
	return digestOf(database, table, options);
}

function all(database: Database): Promise<Record<string, SqlValue>[]> {
	return database.query('select * from things order by name, id');
}

async function filled(dialect: 'sqlite' | 'postgres', rows: readonly Thing[]): Promise<Database> {
	const database = dialect === 'sqlite' ? await opened(memorySlots()) : await inPostgres();
	await database.transaction((tx) => tx.script(schema[dialect]), 'schema');
	await database.transaction(async (tx) => {
		for (const row of rows)
			await tx.run('insert into things (id, name, part, number, bytes) values (?, ?, ?, ?, ?)', row);
	});
	return database;
}

async function inPostgres(): Promise<Database> {
	const result = await openPlace(postgresPlace());
	if (!result.ok) throw new Error(result.error.message);
	return result.value.database;
}
