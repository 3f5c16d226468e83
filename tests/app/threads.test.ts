import { beforeEach, describe, expect, test } from 'vitest';
import { TestMirror } from './mirror.ts';

let mirror: TestMirror;
let written: string[];

beforeEach(async () => {
	mirror = await TestMirror.open();
	written = [];
	for (let day = 1; day <= 4; day++) {
		const created_at = `2026-11-0${day}T08:00:00.000Z`;
		written.push(
			await mirror.write(`Entry of day ${day}.`, { created_at, local_date: created_at.slice(0, 10) })
		);
	}
});

async function begin(reflection_ids: string[] = [], title: string | null = 'The lake'): Promise<string> {
	const id = mirror.id();
	const { code } = await mirror.dispatch('thread.create', { id, identity_id: null, title, reflection_ids });
	expect(code).toBe('accepted');
	return id;
}

async function thread(id: string) {
	return (await mirror.read('threads.get', { id })).rows[0];
}

async function places(id: string): Promise<[string, number][]> {
	const { rows } = await mirror.read('threads.reflections', { id });
	return rows.map((row) => [row.id, row.position]);
}

const of = (...at: number[]) => at.map((one) => written[one] ?? '');

describe('a thread', () => {
	test('holds reflections in the order in which they came, and the same one may stand in two', async () => {
		const [lake, winter] = [await begin(of(2, 0)), await begin(of(0))];
		await mirror.dispatch('thread.add', { id: lake, reflection_ids: of(0, 3) });
		expect(await places(lake)).toEqual([
			[written[2], 1],
			[written[0], 2],
			[written[3], 3]
		]);
		const { rows } = await mirror.read('threads.list', { reflection_id: written[0] ?? '' });
		expect(rows.map(({ id }) => id).toSorted()).toEqual([lake, winter].toSorted());
	});

	test('begins with its first reflection; with itself while it has none', async () => {
		const id = await begin();
		const made = (await thread(id))?.started_at;
		await mirror.dispatch('thread.add', { id, reflection_ids: of(2, 1) });
		expect(await thread(id)).toMatchObject({ started_at: '2026-11-02T08:00:00.000Z', count: 2 });
		await mirror.dispatch('thread.remove', { id, reflection_ids: of(2, 1) });
		expect(await thread(id)).toMatchObject({ started_at: made, count: 0 });
	});

	test('is reordered at one stroke, and the order survives a restart', async () => {
		const id = await begin(of(0, 1, 2, 3));
		await mirror.dispatch('thread.remove', { id, reflection_ids: of(1) });
		const { code } = await mirror.dispatch('thread.arrange', { id, reflection_ids: of(3, 2, 0) });
		expect(code).toBe('accepted');
		mirror = await mirror.restart();
		expect(await places(id)).toEqual([
			[written[3], 1],
			[written[2], 2],
			[written[0], 3]
		]);
		expect((await mirror.read('ledger.verify', {})).rows[0]).toMatchObject({ is_valid: true });
	});

	test('an order that does not name just its reflections is refused, and nothing moves', async () => {
		const id = await begin(of(0, 1));
		for (const reflection_ids of [of(0), of(1, 0, 2), of(1, 3)]) {
			const { code } = await mirror.dispatch('thread.arrange', { id, reflection_ids });
			expect(code).toBe('version_conflict');
		}
		expect((await places(id)).map(([one]) => one)).toEqual(of(0, 1));
	});

	test('a place is left when its reflection goes to the trash, and taken again when it comes back', async () => {
		const id = await begin(of(0, 1, 2));
		await mirror.dispatch('reflection.trash', { id: written[1] ?? '' });
		expect(await thread(id)).toMatchObject({ count: 2 });
		await mirror.dispatch('reflection.restore', { id: written[1] ?? '' });
		expect((await places(id)).map(([one]) => one)).toEqual(of(0, 1, 2));
	});

	test('pages of it follow each other', async () => {
		const id = await begin(of(3, 1, 0, 2));
		const first = (await mirror.read('threads.reflections', { id, limit: 3 })).rows;
		const after = first.at(-1)?.position ?? null;
		const rest = (await mirror.read('threads.reflections', { id, limit: 3, after })).rows;
		expect([...first, ...rest].map((row) => row.id)).toEqual(of(3, 1, 0, 2));
	});

	test('is paused, archived and found so; removed, its reflections stay', async () => {
		const [lake, winter] = [await begin(of(0, 1)), await begin()];
		await mirror.dispatch('thread.edit', { id: lake, status: 'archived', title: '  ' });
		expect(await thread(lake)).toMatchObject({ status: 'archived', title: null, count: 2 });
		expect((await mirror.read('threads.list', { status: 'active' })).rows.map(({ id }) => id)).toEqual([
			winter
		]);
		expect((await mirror.dispatch('thread.delete', { id: lake })).code).toBe('accepted');
		expect(await thread(lake)).toBeUndefined();
		expect((await mirror.read('reflections.list', {})).total).toBe(4);
	});

	test('what is not there is said: a thread, a reflection, an identity', async () => {
		const [id, gone] = [await begin(), mirror.id()];
		const refused = [
			await mirror.dispatch('thread.add', { id, reflection_ids: [...of(0), gone] }),
			await mirror.dispatch('thread.add', { id: gone, reflection_ids: of(0) }),
			await mirror.dispatch('thread.create', { id: mirror.id(), identity_id: gone, title: null })
		];
		expect(refused.map(({ code }) => code)).toEqual(['not_found', 'not_found', 'not_found']);
		expect(await thread(id)).toMatchObject({ count: 0 });
		const twice = await mirror.dispatch('thread.add', { id, reflection_ids: of(0, 0) });
		expect(twice.code).toBe('invalid_data');
	});
});
