import { describe, expect, test } from 'vitest';
import { SqliteEngine } from '#storage/sqlite/engine.ts';
import { memorySlots } from '#storage/sqlite/memory.ts';
import { opened, sql } from './sql.ts';

function engine(): SqliteEngine {
	return new SqliteEngine({ sql, image: null, functions: [] });
}

describe('what would replay differently', () => {
	const calls = [
		'random()',
		'abs(random())',
		'randomblob(4)',
		'current_timestamp',
		'current_date',
		'current_time',
		'date()',
		`date('now')`,
		`date('2026-01-01', '+1 day')`,
		`time('now', '+1 hour', 'utc')`,
		'datetime()',
		`datetime('now', 'localtime')`,
		'julianday()',
		`unixepoch('now')`,
		`strftime('%s')`,
		`strftime('%s', 'now', '+1 day', '+2 days')`,
		`timediff('now', '2026-01-01')`,
		'changes()',
		'total_changes()',
		'last_insert_rowid()'
	];

	test.each(calls)('%s throws', (call) => {
		expect(() => engine().execute(`select ${call}`, [], 'read')).toThrow('is not allowed in SQL');
	});

	test.each(calls)('%s throws in a trigger', (call) => {
		const database = engine();
		database.script(`create table t (x);
			create trigger added after insert on t begin update t set x = ${call} where rowid = new.rowid; end;`);
		expect(() => database.execute('insert into t values (1)', [], 'write')).toThrow(/not allowed|unsafe use/);
		expect(database.execute('select x from t', [], 'read').rows).toEqual([]);
	});

	test.each(['current_timestamp', 'current_date', 'current_time', '(random())', `(datetime('now'))`])(
		'default %s throws',
		(value) => {
			const database = engine();
			database.script(`create table t (id, at default ${value})`);
			expect(() => database.execute('insert into t (id) values (1)', [], 'write')).toThrow(
				/not allowed|unsafe use/
			);
		}
	);
});

describe('statements', () => {
	test('that change the connection are refused', () => {
		const database = engine();
		for (const statement of [
			'pragma foreign_keys=off',
			'PRAGMA main . foreign_keys (0)',
			'/* */ pragma journal_mode',
			'pragma recursive_triggers = 1',
			`attach 'x' as y`,
			'detach y',
			'vacuum',
			'create temp table t (x)',
			'CREATE TEMPORARY VIEW v AS SELECT 1',
			'create table t (x references t (x) deferrable initially deferred)'
		]) {
			expect(() => database.execute(statement, [], 'write'), statement).toThrow();
			expect(() => database.script(`select 1;; ${statement}`), statement).toThrow();
		}
		expect(database.execute('select * from pragma_foreign_keys', [], 'read').rows).toEqual([
			{ foreign_keys: 1 }
		]);
		expect(database.execute('select name from sqlite_schema', [], 'read').rows).toEqual([]);
	});

	test('that only ask are answered, pragmas among them', () => {
		const database = engine();
		database.script('create table t (id integer primary key, x text)');
		expect(database.execute('pragma table_info(t)', [], 'read').rows).toHaveLength(2);
		expect(database.execute('pragma integrity_check;', [], 'read').rows).toEqual([{ integrity_check: 'ok' }]);
		expect(database.execute('with a as (select 1 as n) select n from a', [], 'read').rows).toEqual([
			{ n: 1 }
		]);
		expect(database.execute('values (1)', [], 'read').rows).toHaveLength(1);
		expect(() => database.execute('with a as (select 1) delete from t', [], 'read')).toThrow(
			'Only a question'
		);
	});

	test('are compiled again after more others than are kept, and after the schema changed', () => {
		const database = engine();
		database.script('create table t (id integer primary key, x text)');
		const insert = 'insert into t (x) values (?)';
		for (let n = 0; n < 250; n++) {
			database.execute(insert, [`x${n}`], 'write');
			expect(database.execute(`select count(*) as n, ${n} as other from t`, [], 'read').rows[0]).toEqual({
				n: n + 1,
				other: n
			});
		}
		const all = 'select * from t where id = 1';
		expect(database.execute(all, [], 'read').rows).toEqual([{ id: 1, x: 'x0' }]);
		database.script('alter table t add column y text default 1');
		expect(database.execute(all, [], 'read').rows).toEqual([{ id: 1, x: 'x0', y: '1' }]);
		database.script('drop table t');
		expect(() => database.execute(all, [], 'read')).toThrow('no such table');
	});

	test('that fail throw an Error, whatever sql.js throws', () => {
		const database = engine();
		for (const statement of ['select', 'select * from missing', 'nonsense', '', ';', `select 'open`]) {
			expect(() => database.execute(statement, [], 'read'), statement).toThrow(Error);
		}
	});
});

test('a virtual table for words works in triggers although the schema is not trusted', () => {
	const database = engine();
	database.script(`create table entry (id integer primary key, body text);
		create virtual table words using fts4(content="entry", body, tokenize=unicode61 "remove_diacritics=2");
		create trigger put after insert on entry begin insert into words (docid, body) values (new.id, new.body); end;
		create trigger gone before delete on entry begin delete from words where docid = old.id; end;`);
	database.execute('insert into entry (body) values (?)', ['Tiếng Việt'], 'write');
	expect(database.execute('select docid from words where words match ?', ['viet'], 'read').rows).toEqual([
		{ docid: 1 }
	]);
	database.execute('delete from entry', [], 'write');
	expect(database.execute('select docid from words where words match ?', ['viet'], 'read').rows).toEqual([]);
});

describe('space that is given back', () => {
	function sparse(connections = sql): SqliteEngine {
		const database = new SqliteEngine({ sql: connections, image: null, functions: [] });
		database.script('create table t (x); create table kept (x)');
		for (let n = 0; n < 20; n++) database.execute('insert into t values (?)', ['x'.repeat(1 << 14)], 'write');
		database.script('delete from t');
		return database;
	}

	test('makes the file smaller where enough of it is empty', () => {
		const database = sparse();
		const before = database.image().length;
		database.reclaim();
		expect(database.image().length).toBeLessThan(before / 4);
	});

	test('is not tried where little is to be had', () => {
		const database = engine();
		database.script('create table t (x)');
		const before = database.image();
		database.reclaim();
		expect(database.image()).toEqual(before);
	});

	test('is no reason to go on after what broke off in the middle of SQLite', () => {
		class Breaking extends sql.Database {
			override run(...call: Parameters<InstanceType<typeof sql.Database>['run']>) {
				if (call[0] === 'vacuum') throw new RangeError('no memory for the file');
				return super.run(...call);
			}
		}
		expect(() => sparse({ ...sql, Database: Breaking }).reclaim()).toThrow('no memory for the file');
	});
});

test('an image that is no database does not open', () => {
	const image = new TextEncoder().encode('not a database '.repeat(100));
	expect(() => new SqliteEngine({ sql, image, functions: [] })).toThrow('not a database');
});

test('functions of the caller answer questions', async () => {
	const database = await opened(memorySlots(), {
		functions: [
			{ name: 'shout', run: (text) => String(text).toUpperCase() },
			{ name: 'size', run: (bytes) => (bytes instanceof Uint8Array ? bytes.length : null) }
		]
	});
	const rows = await database.query('select shout(?) as loud, size(?) as n', ['a', Uint8Array.of(1, 2)]);
	expect(rows).toEqual([{ loud: 'A', n: 2 }]);
});
