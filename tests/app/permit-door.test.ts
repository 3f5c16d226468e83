import { expect, test } from 'vitest';
import { createPermitDoor } from '#app/permit-door.ts';
import { TestMirror } from './mirror.ts';

const constraints = { scope: 'the list', non_goals: 'all else', success_criteria: 'it was read' };

async function opened() {
	const mirror = await TestMirror.open();
	await mirror.dispatch('permit.issue', {
		...{ label: 'A script', tool: 'tensions.list', max_executions: 5, open_params: ['*'] },
		valid_until: '2026-11-21T22:00:00.000Z'
	});
	const [permit] = (await mirror.read('permits.list', {})).rows;
	const door = createPermitDoor(mirror.core, () => mirror.id());
	return { mirror, door, token: permit?.token ?? {} };
}

test('whoever has a permit speaks the messages of a kernel, and each that asks is an entry', async () => {
	const { mirror, door, token } = await opened();
	const policy = await door.message(token, { method: 'GET', path: '/policy', body: null });
	expect(JSON.parse(policy.body)).toMatchObject({ allowed_tools: ['tensions.list'] });
	const body = JSON.stringify({
		...{ request_id: mirror.id(), actor: 'anybody', intent: 'Read', constraints },
		tool_call: { name: 'tensions.list', params: {} }
	});
	const submitted = await door.message(token, { method: 'POST', path: '/submit', body });
	expect(submitted.status).toBe(200);
	expect(JSON.parse(submitted.body)).toMatchObject({ status: 'ACCEPTED', decision: 'ALLOW', result: [] });
	expect((await mirror.read('ledger.list', { limit: 1 })).rows[0]?.tool_name).toBe('tensions.list');
	for (const [method, path] of [
		['POST', '/halt'],
		['GET', '/evidence']
	] as const)
		expect((await door.message(token, { method, path, body: null })).status).toBe(403);
	expect((await door.message({}, { method: 'GET', path: '/policy', body: null })).status).toBe(403);
});

test('and lists the one tool that it is for as the Model Context Protocol does', async () => {
	const { door, token } = await opened();
	const listed = await door.mcp(token, JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }));
	expect(JSON.parse(listed ?? '')).toMatchObject({ id: 1, result: { tools: [{ name: 'tensions.list' }] } });
	expect(await door.mcp({}, '{}')).toBeNull();
});
