import { expect, test } from 'vitest';
import { memorySlots } from '#storage/sqlite/memory.ts';
import { add, begin, found, numbers, upTo } from './log.ts';
import { opened, sql } from './sql.ts';

/*
 * A file of its own: the limit holds for all of this process's SQLite, and cannot be taken back.
 */
test('a snapshot does without giving space back where memory is short, and the journal does not grow on', async () => {
	const files = memorySlots();
	const database = await opened(files);
	await begin(database);
	for (let n = 1; n <= 40; n++) {
		await database.transaction((tx) => tx.run('insert into log values (?, ?)', [n, 'x'.repeat(1 << 17)]));
	}
	await database.transaction((tx) => tx.run('delete from log where n % 2 = 0'));
	const kept = upTo(40).filter((n) => n % 2 === 1);
	new sql.Database().exec(`pragma hard_heap_limit=${6 << 20}`);
	// Erasing for good needs the rewriting: there it is told.
	await expect(database.scrub()).rejects.toThrow('out of memory');
	expect(database.needsCompacting()).toBe(true);
	await database.compact();
	expect(database.needsCompacting()).toBe(false);
	expect(await numbers(database)).toEqual(kept);
	await add(database, 41);
	await database.close();
	expect(await found(files)).toEqual([...kept, 41]);
});
