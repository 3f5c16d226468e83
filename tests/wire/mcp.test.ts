import { describe, expect, test } from 'vitest';
import { createPolicy } from '#kernel/policy.ts';
import { answerMcp } from '#wire/mcp.ts';
import { entries, surfaced, type Surfaced } from './make.ts';

/** What is answered to a text, or to what it is the JSON of; null where nothing is. */
async function ask({ surface }: Surfaced, request: unknown): Promise<unknown> {
	let made = 0;
	const deps = { surface, actor: 'agent', newId: () => `made-${made++}` };
	const text = typeof request === 'string' ? request : JSON.stringify(request);
	const answered = await answerMcp(deps, text);
	return answered === null ? null : (JSON.parse(answered) as unknown);
}

function rpc(method: string, params?: object, id: string | number | null = 1): object {
	return { jsonrpc: '2.0', id, method, ...(params === undefined ? {} : { params }) };
}

function call(name: string, given: object = {}, _meta?: object): object {
	return rpc('tools/call', { name, arguments: given, ...(_meta === undefined ? {} : { _meta }) });
}

describe('the Model Context Protocol', () => {
	test('introduces itself and lists the tools with their schemas', async () => {
		const given = surfaced();
		expect(await ask(given, rpc('initialize', {}))).toMatchObject({
			jsonrpc: '2.0',
			id: 1,
			result: { capabilities: { tools: {} }, serverInfo: { name: 'KERNELS' } }
		});
		expect(await ask(given, rpc('ping', undefined, 'a'))).toEqual({ jsonrpc: '2.0', id: 'a', result: {} });
		expect(await ask(given, rpc('tools/list'))).toMatchObject({
			id: 1,
			result: {
				tools: [
					{
						name: 'echo',
						description: 'Says what it is told.',
						inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] }
					}
				]
			}
		});
	});

	test('calls a tool through the kernel, under the name of the connection', async () => {
		const given = surfaced();
		expect(await ask(given, call('echo', { text: 'hello' }, { intent: 'Greet', actor: 'owner' }))).toEqual({
			...{ jsonrpc: '2.0', id: 1 },
			result: { content: [{ type: 'text', text: 'hello' }] }
		});
		expect(await entries(given.surface)).toMatchObject([
			{ request_id: 'made-0', actor: 'agent', intent: 'Greet', tool_name: 'echo', decision: 'ALLOW' }
		]);
	});

	test('answers what a kernel refuses as a tool that failed', async () => {
		const given = surfaced({ policy: createPolicy({ allowed_tools: ['*'] }) });
		expect(await ask(given, call('echo', { text: 'hello' }))).toMatchObject({
			result: { isError: true, content: [{ type: 'text', text: expect.stringContaining('allowed actors') }] }
		});
		expect(given.said).toEqual([]);
		await given.surface.halt('Enough');
		expect(await ask(given, call('echo', { text: 'hello' }, { request_id: 'r2' }))).toMatchObject({
			result: { isError: true, content: [{ text: 'Kernel is halted' }] }
		});
	});

	test('carries evidence and constraints, and does nothing twice', async () => {
		const constraints = { scope: 'a', non_goals: 'b', success_criteria: 'c' };
		const given = surfaced({ variant: 'dual-channel' });
		const asked = call('echo', { text: 'x' }, { request_id: 'r1', evidence: 'note', constraints });
		expect(await ask(given, asked)).toMatchObject({ result: { content: [{ text: 'x' }] } });
		expect(await ask(given, asked)).toMatchObject({ result: { content: [{ text: 'x' }] } });
		expect(given.said).toEqual(['x']);
	});

	test.each([
		['{', -32700, null],
		['', -32700, null],
		[rpc('tools/none'), -32601, 1],
		[rpc('constructor'), -32601, 1],
		[rpc('tools/call', {}), -32602, 1],
		[rpc('tools/call', { name: 'echo', arguments: [] }), -32602, 1],
		[rpc('tools/call', []), -32602, 1],
		[call('echo', { text: 7 }), -32602, 1],
		[call('echo', { text: 'x' }, { request_id: 7 }), -32602, 1],
		[{ jsonrpc: '1.0', id: 7, method: 'ping' }, -32600, 7],
		[{ id: 7 }, -32600, 7],
		['7', -32600, null],
		['null', -32600, null],
		['[]', -32600, null],
		[Array.from({ length: 101 }, () => rpc('ping')), -32600, null]
	])('%j is error %i of request %j', async (request, code, id) => {
		const given = surfaced();
		expect(await ask(given, request)).toMatchObject({ jsonrpc: '2.0', id, error: { code } });
		expect(given.said).toEqual([]);
		expect(await entries(given.surface)).toEqual([]);
	});

	test('an unknown tool is an error, and the attempt stands in the ledger', async () => {
		const given = surfaced();
		expect(await ask(given, call('nowhere'))).toMatchObject({
			error: { code: -32602, message: 'Unknown tool: nowhere' }
		});
		expect(await entries(given.surface)).toMatchObject([{ request_id: 'made-0', decision: 'DENY' }]);
	});

	test('notifications are done and not answered', async () => {
		const given = surfaced();
		expect(await ask(given, { jsonrpc: '2.0', method: 'notifications/initialized' })).toBeNull();
		expect(await ask(given, { jsonrpc: '2.0', method: 'nothing/known' })).toBeNull();
		const { id: _none, ...quiet } = call('echo', { text: 'quiet' }) as { id: number };
		expect(await ask(given, quiet)).toBeNull();
		expect(given.said).toEqual(['quiet']);
	});

	test('a batch is done in its order and answered but for its notifications', async () => {
		const given = surfaced();
		const quiet = { jsonrpc: '2.0', method: 'notifications/initialized' };
		const batch = [
			rpc('ping', undefined, 'a'),
			quiet,
			call('echo', { text: 'x' }),
			7,
			rpc('none', undefined, null)
		];
		expect(await ask(given, batch)).toMatchObject([
			{ id: 'a', result: {} },
			{ id: 1, result: {} },
			{ id: null, error: { code: -32600 } },
			{ id: null, error: { code: -32601 } }
		]);
		expect(await ask(given, [quiet, quiet])).toBeNull();
	});

	test('a surface that breaks is an internal error', async () => {
		const given = surfaced();
		const surface = { ...given.surface, submit: () => Promise.reject(new Error('It broke.')) };
		expect(await ask({ ...given, surface }, call('echo', { text: 'x' }))).toMatchObject({
			error: { code: -32603, message: 'It broke.' }
		});
	});
});
