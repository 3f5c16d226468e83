import { storageFailureOf } from '#storage/database.ts';
import type { Database, SqlValue } from '#storage/database.ts';
import { transactionCases } from './contract-transactions.ts';
import { add, ids, idsAfterRestart, rejected, same, withItems } from './place.ts';
import type { ContractCase } from './place.ts';

/*
 * What every engine behind `Database` does alike. No test runner and nothing of Node in here, so that the same cases run in
 * Node and in a browser. SQL is of the kind that both dialects read; parameters are `$1`, `$2`, each once and in order.
 */

const refusedValues: Readonly<Record<string, unknown>> = {
	undefined: undefined,
	'a boolean': true,
	'a date': new Date(0),
	'an object': {},
	'an array': [1],
	'a bigint': 1n,
	NaN: Number.NaN,
	infinity: Number.POSITIVE_INFINITY,
	'an integer beyond 2^53': 2 ** 53,
	'half a surrogate pair': 'a\ud800b',
	'U+0000': 'a\u0000b',
	'a byte order mark at the beginning': '\ufeffa'
};

export const contractCases: readonly ContractCase[] = [
	{
		name: 'keeps what a transaction wrote, now and after a restart',
		async run(place) {
			const database = await withItems(place);
			same(await database.transaction((tx) => add(tx, 'a', 1)), 1);
			same(await ids(database), ['a']);
			same(await idsAfterRestart(database, place), ['a']);
		}
	},
	{
		name: 'gives every value back as it was',
		async run(place) {
			const database = await withItems(place);
			const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
			const rows: SqlValue[][] = [
				['empty', 0, '', new Uint8Array(0)],
				['none', null, null, null],
				['text', 1, 'Việt 研究 ß 🪞 \u2028 \t"\'', bytes],
				['large', Number.MAX_SAFE_INTEGER, ';--', bytes.slice(0, 1)],
				['small', Number.MIN_SAFE_INTEGER, '/* */', bytes.slice(1)],
				['fraction', 0.1 + 0.2, '$1', bytes],
				['tiny', 5e-324, '?', bytes],
				['minus', -1.5, 'a\ufeff', bytes]
			];
			await database.transaction(async (tx) => {
				for (const row of rows) await tx.run('insert into item values ($1, $2, $3, $4)', row);
			});
			const all = async (from: Database) => {
				const found = await from.query('select id, n, note, bytes from item order by id');
				return found.map(({ id, n, note, bytes: content }) => [id, n, note, content]);
			};
			const expected = rows.toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
			same(await all(database), expected);
			await database.close();
			const again = await place.open();
			same(await all(again), expected);
			await again.close();
		}
	},
	...Object.entries(refusedValues).map(([what, value]): ContractCase => ({
		name: `refuses ${what} as a parameter`,
		async run(place) {
			const database = await withItems(place);
			const note = value as SqlValue;
			await rejected(
				database.transaction((tx) => tx.run('insert into item (id, note) values ($1, $2)', ['a', note]))
			);
			await rejected(database.query('select id from item where note = $1', [note]));
			same(await idsAfterRestart(database, place), []);
		}
	})),
	{
		name: 'records a parameter as it was, whatever its owner does with it later',
		async run(place) {
			const database = await withItems(place);
			const bytes = Uint8Array.of(1, 2, 3);
			await database.transaction(async (tx) => {
				await tx.run('insert into item (id, bytes) values ($1, $2)', ['a', bytes]);
				bytes.fill(9);
			});
			await database.close();
			const again = await place.open();
			same(await again.query('select bytes from item'), [{ bytes: Uint8Array.of(1, 2, 3) }]);
			await again.close();
		}
	},
	{
		name: 'tells how many rows a statement changed',
		async run(place) {
			const database = await withItems(place);
			await database.transaction(async (tx) => {
				same(await tx.run('insert into item (id, n) values ($1, 1), ($2, 2)', ['a', 'b']), 2);
				same(await tx.run('create table other (id text primary key)'), 0);
				same(await tx.run('update item set n = n + 1'), 2);
				same(await tx.run('update item set n = 0 where id = $1', ['none']), 0);
				same(await tx.run('insert into item (id) values ($1) on conflict do nothing', ['a']), 0);
				same(
					await tx.run('with old as (select id from item) delete from item where id in (select id from old)'),
					2
				);
			});
			await database.close();
		}
	},
	{
		name: 'lets a transaction see its own writes, and answers RETURNING',
		async run(place) {
			const database = await withItems(place);
			await database.transaction(async (tx) => {
				same(await tx.query('insert into item (id, n) values ($1, $2) returning id, n', ['a', 7]), [
					{ id: 'a', n: 7 }
				]);
				same(await tx.query('select n from item'), [{ n: 7 }]);
			});
			same(await idsAfterRestart(database, place), ['a']);
		}
	},
	{
		name: 'refuses a write outside of a transaction',
		async run(place) {
			const database = await withItems(place);
			await rejected(database.query('insert into item (id) values ($1) returning id', ['a']));
			await rejected(
				database.query('with one as (select 1) insert into item (id) values ($1) returning id', ['b'])
			);
			await rejected(database.query('create table other (id text)'));
			same(await idsAfterRestart(database, place), []);
		}
	},
	{
		name: 'takes one statement at a time, with just its parameters',
		async run(place) {
			const database = await withItems(place);
			const wrong: [string, SqlValue[]][] = [
				['select 1; select 2', []],
				['insert into item (id) values ($1); delete from item', ['a']],
				['insert into item (id, n) values ($1, $2)', ['a']],
				['insert into item (id, n) values ($1, $2)', ['a', 1, 2]],
				['insert into item (id) values ($1)', ['a', null]],
				['', []],
				['-- only a comment', []],
				['select from where', []]
			];
			for (const [sql, params] of wrong) {
				await rejected(database.transaction((tx) => tx.run(sql, params)));
			}
			same((await database.query('select 1 as one; -- a comment behind it\n')).length, 1);
			same(await idsAfterRestart(database, place), []);
		}
	},
	{
		name: 'runs a script whole or not at all',
		async run(place) {
			const database = await withItems(place);
			await database.transaction((tx) =>
				tx.script(`-- a; comment;
					insert into item (id, note) values ('a', 'x;y -- z'); ;; /* ; */
					create table other (id text primary key);
					insert into other values ('b;') -- the end`)
			);
			await rejected(
				database.transaction((tx) => tx.script(`insert into item (id) values ('c'); select from;`))
			);
			await rejected(database.transaction((tx) => tx.script(`insert into item (id) values ('d'); commit;`)));
			same(await database.query('select id from other'), [{ id: 'b;' }]);
			same(await database.query('select note from item'), [{ note: 'x;y -- z' }]);
			same(await idsAfterRestart(database, place), ['a']);
		}
	},
	{
		name: 'holds references between rows, and checks them at the end of a change of the schema',
		async run(place) {
			const database = await withItems(place);
			await database.transaction((tx) =>
				tx.script(`create table part (id text primary key, item_id text not null references item (id));
					insert into item (id) values ('a'); insert into part values ('p', 'a');`)
			);
			await rejected(database.transaction((tx) => tx.run('delete from item')));
			await rejected(database.transaction((tx) => tx.run('insert into part values ($1, $2)', ['q', 'none'])));
			await database.transaction(
				(tx) =>
					tx.script(`create table new_part (id text primary key, item_id text not null references item (id), more text);
						insert into new_part (id, item_id) select id, item_id from part;
						drop table part; alter table new_part rename to part;`),
				'schema'
			);
			await rejected(
				database.transaction(async (tx) => {
					await add(tx, 'b', 1);
					await tx.run('insert into part (id, item_id) values ($1, $2)', ['r', 'none']);
				}, 'schema')
			);
			await rejected(database.transaction((tx) => tx.run('delete from item')));
			same(await database.query('select id, item_id, more from part'), [
				{ id: 'p', item_id: 'a', more: null }
			]);
			same(await idsAfterRestart(database, place), ['a']);
		}
	},
	{
		name: 'keeps everything through compacting, with transactions beside it',
		async run(place) {
			const database = await withItems(place);
			same(database.needsCompacting(), false);
			const expected: string[] = [];
			for (let round = 0; round < 4; round++) {
				const writes = ['a', 'b', 'c'].map((letter) => {
					expected.push(`${letter}${round}`);
					return database.transaction((tx) => add(tx, `${letter}${round}`, round));
				});
				await Promise.all([database.compact(), ...writes, database.compact()]);
			}
			await database.compact();
			same(await ids(database), expected.toSorted());
			same(await idsAfterRestart(database, place), expected.toSorted());
		}
	},
	...transactionCases,
	{
		name: 'finishes what was called before it closes, and answers nothing after',
		async run(place) {
			const database = await withItems(place);
			const write = database.transaction((tx) => add(tx, 'a', 1));
			const closing = database.close();
			await write;
			await closing;
			const errors = await Promise.all([
				rejected(database.query('select 1')),
				rejected(database.transaction(async () => undefined)),
				rejected(database.compact())
			]);
			same(
				errors.map((error) => storageFailureOf(error)?.code),
				['failed', 'failed', 'failed']
			);
			await database.close();
			const again = await place.open();
			same(await idsAfterRestart(again, place), ['a']);
		}
	}
];
