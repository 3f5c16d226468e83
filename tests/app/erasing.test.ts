import { describe, expect, test } from 'vitest';
import { slotNames } from '#storage/sqlite/slot-file.ts';
import { bytesOf } from '../storage/disk.ts';
import { TestMirror, createWorld, type World } from './mirror.ts';

const day = 24 * 60 * 60 * 1000;
const canaries = ['canaryword', 'canarytitle', 'canarytag', 'canaryearlier'];

/** Of these words the ones that stand in any file of the store, in any letters. */
function left(world: World): string[] {
	const files = slotNames.map((name) =>
		Buffer.from(bytesOf(world.files[name])).toString('latin1').toLowerCase()
	);
	return canaries.filter((word) => files.some((file) => file.includes(word)));
}

/** An entry whose every part holds a canary, with an earlier state and a mirrorback, beside others. */
async function written(mirror: TestMirror): Promise<string> {
	await mirror.write('Another entry that stays, about a lake and a boat.');
	const id = await mirror.write('I want to go canaryearlier, but I feel I must stay.', {
		title: 'canarytitle',
		tags: ['canarytag']
	});
	const { rows } = await mirror.read('reflections.get', { id });
	const { created_at = '' } = rows[0] ?? {};
	await mirror.dispatch(
		'reflection.edit',
		{
			id,
			content: 'I want to go canaryword, but I feel I must stay. #canarytag',
			title: 'canarytitle',
			created_at,
			local_date: created_at.slice(0, 10)
		},
		{ base_version: 1 }
	);
	await mirror.dispatch('mirrorback.create', {
		id: mirror.id(),
		reflection_id: id,
		engine_run_id: mirror.id()
	});
	return id;
}

describe('erasing', () => {
	test('after the next idle moment no byte of what was erased is on the medium', async () => {
		const world = createWorld();
		const mirror = await TestMirror.open(world);
		const id = await written(mirror);
		await mirror.core.tidy();
		await mirror.dispatch('reflection.trash', { id });
		await mirror.dispatch('reflection.purge', { ids: [id] });
		expect(left(world)).toEqual(canaries);
		await mirror.core.tidy();
		expect(left(world)).toEqual([]);
		expect((await mirror.read('reflections.list', {})).total).toBe(1);
		const again = await mirror.restart();
		expect((await again.read('reflections.list', {})).total).toBe(1);
		expect((await again.read('ledger.verify', {})).rows[0]?.errors).toEqual([]);
		expect(left(world)).toEqual([]);
	});

	test('a restart before the idle moment does not forget it', async () => {
		const world = createWorld();
		const mirror = await TestMirror.open(world);
		const id = await written(mirror);
		await mirror.dispatch('reflection.trash', { id });
		await mirror.dispatch('reflection.purge', { ids: [id] });
		const again = await mirror.restart();
		await again.core.tidy();
		expect(left(world)).toEqual([]);
	});

	test('the trash keeps for thirty days, then the app erases, and says so in the ledger', async () => {
		const world = createWorld();
		const mirror = await TestMirror.open(world);
		const id = await written(mirror);
		await mirror.dispatch('reflection.trash', { id });
		world.now += 30 * day - 60_000;
		await mirror.core.tidy();
		expect((await mirror.read('trash.list', {})).rows).toHaveLength(1);
		world.now += 2 * 60_000;
		await mirror.core.tidy();
		expect((await mirror.read('trash.list', {})).rows).toEqual([]);
		expect(left(world)).toEqual([]);
		expect((await mirror.read('ledger.list', { limit: 1 })).rows).toMatchObject([
			{ actor: 'system', tool_name: 'reflection.purge', decision: 'ALLOW' }
		]);
	});
});
