import { describe, expect, test } from 'vitest';
import { openSqlite } from '#storage/sqlite/database.ts';
import type { SqliteDatabase } from '#storage/sqlite/database.ts';
import { memorySlots } from '#storage/sqlite/memory.ts';
import { slotNames } from '#storage/sqlite/slot-file.ts';
import { SlotStore } from '#storage/sqlite/slots.ts';
import { bytesOf, changedFiles, copyOf } from './disk.ts';
import { add, begin, codeOf, filled, found, numbers, upTo } from './log.ts';
import { digest, openSlots, opened, pause, sql } from './sql.ts';

describe('snapshots', () => {
	test('are worth it after 1,000 records or a megabyte, and not after one', async () => {
		const database = await opened(memorySlots());
		await begin(database);
		for (let n = 1; n < 999; n++) await add(database, n);
		expect(database.needsCompacting()).toBe(false);
		await add(database, 999);
		expect(database.needsCompacting()).toBe(true);
		await database.compact();
		expect(database.needsCompacting()).toBe(false);
		await database.transaction((tx) => tx.run('update log set note = ? where n = 1', ['x'.repeat(1 << 20)]));
		expect(database.needsCompacting()).toBe(true);
		await database.close();
	});

	test('count what a start would have to replay, also after a start', async () => {
		const files = memorySlots();
		await filled(files, 1000);
		const database = await opened(files);
		expect(database.needsCompacting()).toBe(true);
		await database.compact();
		await database.close();
		expect((await opened(files)).needsCompacting()).toBe(false);
	});

	test('are made by themselves at 5,000 records', async () => {
		const files = memorySlots();
		const database = await opened(files);
		await begin(database);
		for (let n = 1; n <= 5100; n++) await add(database, n);
		expect(database.needsCompacting()).toBe(false);
		expect(files.snap1.size()).toBeGreaterThan(0);
		await database.close();
		expect(await found(files)).toEqual(upTo(5100));
	});

	test('hold an image of just what was committed when they were asked for', async () => {
		const files = memorySlots();
		await filled(files, 3);
		const database = await opened(files);
		const done = database.compact();
		await add(database, 4);
		await done;
		await add(database, 5);
		const withoutJournals = copyOf(files);
		const image = withoutJournals.snap1.bytes().subarray(96);
		expect(await numbers(await opened(memorySlots(), { image }))).toEqual(upTo(3));
		expect(await found(files)).toEqual(upTo(5));
	});
});

test('a snapshot leaves to the next one what was written beside it', async () => {
	const database = await opened(memorySlots());
	await begin(database);
	const large = (n: number) =>
		database.transaction((tx) => tx.run('insert into log values (?, ?)', [n, 'x'.repeat(1 << 20)]));
	await large(1);
	const done = database.compact();
	await large(2);
	await done;
	expect(database.needsCompacting()).toBe(true);
	await database.compact();
	expect(database.needsCompacting()).toBe(false);
});

describe('an image', () => {
	test('of the present state is a file that SQLite reads', async () => {
		const files = memorySlots();
		await filled(files, 3);
		const database = await opened(files);
		const image = await database.exportBytes();
		expect(new TextDecoder().decode(image.subarray(0, 15))).toBe('SQLite format 3');
		const plain = new sql.Database(image);
		expect(plain.exec('select count(*) from log')[0]?.values).toEqual([[3]]);
		plain.close();
	});

	test('begins a database of its own, which keeps it', async () => {
		const source = memorySlots();
		await filled(source, 3);
		const image = await (await opened(source)).exportBytes();
		const files = memorySlots();
		const database = await opened(files, { image });
		await add(database, 4);
		await database.close();
		expect(await found(files)).toEqual(upTo(4));
		expect(await found(source)).toEqual(upTo(3));
	});

	test('is refused where there is a database already, and where it is none', async () => {
		const files = memorySlots();
		await filled(files, 3);
		const image = await (await opened(files)).exportBytes();
		expect(await openSlots(files, { image })).toMatchObject({ ok: false, error: { code: 'failed' } });
		const wrong = new Uint8Array(2048).fill(65);
		expect(await openSlots(memorySlots(), { image: wrong })).toMatchObject({
			ok: false,
			error: { code: 'failed' }
		});
		expect(await found(files)).toEqual(upTo(3));
	});
});

describe('reading only', () => {
	test('answers, refuses every write, and leaves all files as they are', async () => {
		const files = memorySlots();
		await filled(files, 3, [2]);
		files.jrnl1.write(Uint8Array.of(1, 2, 3), files.jrnl1.size());
		const before = copyOf(files);
		const result = await openSlots(files, { mode: 'read' });
		if (!result.ok) throw new Error(result.error.code);
		const { database, notices } = result.value;
		expect(notices).toHaveLength(1);
		expect(await numbers(database)).toEqual(upTo(3));
		expect(await codeOf(add(database, 4))).toBe('read_only');
		expect(await codeOf(database.transaction((tx) => tx.script('drop table log')))).toBe('read_only');
		expect(await database.transaction((tx) => tx.query('select count(*) as n from log'))).toEqual([{ n: 3 }]);
		expect(await numbers(database)).toEqual(upTo(3));
		await database.compact();
		await database.close();
		expect(changedFiles(files, before)).toEqual([]);
	});

	test('of nothing is an empty database', async () => {
		const files = memorySlots();
		const result = await openSlots(files, { mode: 'read' });
		expect(result.ok && result.value.fresh).toBe(true);
		for (const name of slotNames) expect(files[name].size()).toBe(0);
	});
});

describe('a new owner', () => {
	test('stops the one before it, in writing and in making a snapshot', async () => {
		const files = memorySlots();
		await filled(files, 2);
		const [first, second] = [await opened(files), await opened(files)];
		const third = await opened(files);
		await add(third, 3);
		const before = copyOf(files);
		expect(await codeOf(add(first, 4))).toBe('superseded');
		expect(await codeOf(second.compact())).toBe('superseded');
		expect(await codeOf(first.query('select 1'))).toBe('superseded');
		expect(await codeOf(second.query('select 1'))).toBe('superseded');
		expect(changedFiles(files, before)).toEqual([]);
		await add(third, 4);
		expect(await found(files)).toEqual(upTo(4));
	});

	test('stops it also after both journals were switched', async () => {
		for (const switches of [1, 2, 3]) {
			const files = memorySlots();
			await filled(files, 2, [1]);
			const old = await opened(files);
			const owner = await opened(files);
			for (let n = 1; n <= switches; n++) await owner.compact();
			await add(owner, 3);
			expect(await codeOf(add(old, 4))).toBe('superseded');
			expect(await found(files)).toEqual(upTo(3));
		}
	});
});

test('a new owner stops a snapshot half way, and the transaction beside it', async () => {
	const files = memorySlots();
	await filled(files, 2, [1]);
	let atPause = async (): Promise<void> => undefined;
	const store = new SlotStore({ files, digest, pause: () => atPause() });
	const result = await openSqlite({ sql, store });
	if (!result.ok) throw new Error(result.error.code);
	const { database } = result.value;
	let owner: SqliteDatabase | null = null;
	atPause = async () => {
		owner ??= await opened(files);
	};
	const compacting = codeOf(database.compact());
	const writing = codeOf(
		database.transaction(async (tx) => {
			await tx.run('insert into log (n) values (3)');
			await compacting;
		})
	);
	expect(await compacting).toBe('superseded');
	expect(await writing).toBe('superseded');
	await add(owner!, 4);
	expect(await found(files)).toEqual([1, 2, 4]);
});

describe('erasing for good', () => {
	const secret = 'the sentence that nobody may find again';

	function holds(files: ReturnType<typeof memorySlots>): string[] {
		return slotNames.filter((name) => Buffer.from(bytesOf(files[name])).includes(secret));
	}

	test('leaves no byte of what was deleted in any file, and everything else', async () => {
		const files = memorySlots();
		await filled(files, 20, [5]);
		const database = await opened(files);
		await database.transaction((tx) => tx.run('update log set note = ? where n = 3', [secret]));
		await database.compact();
		await database.transaction((tx) => tx.run('update log set note = ? where n = 4', [secret]));
		await database.transaction((tx) => tx.run('delete from log where n in (3, 4)'));
		expect(holds(files).length).toBeGreaterThan(1);
		await database.scrub();
		expect(holds(files)).toEqual([]);
		await add(database, 21);
		await database.close();
		expect(await found(files)).toEqual(upTo(21).filter((n) => n !== 3 && n !== 4));
	});

	test('does so too after a snapshot that failed', async () => {
		const files = memorySlots();
		await filled(files, 5);
		const database = await opened(files);
		const write = files.snap1.write.bind(files.snap1);
		files.snap1.write = () => {
			throw new Error('input/output error');
		};
		expect(await codeOf(database.compact())).toBe('failed');
		files.snap1.write = write;
		await database.transaction((tx) => tx.run('update log set note = ? where n = 4', [secret]));
		await database.transaction((tx) => tx.run('delete from log where n = 4'));
		await database.scrub();
		expect(holds(files)).toEqual([]);
		await database.close();
		expect(await found(files)).toEqual([1, 2, 3, 5]);
	});
});

test('a transaction that only asks, or undoes all of it by itself, writes nothing', async () => {
	const files = memorySlots();
	await filled(files, 2);
	const database = await opened(files);
	const before = copyOf(files);
	await database.transaction((tx) => tx.query('select * from log'));
	await database.transaction(async (tx) => {
		const work = async () => {
			await tx.run('insert into log (n) values (3)');
			throw new Error('of the work');
		};
		await tx.savepoint(work).catch(() => undefined);
	});
	expect(changedFiles(files, before)).toEqual([]);
	expect(await found(files)).toEqual(upTo(2));
});

test('statements that end the transaction by themselves undo all of it', async () => {
	const files = memorySlots();
	await filled(files, 2);
	const database = await opened(files);
	await expect(
		database.transaction(async (tx) => {
			await tx.run('insert into log (n) values (3)');
			await tx.savepoint(() => tx.run('insert or rollback into log (n) values (1)')).catch(() => undefined);
			await tx.run('insert into log (n) values (4)').catch(() => undefined);
		})
	).rejects.toThrow();
	expect(await numbers(database)).toEqual(upTo(2));
	await add(database, 3);
	await database.close();
	expect(await found(files)).toEqual(upTo(3));
});

test('savepoints that overlap, or are not awaited, undo the transaction', async () => {
	const database = await opened(memorySlots());
	await begin(database);
	await expect(
		database.transaction(async (tx) => {
			await Promise.allSettled([
				tx.savepoint(async () => {
					await pause();
					await tx.run('insert into log (n) values (1)');
				}),
				tx.savepoint(async () => {
					await tx.run('insert into log (n) values (2)');
					await pause();
					await pause();
				})
			]);
		})
	).rejects.toThrow('Savepoints may nest');
	let late: Promise<unknown> = Promise.resolve();
	await expect(
		database.transaction(async (tx) => {
			late = tx.savepoint(async () => {
				await pause();
				await tx.run('insert into log (n) values (3)');
			});
		})
	).rejects.toThrow('not awaited');
	await expect(late).rejects.toThrow('is over');
	expect(await numbers(database)).toEqual([]);
	await add(database, 4);
	expect(await numbers(database)).toEqual([4]);
});

test('a failed flush closes the database; opened again it goes on', async () => {
	const files = memorySlots();
	await filled(files, 2);
	const database = await opened(files);
	files.jrnl0.flush = () => {
		throw new Error('input/output error');
	};
	expect(await codeOf(add(database, 3))).toBe('failed');
	expect(await codeOf(database.query('select 1'))).toBe('failed');
	expect(await codeOf(add(database, 4))).toBe('failed');
	files.jrnl0.flush = () => undefined;
	const again = await opened(files);
	expect(await numbers(again)).toEqual(upTo(2));
	await add(again, 3);
	expect(await found(files)).toEqual(upTo(3));
});

test('a record that does not fit the database is damage, and reading stops before it', async () => {
	const files = memorySlots();
	await filled(files, 2);
	const database = await opened(files);
	await add(database, 3);
	await database.close();
	// The snapshot of another database with the same place in the journal.
	const other = memorySlots();
	await (
		await opened(other)
	).transaction((tx) => tx.script('create table log (n integer primary key, other text)'));
	const image = await (await opened(other)).exportBytes();
	const mixed = { ...memorySlots() };
	const store = new SlotStore({ files: mixed, digest, pause });
	const result = await openSqlite({ sql, store, image });
	if (result.ok) await result.value.database.close();
	mixed.jrnl0.truncate(0);
	mixed.jrnl0.write(files.jrnl0.bytes(), 0);
	expect(await openSlots(mixed)).toMatchObject({ ok: false, error: { code: 'damaged' } });
	const reading = await openSlots(mixed, { mode: 'read' });
	expect(reading.ok && reading.value.notices.join()).toContain('Record 2 of the journal cannot be repeated');
});
