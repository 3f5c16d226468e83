import { describe, expect, test, vi } from 'vitest';
import { Core } from '#app/core.ts';
import { handlersOver, viewsOver } from '#app/features.ts';
import { loadKernel } from '#app/kernels.ts';
import { Permits } from '#app/permits.ts';
import { err, ok } from '#base/result.ts';
import { uuidv7 } from '#base/uuid.ts';
import { StagedImports } from '#bundle/imports.ts';
import { KeptReadings } from '#engine/kept-readings.ts';
import { RecentChanges } from '#mirror/change.ts';
import { settingHandlers } from '#mirror/setting.ts';
import { lastPosition } from '#records/ledger.ts';
import { insertRow } from '#records/row.ts';
import { nothingPrepared, type Handler, type Work } from '#records/work.ts';
import type { Database } from '#storage/database.ts';
import { createWorld, databaseOf, TestMirror, testPermitKey, type World } from './mirror.ts';

type Setting = Handler<'settings.change'>;

/** A core over a mirror's own database, in which `settings.change` is done by somebody else. */
async function coreWith(world: World, handler: Setting): Promise<{ core: Core; database: Database }> {
	const database = await databaseOf(world);
	const clock = () => world.now;
	const notAsked = () => Promise.reject(new Error('nobody asks for this here'));
	const surroundings = {
		...{ engine: world.engine, notices: [], measure: notAsked, describe: notAsked, rehearse: notAsked }
	};
	const permits = new Permits({ permitKey: testPermitKey, random: world.random, clock });
	const core = new Core({
		...{ database, clock, random: world.random, timer: world.time.timer, permits },
		revision: await lastPosition(database),
		handlers: {
			...handlersOver(new StagedImports(), new RecentChanges(), surroundings),
			'settings.change': handler
		},
		views: viewsOver(surroundings, new KeptReadings(), { clock, pause: () => Promise.resolve() }),
		prepare: async () => nothingPrepared,
		remember: () => undefined,
		loadKernel: (port) => loadKernel(database, clock, port, permits.checks)
	});
	return { core, database };
}

/** What a compiler would refuse and a program in JavaScript does all the same. */
function untyped(value: unknown): Setting {
	return value as Setting;
}

const answers = (result: unknown): Setting => untyped(async () => ok(result));

function circle(): object {
	const one: { self?: object } = {};
	one.self = one;
	return one;
}

/** Writes a setting and an identity as a command would. */
async function write(work: Work): Promise<void> {
	await settingHandlers['settings.change']({ key: 'last_export_position', value: 4711 }, work);
	const { now } = work;
	const id = '019ac000-0000-7000-8000-00000000beef';
	await insertRow(work, 'identities', { id, created_at: now, updated_at: now, metadata: '{}' });
}

const never = () => new Promise<never>(() => undefined);

const hostile: readonly (readonly [string, Setting])[] = [
	['throws', () => Promise.reject(new Error('it broke'))],
	['throws what has no words', () => Promise.reject(Object.create(null) as Error)],
	[
		'throws before it promises anything',
		() => {
			throw new Error('it broke');
		}
	],
	[
		'writes and then throws',
		async (_data, work) => {
			await write(work);
			throw new Error('it broke');
		}
	],
	[
		'writes and then refuses',
		async (_data, work) => {
			await write(work);
			return err({ code: 'not_found', message: 'It is not there.' });
		}
	],
	[
		'writes, meets an error of the database and goes on as if nothing was',
		async (_data, work) => {
			await write(work);
			await work.tx.run('INSERT INTO nowhere VALUES (1)').catch(() => undefined);
			return ok({});
		}
	],
	[
		'writes what no commit can be made to',
		async (_data, work) => {
			await write(work);
			work.changes.push({ entity: 'settings', id: 'x', row: circle() as Record<string, string> });
			return ok({});
		}
	],
	['answers with nothing', untyped(async () => undefined)],
	['answers with a function', untyped(async () => () => 1)],
	['answers with neither yes nor no', untyped(async () => ({}))],
	['has a function for a result', answers(() => 1)],
	['has no result', answers(undefined)],
	['has a symbol for a result', answers(Symbol('s'))],
	['has a list for a result', answers([1])],
	['has a function in its result', answers({ id: () => 1 })],
	['has undefined in its result', answers({ id: undefined })],
	['has a symbol in its result', answers({ id: Symbol('s') })],
	['has a big integer in its result', answers({ id: 7n })],
	['has what is no number in its result', answers({ id: Number.NaN })],
	['has a circle in its result', answers(circle())],
	[
		'writes and has a function in its result',
		async (_data, work) => {
			await write(work);
			return answers({ id: () => 1 })({ key: 'last_export_position', value: 1 }, work);
		}
	],
	['refuses with a code that is none', untyped(async () => err({ code: 'my words', message: 'x' }))],
	['refuses without saying why', untyped(async () => err(undefined))]
];

/** All that a person has, as rows. */
async function contentOf(database: Database): Promise<unknown> {
	const tables = ['identities', 'reflections', 'settings', 'receipts', 'commit_salts'];
	const rows = tables.map((table) => database.query(`SELECT * FROM ${table} ORDER BY 1, 2`));
	return Promise.all(rows);
}

/** Asks what is done by the handler, and then for something else. */
async function asked(handler: Setting, meanwhile: (world: World) => Promise<void> = async () => undefined) {
	const world = createWorld();
	await (await TestMirror.open(world)).core.close();
	const { core, database } = await coreWith(world, handler);
	const port = core.port('owner');
	const id = () => uuidv7(world.now++, world.random);
	const before = await contentOf(database);
	const answer = port.dispatch({
		...{ id: id(), kind: 'settings.change', data: { key: 'last_export_position', value: 1 } }
	});
	await meanwhile(world);
	const receipt = await answer;
	const after = await contentOf(database);
	const next = await port.dispatch({
		...{ id: id(), kind: 'identity.create', data: { id: id(), name: 'Another' } }
	});
	await core.settled();
	await database.close();
	return { world, receipt, next, before, after };
}

async function expectRight({ world, receipt, next, before, after }: Awaited<ReturnType<typeof asked>>) {
	expect(receipt).toMatchObject({ status: 'FAILED', decision: 'DENY', position: 5, result: null });
	expect(receipt.message).toMatch(/\w/);
	expect(after).toEqual(before);
	expect(next).toMatchObject({ code: 'accepted', position: 6 });
	const mirror = await TestMirror.open(world);
	const { rows } = await mirror.read('ledger.list', { limit: 2 });
	expect(rows).toMatchObject([
		{ decision: 'ALLOW', tool_name: 'identity.create' },
		{
			decision: 'DENY',
			request_id: receipt.request_id,
			tool_name: null,
			error: `Tool execution failed: ${receipt.code}`
		}
	]);
	expect((await mirror.read('ledger.verify', {})).rows[0]?.errors).toEqual([]);
	await mirror.core.close();
}

describe('whatever a handler does', () => {
	test.each(hostile)(
		'one that %s has its entry, changes nothing, and the next request is done',
		async (_what, handler) => {
			const done = await asked(handler);
			await expectRight(done);
			expect(done.world.time.waiting).toBe(0);
		}
	);
});

describe('a handler that does not end', () => {
	/** Lets its time go by, once it runs. */
	const late = (ms: number) => async (world: World) => {
		await vi.waitFor(() => expect(world.time.waiting).toBe(1));
		await world.time.pass(ms);
	};

	test.each<readonly [string, Setting, number]>([
		['at all', never, 60_000],
		[
			'after it wrote',
			async (_data, work) => {
				await write(work);
				return never();
			},
			120_000
		]
	])(
		'%s is given up once nothing came of it for a minute, and changes nothing',
		async (_what, handler, ms) => {
			const done = await asked(handler, late(ms));
			await expectRight(done);
			expect(done.receipt.message).toContain('took too long');
		}
	);

	/** Does something each half minute, so many times. */
	const slow = (times: number): { handler: Setting; of: (world: World) => void } => {
		let world: World | null = null;
		const handler: Setting = async (data, work) => {
			for (let at = 0; at < times; at++) {
				await new Promise<void>((resolve) => world?.time.timer(30_000, resolve));
				await work.tx.query('SELECT 1');
			}
			return settingHandlers['settings.change'](data, work);
		};
		return { handler, of: (made) => (world = made) };
	};

	test('for long, and does something all the while, is done', async () => {
		const { handler, of } = slow(20);
		const { receipt } = await asked(handler, async (world) => {
			of(world);
			await vi.waitFor(async () => {
				await world.time.pass(30_000);
				expect(world.time.now).toBeGreaterThan(600_000);
			}, 30_000);
		});
		expect(receipt.code).toBe('accepted');
	});

	test('for an hour is given up all the same', async () => {
		const { handler, of } = slow(Infinity);
		const done = await asked(handler, async (world) => {
			of(world);
			await vi.waitFor(() => expect(world.time.waiting).toBeGreaterThan(0));
			await world.time.pass(3_600_000);
		});
		await expectRight(done);
	});

	test('in time is waited for, and is done', async () => {
		let end = (): void => undefined;
		const handler: Setting = async (data, work) => {
			await new Promise<void>((resolve) => (end = resolve));
			return settingHandlers['settings.change'](data, work);
		};
		const { receipt, next } = await asked(handler, async (world) => {
			await late(59_999)(world);
			end();
		});
		expect(receipt).toMatchObject({ code: 'accepted', position: 5 });
		expect(next).toMatchObject({ code: 'accepted', position: 6 });
	});

	test('and comes back later finds that nothing more can be written', async () => {
		let wake = (): void => undefined;
		const tried: Promise<unknown>[] = [];
		const handler: Setting = async (_data, work) => {
			await new Promise<void>((resolve) => (wake = resolve));
			const sql = 'DELETE FROM identities';
			tried.push(
				...[work.tx.query('SELECT 1'), work.tx.run(sql), work.tx.script(sql)],
				work.tx.savepoint(() => work.tx.run(sql))
			);
			await Promise.allSettled(tried);
			return ok({});
		};
		const done = await asked(handler, async (world) => {
			await late(60_000)(world);
			wake();
			await vi.waitFor(() => expect(tried).toHaveLength(4));
		});
		await expectRight(done);
		for (const { status } of await Promise.allSettled(tried)) expect(status).toBe('rejected');
	});
});
