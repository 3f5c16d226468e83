import fc from 'fast-check';
import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import type { Database, Row, Transaction } from '#storage/database.ts';
import { openSqlite } from '#storage/sqlite/database.ts';
import type { SqliteDatabase } from '#storage/sqlite/database.ts';
import { IndexedDbStore } from '#storage/sqlite/indexeddb.ts';
import { memorySlots } from '#storage/sqlite/memory.ts';
import { digest, opened, sql } from './sql.ts';

/** One step inside a transaction; a savepoint holds more of them. */
type Step =
	| { readonly kind: 'put'; readonly id: number; readonly note: string; readonly n: number }
	| { readonly kind: 'bytes'; readonly id: number; readonly bytes: Uint8Array }
	| { readonly kind: 'remove'; readonly id: number }
	| { readonly kind: 'clear' }
	| { readonly kind: 'clash' }
	| { readonly kind: 'savepoint'; readonly steps: readonly Step[]; readonly ends: 'well' | 'badly' };

type Action =
	| { readonly kind: 'transaction'; readonly steps: readonly Step[]; readonly ends: 'well' | 'badly' }
	| { readonly kind: 'compact' }
	| { readonly kind: 'restart' };

const id = fc.integer({ min: 1, max: 8 });
const note = fc
	.string({ unit: 'grapheme', maxLength: 12 })
	.filter((text) => !text.includes('\u0000') && !text.startsWith('\ufeff') && text.isWellFormed());
const ends = fc.constantFrom('well' as const, 'well' as const, 'badly' as const);
const { steps } = fc.letrec<{ step: Step; steps: Step[] }>((tie) => ({
	step: fc.oneof(
		{ depthSize: 'small', withCrossShrink: true },
		fc.record({
			kind: fc.constant('put' as const),
			id,
			note,
			n: fc.oneof(
				fc.maxSafeInteger(),
				fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 })
			)
		}),
		fc.record({ kind: fc.constant('bytes' as const), id, bytes: fc.uint8Array({ maxLength: 40 }) }),
		fc.record({ kind: fc.constant('remove' as const), id }),
		fc.record({ kind: fc.constantFrom('clear' as const, 'clash' as const) }),
		fc.record({ kind: fc.constant('savepoint' as const), steps: tie('steps'), ends })
	),
	steps: fc.array(tie('step'), { maxLength: 6 })
}));
const actions = fc.array(
	fc.oneof(
		{ weight: 6, arbitrary: fc.record({ kind: fc.constant('transaction' as const), steps, ends }) },
		{ weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('compact' as const, 'restart' as const) }) }
	),
	{ maxLength: 14 }
) as fc.Arbitrary<Action[]>;

async function create(database: Database): Promise<void> {
	await database.transaction((tx) =>
		tx.script(`create table item (id integer primary key, note text, n real, bytes blob) without rowid;
			create table trace (at integer primary key autoincrement, what text);
			create virtual table words using fts4(note);
			create trigger put after insert on item begin
				insert into trace (what) values ('put ' || new.id);
				insert into words (docid, note) values (new.id, new.note);
			end;
			create trigger gone before delete on item begin delete from words where docid = old.id; end;`)
	);
}

async function perform(tx: Transaction, steps: readonly Step[]): Promise<void> {
	for (const step of steps) {
		switch (step.kind) {
			case 'put':
				await tx.run(
					`insert into item (id, note, n) values (?, ?, ?)
						on conflict (id) do update set note = excluded.note, n = excluded.n`,
					[step.id, step.note, step.n]
				);
				break;
			case 'bytes':
				await tx.query('update item set bytes = ? where id = ? returning id', [step.bytes, step.id]);
				break;
			case 'remove':
				await tx.run('delete from item where id = ?', [step.id]);
				break;
			case 'clear':
				await tx.run('delete from item');
				break;
			case 'clash':
				// Half of it is done when it fails: all of it must be undone.
				await tx.run(`insert or fail into item (id) values (0), (9), (0)`);
				break;
			case 'savepoint':
				await tx
					.savepoint(async () => {
						await perform(tx, step.steps);
						if (step.ends === 'badly') throw new Error('of the work');
					})
					.catch(() => undefined);
		}
	}
}

async function everything(database: Database): Promise<Row[][]> {
	return Promise.all(
		['item order by id', 'trace order by at', 'words order by docid', 'sqlite_sequence', 'sqlite_schema'].map(
			(from) => database.query(`select * from ${from}`)
		)
	);
}

async function replays(open: () => Promise<SqliteDatabase>, list: readonly Action[]): Promise<void> {
	let database = await open();
	await create(database);
	for (const action of list) {
		if (action.kind === 'compact') await database.compact();
		else if (action.kind === 'restart') {
			const before = await everything(database);
			// Not closed: what counts is only what is on the medium.
			database = await open();
			expect(await everything(database)).toEqual(before);
		} else {
			const before = await everything(database);
			const outcome = await database
				.transaction(async (tx) => {
					await perform(tx, action.steps);
					if (action.ends === 'badly') throw new Error('of the work');
				})
				.catch(() => 'refused');
			if (outcome === 'refused') expect(await everything(database)).toEqual(before);
		}
	}
	const last = await everything(database);
	const again = await open();
	expect(await everything(again)).toEqual(last);
	expect(await again.query('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
	await again.close();
}

test('a restart at any point gives the same rows, whatever was done (slots)', async () => {
	await fc.assert(
		fc.asyncProperty(actions, async (list) => {
			const files = memorySlots();
			await replays(() => opened(files), list);
		}),
		{ numRuns: 150 }
	);
});

let count = 0;
test('a restart at any point gives the same rows, whatever was done (IndexedDB)', async () => {
	await fc.assert(
		fc.asyncProperty(actions, async (list) => {
			const name = `replay-${count++}`;
			await replays(async () => {
				const result = await openSqlite({ sql, store: new IndexedDbStore({ name, digest }) });
				if (!result.ok) throw new Error(result.error.message);
				return result.value.database;
			}, list);
		}),
		{ numRuns: 30 }
	);
});
