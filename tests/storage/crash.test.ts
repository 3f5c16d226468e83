import { describe, expect, test } from 'vitest';
import { HEADER, highestEpoch } from '#storage/sqlite/header.ts';
import { readSlot } from '#storage/sqlite/slot-file.ts';
import type { SlotFiles } from '#storage/sqlite/slot-file.ts';
import { Disk, PowerCut, bytesOf, copyOf, quotaExceeded, survivals } from './disk.ts';
import type { Fault } from './disk.ts';
import { add, begin, codeOf, filled, found, numbers } from './log.ts';
import { openSlots, opened } from './sql.ts';

/** What a run of a scenario was told: numbers acknowledged, and numbers refused. */
interface Told {
	readonly acknowledged: number[];
	/** Also those that nobody lived to hear about. */
	readonly refused: number[];
}

/** A life of a database: the first boot, a change of the schema, and three snapshots among the writes. */
async function life(files: SlotFiles, told: Told): Promise<void> {
	const result = await openSlots(files);
	if (!result.ok) throw new Error(result.error.message);
	const { database } = result.value;
	const write = async (n: number) => {
		told.refused.push(n);
		await add(database, n);
		told.refused.splice(told.refused.indexOf(n), 1);
		told.acknowledged.push(n);
	};
	await begin(database);
	told.acknowledged.push(0);
	await write(1);
	await database.compact();
	await write(2);
	await write(3);
	const [written] = await Promise.all(
		[write(4), database.compact(), write(5)].map((each) => each.catch((e) => e))
	);
	if (written instanceof Error) throw written;
	await database.transaction((tx) => tx.script('alter table log add column more text'), 'schema');
	await write(6);
	await database.compact();
	await write(7);
	await database.scrub();
	await write(8);
	await database.close();
}

/** The newest owner that the files know of. */
function epochOf(files: SlotFiles): number {
	return Math.max(...[files.jrnl0, files.jrnl1].map((file) => highestEpoch(readSlot(file, 0, HEADER))));
}

async function operationsOf(run: (files: SlotFiles) => Promise<void>, contents?: SlotFiles): Promise<number> {
	const disk = new Disk({ kind: 'none' }, contents);
	await run(disk.files);
	return disk.operations;
}

/** Opens what a crash left, checks it, goes on with it, and checks that again after another start. */
async function survives(files: SlotFiles, { acknowledged, refused }: Told, where: string): Promise<void> {
	const database = await opened(files).catch((error: unknown) => {
		throw new Error(`${where}: ${String(error)}`);
	});
	const rows = await numbers(database);
	const writes = acknowledged.filter((n) => n > 0);
	for (const n of writes) expect(rows, where).toContain(n);
	for (const n of rows ?? []) expect([...writes, ...refused], where).toContain(n);
	await begin(database);
	await add(database, 100);
	await database.compact();
	await add(database, 101);
	await database.close();
	expect(await found(files), where).toEqual([...(rows ?? []), 100, 101]);
}

describe('a power cut', () => {
	test('at any operation of a life leaves all that was acknowledged, and a database that opens', async () => {
		const total = await operationsOf((files) => life(files, { acknowledged: [], refused: [] }));
		expect(total).toBeGreaterThan(50);
		for (let at = 1; at <= total; at++) {
			const disk = new Disk({ kind: 'crash', at });
			const told: Told = { acknowledged: [], refused: [] };
			await life(disk.files, told).catch(() => undefined);
			for (const survival of survivals) {
				await survives(disk.after(survival), told, `operation ${at} (${disk.log[at - 1]}), ${survival}`);
			}
		}
	});

	test.each([
		['two journals', [2, 4]],
		['one journal', []]
	])('at any operation of the start after one loses nothing either (%s)', async (_, snapshots) => {
		const before = new Disk();
		await filled(before.files, 6, snapshots);
		const bytes = Buffer.of(251, 252, 253, 254);
		before.files.jrnl0.write(bytes, before.files.jrnl0.size());
		const torn = copyOf(before.files);
		const epoch = epochOf(torn);
		const told: Told = { acknowledged: [1, 2, 3, 4, 5, 6], refused: [7] };
		const restart = async (files: SlotFiles) => {
			const database = await opened(files);
			await add(database, 7);
			await database.compact();
		};
		const total = await operationsOf(restart, torn);
		for (let at = 1; at <= total; at++) {
			const disk = new Disk({ kind: 'crash', at }, torn);
			await restart(disk.files).catch(() => undefined);
			for (const survival of survivals) {
				const left = disk.after(survival);
				const where = `operation ${at} (${disk.log[at - 1]}), ${survival}`;
				const keepers = [left.jrnl0, left.torn].filter((file) => Buffer.from(bytesOf(file)).includes(bytes));
				expect(keepers.length, where).toBeGreaterThan(0);
				expect(epochOf(left), where).toBeGreaterThanOrEqual(epoch);
				await survives(left, told, where);
			}
		}
	});

	test('before anything was acknowledged is a first start again', async () => {
		const boot = (files: SlotFiles) => openSlots(files).then(() => undefined);
		const total = await operationsOf(boot);
		for (let at = 1; at <= total; at++) {
			const disk = new Disk({ kind: 'crash', at });
			await boot(disk.files);
			for (const survival of survivals) {
				await survives(
					disk.after(survival),
					{ acknowledged: [], refused: [] },
					`operation ${at}, ${survival}`
				);
			}
		}
	});
});

describe('an operation that fails once', () => {
	const faults: Record<string, (at: number) => Fault> = {
		'no space': (at) => ({ kind: 'error', at, error: quotaExceeded() }),
		'no space, after some bytes': (at) => ({ kind: 'error', at, error: quotaExceeded(), part: 10 }),
		'an error of the medium': (at) => ({ kind: 'error', at, error: new Error('input/output error') }),
		'an error of the medium, after some bytes': (at) => ({
			kind: 'error',
			at,
			error: new Error('I/O'),
			part: 40
		})
	};

	test.each(Object.entries(faults))(
		'%s: what was refused is not there, what was acknowledged is',
		async (_, fault) => {
			const before = new Disk();
			await filled(before.files, 3, [2]);
			/** Goes on as the app does: opens again where the database has closed itself. */
			const use = async (files: SlotFiles, told: Told) => {
				let database = await opened(files);
				for (let n = 4; n <= 9; n++) {
					const code = await codeOf(add(database, n));
					if (code === null) told.acknowledged.push(n);
					else told.refused.push(n);
					if (code !== null && code !== 'full') database = await opened(files);
					if (n % 2 === 0) await codeOf(database.compact());
				}
				expect(await numbers(database)).toEqual(told.acknowledged);
				await database.close();
			};
			const total = await operationsOf(
				(files) => use(files, { acknowledged: [1, 2, 3], refused: [] }),
				before.files
			);
			const began = await operationsOf((files) => opened(files).then(() => undefined), before.files);
			for (let at = began + 1; at <= total; at++) {
				const disk = new Disk(fault(at), before.files);
				const told: Told = { acknowledged: [1, 2, 3], refused: [] };
				await use(disk.files, told);
				expect(told.refused.length, disk.log[at - 1]).toBeLessThanOrEqual(1);
				for (const survival of survivals) {
					expect(await found(disk.after(survival)), `${disk.log[at - 1]}, ${survival}`).toEqual(
						told.acknowledged
					);
				}
			}
		}
	);

	test.each(['snap0', 'snap1', 'jrnl0', 'jrnl1'] as const)(
		'on %s, and all on that file after it, with a power cut later',
		async (name) => {
			const before = new Disk();
			await filled(before.files, 3, [2]);
			const use = async (files: SlotFiles, told: Told) => {
				const database = await opened(files);
				for (let n = 4; n <= 9; n++) {
					told.refused.push(n);
					if ((await codeOf(add(database, n))) !== null) continue;
					told.refused.pop();
					told.acknowledged.push(n);
					await codeOf(database.compact());
				}
			};
			const total = await operationsOf(
				(files) => use(files, { acknowledged: [], refused: [] }),
				before.files
			);
			const began = await operationsOf((files) => opened(files).then(() => undefined), before.files);
			for (let from = began + 1; from <= began + 12; from++) {
				for (let at = from + 1; at <= total; at += 3) {
					const disk = new Disk(
						{ kind: 'broken', file: name, from, error: quotaExceeded(), at },
						before.files
					);
					const told: Told = { acknowledged: [1, 2, 3], refused: [] };
					await use(disk.files, told);
					for (const survival of ['nothing', 'everything', 'last only'] as const) {
						const rows = await found(disk.after(survival));
						const where = `${name} broken from ${from}, power cut at ${at}, ${survival}`;
						expect(rows, where).toEqual(expect.arrayContaining(told.acknowledged));
						expect([...told.acknowledged, ...told.refused], where).toEqual(
							expect.arrayContaining(rows as number[])
						);
					}
				}
			}
		}
	);

	test('a failed start changes nothing and can be repeated', async () => {
		const before = new Disk();
		await filled(before.files, 3, [2]);
		const total = await operationsOf((files) => opened(files).then(() => undefined), before.files);
		for (let at = 1; at <= total; at++) {
			const disk = new Disk({ kind: 'error', at, error: quotaExceeded() }, before.files);
			const result = await openSlots(disk.files);
			expect(result.ok ? null : result.error.code).toBe('full');
			expect(await found(disk.files)).toEqual([1, 2, 3]);
		}
	});
});

test('the power cut of these tests is what stopped them', async () => {
	const disk = new Disk({ kind: 'crash', at: 1 });
	expect(() => disk.files.snap0.write(Uint8Array.of(1), 0)).toThrow(PowerCut);
	expect(bytesOf(disk.after('nothing').snap0)).toEqual(new Uint8Array(0));
	expect(bytesOf(disk.after('everything').snap0)).toEqual(Uint8Array.of(1));
});
