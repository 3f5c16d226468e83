import { describe, expect, test } from 'vitest';
import { ok } from '#base/result.ts';
import type { EngineName } from '#domain/storage.ts';
import type { CopyNote, EnginePlace, Engines } from '#app/engines.ts';
import { openCore } from '#app/open-core.ts';
import { openReopening } from '#app/reopening.ts';
import { sqlitePlace } from '#app/sqlite-place.ts';
import { memorySlots } from '#storage/sqlite/memory.ts';
import type { SlotFiles } from '#storage/sqlite/slot-file.ts';
import { SlotStore } from '#storage/sqlite/slots.ts';
import { openPlace, postgresPlace, type PostgresPlace } from '../storage/postgres.ts';
import { digest, pause, sql } from '../storage/sql.ts';
import { Life } from './life.ts';
import { createWorld, shipped, TestMirror, testPermitKey, testSigningKey } from './mirror.ts';

/** The process is gone: from here on nothing is done any more. */
class Killed extends Error {}

/** One origin with both engines, kept in memory. It can be killed before any of the steps that change what is kept. */
class Origin {
	engine: EngineName | null = null;
	copied: CopyNote | null = null;
	files: SlotFiles | null = memorySlots();
	kept: PostgresPlace | null = null;
	readonly steps: string[] = [];
	killAt = Number.POSITIVE_INFINITY;
	/** Called when SQLite is to take a copy. */
	onCopy: () => void = () => undefined;

	readonly engines: Engines = {
		places: { sqlite: this.#sqlite(), postgres: this.#postgres() },
		inCharge: async () => ok(this.engine ?? 'sqlite'),
		putInCharge: async (engine) => {
			this.#step('in charge');
			this.engine = engine;
		},
		copied: async () => this.copied,
		noteCopied: async (note) => {
			this.#step('noted');
			this.copied = note;
		},
		beginDeletion: () => Promise.reject(new Error('nothing is deleted here')),
		isDeleting: async () => false,
		device: async () => ({ memory_gb: 8, free_bytes: 1e9 })
	};

	#step(name: string): void {
		this.steps.push(name);
		if (this.steps.length >= this.killAt) throw new Killed(name);
	}

	#sqlite(): EnginePlace {
		const place = sqlitePlace({
			sql: async () => sql,
			store: async () => {
				this.#step('store');
				return ok(new SlotStore({ files: (this.files ??= memorySlots()), digest, pause }));
			},
			migrations: shipped('sqlite'),
			isKept: async () => this.files !== null,
			drop: async () => void (this.files = null)
		});
		return {
			...place,
			begin: () => {
				this.#step('begin');
				this.onCopy();
				return place.begin();
			}
		};
	}

	#postgres(): EnginePlace {
		return {
			migrations: async () => shipped('postgres'),
			open: async () => {
				this.#step('open');
				if (this.kept === null) throw new Error('there is nothing to open');
				return openPlace(this.kept);
			},
			begin: async () => {
				this.#step('begin');
				const place = postgresPlace();
				const opened = await openPlace(place);
				if (!opened.ok) return opened;
				const { database } = opened.value;
				return ok({
					database,
					keep: async () => {
						await database.close();
						this.#step('keep');
						this.kept = place;
						return ok(undefined);
					},
					discard: () => database.close()
				});
			},
			isKept: async () => this.kept !== null,
			drop: async () => void (this.kept = null),
			obstacle: async () => null
		};
	}
}

async function openOrigin(origin: Origin, seed = 1): Promise<TestMirror> {
	const world = createWorld(seed, 'sqlite');
	const core = await openReopening(() =>
		openCore({
			engines: origin.engines,
			sql: async () => sql,
			readImport: () => Promise.reject(new Error('no file is read')),
			clock: () => world.now,
			random: world.random,
			signingKey: testSigningKey,
			permitKey: testPermitKey,
			timer: world.time.timer,
			pause: () => Promise.resolve(),
			backup: (database) => database.compact()
		})
	);
	if (!core.ok) throw new Error(core.error.message);
	return TestMirror.over(world, core.value);
}

/** What a person sees of a mirror, and what the ledger proves of it. */
async function seen(mirror: TestMirror) {
	const list = await mirror.read('reflections.list', { limit: 200 });
	const search = await mirror.read('reflections.search', { query: 'sleep', limit: 200 });
	const trash = await mirror.read('trash.list', { limit: 200 });
	const [verified] = (await mirror.read('ledger.verify', {})).rows;
	const [head] = (await mirror.read('ledger.head', {})).rows;
	return { list: list.rows, search: search.rows, trash: trash.rows, verified, head };
}

/** Whether a word stands anywhere in the files of a store. */
function holds(files: SlotFiles | null, word: string): boolean {
	return Object.values(files ?? {}).some((file) => {
		const bytes = new Uint8Array(file.size());
		file.read(bytes, 0);
		return Buffer.from(bytes).includes(word);
	});
}

async function engineOf(mirror: TestMirror): Promise<string | undefined> {
	return (await mirror.read('system.health', {})).rows[0]?.engine;
}

describe('a change of the storage engine', () => {
	test('takes everything along, both ways, and the mirror goes on', async () => {
		const origin = new Origin();
		const mirror = await openOrigin(origin);
		const life = new Life(mirror, 11);
		for (const engine of ['postgres', 'sqlite', 'postgres'] as const) {
			for (let step = 0; step < 60; step++) await life.step();
			const [kernel] = (await mirror.read('kernel.status', {})).rows;
			const kept = { kernel_id: kernel?.kernel_id ?? '', reason: 'asked' } as const;
			const { result } = await mirror.dispatch('evidence.archive', kept);
			const { kernel_id } = kept;
			await mirror.dispatch('checklist.tick', { kernel_id, item: 'before.export', done: 'yes' });
			const lists = (await mirror.read('checklists.list', {})).rows.map(({ ticks }) => ticks);
			expect(lists[0]).toHaveLength(1);
			const before = await seen(mirror);
			const progress: number[] = [];
			const phases = new Set<string>();
			mirror.core.onProgress(({ phase, to, done, total }) => {
				phases.add(`${phase} ${to}`);
				if (phase === 'copying') progress.push(done / total);
			});
			expect(await mirror.dispatch('storage.switch', { engine })).toMatchObject({ code: 'accepted' });
			expect(await engineOf(mirror)).toBe(engine);
			const after = await seen(mirror);
			expect({ ...after, verified: null, head: null }).toEqual({ ...before, verified: null, head: null });
			expect(after.verified).toMatchObject({ is_valid: true, errors: [] });
			const { rows } = await mirror.read('checklists.list', {});
			expect(rows.map(({ ticks }) => ticks)).toEqual(lists);
			const archived = await mirror.checkArchive(String(result?.['name']));
			expect(archived).toMatchObject({ is_valid: true, unlike: [] });
			expect(after.head?.entries).toBe((before.head?.entries ?? 0) + 1);
			expect(progress.at(-1)).toBe(1);
			expect([...phases]).toEqual(['loading', 'copying', 'over'].map((phase) => `${phase} ${engine}`));
			expect(progress).toEqual(progress.toSorted((a, b) => a - b));
		}
		for (let step = 0; step < 30; step++) await life.step();
		await mirror.core.close();
		expect(await engineOf(await openOrigin(origin))).toBe('postgres');
	}, 120_000);

	test('takes a hold along, and what is held stays away until it is released', async () => {
		const mirror = await openOrigin(new Origin());
		await mirror.write('The heron stood in the shallow water.');
		await mirror.dispatch('schema.rollback', { to: '1.0.0' });
		for (const engine of ['postgres', 'sqlite'] as const) {
			expect(await mirror.dispatch('storage.switch', { engine })).toMatchObject({ code: 'accepted' });
			const [state] = (await mirror.read('schema.state', {})).rows;
			expect(state).toMatchObject({ current: '1.0.0', hold: '1.0.0', failure: null });
			expect((await mirror.read('reflections.list', {})).rows).toHaveLength(1);
		}
		expect((await mirror.dispatch('schema.release', {})).code).toBe('accepted');
		expect((await mirror.read('schema.state', {})).rows[0]?.hold).toBe(null);
	});

	test('killed before any of its steps, one complete mirror is in charge, and the change can be made again', async () => {
		for (const from of ['sqlite', 'postgres'] as const) {
			const to = from === 'sqlite' ? 'postgres' : 'sqlite';
			const reached = new Set<EngineName>();
			for (let at = 1; ; at++) {
				const origin = new Origin();
				const first = await openOrigin(origin, at);
				await first.write('The heron stood in the shallow water.');
				if (from === 'postgres') await first.dispatch('storage.switch', { engine: from });
				const id = await first.write('And then it flew.');
				origin.killAt = origin.steps.length + at;
				const ended = await first.dispatch('storage.switch', { engine: to }).catch(() => null);
				const isDone = origin.steps.length < origin.killAt;
				origin.killAt = Number.POSITIVE_INFINITY;

				const again = await openOrigin(origin, at + 100);
				const engine = (await engineOf(again)) as EngineName;
				reached.add(engine);
				if (ended?.code === 'accepted') expect(engine).toBe(to);
				expect((await again.read('reflections.list', {})).rows[0]?.id).toBe(id);
				expect((await again.read('ledger.verify', {})).rows[0]).toMatchObject({ is_valid: true });
				if (engine === from) {
					expect((await again.dispatch('storage.switch', { engine: to })).code).toBe('accepted');
					expect(await engineOf(again)).toBe(to);
				}
				await again.core.close();
				if (isDone) break;
			}
			expect([...reached].sort()).toEqual(['postgres', 'sqlite']);
		}
	}, 120_000);

	test('cancelled, it leaves everything where it was, and says so', async () => {
		const origin = new Origin();
		const mirror = await openOrigin(origin);
		await mirror.write('The heron stood in the shallow water.');
		const before = await seen(mirror);
		mirror.core.onProgress(() => mirror.core.cancel());
		const receipt = await mirror.dispatch('storage.switch', { engine: 'postgres' });
		expect(receipt).toMatchObject({ code: 'cancelled', status: 'ACCEPTED' });
		expect(await engineOf(mirror)).toBe('sqlite');
		expect((await seen(mirror)).list).toEqual(before.list);
		expect(origin.kept).toBe(null);
		expect(await mirror.write('And then it flew.')).toBeTruthy();
	});

	test('to the engine that is in charge already is refused', async () => {
		const mirror = await openOrigin(new Origin());
		expect(await mirror.dispatch('storage.switch', { engine: 'sqlite' })).toMatchObject({
			code: 'invalid_data',
			message: expect.stringContaining('Nothing was changed')
		});
	});

	test('asked again by its id after it was done, it is not done again', async () => {
		const origin = new Origin();
		const mirror = await openOrigin(origin);
		const request = { id: mirror.id(), kind: 'storage.switch', data: { engine: 'postgres' } };
		const receipt = await mirror.core.dispatch(request);
		const steps = origin.steps.length;
		expect(await mirror.core.dispatch(request)).toEqual(receipt);
		expect(origin.steps.length).toBe(steps);
	});

	test('what is asked meanwhile is done by the engine that comes', async () => {
		const origin = new Origin();
		const mirror = await openOrigin(origin);
		await mirror.write('The heron stood in the shallow water.');
		const switching = mirror.dispatch('storage.switch', { engine: 'postgres' });
		const writing = mirror.write('And then it flew.');
		expect((await switching).code).toBe('accepted');
		const id = await writing;
		expect(await engineOf(mirror)).toBe('postgres');
		expect((await mirror.read('reflections.list', {})).rows.map((row) => row.id)[0]).toBe(id);
		expect((await mirror.read('ledger.verify', {})).rows[0]).toMatchObject({ is_valid: true });
	});
});

describe('the copy of what PostgreSQL keeps', () => {
	test('is renewed at an idle moment once enough was changed, and can be gone on with', async () => {
		const origin = new Origin();
		const mirror = await openOrigin(origin);
		await mirror.dispatch('storage.switch', { engine: 'postgres' });
		const noted = origin.copied?.position ?? 0;
		await mirror.core.tidy();
		expect(origin.copied?.position).toBe(noted);
		for (let written = 0; written < 100; written++) await mirror.write(`Entry ${written}`);
		await mirror.core.tidy();
		expect(origin.copied?.position).toBe(noted + 100);
		await mirror.write('Not in the copy');
		mirror.world.now += 11 * 60_000;
		await mirror.core.tidy();
		const { list, head } = await seen(mirror);
		await mirror.core.close();

		origin.engine = 'sqlite';
		const copy = await seen(await openOrigin(origin, 5));
		expect(copy.list).toEqual(list);
		expect(copy.head).toEqual(head);
		expect(copy.verified).toMatchObject({ is_valid: true });
	}, 60_000);

	test('gives way to whoever asks for something', async () => {
		const origin = new Origin();
		const mirror = await openOrigin(origin);
		await mirror.dispatch('storage.switch', { engine: 'postgres' });
		const noted = origin.copied?.position ?? 0;
		for (let written = 0; written < 100; written++) await mirror.write(`Entry ${written}`);
		let writing: Promise<string> | null = null;
		origin.onCopy = () => (writing ??= mirror.write('Now'));
		await mirror.core.tidy();
		expect(await writing).toBeTruthy();
		expect(origin.copied?.position).toBe(noted);
		await mirror.core.tidy();
		expect(origin.copied?.position).toBe(noted + 101);
	}, 60_000);

	test('holds no byte of what was erased for good after the next idle moment', async () => {
		const origin = new Origin();
		const mirror = await openOrigin(origin);
		const id = await mirror.write('The quartz lay in the shallow water.');
		await mirror.dispatch('storage.switch', { engine: 'postgres' });
		expect(holds(origin.files, 'quartz')).toBe(true);
		await mirror.dispatch('reflection.trash', { id });
		await mirror.dispatch('reflection.purge', { ids: [id] });
		await mirror.core.tidy();
		expect(holds(origin.files, 'quartz')).toBe(false);
	});

	test('is not made where the person removed it', async () => {
		const origin = new Origin();
		const mirror = await openOrigin(origin);
		await mirror.dispatch('storage.switch', { engine: 'postgres' });
		expect((await mirror.dispatch('storage.drop', {})).code).toBe('accepted');
		expect(origin.files).toBe(null);
		for (let written = 0; written < 100; written++) await mirror.write(`Entry ${written}`);
		await mirror.core.tidy();
		expect(origin.files).toBe(null);
		const [state] = (await mirror.read('storage.state', {})).rows;
		expect(state).toMatchObject({ engine: 'postgres', other: { is_kept: false, copied_at: null } });
		expect((await mirror.dispatch('storage.switch', { engine: 'sqlite' })).code).toBe('accepted');
		expect((await mirror.read('reflections.list', { limit: 200 })).rows.length).toBe(100);
	}, 60_000);
});
