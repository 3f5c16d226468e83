import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#base/canonical.ts';
import type { CommandInput } from '#domain/command.ts';
import { createKernelClient, type KernelClient } from '#wire/kernel-client.ts';
import { answerMcp, type ToolSurface } from '#wire/mcp.ts';
import { answer } from '#wire/surface.ts';
import { permitSurface } from '#app/permit-surface.ts';
import { HandTimer } from '../wire/timer.ts';
import { TestMirror } from './mirror.ts';

const constraints = { scope: 'the list', non_goals: 'no advice', success_criteria: ['it was read'] };
const until = '2026-11-21T22:00:00.000Z';

interface Holder {
	readonly surface: ToolSurface;
	readonly client: KernelClient;
	readonly subject: string;
}

/** Whoever holds a permit, before the mirror that gave it. */
async function holder(mirror: TestMirror, more: Partial<CommandInput<'permit.issue'>> = {}): Promise<Holder> {
	await mirror.dispatch('permit.issue', {
		...{ label: 'My sister', tool: 'tensions.list', max_executions: 3, valid_until: until },
		...more
	});
	const permit = (await mirror.read('permits.list', {})).rows[0];
	if (permit === undefined) throw new Error('no permit');
	const surface = permitSurface(mirror.core, permit.token as JsonObject);
	if (!surface.ok) throw new Error(surface.error.message);
	const { timer } = new HandTimer();
	const client = createKernelClient({ timer, send: (message) => answer(surface.value, message) });
	return { surface: surface.value, client, subject: permit.subject };
}

function request(mirror: TestMirror, name: string, params: JsonObject = {}) {
	const tool_call = { name, params };
	return { request_id: mirror.id(), actor: 'owner', intent: 'canaryword', tool_call, constraints };
}

async function uses(mirror: TestMirror): Promise<number | undefined> {
	return (await mirror.read('permits.list', {})).rows[0]?.uses;
}

async function tension(mirror: TestMirror): Promise<void> {
	const data = { id: mirror.id(), identity_id: null, name: 'Rest', axis_a: 'work', axis_b: 'rest' };
	await mirror.dispatch('tension.create', data);
}

describe('a permit as a message surface', () => {
	test('gives what it is for, under the name that it gives, and is used up', async () => {
		const mirror = await TestMirror.open();
		await tension(mirror);
		const { client, subject } = await holder(mirror, { max_executions: 1 });
		const asked = request(mirror, 'tensions.list');
		expect(await client.submit(asked)).toMatchObject({
			ok: true,
			value: {
				request_id: asked.request_id,
				status: 'ACCEPTED',
				decision: 'ALLOW',
				result: [{ name: 'Rest' }]
			}
		});
		const [newest] = (await mirror.read('ledger.list', { limit: 1 })).rows;
		expect(newest).toMatchObject({ actor: subject, decision: 'ALLOW', intent: 'Read tensions.list' });
		expect(await uses(mirror)).toBe(1);
		expect(await client.submit(asked)).toMatchObject({
			ok: true,
			value: { status: 'ACCEPTED', result: [{ name: 'Rest' }] }
		});
		expect(await uses(mirror)).toBe(1);
		expect((await mirror.read('ledger.list', { limit: 1 })).rows).toEqual([newest]);
		const other = { ...asked, tool_call: { name: 'threads.list', params: {} } };
		expect(await client.submit(other)).toMatchObject({ ok: true, value: { status: 'REJECTED' } });
		expect(await client.submit(asked)).toMatchObject({ ok: true, value: { result: [{ name: 'Rest' }] } });
		expect(await client.submit(request(mirror, 'tensions.list'))).toMatchObject({
			ok: true,
			value: { status: 'REJECTED', error: expect.stringContaining('REPLAY_DETECTED'), result: null }
		});
		const evidence = JSON.stringify((await mirror.read('ledger.evidence', {})).rows);
		expect(evidence).not.toContain('canaryword');
		expect((await mirror.read('ledger.verify', {})).rows[0]?.errors).toEqual([]);
	});

	test('says how a request is to be named, and counts none that is named otherwise', async () => {
		const mirror = await TestMirror.open();
		const { client } = await holder(mirror);
		const asked = { ...request(mirror, 'tensions.list'), request_id: 'req-1a2b3c4d' };
		expect(await client.submit(asked)).toMatchObject({
			ok: true,
			value: {
				status: 'REJECTED',
				error: expect.stringMatching(/request_id must be a UUIDv7.*Nothing was done/)
			}
		});
		expect(await uses(mirror)).toBe(0);
	});

	test('keeps an answer for the same question only, evidence and all', async () => {
		const mirror = await TestMirror.open();
		const { client } = await holder(mirror);
		const asked = { ...request(mirror, 'tensions.list'), evidence: 'a letter' };
		expect(await client.submit(asked)).toMatchObject({ ok: true, value: { status: 'ACCEPTED' } });
		const other = await client.submit({ ...asked, evidence: 'another letter' });
		expect(other).toMatchObject({ ok: true, value: { error: expect.stringContaining('duplicate_request') } });
		expect(await uses(mirror)).toBe(1);
	});

	test('lets nothing else through, and each attempt stands in the ledger', async () => {
		const mirror = await TestMirror.open();
		const { client, subject } = await holder(mirror);
		const { tool_call: _none, ...nothing } = request(mirror, 'x');
		for (const other of [request(mirror, 'threads.list'), request(mirror, 'kernel.halt'), nothing]) {
			expect(await client.submit(other)).toMatchObject({
				ok: true,
				value: { status: 'REJECTED', decision: 'DENY', error: expect.stringContaining('ACTION_NOT_ALLOWED') }
			});
			const [newest] = (await mirror.read('ledger.list', { limit: 1 })).rows;
			expect(newest).toMatchObject({ actor: subject, decision: 'DENY' });
		}
		expect(await uses(mirror)).toBe(0);
	});

	test('says of the policy only what the permit allows, and keeps evidence and halt for the owner', async () => {
		const mirror = await TestMirror.open();
		const { client, subject } = await holder(mirror);
		const { rows } = await mirror.read('ledger.list', { limit: 1 });
		expect(await client.policy()).toMatchObject({
			ok: true,
			value: { allowed_actors: [subject], allowed_tools: ['tensions.list'], require_tool_call: true }
		});
		expect(await client.evidence()).toMatchObject({ ok: false, error: { code: 'refused' } });
		expect(await client.halt('Now')).toMatchObject({ ok: false, error: { code: 'refused' } });
		expect(await client.status()).toEqual({ ok: true, value: { kernel_id: 'agent', state: 'IDLE' } });
		expect(await client.health()).toMatchObject({ ok: true, value: { status: 'healthy' } });
		expect((await mirror.read('ledger.list', { limit: 1 })).rows).toEqual(rows);
		expect(await uses(mirror)).toBe(0);
	});

	test('tells of a halted kernel once it was asked', async () => {
		const mirror = await TestMirror.open();
		const { client } = await holder(mirror);
		await mirror.dispatch('kernel.halt', { port: 'agent', reason: 'asked' });
		const asked = request(mirror, 'tensions.list');
		expect(await client.submit(asked)).toMatchObject({
			ok: false,
			error: { code: 'failed' }
		});
		expect(await client.health()).toMatchObject({ ok: true, value: { status: 'unhealthy' } });
		await mirror.dispatch('kernel.replace', { port: 'agent', reason: 'halted' });
		expect(await client.submit(asked)).toMatchObject({ ok: true, value: { status: 'ACCEPTED', result: [] } });
		expect(await client.health()).toMatchObject({ ok: true, value: { status: 'healthy' } });
	});

	test('is a list of the one tool, with its own schema, by the Model Context Protocol', async () => {
		const mirror = await TestMirror.open();
		const { surface, subject } = await holder(mirror, {
			...{ tool: 'tension.create', open_params: ['*'] }
		});
		const ask = async (method: string, params: object) => {
			const text = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
			const answered = await answerMcp({ surface, actor: 'anybody', newId: () => mirror.id() }, text);
			return JSON.parse(answered ?? 'null') as unknown;
		};
		expect(await ask('tools/list', {})).toMatchObject({
			result: {
				tools: [
					{
						name: 'tension.create',
						inputSchema: { type: 'object', properties: { name: {}, axis_a: {} } }
					}
				]
			}
		});
		const _meta = { constraints };
		const given = { id: mirror.id(), identity_id: null, name: 'Rest', axis_a: 'work', axis_b: 'rest' };
		expect(await ask('tools/call', { name: 'tension.create', arguments: { name: 7 }, _meta })).toMatchObject({
			error: { code: -32602 }
		});
		expect(await uses(mirror)).toBe(0);
		const made = await ask('tools/call', { name: 'tension.create', arguments: given, _meta });
		expect(made).not.toMatchObject({ result: { isError: true } });
		expect(made).toMatchObject({ result: { content: [{ type: 'text' }] } });
		expect((await mirror.read('tensions.list', {})).rows).toMatchObject([{ name: 'Rest' }]);
		expect(await ask('tools/call', { name: 'threads.list', _meta })).toMatchObject({
			error: { code: -32602, message: 'Unknown tool: threads.list' }
		});
		const [newest] = (await mirror.read('ledger.list', { limit: 1 })).rows;
		expect(newest).toMatchObject({ actor: subject, decision: 'DENY' });
	});

	test('is none where it cannot be read', async () => {
		const mirror = await TestMirror.open();
		expect(permitSurface(mirror.core, { nothing: 1 })).toMatchObject({
			ok: false,
			error: { code: 'not_a_permit' }
		});
	});
});
