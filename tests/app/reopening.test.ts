import { describe, expect, test } from 'vitest';
import { err, ok } from '#base/result.ts';
import { uuidv7 } from '#base/uuid.ts';
import { openReopening } from '#app/reopening.ts';
import type { OwnedCore } from '#app/tab.ts';
import { Disk } from '../storage/disk.ts';
import { openSlots } from '../storage/sql.ts';
import { createWorld, TestMirror } from './mirror.ts';

/* Which faults of a medium are mended by opening again, and what is there afterwards, is shown in full-disk.test.ts. */

/** A core over a medium whose flushes fail from a moment on until it is opened again. */
class FailingMedium {
	/** Every core that was opened, in its order. */
	readonly cores: OwnedCore[] = [];
	/** Called when it is being opened, and waited for. */
	onOpening: () => Promise<void> = async () => undefined;
	/** How the next opening ends. */
	opens: 'well' | 'with a failure' | 'with a defect' = 'well';
	isFailing = false;
	readonly #world = createWorld();
	readonly #files = new Disk().files;

	constructor() {
		for (const file of [this.#files.jrnl0, this.#files.jrnl1]) {
			const flush = file.flush.bind(file);
			file.flush = () => {
				if (this.isFailing) throw new DOMException('the medium answered with an error', 'InvalidStateError');
				flush();
			};
		}
	}

	async open(): Promise<OwnedCore> {
		const core = await openReopening(async () => {
			await this.onOpening();
			if (this.opens === 'with a failure') return err({ code: 'failed', message: 'It does not open.' });
			if (this.opens === 'with a defect') throw new TypeError('x is undefined');
			this.isFailing = false;
			const { core } = await TestMirror.open(this.#world, () => openSlots(this.#files));
			this.cores.push(core);
			return ok(core);
		});
		if (!core.ok) throw new Error(core.error.message);
		return core.value;
	}

	/** The next opening stops at its beginning, and goes on when it is told to. */
	holdOpening() {
		let go = (): void => undefined;
		const reached = new Promise<void>((reach) => {
			this.onOpening = () => {
				reach();
				return new Promise((resolve) => (go = resolve));
			};
		});
		return { reached, go: () => go() };
	}

	naming(name: string) {
		const id = () => uuidv7(this.#world.now++, this.#world.random);
		return { id: id(), kind: 'identity.create', data: { id: id(), name } };
	}
}

const closed = { ok: false, error: { code: 'storage_failed' } };

function read(core: OwnedCore) {
	return core.read('identities.list', {});
}

test('a medium that fails is opened again, and everything that was asked is answered once', async () => {
	const medium = new FailingMedium();
	const core = await medium.open();
	medium.isFailing = true;
	const asked = medium.naming('asked');
	const [receipt, answer] = await Promise.all([core.dispatch(asked), read(core)]);
	expect(receipt).toMatchObject({ request_id: asked.id, code: 'accepted' });
	expect(answer).toMatchObject({ ok: true });
	expect(await core.dispatch(asked)).toEqual(receipt);
	expect(await read(core)).toMatchObject({ ok: true, value: { rows: [{ name: 'Me' }, { name: 'asked' }] } });
	expect(medium.cores).toHaveLength(2);
});

test('one that does not open says so to each who asks, and opens for the next once it can', async () => {
	const medium = new FailingMedium();
	const core = await medium.open();
	medium.isFailing = true;
	medium.opens = 'with a failure';
	const asked = medium.naming('asked');
	expect(await core.dispatch(asked)).toMatchObject({ code: 'storage_failed' });
	medium.opens = 'with a defect';
	await expect(core.dispatch(asked)).rejects.toThrow('x is undefined');
	medium.opens = 'well';
	expect(await core.dispatch(asked)).toMatchObject({ code: 'accepted' });
	expect(medium.cores).toHaveLength(2);
});

test('a change of engine is told of, also where somebody who waited opened the next core first', async () => {
	const [before, after] = [await TestMirror.open(), await TestMirror.open(createWorld(2))];
	const from = before.core;
	const told: (readonly string[])[] = [];
	let hasMoved = false;
	const moving: OwnedCore = {
		...from,
		hasMoved: () => hasMoved,
		dispatch: async (request) => {
			const receipt = await from.dispatch(request);
			await from.close();
			hasMoved = true;
			// It finds the old one closed.
			expect(await read(core)).toMatchObject({ ok: true });
			return receipt;
		}
	};
	const cores = [moving, after.core];
	const opened = await openReopening(async () => ok(cores.shift()!));
	if (!opened.ok) throw new Error(opened.error.message);
	const core = opened.value;
	core.onCommit(({ topics }) => told.push(topics));
	const receipt = await core.dispatch({
		...{ id: before.id(), kind: 'identity.create' },
		data: { id: before.id(), name: 'the last one here' }
	});
	expect(receipt).toMatchObject({ code: 'accepted' });
	expect(told).toContainEqual(['storage', 'system']);
	expect(cores).toEqual([]);
});

describe('who has let go does not come back', () => {
	test('when it is asked after that', async () => {
		const medium = new FailingMedium();
		const core = await medium.open();
		await core.close();
		expect(await core.dispatch(medium.naming('late'))).toMatchObject({ code: 'storage_failed' });
		expect(await read(core)).toMatchObject(closed);
		const exported = await core.exportBundle({ id: medium.naming('').id, data: {} });
		expect(exported).toMatchObject({ receipt: { code: 'storage_failed' }, file: null });
		expect(medium.cores).toHaveLength(1);
	});

	test('when a write breaks while it closes', async () => {
		const medium = new FailingMedium();
		const core = await medium.open();
		medium.isFailing = true;
		const writing = core.dispatch(medium.naming('in flight'));
		await core.close();
		expect(await writing).toMatchObject({ code: 'storage_failed' });
		expect(medium.cores).toHaveLength(1);
	});

	test('when it is asked at any moment of its closing', async () => {
		const medium = new FailingMedium();
		const core = await medium.open();
		const reading = [read(core)];
		const closing = core.close();
		for (let turn = 0; turn < 50; turn++) {
			await Promise.resolve();
			reading.push(read(core));
		}
		await closing;
		const answers = await Promise.all(reading);
		expect([answers.at(0), answers.at(-1)]).toMatchObject([{ ok: true }, closed]);
		expect(medium.cores).toHaveLength(1);
	});

	test('when it is opening again just then: what it opened is closed', async () => {
		const medium = new FailingMedium();
		const core = await medium.open();
		medium.isFailing = true;
		const opening = medium.holdOpening();
		const writing = core.dispatch(medium.naming('in flight'));
		await opening.reached;
		const closing = core.close();
		opening.go();
		await closing;
		expect(medium.cores).toHaveLength(2);
		for (const opened of medium.cores) expect(await read(opened)).toMatchObject(closed);
		expect(await writing).toMatchObject({ code: 'storage_failed' });
	});

	test('when opening again breaks just then: it is closed all the same', async () => {
		const medium = new FailingMedium();
		const core = await medium.open();
		medium.isFailing = true;
		medium.opens = 'with a defect';
		const opening = medium.holdOpening();
		const writing = core.dispatch(medium.naming('in flight'));
		await opening.reached;
		const closing = core.close();
		opening.go();
		await Promise.all([closing, expect(writing).rejects.toThrow('x is undefined')]);
		expect(await read(core)).toMatchObject(closed);
	});
});
