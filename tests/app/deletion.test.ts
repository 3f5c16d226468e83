import { describe, expect, test, vi } from 'vitest';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import { removeEverything, type Kept } from '#app/deletion.ts';
import { onlyEngine, type Engines } from '#app/engines.ts';
import { names } from '#app/names.ts';
import { openCore } from '#app/open-core.ts';
import { openReopening } from '#app/reopening.ts';
import { hasEnded } from '#app/protocol.ts';
import type { OwnedCore, Tab } from '#app/tab.ts';
import { memorySlots } from '#storage/sqlite/memory.ts';
import { openSlots, sql } from '../storage/sql.ts';
import { createWorld, TestMirror, testPermitKey, testSigningKey, type World } from './mirror.ts';
import { Origin, settle, Shelf } from './tabs.ts';

/** The process is gone: from here on nothing is done any more. */
class Killed extends Error {}

/** All that one device keeps of a mirror. It can be killed before any of the steps that remove something. */
class Device {
	world: World = createWorld(1, 'sqlite');
	readonly files = new Set(['mirror-aside-20260101']);
	readonly databases = new Set<string>();
	readonly page = new Set(['mirror-theme']);
	/** What another tab has open. */
	readonly held = new Set<string>();
	isNoted = false;
	/** Of the process that opened it last. */
	core: OwnedCore | null = null;
	steps = 0;
	killAt = Number.POSITIVE_INFINITY;

	readonly engines: Engines = {
		...onlyEngine(
			'sqlite',
			() => this.#open(),
			(engine) => this.world.migrations(engine)
		),
		beginDeletion: async () => {
			this.#step();
			this.isNoted = true;
		},
		isDeleting: async () => this.isNoted
	};

	readonly kept: Kept = {
		root: async () => ({
			keys: () => listed(this.files),
			removeEntry: async (name) => {
				this.#step();
				if (this.held.has(name)) throw new DOMException('held', 'NoModificationAllowedError');
				this.files.delete(name);
			}
		}),
		dropDatabase: async (name) => {
			this.#step();
			if (this.held.has(name)) return false;
			this.databases.delete(name);
			if (name === names.place) this.isNoted = false;
			return true;
		},
		dropPrograms: async () => this.#step(),
		clearPage: async () => {
			this.#step();
			this.page.clear();
		},
		wait: async () => undefined
	};

	/** A tab of a process of its own. */
	start(): Tab {
		return new Origin().open(
			'a',
			() => this.open(),
			undefined,
			async () => (this.isNoted ? removeEverything(this.kept) : ok(undefined))
		);
	}

	async open(): Promise<Result<OwnedCore, Failure>> {
		const opened = await openReopening(() =>
			openCore({
				engines: this.engines,
				sql: async () => sql,
				readImport: () => Promise.reject(new Error('no file is read')),
				clock: () => this.world.now,
				random: this.world.random,
				signingKey: testSigningKey,
				permitKey: testPermitKey,
				timer: this.world.time.timer,
				pause: () => Promise.resolve(),
				backup: (database) => database.compact()
			})
		);
		this.core = opened.ok ? opened.value : null;
		return opened;
	}

	/** The mirror behind its tab. */
	get mirror(): TestMirror {
		if (this.core === null) throw new Error('it did not open');
		return TestMirror.over(this.world, this.core);
	}

	/** How much of anything is kept. */
	get left(): number {
		return this.files.size + this.databases.size + this.page.size;
	}

	async #open() {
		if (!this.files.has(names.folder)) this.world = { ...this.world, files: memorySlots() };
		this.files.add(names.folder);
		for (const name of [names.place, names.drafts, names.keys]) this.databases.add(name);
		return openSlots(this.world.files);
	}

	#step(): void {
		this.steps++;
		if (this.steps >= this.killAt) throw new Killed();
	}
}

async function* listed(names: Iterable<string>): AsyncIterable<string> {
	yield* [...names];
}

function deletionOf(mirror: TestMirror) {
	return { id: mirror.id(), kind: 'mirror.delete', data: {} };
}

/** The tab of a mirror with one reflection in it. */
async function startWritten(device: Device): Promise<Tab> {
	const tab = device.start();
	await vi.waitFor(() => expect(tab.standing.kind).toBe('owner'));
	await device.mirror.write('The heron stood in the shallow water.');
	return tab;
}

describe('the permission to delete everything', () => {
	test('is an entry of the ledger and a signed event that leaves by nobody’s consent, and nothing is opened after it', async () => {
		const device = new Device();
		await device.open();
		const { mirror } = device;
		await mirror.write('The heron stood in the shallow water.');
		const receipt = await mirror.core.dispatch(deletionOf(mirror));
		expect(receipt).toMatchObject({ code: 'accepted', status: 'ACCEPTED' });
		expect(mirror.core.isDeleting()).toBe(true);
		expect(await mirror.core.read('reflections.list', {})).toMatchObject({ ok: false });
		expect(await mirror.core.dispatch(deletionOf(mirror))).toMatchObject({ code: 'storage_failed' });
		expect(await device.open()).toMatchObject({ ok: false, error: { code: 'being_deleted' } });

		// As it stood at that moment.
		device.isNoted = false;
		await device.open();
		const left = device.mirror;
		const [event] = (await left.read('evolution.events', {})).rows;
		expect(event).toMatchObject({ event_type: 'deletion', authenticity: 'valid', sync_allowed: false });
		const [entry] = (await left.read('ledger.list', {})).rows;
		expect(entry).toMatchObject({ position: receipt.position, decision: 'ALLOW' });
		expect((await left.read('ledger.verify', {})).rows[0]).toMatchObject({ is_valid: true });
	});

	test('that cannot be noted deletes nothing, says so, and can be asked again', async () => {
		const device = new Device();
		const tab = await startWritten(device);
		const request = deletionOf(device.mirror);
		device.killAt = device.steps + 1;
		expect(await tab.dispatch(request)).toMatchObject({
			code: 'storage_failed',
			message: expect.stringContaining('Nothing was deleted.')
		});
		device.killAt = Number.POSITIVE_INFINITY;
		expect((await device.mirror.read('reflections.list', {})).total).toBe(1);
		expect(await tab.dispatch(request)).toMatchObject({ code: 'accepted' });
		await vi.waitFor(() => expect(tab.standing.kind).toBe('deleted'));
		expect(device.left).toBe(0);
	});
});

describe('the deletion of everything', () => {
	test('killed before any of its steps, the mirror is whole or the next start finishes; then one begins anew', async () => {
		const reached = new Set<string>();
		for (let at = 1; ; at++) {
			const device = new Device();
			const first = await startWritten(device);
			const whole = device.left;
			device.killAt = device.steps + at;
			const { code } = await first.dispatch(deletionOf(device.mirror));
			if (code === 'accepted') await vi.waitFor(() => expect(hasEnded(first.standing)).toBe(true));
			const isDone = device.steps < device.killAt;
			const { left } = device;
			device.killAt = Number.POSITIVE_INFINITY;

			const next = device.start();
			await vi.waitFor(() => expect(['owner', 'deleted']).toContain(next.standing.kind));
			reached.add(next.standing.kind);
			if (next.standing.kind === 'deleted') {
				expect(device.left).toBe(0);
				await expect(next.read('reflections.list', {})).rejects.toThrow('deleted');
			} else {
				expect(left).toBe(isDone ? 0 : whole);
				expect((await device.mirror.read('reflections.list', {})).total).toBe(isDone ? 0 : 1);
				const events = (await device.mirror.read('evolution.events', {})).rows;
				expect(events.at(-1)?.event_type).toBe('installation');
				expect(events.some(({ event_type }) => event_type === 'deletion')).toBe(!isDone);
			}
			if (isDone) break;
		}
		expect([...reached].sort()).toEqual(['deleted', 'owner']);
	});

	test('what another tab holds is waited for; all else is gone, it says so, and the next start goes on', async () => {
		for (const held of [names.folder, names.drafts, names.place]) {
			const device = new Device();
			const tab = await startWritten(device);
			device.held.add(held);
			await tab.dispatch(deletionOf(device.mirror));
			await vi.waitFor(() => expect(hasEnded(tab.standing)).toBe(true));
			expect(tab.standing).toMatchObject({ kind: 'undeleted', failure: { code: 'held' } });
			expect([...device.files, ...device.databases].sort()).toEqual([...new Set([held, names.place])].sort());
			device.held.clear();
			const next = device.start();
			await vi.waitFor(() => expect(next.standing.kind).toBe('deleted'));
			expect(device.left).toBe(0);
		}
	});
});

describe('among several tabs', () => {
	/** Two tabs over one mirror whose first is asked to delete everything. */
	async function openTwo(remove: () => Promise<Result<void, Failure>>) {
		const [origin, shelf] = [new Origin(), new Shelf()];
		const opened: Record<string, number> = { a: 0, b: 0 };
		const open = (id: string) => () => {
			opened[id] = (opened[id] ?? 0) + 1;
			return shelf.isDeleting ? Promise.resolve(err(failure('being_deleted', ''))) : shelf.open();
		};
		const first = origin.open('a', open('a'), undefined, remove);
		await settle();
		const second = origin.open('b', open('b'), undefined, async () => ok(undefined));
		await second.dispatch({ id: '1' });
		shelf.isDeleting = true;
		return { origin, shelf, first, second, opened };
	}

	test('all say it, and none of them answers, opens or takes over until it is loaded anew', async () => {
		let end = (): void => undefined;
		const { origin, shelf, first, second, opened } = await openTwo(
			() => new Promise((resolve) => (end = () => resolve(ok(undefined))))
		);
		expect(await second.dispatch({ id: '2' })).toMatchObject({ code: 'accepted' });
		await settle();
		expect([first.standing.kind, second.standing.kind]).toEqual(['deleting', 'deleting']);
		const late = origin.open('c', () => shelf.open());
		late.setVisible(false);
		late.setVisible(true);
		await settle();
		expect(late.standing.kind).toBe('deleting');
		end();
		await settle();
		for (const tab of [first, second, late]) {
			expect(tab.standing.kind).toBe('deleted');
			await expect(tab.dispatch({ id: '3' })).rejects.toThrow('deleted');
			tab.setVisible(false);
			tab.setVisible(true);
		}
		await settle();
		expect(opened).toEqual({ a: 1, b: 0 });
		shelf.isDeleting = false;
		const anew = origin.open('d', () => shelf.open());
		await settle();
		expect(anew.standing.kind).toBe('owner');
		expect([first, second, late].map(({ standing }) => standing.kind)).toEqual(Array(3).fill('deleted'));
	});

	test('when the one that deletes dies over it, the next goes on', async () => {
		const { origin, first, second, opened } = await openTwo(() => new Promise(() => undefined));
		await first.dispatch({ id: '2' });
		await settle();
		expect(second.standing.kind).toBe('deleting');
		origin.kill('a');
		await settle();
		expect(second.standing.kind).toBe('deleted');
		expect(opened).toEqual({ a: 1, b: 0 });
	});
});
