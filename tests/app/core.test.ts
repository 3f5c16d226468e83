import { describe, expect, test } from 'vitest';
import { deepestJson } from '#base/canonical.ts';
import { loadKernel } from '#app/kernels.ts';
import { createWorld, databaseOf, TestMirror } from './mirror.ts';

/** An object in an object, so many levels deep. */
function nested(levels: number): object {
	return levels === 1 ? {} : { a: nested(levels - 1) };
}

describe('the one path', () => {
	test('what is saved is there after a restart, with its entries in one chain', async () => {
		const mirror = await TestMirror.open();
		const id = await mirror.write('A quiet morning. #calm');
		const again = await mirror.restart();
		const [reflection] = (await again.read('reflections.get', { id })).rows;
		expect(reflection).toMatchObject({
			content: 'A quiet morning. #calm',
			visibility: 'local_only',
			version: 1
		});
		expect(reflection?.metadata.tags).toEqual(['calm']);
		const entries = (await again.read('ledger.list', {})).rows;
		expect(entries.map((entry) => entry.tool_name)).toEqual([
			'reflection.create',
			'identity.create',
			...['kernel.succeed', 'kernel.succeed', 'kernel.succeed']
		]);
		expect(entries.map((entry) => entry.ledger_seq)).toEqual([2, 1, 0, 0, 0]);
		expect(entries[0]?.prev_hash).toBe(entries[1]?.entry_hash);
		expect(entries[0]?.actor).toBe('owner');
	});

	test('the chain goes on over restarts and does not begin anew', async () => {
		let mirror = await TestMirror.open();
		for (let day = 1; day <= 3; day++) {
			await mirror.write(`Day ${day}`);
			mirror = await mirror.restart();
		}
		const { rows } = await mirror.read('kernel.status', {});
		expect(rows).toMatchObject([
			{ port: 'owner', state: 'IDLE', entries: 5, variant: 'strict' },
			{ port: 'egress', state: 'IDLE', entries: 1, variant: 'evidence-first' },
			{ port: 'agent', state: 'IDLE', entries: 1, variant: 'dual-channel' }
		]);
	});

	test('the same request again gives the stored receipt and no new entry', async () => {
		const mirror = await TestMirror.open();
		const [me] = (await mirror.read('identities.list', {})).rows;
		const request = {
			id: mirror.id(),
			kind: 'identity.edit' as const,
			data: { id: me?.id ?? '', name: 'Myself' }
		};
		const first = await mirror.core.dispatch(request);
		const again = await mirror.restart();
		expect(await again.core.dispatch(request)).toEqual(first);
		expect((await again.read('ledger.list', {})).total).toBe(5);
	});

	test('the same id with other content is refused, and the refusal is an entry', async () => {
		const mirror = await TestMirror.open();
		const id = mirror.id();
		const [me] = (await mirror.read('identities.list', {})).rows;
		const edit = (name: string) =>
			mirror.core.dispatch({ id, kind: 'identity.edit', data: { id: me?.id ?? '', name } });
		expect((await edit('One')).code).toBe('accepted');
		const second = await edit('Two');
		expect(second).toMatchObject({ code: 'duplicate_request', status: 'FAILED', decision: 'DENY' });
		expect((await mirror.read('identities.list', {})).rows[0]?.name).toBe('One');
		expect((await mirror.read('ledger.list', {})).rows[0]?.error).toBe(
			'Tool execution failed: duplicate_request'
		);
	});

	test('a caller cannot say who it is', async () => {
		const mirror = await TestMirror.open();
		const receipt = await mirror.core.dispatch({
			id: mirror.id(),
			kind: 'settings.change',
			data: {},
			actor: 'system'
		});
		expect(receipt).toMatchObject({ code: 'invalid_request', position: null });
	});

	test.each([
		['no object', 'hello'],
		['no id', { kind: 'settings.change', data: {} }],
		['an id of another kind', { id: '1', kind: 'settings.change', data: {} }],
		[
			'data that is not JSON',
			{ id: '019ac000-0000-7000-8000-000000000000', kind: 'settings.change', data: { a: 1n, f: () => 1 } }
		],
		[
			'data that is as deep as JSON may be, so that a request with it is deeper',
			{ id: '019ac000-0000-7000-8000-000000000000', kind: 'settings.change', data: nested(deepestJson) }
		]
	])('an envelope that cannot be read is answered and leaves no entry: %s', async (_name, request) => {
		const mirror = await TestMirror.open();
		const receipt = await mirror.core.dispatch(request);
		expect(receipt).toMatchObject({ code: 'invalid_request', status: 'REJECTED' });
		expect((await mirror.read('ledger.list', {})).total).toBe(4);
	});

	test('an unknown command is refused by the policy, and its name does not reach the ledger', async () => {
		const mirror = await TestMirror.open();
		const receipt = await mirror.core.dispatch({ id: mirror.id(), kind: 'my secret words', data: {} });
		expect(receipt).toMatchObject({ code: 'unknown_kind', status: 'REJECTED' });
		expect(JSON.stringify((await mirror.read('ledger.list', {})).rows)).not.toContain('secret');
	});

	test('refusals of one actor beyond 60 a minute become one entry', async () => {
		const mirror = await TestMirror.open();
		const before = (await mirror.read('ledger.list', {})).total ?? 0;
		const refuse = () => mirror.core.dispatch({ id: mirror.id(), kind: 'nothing.here', data: {} });
		for (let n = 0; n < 100; n++) expect((await refuse()).code).toBe('unknown_kind');
		expect((await mirror.read('ledger.list', {})).total).toBe(before + 61);
		await mirror.write('Writing goes on.');
		mirror.world.now += 60_000;
		await refuse();
		expect((await mirror.read('ledger.list', {})).total).toBe(before + 63);
	});

	test('no word of a reflection stands in the ledger', async () => {
		const mirror = await TestMirror.open();
		await mirror.write('Elderflower under a tangerine sky #hollyhock', { title: 'Marmalade' });
		const text = JSON.stringify((await mirror.read('ledger.list', {})).rows).toLowerCase();
		for (const word of ['elderflower', 'tangerine', 'hollyhock', 'marmalade'])
			expect(text).not.toContain(word);
	});

	test('commands that arrive together are done one after the other, in one chain', async () => {
		const mirror = await TestMirror.open();
		await Promise.all(Array.from({ length: 50 }, (_, n) => mirror.write(`Entry ${n}`)));
		expect((await mirror.read('reflections.list', {})).total).toBe(50);
		const { rows: all } = await mirror.read('ledger.list', { limit: 100 });
		const rows = all.filter(({ kernel_id }) => kernel_id === all[0]?.kernel_id);
		expect(rows.map((row) => row.ledger_seq)).toEqual(rows.map((_, n) => rows.length - 1 - n));
	});

	test('an app with other commands gets a successor kernel that names the one before it', async () => {
		const world = createWorld();
		const mirror = await TestMirror.open(world);
		await mirror.write('Before');
		await mirror.core.close();
		const database = await databaseOf(world);
		await loadKernel(database, () => world.now, 'owner', undefined, ['thread.open']);
		await database.close();
		const later = await TestMirror.open(world);
		await later.write('After');
		const kernels = (await later.read('kernel.status', {})).rows;
		expect(kernels.map((kernel) => kernel.entries)).toEqual([2, 1, 1, 1, 3]);
		expect((await later.read('ledger.list', {})).rows.slice(1, 3)).toMatchObject([
			{ tool_name: 'kernel.succeed', ledger_seq: 0 },
			{ tool_name: 'kernel.succeed', ledger_seq: 0 }
		]);
	});
});
