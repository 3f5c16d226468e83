import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifyBundle } from '#app/inspect-bundle.ts';
import { checklistItems, type ChecklistItem, type KernelChecklists } from '#domain/checklist.ts';
import type { CommandInput } from '#domain/command.ts';
import type { KernelPort } from '#domain/kernel.ts';
import type { Receipt } from '#domain/receipt.ts';
import { sql } from '../storage/sql.ts';
import { createWorld, databaseOf, TestMirror } from './mirror.ts';

const items: readonly ChecklistItem[] = Object.values(checklistItems).flat();

async function lists(mirror: TestMirror, port: KernelPort = 'owner'): Promise<readonly KernelChecklists[]> {
	const { rows, total } = await mirror.read('checklists.list', {});
	expect(total).toBe(rows.length);
	return rows.filter((row) => row.port === port);
}

/** Of the kernel in charge. */
async function now(mirror: TestMirror, port: KernelPort = 'owner'): Promise<KernelChecklists> {
	const [first] = await lists(mirror, port);
	if (first === undefined) throw new Error('no kernel is in charge');
	return first;
}

const ticked = ({ ticks }: KernelChecklists) => ticks.map(({ item }) => item);

const tick = (
	mirror: TestMirror,
	kernel_id: string,
	item: ChecklistItem,
	done: CommandInput<'checklist.tick'>['done'] = 'yes'
): Promise<Receipt> => mirror.dispatch('checklist.tick', { kernel_id, item, done });

async function replace(mirror: TestMirror, data: Partial<CommandInput<'kernel.replace'>> = {}) {
	const receipt = await mirror.dispatch('kernel.replace', { port: 'owner', reason: 'archival', ...data });
	expect(receipt.code).toBe('accepted');
}

async function verified(mirror: TestMirror) {
	return (await mirror.read('ledger.verify', {})).rows[0];
}

describe('what is ticked', () => {
	test('stays with its kernel, since when it was ticked, over a restart', async () => {
		const world = createWorld();
		const mirror = await TestMirror.open(world);
		const { kernel_id, ticks } = await now(mirror);
		expect(ticks).toEqual([]);
		expect((await tick(mirror, kernel_id, 'during.stop')).code).toBe('accepted');
		const minute = () => new Date(world.now).toISOString().slice(0, 16);
		const stopped = minute();
		world.now += 3_600_000;
		await tick(mirror, kernel_id, 'before.export');
		// A second press, from another tab, changes nothing.
		expect((await tick(mirror, kernel_id, 'during.stop')).code).toBe('accepted');
		const again = await mirror.restart();
		const { rows } = await again.read('checklists.list', { kernel_id });
		expect(rows).toEqual([expect.objectContaining({ kernel_id })]);
		expect(rows[0]?.ticks.map(({ item, ticked_at }) => [item, ticked_at.slice(0, 16)])).toEqual([
			['before.export', minute()],
			['during.stop', stopped]
		]);
		await tick(again, kernel_id, 'during.stop', 'no');
		await tick(again, kernel_id, 'during.wait', 'no');
		expect(ticked(await now(again))).toEqual(['before.export']);
		expect(await verified(again)).toMatchObject({ is_valid: true, errors: [] });
	});

	test('is what was said last of each item, in whatever order it is ticked and unticked', async () => {
		const mirror = await TestMirror.open();
		const { kernel_id } = await now(mirror);
		const model = new Set<ChecklistItem>();
		const said = fc.record({ item: fc.constantFrom(...items), done: fc.constantFrom('yes', 'no') });
		await fc.assert(
			fc.asyncProperty(fc.array(said, { minLength: 1, maxLength: 8 }), async (presses) => {
				for (const { item, done } of presses) {
					await tick(mirror, kernel_id, item, done);
					if (done === 'yes') model.add(item);
					else model.delete(item);
				}
				expect(ticked(await now(mirror))).toEqual(items.filter((item) => model.has(item)));
			}),
			{ numRuns: 12, seed: 5 }
		);
		expect(await verified(mirror)).toMatchObject({ is_valid: true, errors: [] });
	});

	test('stays with the kernel that was replaced: the next begins with empty lists, and what came before is closed', async () => {
		const mirror = await TestMirror.open();
		const { kernel_id } = await now(mirror);
		await tick(mirror, kernel_id, 'before.export');
		await replace(mirror);
		const [next, old] = await lists(mirror);
		expect(next?.ticks).toEqual([]);
		expect(old).toMatchObject({ kernel_id, closed_at: next?.opened_at });
		for (const done of ['yes', 'no'] as const) {
			const refused = await tick(mirror, kernel_id, 'before.export', done);
			expect(refused).toMatchObject({
				code: 'refused',
				message: expect.stringContaining('was replaced')
			});
		}
		for (const item of ['during.health', 'after.works'] as const)
			expect((await tick(mirror, kernel_id, item)).code).toBe('accepted');
		expect((await lists(mirror)).map(ticked)).toEqual([
			[],
			['before.export', 'during.health', 'after.works']
		]);
		expect((await now(mirror, 'egress')).ticks).toEqual([]);
	});

	test('is of a kernel and an item that there are', async () => {
		const mirror = await TestMirror.open();
		const { kernel_id } = await now(mirror);
		const asked = { kernel_id, item: 'before.export', done: 'yes' } as const;
		expect((await tick(mirror, 'kernel-1', 'before.export')).code).toBe('not_found');
		for (const wrong of [{ item: 'before.lunch' }, { done: true }, { kernel_id: '' }, { note: 'mine' }])
			expect(
				await mirror.core.dispatch({
					id: mirror.id(),
					kind: 'checklist.tick',
					data: { ...asked, ...wrong }
				})
			).toMatchObject({ code: 'invalid_data' });
		expect((await mirror.read('checklists.list', { kernel_id: 'kernel-1' })).rows).toEqual([]);
	});

	test('is proven by the ledger, which has no word of it, and leaves bundles whole', async () => {
		const world = createWorld();
		const mirror = await TestMirror.open(world);
		const { kernel_id } = await now(mirror);
		await tick(mirror, kernel_id, 'before.tell');
		await tick(mirror, kernel_id, 'before.export');
		await tick(mirror, kernel_id, 'before.export', 'no');
		const [entry] = (await mirror.read('ledger.list', { limit: 1 })).rows;
		expect(entry).toMatchObject({ intent: 'Tick a checklist', tool_name: 'checklist.tick' });
		expect(JSON.stringify(entry)).not.toContain('before.');
		expect(verifyBundle(await mirror.export(), sql)).toMatchObject({
			ok: true,
			value: { is_valid: true, errors: [], structural: [] }
		});
		await mirror.core.close();
		const database = await databaseOf(world);
		await database.transaction((tx) =>
			tx.script(
				`UPDATE checklist_ticks SET item = 'after.works'; INSERT INTO checklist_ticks SELECT kernel_id, 'after.end', ticked_at FROM checklist_ticks`
			)
		);
		await database.close();
		expect((await verified(await TestMirror.open(world)))?.errors.toSorted()).toEqual([
			`checklist_ticks ${kernel_id}:after.end: no command wrote this row`,
			`checklist_ticks ${kernel_id}:after.works: no command wrote this row`,
			`checklist_ticks ${kernel_id}:before.tell: this row was written and is gone`
		]);
	});
});

describe('what the mirror knows beside a list', () => {
	test('is the archive of its kernel: none, a part of its ledger, the whole, and one that was deleted', async () => {
		const mirror = await TestMirror.open();
		const { kernel_id, archive, closed_at, state } = await now(mirror);
		expect({ archive, closed_at, state }).toEqual({ archive: null, closed_at: null, state: 'IDLE' });
		await mirror.dispatch('evidence.archive', { kernel_id, reason: 'asked' });
		const [part] = (await mirror.read('evidence.list', {})).rows;
		const told = { name: part?.name, entries: part?.entries, created_at: part?.created_at };
		expect((await now(mirror)).archive).toEqual({
			...{ ...told, is_valid: true, is_whole: false, deleted_at: null }
		});
		await replace(mirror);
		const whole = async () => (await lists(mirror))[1]?.archive;
		// What there is does not pass for all of it: the rest is archived by itself.
		expect(await whole()).toMatchObject({ name: part?.name, is_whole: false });
		await mirror.core.tidy();
		const found = await whole();
		expect(found).toMatchObject({ is_valid: true, is_whole: true, deleted_at: null });
		expect(found?.entries).toBeGreaterThan(part?.entries ?? 0);
		await mirror.dispatch('evidence.delete', { names: [found?.name ?? ''] });
		expect(await whole()).toMatchObject({ name: part?.name });
		await mirror.dispatch('evidence.delete', { names: [part?.name ?? ''] });
		expect(await whole()).toMatchObject({ name: found?.name, deleted_at: expect.stringMatching(/Z$/) });
	});

	test('is the kernel that followed it, with the same policy or another', async () => {
		const mirror = await TestMirror.open();
		expect((await now(mirror)).successor).toBeNull();
		await replace(mirror);
		const { policy } = (await mirror.read('kernel.status', {})).rows[0] ?? {};
		const max_intent_length = 300;
		await replace(mirror, { reason: 'policy', policy: { ...policy, max_intent_length } });
		await mirror.write('Under the new one.');
		const [third, second, first] = await lists(mirror);
		expect(third?.successor).toBeNull();
		expect(second?.successor).toMatchObject({ kernel_id: third?.kernel_id, policy: 'another', entries: 2 });
		expect(first?.successor).toMatchObject({ kernel_id: second?.kernel_id, policy: 'same', entries: 1 });
		await mirror.dispatch('kernel.halt', { port: 'owner', reason: 'asked' });
		expect((await lists(mirror))[1]?.successor).toMatchObject({ state: 'HALTED', entries: 3 });
	});

	test('is how many permits hold: neither over, nor used up, nor taken away', async () => {
		const world = createWorld();
		const mirror = await TestMirror.open(world);
		const valid_until = new Date(world.now + 3_600_000).toISOString();
		const give = async () => {
			const { result } = await mirror.dispatch('permit.issue', {
				...{ label: 'A friend', tool: 'axes.list', max_executions: 1, valid_until }
			});
			return String(result?.['permit_id']);
		};
		const count = async () => (await now(mirror, 'agent')).permits;
		expect(await count()).toBe(0);
		const [gone, used] = [await give(), await give(), await give()];
		expect(await count()).toBe(3);
		await mirror.dispatch('permit.revoke', { permit_id: gone });
		expect(await count()).toBe(2);
		const { rows } = await mirror.read('permits.list', {});
		const permit = rows.find(({ permit_id }) => permit_id === used)?.token;
		const constraints = { scope: 'Axes', non_goals: 'All else', success_criteria: 'They are read' };
		await mirror.core.byPermit(permit, { id: mirror.id(), kind: 'axes.list', data: {}, constraints });
		expect(await count()).toBe(1);
		world.now += 3_700_000;
		expect(await count()).toBe(0);
	});
});

test('checklists are off with a sentence where the schema is held below them, and nothing of it looks wrong', async () => {
	const mirror = await TestMirror.open();
	const { kernel_id } = await now(mirror);
	await tick(mirror, kernel_id, 'before.export');
	for (const to of ['1.3.0', '1.2.0']) {
		expect((await mirror.dispatch('schema.rollback', { to })).code).toBe('accepted');
		expect(await tick(mirror, kernel_id, 'before.verify')).toMatchObject({
			code: 'refused',
			message: expect.stringContaining('Version 1.4.0 of the tables')
		});
		expect((await mirror.read('checklists.list', {})).rows).toEqual([]);
		expect(await verified(mirror)).toMatchObject({ is_valid: true, errors: [] });
	}
	expect((await mirror.dispatch('schema.release', {})).code).toBe('accepted');
	expect((await now(mirror)).ticks).toEqual([]);
	expect((await tick(mirror, kernel_id, 'before.verify')).code).toBe('accepted');
	expect(ticked(await now(mirror))).toEqual(['before.verify']);
	expect(await verified(mirror)).toMatchObject({ is_valid: true, errors: [] });
});
