import { describe, expect, test } from 'vitest';
import { err, failure, ok } from '#base/result.ts';
import type { Receipt } from '#domain/receipt.ts';
import type { Answer } from '#domain/view.ts';
import type { SlotName } from '#storage/sqlite/slot-file.ts';
import { openReopening } from '#app/reopening.ts';
import type { OwnedCore } from '#app/tab.ts';
import { Disk, copyOf, quotaExceeded, type Fault } from '../storage/disk.ts';
import { openSlots } from '../storage/sql.ts';
import { createWorld, TestMirror } from './mirror.ts';

const ioError = new DOMException('the medium answered with an error', 'InvalidStateError');

/** A mirror with one reflection, opened again over a disk that fails as told, as a tab opens it. */
class FaultyMirror {
	readonly #mirror: TestMirror;
	readonly disk: Disk;
	readonly core: OwnedCore;
	readonly opened: () => number;

	private constructor(mirror: TestMirror, disk: Disk, core: OwnedCore, opened: () => number) {
		this.#mirror = mirror;
		this.disk = disk;
		this.core = core;
		this.opened = opened;
	}

	static async open(fault: Fault): Promise<FaultyMirror> {
		const mirror = await TestMirror.open(createWorld());
		await mirror.write('from before');
		await mirror.core.close();
		const disk = new Disk(fault, copyOf(mirror.world.files));
		let opened = 0;
		const core = await openReopening(async () => {
			opened++;
			try {
				return ok((await TestMirror.open(mirror.world, () => openSlots(disk.files))).core);
			} catch (error) {
				return err(failure('failed', String(error)));
			}
		});
		if (!core.ok) throw new Error(core.error.message);
		return new FaultyMirror(mirror, disk, core.value, () => opened);
	}

	/** A request that saves a reflection, to be sent as often as one likes. */
	creation(content: string) {
		const created_at = new Date(this.#mirror.world.now).toISOString();
		const local_date = created_at.slice(0, 10);
		const data = { id: this.#mirror.id(), identity_id: null, content, created_at, local_date };
		return { id: this.#mirror.id(), kind: 'reflection.create', data };
	}

	/** What is there, newest first, over a ledger that has to verify. */
	async held(): Promise<{ readonly texts: unknown[]; readonly entries: unknown }> {
		const list = await this.core.read('reflections.list', {});
		const verified = await this.core.read('ledger.verify', {});
		if (!list.ok || !verified.ok) throw new Error('the mirror cannot be read');
		const [found] = (verified.value as Answer<'ledger.verify'>).rows;
		expect(found?.errors).toEqual([]);
		const texts = (list.value as Answer<'reflections.list'>).rows.map(({ excerpt }) => excerpt);
		return { texts, entries: found?.entries_verified };
	}
}

/** Which operations of the disk a new request begins with, and on which file, so that a fault can be put there. */
const before = await (async () => {
	const mirror = await FaultyMirror.open({ kind: 'none' });
	const opening = mirror.disk.operations;
	const { entries } = await mirror.held();
	await mirror.core.dispatch(mirror.creation('new'));
	const log = mirror.disk.log.slice(opening);
	const at = (what: string) => opening + log.findIndex((each) => each.endsWith(what)) + 1;
	const file = mirror.disk.log[at('.write') - 1]?.split('.')[0] as SlotName;
	return { write: at('.write'), flush: at('.flush'), file, entries: Number(entries) };
})();

function codes(receipts: readonly Receipt[]): string[] {
	return receipts.map(({ code }) => code);
}

describe('a flush that fails once', () => {
	const fault: Fault = { kind: 'error', at: before.flush, error: ioError };

	test('is mended by opening again: the request is accepted, and done once', async () => {
		const mirror = await FaultyMirror.open(fault);
		const asked = mirror.creation('new');
		const heard: number[] = [];
		mirror.core.onCommit(({ revision }) => heard.push(revision));
		const first = await mirror.core.dispatch(asked);
		expect(mirror.disk.log[before.flush - 1]).toMatch(/flush$/);
		expect(mirror.opened()).toBe(2);
		expect(first.code).toBe('accepted');
		expect(await mirror.core.dispatch(asked)).toEqual(first);
		expect(await mirror.held()).toEqual({ texts: ['new', 'from before'], entries: before.entries + 1 });
		// Whoever watches is told by the core that was opened again.
		expect(heard.length).toBeGreaterThan(0);
	});

	test('and several requests at once are each done once', async () => {
		const mirror = await FaultyMirror.open(fault);
		const asked = ['a', 'b', 'c'].map((text) => mirror.creation(text));
		const receipts = await Promise.all(asked.map((each) => mirror.core.dispatch(each)));
		expect(codes(receipts)).toEqual(['accepted', 'accepted', 'accepted']);
		expect(mirror.opened()).toBe(2);
		const { texts, entries } = await mirror.held();
		expect(texts.sort()).toEqual(['a', 'b', 'c', 'from before']);
		expect(entries).toBe(before.entries + 3);
	});
});

test('a journal that fails for good is said to have failed, and what was there is still there', async () => {
	const { write, file } = before;
	const mirror = await FaultyMirror.open({
		...{ kind: 'broken', file, from: write, error: ioError },
		at: Number.POSITIVE_INFINITY
	});
	const refused = await mirror.core.dispatch(mirror.creation('new'));
	expect(refused).toMatchObject({ code: 'storage_failed', evidence_hash: null, position: null });
	// The disk is mended, and the mirror is opened anew.
	const mended = createWorld();
	const again = await TestMirror.open(mended, () => openSlots(mirror.disk.after('everything')));
	const { rows } = await again.read('reflections.list', {});
	expect(rows.map(({ excerpt }) => excerpt)).toEqual(['from before']);
});

describe('a device without space', () => {
	test('says storage_full, changes nothing, and takes what comes once there is space', async () => {
		const mirror = await FaultyMirror.open({
			kind: 'error',
			at: before.write,
			error: quotaExceeded(),
			part: 7
		});
		const asked = mirror.creation('new');
		const refused = await mirror.core.dispatch(asked);
		expect(refused).toMatchObject({ code: 'storage_full', evidence_hash: null, position: null });
		expect(refused.message).toContain('everything before it is safe');
		expect(mirror.opened()).toBe(1);
		expect(await mirror.held()).toEqual({ texts: ['from before'], entries: before.entries });

		const receipts = [
			await mirror.core.dispatch(asked),
			await mirror.core.dispatch(mirror.creation('another'))
		];
		expect(codes(receipts)).toEqual(['accepted', 'accepted']);
		expect(await mirror.held()).toEqual({
			texts: ['another', 'new', 'from before'],
			entries: before.entries + 2
		});
	});
});

test('a first start on a full device says so in words, wherever it is full, and the next one begins', async () => {
	const whole = new Disk();
	await (await TestMirror.open(createWorld(), () => openSlots(whole.files))).core.close();
	const said = new Set<string>();
	for (let at = 1; at <= whole.operations; at++) {
		const disk = new Disk({ kind: 'error', at, error: quotaExceeded() });
		const open = () => TestMirror.open(createWorld(), () => openSlots(disk.files));
		// `TestMirror` throws the code and the words of a failure; what `openCore` throws itself has no code.
		const first = await open().catch((error: Error) => error);
		if (first instanceof Error) said.add(first.message.split(':')[0]!);
		else await first.core.close();
		const { rows } = await (await open()).read('identities.list', {});
		expect(rows.map(({ name }) => name)).toEqual(['Me']);
	}
	expect([...said].sort()).toEqual(['full', 'migration_failed', 'storage_failed', 'storage_full']);
});
