import { describe, expect, test } from 'vitest';
import { err, failure, ok } from '#base/result.ts';
import type { Receipt } from '#domain/receipt.ts';
import { uuidv7 } from '#base/uuid.ts';
import { openReopening } from '#app/reopening.ts';
import type { Tab } from '#app/tab.ts';
import { createWorld, TestMirror } from './mirror.ts';
import { Origin, settle, Shelf } from './tabs.ts';

/** Tabs of one origin over one real store, in a browser that may lose their lock. */
class LosingOrigin {
	readonly tabs = new Origin();
	readonly world = createWorld();
	/** How often anybody opened the store. */
	opened = 0;

	/** Opens the store whoever has it: the one who had it is superseded. */
	async open(): Promise<TestMirror> {
		this.opened++;
		return TestMirror.open(this.world);
	}

	async tab(id: string): Promise<Tab> {
		const tab = this.tabs.open(id, () => openReopening(async () => ok((await this.open()).core)));
		await settle();
		return tab;
	}

	/** A request that keeps a name, to be sent as often as one likes. */
	naming(name: string) {
		const id = () => uuidv7(this.world.now++, this.world.random);
		return { id: id(), kind: 'identity.create', data: { id: id(), name } };
	}
}

async function names(from: Pick<Tab, 'read'>): Promise<unknown[]> {
	const answer = await from.read('identities.list', {});
	if (!answer.ok) throw new Error(answer.error.message);
	return answer.value.rows.map((row) => 'name' in row && row.name).sort();
}

describe('a core whose store another owner has opened', () => {
	test('says so, and does not open it again: it would take it back', async () => {
		const origin = new LosingOrigin();
		const core = await openReopening(async () => ok((await origin.open()).core));
		if (!core.ok) throw new Error(core.error.message);
		const other = await origin.open();
		const asked = origin.naming('asked');
		expect(await core.value.dispatch(asked)).toMatchObject({
			...{ request_id: asked.id, code: 'superseded', evidence_hash: null, position: null },
			message: 'Another tab has taken over the database since. Nothing was written from here.'
		});
		expect(await core.value.dispatch(asked)).toMatchObject({ code: 'superseded' });
		expect(await core.value.read('identities.list', {})).toMatchObject({
			ok: false,
			error: { code: 'superseded' }
		});
		const exported = await core.value.exportBundle({ id: origin.naming('').id, data: {} });
		expect(exported).toMatchObject({ receipt: { code: 'superseded' }, file: null });
		await core.value.close();
		expect(origin.opened).toBe(2);
		// The same request is safe with the one who has it now, who was not disturbed.
		expect(await other.core.dispatch(asked)).toMatchObject({ code: 'accepted' });
		expect(await names(other.core)).toEqual(['Me', 'asked']);
	});
});

describe('an owner that lost its lock', () => {
	test('lets go when it finds out, and the tab that has the store answers, once', async () => {
		const origin = new LosingOrigin();
		const first = await origin.tab('a');
		const [second, third] = [await origin.tab('b'), await origin.tab('c')];
		origin.tabs.lose('a');
		await settle();
		// Both believe to be the owner; the files know better.
		expect([first.standing.kind, second.standing.kind]).toEqual(['owner', 'owner']);
		const receipts = await Promise.all([
			first.dispatch(origin.naming('from the first')),
			third.dispatch(origin.naming('from the third'))
		]);
		expect(receipts.map(({ code }) => code)).toEqual(['accepted', 'accepted']);
		await settle();
		expect([first.standing.kind, second.standing.kind]).toEqual(['follower', 'owner']);
		expect(origin.opened).toBe(2);
		const expected = ['Me', 'from the first', 'from the third'];
		for (const tab of [first, second, third]) expect(await names(tab)).toEqual(expected);
		expect(origin.opened).toBe(2);
	});

	test('gets it by the lock once the other one is hidden', async () => {
		const origin = new LosingOrigin();
		const first = await origin.tab('a');
		const second = await origin.tab('b');
		origin.tabs.lose('a');
		await settle();
		await first.dispatch(origin.naming('asked'));
		await settle();
		second.setVisible(false);
		await settle();
		expect([first.standing.kind, second.standing.kind]).toEqual(['owner', 'follower']);
		expect(await names(second)).toEqual(['Me', 'asked']);
	});

	test('takes the store again, by the lock, only when nobody answers for a second', async () => {
		const origin = new LosingOrigin();
		const only = await origin.tab('a');
		await origin.open();
		const pending = only.dispatch(origin.naming('asked'));
		await settle();
		expect([only.standing.kind, origin.opened]).toEqual(['follower', 2]);
		await origin.tabs.pass(999);
		expect(origin.opened).toBe(2);
		await origin.tabs.pass(1);
		expect(await pending).toMatchObject({ code: 'accepted' });
		expect([only.standing.kind, origin.opened]).toEqual(['owner', 3]);
		expect(await names(only)).toEqual(['Me', 'asked']);
	});

	test('does so too after it waited for something that hung', async () => {
		const [tabs, shelf] = [new Origin(), new Shelf()];
		let isLost = true;
		const only = tabs.open('a', async () => {
			if (!isLost) return shelf.open();
			isLost = false;
			const opened = await new Shelf().open();
			if (!opened.ok) return opened;
			return ok({
				...opened.value,
				dispatch: async () => ({ code: 'superseded' }) as Receipt,
				read: () => new Promise(() => undefined)
			});
		});
		await settle();
		const pending = [only.read('reflections.list', {}), only.dispatch({ id: '1' })];
		await settle();
		expect(only.standing.kind).toBe('owner');
		// Asked meanwhile: its patience runs out while the lock is still held.
		const later = only.dispatch({ id: '2' });
		await tabs.pass(1000);
		await tabs.pass(2000);
		expect([only.standing.kind, shelf.owners]).toEqual(['follower', 0]);
		await tabs.pass(1000);
		expect(only.standing.kind).toBe('owner');
		expect(await Promise.all(pending)).toMatchObject([{ ok: true }, { code: 'accepted' }]);
		expect(await later).toMatchObject({ code: 'accepted' });
	});

	test('already while it opens, asks the other one', async () => {
		const [tabs, shelf] = [new Origin(), new Shelf()];
		const first = tabs.open('a', async () => err(failure('superseded', 'Another tab has taken over.')));
		await settle();
		expect(first.standing.kind).toBe('follower');
		const second = tabs.open('b', () => shelf.open());
		await settle();
		expect((await first.dispatch({ id: '1' })).code).toBe('accepted');
		expect([first.standing.kind, second.standing.kind]).toEqual(['follower', 'owner']);
	});
});
