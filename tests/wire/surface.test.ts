import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { createPolicy } from '#kernel/policy.ts';
import { longestBody } from '#wire/kernel-messages.ts';
import { answer } from '#wire/surface.ts';
import { ask, entries, read, submit, surfaced } from './make.ts';
import { version } from '../../package.json';

describe('a kernel that is asked by messages', () => {
	test('says what it is, how it is and what it allows', async () => {
		const policy = createPolicy({
			allowed_actors: ['owner'],
			allowed_tools: ['echo'],
			require_tool_call: true
		});
		const { surface } = surfaced({ policy });
		expect(await ask(surface, 'GET', '/')).toEqual([
			200,
			{ name: 'KERNELS', version, kernel_id: 'kernel-1' }
		]);
		expect(await ask(surface, 'GET', '/health')).toEqual([200, { status: 'healthy', kernel_state: 'IDLE' }]);
		expect(await ask(surface, 'GET', '/status')).toEqual([200, { kernel_id: 'kernel-1', state: 'IDLE' }]);
		const limits = { require_tool_call: true, max_intent_length: 4096 };
		expect(await ask(surface, 'GET', '/policy')).toEqual([
			200,
			{ allowed_actors: ['owner'], allowed_tools: ['echo'], ...limits }
		]);
	});

	test('does what it allows, refuses the rest, and has an entry for each', async () => {
		const { surface, said } = surfaced({
			policy: createPolicy({ allowed_actors: ['owner'], allowed_tools: ['echo'] })
		});
		const decided = { request_id: 'r1', status: 'ACCEPTED', decision: 'ALLOW', result: 'r1', error: null };
		expect(await ask(surface, 'POST', '/submit', submit('r1'))).toEqual([200, decided]);
		const [code, refused] = await ask(surface, 'POST', '/submit', submit('r2', { actor: 'stranger' }));
		expect([code, refused]).toMatchObject([
			200,
			{ request_id: 'r2', status: 'REJECTED', decision: 'DENY', result: null }
		]);
		expect(refused).toMatchObject({
			error: expect.stringContaining("Actor 'stranger' is not in allowed actors")
		});
		const blank = await ask(surface, 'POST', '/submit', submit('r3', { intent: ' ' }));
		expect(blank).toMatchObject([200, { status: 'REJECTED' }]);
		expect(await entries(surface)).toMatchObject([
			{ request_id: 'r1', decision: 'ALLOW', ts_ms: 1_700_000_000_000, tool_name: 'echo' },
			{ request_id: 'r2', decision: 'DENY' },
			{ request_id: 'r3', decision: 'DENY' }
		]);
		expect(said).toEqual(['r1']);
	});

	test('gives out evidence as a bundle, and numbers as they were written', async () => {
		const { surface } = surfaced({
			more: (tools) =>
				tools.register('same', { description: 'x', params: v.looseObject({}), run: (given) => given })
		});
		const params = '{"whole":1.0,"big":123456789012345678901234567890,"lone":"\\ud800"}';
		const body = `{"request_id":"r1","actor":"a","intent":"Say it","tool_call":{"name":"same","params":${params}}}`;
		const { status, body: text } = await answer(surface, { method: 'POST', path: '/submit', body });
		expect([status, text]).toEqual([200, expect.stringContaining(`"result":${params}`)]);
		const [, bundle] = await ask(surface, 'GET', '/evidence');
		expect(bundle).toMatchObject({ kernel_id: 'kernel-1', variant: 'strict', entry_count: 1 });
		expect(await entries(surface)).toHaveLength(1);
	});

	test('halts once, and is unhealthy and takes nothing from then on', async () => {
		const { surface } = surfaced();
		expect(await ask(surface, 'POST', '/halt', { reason: 'Enough' })).toEqual([
			200,
			{ status: 'halted', kernel_state: 'HALTED' }
		]);
		expect(await ask(surface, 'GET', '/health')).toEqual([
			503,
			{ status: 'unhealthy', error: 'Kernel is halted' }
		]);
		expect(await ask(surface, 'GET', '/status')).toMatchObject([200, { state: 'HALTED' }]);
		expect(await ask(surface, 'POST', '/submit', submit('r1'))).toEqual([500, { error: 'Kernel is halted' }]);
		expect(await ask(surface, 'POST', '/halt')).toEqual([
			500,
			{ error: 'Cannot halt from terminal state HALTED' }
		]);
		expect(await entries(surface)).toMatchObject([{ decision: 'HALT', intent: 'Enough' }]);
	});

	test('halts without a body too', async () => {
		const { surface } = surfaced();
		expect((await answer(surface, { method: 'POST', path: '/halt', body: '' })).status).toBe(200);
		expect(await entries(surface)).toMatchObject([{ decision: 'HALT', intent: 'Halted by request' }]);
	});

	test.each(['request_id', 'actor', 'intent'])('names a missing %s', async (name) => {
		const { surface } = surfaced();
		const { [name]: _left, ...rest } = submit('r1');
		const reply = await ask(surface, 'POST', '/submit', rest);
		expect(reply).toEqual([400, { error: `Missing field: '${name}'` }]);
		expect(await entries(surface)).toEqual([]);
	});

	test('names a missing name of a tool, and what has another kind than it must', async () => {
		const { surface } = surfaced();
		const wrong = async (more: object) =>
			(await ask(surface, 'POST', '/submit', submit('r1', { ...more })))[1];
		expect(await wrong({ tool_call: {} })).toEqual({ error: "Missing field: 'name'" });
		expect(await wrong({ actor: null })).toEqual({ error: '"actor" must be a text. Nothing was done.' });
		expect(await wrong({ request_id: 'x'.repeat(201) })).toMatchObject({
			error: expect.stringMatching(/200 characters/)
		});
		expect(await wrong({ tool_call: { name: 'echo', params: [] } })).toEqual({
			error: '"tool_call.params" must be an object. Nothing was done.'
		});
		expect(await wrong({ evidence: [1] })).toMatchObject({ error: expect.stringContaining('"evidence') });
		expect(await wrong({ constraints: 'x' })).toMatchObject({
			error: expect.stringContaining('"constraints"')
		});
		expect(await ask(surface, 'POST', '/submit', [])).toMatchObject([
			400,
			{ error: expect.stringMatching(/must be an object/) }
		]);
		expect(await entries(surface)).toEqual([]);
	});

	test('refuses in a sentence what is no JSON, is empty or too large', async () => {
		const { surface } = surfaced();
		for (const [body, why] of [
			['{', 'not JSON'],
			['', 'not JSON'],
			[' '.repeat(longestBody + 1), 'longer than'],
			['['.repeat(600), 'deep']
		] as const) {
			const [status, said] = read(await answer(surface, { method: 'POST', path: '/submit', body }));
			expect([status, said]).toEqual([400, { error: expect.stringContaining(why) }]);
		}
	});

	test('knows no other path and no other method', async () => {
		const { surface } = surfaced();
		for (const [method, path] of [
			['GET', '/nothing'],
			['POST', '/status'],
			['GET', '/submit'],
			['GET', '/constructor'],
			['DELETE', '/']
		] as const)
			expect(await ask(surface, method, path)).toEqual([404, { error: 'Not found' }]);
		for (const path of ['/', '/submit', '/nothing'])
			expect((await answer(surface, { method: 'OPTIONS', path, body: null })).status).toBe(200);
	});

	test('answers also where the kernel behind it breaks', async () => {
		const broken = () => Promise.reject(new Error('It broke.'));
		const { surface } = surfaced();
		const breaking = { ...surface, status: broken, submit: broken, evidence: broken };
		expect(await ask(breaking, 'GET', '/health')).toEqual([503, { status: 'unhealthy', error: 'It broke.' }]);
		expect(await ask(breaking, 'GET', '/status')).toEqual([500, { error: 'It broke.' }]);
		expect(await ask(breaking, 'GET', '/evidence')).toEqual([500, { error: 'It broke.' }]);
		expect(await ask(breaking, 'POST', '/submit', submit('r1'))).toEqual([500, { error: 'It broke.' }]);
	});
});
