import { describe, expect, test } from 'vitest';
import { err, failure, ok } from '#base/result.ts';
import type { News } from '#app/protocol.ts';
import { Origin, settle, Shelf } from './tabs.ts';

describe('tabs of one origin', () => {
	test('the first owns, the second is answered by it', async () => {
		const [origin, shelf] = [new Origin(), new Shelf()];
		const first = origin.open('a', () => shelf.open());
		await settle();
		const second = origin.open('b', () => shelf.open());
		expect((await second.dispatch({ id: '1' })).code).toBe('accepted');
		expect([first.standing.kind, second.standing.kind]).toEqual(['owner', 'follower']);
		expect(shelf.owners).toBe(1);
	});

	test('both hear of each commit', async () => {
		const [origin, shelf] = [new Origin(), new Shelf()];
		const heard: Record<string, News[]> = { a: [], b: [] };
		origin.open(
			'a',
			() => shelf.open(),
			(news) => heard['a']?.push(news)
		);
		await settle();
		const second = origin.open(
			'b',
			() => shelf.open(),
			(news) => heard['b']?.push(news)
		);
		await second.dispatch({ id: '1' });
		await settle();
		for (const news of Object.values(heard)) {
			expect(news.filter(({ kind }) => kind === 'committed')).toMatchObject([
				{ revision: 1, topics: ['reflections'] }
			]);
		}
	});

	test('when the owner dies, what it left unanswered is answered by the next, once', async () => {
		const [origin, shelf] = [new Origin(), new Shelf()];
		origin.open('a', () => shelf.open());
		await settle();
		const second = origin.open('b', () => shelf.open());
		await second.dispatch({ id: '0' });
		const pending = ['1', '2', '3'].map((id) => second.dispatch({ id }));
		shelf.abandon();
		origin.kill('a');
		await settle();
		expect((await Promise.all(pending)).map((receipt) => receipt.code)).toEqual([
			'accepted',
			'accepted',
			'accepted'
		]);
		expect(second.standing.kind).toBe('owner');
		expect([...shelf.done.keys()].sort()).toEqual(['0', '1', '2', '3']);
	});

	test('a sleeping owner is waited for, said so after 3 s, and its answers count once it wakes', async () => {
		const [origin, shelf] = [new Origin(), new Shelf()];
		origin.open('a', () => shelf.open());
		await settle();
		const second = origin.open('b', () => shelf.open());
		await second.dispatch({ id: '0' });
		origin.freeze('a');
		const pending = second.dispatch({ id: '1' });
		await origin.pass(1000);
		expect(second.standing.kind).toBe('follower');
		await origin.pass(2000);
		expect(second.standing.kind).toBe('waiting');
		origin.wake('a');
		expect((await pending).code).toBe('accepted');
		expect(second.standing.kind).toBe('follower');
		expect(shelf.owners).toBe(1);
	});

	test('the visible tab gets the database of a hidden one, and nothing in flight is lost', async () => {
		const [origin, shelf] = [new Origin(), new Shelf()];
		const first = origin.open('a', () => shelf.open());
		await settle();
		const second = origin.open('b', () => shelf.open());
		const pending = Array.from({ length: 10 }, (_, n) =>
			(n % 2 ? first : second).dispatch({ id: String(n) })
		);
		first.setVisible(false);
		await settle();
		expect((await Promise.all(pending)).every((receipt) => receipt.code === 'accepted')).toBe(true);
		await settle();
		expect([first.standing.kind, second.standing.kind]).toEqual(['follower', 'owner']);
		expect(shelf.done.size).toBe(10);
		first.setVisible(true);
		second.setVisible(false);
		await settle();
		expect([first.standing.kind, second.standing.kind]).toEqual(['owner', 'follower']);
		expect((await second.dispatch({ id: 'later' })).code).toBe('accepted');
	});

	test('a hidden tab does not take part in the line, but asks for the lock when nobody answers', async () => {
		const [origin, shelf] = [new Origin(), new Shelf()];
		origin.open('a', () => shelf.open());
		await settle();
		const second = origin.open('b', () => shelf.open());
		await second.dispatch({ id: '0' });
		second.setVisible(false);
		await settle();
		origin.kill('a');
		shelf.abandon();
		await settle();
		expect(shelf.owners).toBe(1);
		const pending = second.dispatch({ id: '1' });
		await origin.pass(1000);
		expect((await pending).code).toBe('accepted');
		expect(shelf.owners).toBe(2);
	});

	test('a store that does not open is said, and the lock is free for the next try', async () => {
		const [origin, shelf] = [new Origin(), new Shelf()];
		const first = origin.open('a', async () => err(failure('damaged', 'A byte was changed.')));
		await settle();
		expect(first.standing).toEqual({
			kind: 'failed',
			failure: { code: 'damaged', message: 'A byte was changed.' }
		});
		const second = origin.open('b', () => shelf.open());
		await settle();
		expect(second.standing.kind).toBe('owner');
	});

	test('a store that does not open is not mistaken for a tab that sleeps, and what was asked is answered once it does', async () => {
		const [origin, shelf] = [new Origin(), new Shelf()];
		const first = origin.open('a', async () => err(failure('full', 'There is no room.')));
		const pending = first.dispatch({ id: '1' });
		await origin.pass(1000);
		await origin.pass(4000);
		expect(first.standing).toMatchObject({ kind: 'failed', failure: { code: 'full' } });
		const second = origin.open('b', () => shelf.open());
		await settle();
		expect((await pending).code).toBe('accepted');
		expect([first.standing.kind, second.standing.kind]).toEqual(['follower', 'owner']);
	});

	test('a core that breaks over a question says so to whoever asked, and answers the next', async () => {
		const [origin, shelf] = [new Origin(), new Shelf()];
		const first = origin.open('a', () => shelf.open());
		await settle();
		const second = origin.open('b', () => shelf.open());
		for (const tab of [first, second]) {
			shelf.breaksNext = 1;
			await expect(tab.dispatch({ id: '1' })).rejects.toThrow('What was saved before is safe. Ask again');
			expect((await tab.dispatch({ id: '1' })).code).toBe('accepted');
		}
		expect(shelf.done.size).toBe(1);
	});

	test('what a core breaks over while it takes over is answered too', async () => {
		const [origin, shelf] = [new Origin(), new Shelf()];
		shelf.breaksNext = 1;
		const only = origin.open('a', () => shelf.open());
		await expect(only.dispatch({ id: '1' })).rejects.toThrow('Ask again');
		expect((await only.dispatch({ id: '1' })).code).toBe('accepted');
	});
});

describe('a tab that lets go', () => {
	/** Two tabs that can be seen, with a read of each in flight in the first, which is then hidden. */
	async function lettingGo() {
		const [origin, shelf] = [new Origin(), new Shelf()];
		const first = origin.open('a', () => shelf.open());
		await settle();
		const second = origin.open('b', () => shelf.open());
		await settle();
		let readOn = (): void => undefined;
		shelf.reading = new Promise((resolve) => (readOn = resolve));
		const answers: unknown[] = [];
		const reads = [first, second].map(async (tab) => {
			const answer = await tab.read('reflections.list', {});
			answers.push(answer);
			return answer;
		});
		await settle();
		first.setVisible(false);
		await settle();
		return { origin, shelf, first, second, reads, answers, readOn };
	}

	test('ends what it has begun, for itself and for others, before the next owner opens', async () => {
		const { shelf, first, second, reads, readOn } = await lettingGo();
		expect(shelf.owners).toBe(1);
		readOn();
		await settle();
		expect(await Promise.all(reads)).toMatchObject([{ ok: true }, { ok: true }]);
		expect([first.standing.kind, second.standing.kind]).toEqual(['follower', 'owner']);
		expect(shelf.owners).toBe(2);
	});

	test('begins nothing more: what is asked meanwhile is for the next owner', async () => {
		const { shelf, first, second, readOn } = await lettingGo();
		const later = [first, second].map((tab, at) => tab.dispatch({ id: String(at) }));
		await settle();
		expect(shelf.done.size).toBe(0);
		readOn();
		await settle();
		expect((await Promise.all(later)).map(({ code }) => code)).toEqual(['accepted', 'accepted']);
		expect([shelf.done.size, shelf.owners]).toEqual([2, 2]);
	});

	test('does not wait for ever: after 3 s the next owner is asked', async () => {
		const { origin, shelf, reads, answers, second, readOn } = await lettingGo();
		await origin.pass(2999);
		expect(shelf.owners).toBe(1);
		await origin.pass(1);
		expect([shelf.owners, second.standing.kind]).toEqual([2, 'owner']);
		expect(answers).toEqual([]);
		// What the closed core says at last, that it is closed, is nobody's answer.
		readOn();
		await settle();
		expect(await Promise.all(reads)).toMatchObject([{ ok: true }, { ok: true }]);
	});

	test('waits no second time for what it has given up', async () => {
		const { origin, shelf, first, second, reads } = await lettingGo();
		shelf.reading = Promise.resolve();
		await origin.pass(3000);
		expect(await Promise.all(reads)).toMatchObject([{ ok: true }, { ok: true }]);
		for (const [next, former] of [
			[first, second],
			[second, first]
		] as const) {
			next.setVisible(true);
			former.setVisible(false);
			await settle();
			expect([next.standing.kind, former.standing.kind]).toEqual(['owner', 'follower']);
		}
	});

	test('does not wait for a file that it reads: the next owner, which would import it, reads it', async () => {
		const [origin, shelf] = [new Origin(), new Shelf()];
		const read: string[] = [];
		const ends: Record<string, () => void> = {};
		const openAs = (name: string) => async () => {
			const opened = await shelf.open();
			if (!opened.ok) return opened;
			const end = new Promise<void>((resolve) => (ends[name] = resolve));
			const stageImport = async () => {
				await end;
				read.push(name);
				return err(failure('empty', `read by ${name}`));
			};
			return ok({ ...opened.value, stageImport });
		};
		const first = origin.open('a', openAs('a'));
		await settle();
		const second = origin.open('b', openAs('b'));
		await settle();
		const staged = [first, second].map((tab) => tab.stageImport(new Blob(['a file'])));
		await settle();
		first.setVisible(false);
		await settle();
		expect(second.standing.kind).toBe('owner');
		for (const name of ['a', 'b']) {
			ends[name]?.();
			await settle();
		}
		expect(read).toEqual(['a', 'a', 'b', 'b']);
		const answer = { ok: false, error: { code: 'empty', message: 'read by b' } };
		expect(await Promise.all(staged)).toEqual([answer, answer]);
	});
});

describe('opening that breaks', () => {
	test('is said to be a defect of ours, and the lock is free', async () => {
		const [origin, shelf] = [new Origin(), new Shelf()];
		const first = origin.open('a', () => Promise.reject(new TypeError('x is undefined')));
		await settle();
		expect(first.standing).toEqual({
			kind: 'failed',
			failure: {
				code: 'failed',
				message:
					'Mirror OS broke while it opened your mirror (x is undefined). Nothing that you wrote was changed. Reload the page.'
			}
		});
		const second = origin.open('b', () => shelf.open());
		await settle();
		expect(second.standing.kind).toBe('owner');
	});
});
