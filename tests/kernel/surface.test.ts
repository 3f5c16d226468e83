import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { isObject, type JsonObject } from '#base/canonical.ts';
import type { AuditEntry } from '#kernel/ledger.ts';
import { createPolicy } from '#kernel/policy.ts';
import { ToolRegistry } from '#kernel/tools.ts';
import type { VariantName } from '#kernel/variants.ts';
import { ask, entries, submit, surfaced, type Surfaced } from '../wire/make.ts';

const limits = { scope: 'this', non_goals: 'that', success_criteria: ['it was said'] };

async function decided({ surface }: Surfaced, message: JsonObject): Promise<JsonObject> {
	const [, said] = await ask(surface, 'POST', '/submit', message);
	if (!isObject(said)) throw new Error('not an object');
	return said;
}

describe('a surface over each variant', () => {
	test.each([
		['strict', {}],
		['permissive', {}],
		['evidence-first', { evidence: 'a note' }],
		['evidence-first', { evidence: ['a note', 'another'] }],
		['dual-channel', { constraints: limits }]
	] as const)('%s does what has all that it wants', async (variant: VariantName, more: JsonObject) => {
		const { surface, said, ...rest } = surfaced({ variant });
		const answer = await decided({ surface, said, ...rest }, submit('r1', more));
		expect(answer).toMatchObject({ status: 'ACCEPTED', result: 'r1', error: null });
		expect(said).toEqual(['r1']);
		expect(await entries(surface)).toMatchObject([{ decision: 'ALLOW', tool_name: 'echo' }]);
	});

	test.each([
		['evidence-first', {}, 'Evidence field is required'],
		['evidence-first', { evidence: ' ' }, 'Evidence field cannot be empty'],
		['dual-channel', {}, 'Constraints dict is required'],
		['dual-channel', { constraints: { ...limits, scope: '' } }, "'scope' cannot be empty"]
	] as const)('%s refuses what lacks something', async (variant, more: JsonObject, why) => {
		const given = surfaced({ variant });
		const answer = await decided(given, submit('r1', more));
		expect(answer).toMatchObject({ status: 'REJECTED', result: null, error: expect.stringContaining(why) });
		expect(given.said).toEqual([]);
		expect(await entries(given.surface)).toMatchObject([{ decision: 'DENY' }]);
	});

	test('a request for nothing in particular is decided on too', async () => {
		const given = surfaced({ variant: 'permissive' });
		const { tool_call: _none, ...asked } = submit('r1');
		expect(await decided(given, asked)).toMatchObject({ request_id: 'r1' });
		expect(await entries(given.surface)).toHaveLength(1);
	});
});

const nothing = v.strictObject({});
const hostile = (tools: ToolRegistry) =>
	void tools
		.register('throws', {
			description: 'Breaks.',
			params: nothing,
			run: () => {
				throw new Error('It broke.');
			}
		})
		.register('rejects', {
			description: 'Breaks.',
			params: nothing,
			run: () => Promise.reject(new Error('No.'))
		})
		.register('function', { description: 'Answers with code.', params: nothing, run: () => () => 1 })
		.register('circle', {
			description: 'Answers with itself.',
			params: nothing,
			run: () => {
				const circle: { self?: object } = {};
				circle.self = circle;
				return circle;
			}
		})
		.register('mute', {
			description: 'Throws what says nothing.',
			params: nothing,
			run: () => {
				throw Object.create(null);
			}
		})
		.register('endless', {
			description: 'Never ends.',
			params: nothing,
			run: () => new Promise(() => undefined)
		});

describe('a tool that misbehaves leaves its entry and a kernel that goes on', () => {
	test.each([
		['throws', "Tool 'throws' execution failed: It broke."],
		['rejects', "Tool 'rejects' execution failed: No."],
		['function', 'Result is not JSON'],
		['circle', 'Result is not JSON'],
		['mute', "Tool 'mute' execution failed: it broke without a word"],
		['nowhere', "Tool 'nowhere' is not registered"]
	])('%s', async (name, why) => {
		const given = surfaced({ more: hostile });
		const answer = await decided(given, submit('r1', { tool_call: { name } }));
		expect(answer).toMatchObject({ status: 'FAILED', decision: 'DENY', error: expect.stringContaining(why) });
		expect(await decided(given, submit('r2'))).toMatchObject({ status: 'ACCEPTED' });
		expect(await entries(given.surface)).toMatchObject([
			{ request_id: 'r1', error: expect.stringContaining(why) },
			{ request_id: 'r2', decision: 'ALLOW' }
		]);
		expect(given.time.waiting).toBe(0);
	});

	test('one that never ends is waited for so long, and what waits behind it is done then', async () => {
		const given = surfaced({ more: hostile, timeLimit: 1000 });
		const endless = decided(given, submit('r1', { tool_call: { name: 'endless' } }));
		const next = decided(given, submit('r2'));
		await given.time.pass(999);
		expect(given.kernel.head().state).toBe('EXECUTING');
		await given.time.pass(1);
		expect(await endless).toMatchObject({
			status: 'FAILED',
			error: "Tool execution failed: Tool 'endless' did not end within 1000 ms"
		});
		expect(await next).toMatchObject({ status: 'ACCEPTED' });
		expect(await entries(given.surface)).toHaveLength(2);
	});

	test('params that its schema does not take never reach it, nor the ledger', async () => {
		const given = surfaced();
		for (const params of [{}, { text: 7 }, { text: 'x', canaryword: 'canaryword' }, { text: ['canaryword'] }])
			expect(
				await decided(
					given,
					submit(JSON.stringify(params).slice(0, 9), { tool_call: { name: 'echo', params } })
				)
			).toMatchObject({ status: 'FAILED', error: expect.stringContaining('Invalid parameters') });
		expect(given.said).toEqual([]);
		const written = await entries(given.surface);
		expect(written).toMatchObject([{ error: expect.stringContaining(': text does not fit') }, {}, {}, {}]);
		expect(JSON.stringify(written)).not.toContain('canaryword');
	});
});

describe('a halt', () => {
	test('gives up the tool that runs, and what waits is not begun', async () => {
		const given = surfaced({ more: hostile });
		const running = decided(given, submit('r1', { tool_call: { name: 'endless' } }));
		const waiting = decided(given, submit('r2'));
		await given.time.pass(0);
		expect(await ask(given.surface, 'POST', '/halt', { reason: 'Now' })).toMatchObject([200, {}]);
		expect(await running).toMatchObject({ status: 'FAILED', error: expect.stringContaining('halted') });
		expect(await waiting).toEqual({ error: 'Kernel is halted' });
		expect(given.said).toEqual([]);
		expect(await entries(given.surface)).toMatchObject([
			{ request_id: 'r1', decision: 'DENY' },
			{ request_id: 'HALT', decision: 'HALT', intent: 'Now' }
		]);
	});
});

test('a tool that ends after its time changes nothing, not even for the one that runs then', async () => {
	let endLate = () => undefined;
	const late = (tools: ToolRegistry) => {
		hostile(tools);
		tools.register('late', {
			description: 'Ends when it is told.',
			params: nothing,
			run: () => new Promise<void>((resolve) => (endLate = () => void resolve()))
		});
	};
	const given = surfaced({ more: late, timeLimit: 1000 });
	const first = decided(given, submit('r1', { tool_call: { name: 'late' } }));
	await given.time.pass(1000);
	expect(await first).toMatchObject({ status: 'FAILED' });
	const second = decided(given, submit('r2', { tool_call: { name: 'endless' } }));
	await given.time.pass(1);
	endLate();
	await given.time.pass(1);
	expect(await ask(given.surface, 'POST', '/halt')).toMatchObject([200, {}]);
	expect(await second).toMatchObject({ error: expect.stringContaining('halted') });
	expect(await entries(given.surface)).toMatchObject([
		{ request_id: 'r1', decision: 'DENY' },
		{ request_id: 'r2', decision: 'DENY' },
		{ decision: 'HALT' }
	]);
});

describe('a request that comes again', () => {
	test('is answered and not done again, also while it runs', async () => {
		const given = surfaced();
		const answers = await Promise.all([1, 2, 3].map(() => decided(given, submit('r1'))));
		expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
		expect(await decided(given, submit('r1'))).toEqual(answers[0]);
		expect(given.said).toEqual(['r1']);
		expect(await entries(given.surface)).toHaveLength(1);
	});

	test('after a restart is not done again, and the ledger goes on', async () => {
		const first = surfaced();
		await decided(first, submit('r1'));
		const written = (await entries(first.surface)) as readonly AuditEntry[];
		const given = surfaced({ entries: written, head: first.kernel.head() });
		expect(await decided(given, submit('r1'))).toMatchObject({
			error: expect.stringContaining('no longer kept')
		});
		expect(await decided(given, submit('r2'))).toMatchObject({ status: 'ACCEPTED' });
		expect(given.said).toEqual(['r2']);
		expect(await entries(given.surface)).toMatchObject([{ request_id: 'r1' }, { request_id: 'r2' }]);
	});

	test('under the id of another is not done, and its refusal has an entry', async () => {
		const given = surfaced();
		await decided(given, submit('r1'));
		const other = submit('r1', { tool_call: { name: 'echo', params: { text: 'other' } } });
		expect(await decided(given, other)).toMatchObject({ status: 'FAILED', result: null });
		expect(given.said).toEqual(['r1']);
		expect(await entries(given.surface)).toHaveLength(2);
	});

	test('after its answer was given away is not done again either', async () => {
		const given = surfaced();
		for (let at = 0; at <= 1000; at++) await decided(given, submit(`r${at}`));
		const before = given.said.length;
		expect(await decided(given, submit('r0'))).toMatchObject({
			error: expect.stringContaining('no longer kept')
		});
		expect(await decided(given, submit('r1'))).toMatchObject({ status: 'ACCEPTED', result: 'r1' });
		expect(given.said).toHaveLength(before);
	});
});

test('requests that come at once are decided on in their order, each with one entry, whatever they ask for', async () => {
	const names = ['echo', 'throws', 'function', 'nowhere'];
	await fc.assert(
		fc.asyncProperty(fc.array(fc.constantFrom(...names), { maxLength: 12 }), async (asked) => {
			const given = surfaced({ more: hostile });
			const messages = asked.map((name, at) =>
				submit(`r${at}`, name === 'echo' ? {} : { tool_call: { name } })
			);
			const answers = await Promise.all(messages.map((message) => decided(given, message)));
			expect(answers.map(({ request_id }) => request_id)).toEqual(asked.map((_, at) => `r${at}`));
			const written = await entries(given.surface);
			expect(written.map(({ request_id }) => request_id)).toEqual(asked.map((_, at) => `r${at}`));
			expect(given.kernel.head().state).toBe('IDLE');
		}),
		{ numRuns: 30 }
	);
});

describe('a registry', () => {
	test('lists its tools by name with their schemas, and takes no name twice', () => {
		const echo = { description: 'Says it.', params: v.strictObject({ text: v.string() }), run: () => null };
		const tools = new ToolRegistry().register('b', echo).register('a', echo);
		expect(tools.list()).toMatchObject([
			{
				name: 'a',
				description: 'Says it.',
				inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] }
			},
			{ name: 'b' }
		]);
		expect(() => tools.register('a', echo)).toThrow(TypeError);
		expect(() => tools.register('no spaces', echo)).toThrow(TypeError);
	});

	test('a policy of names decides before a tool is looked for', async () => {
		const given = surfaced({ policy: createPolicy({ allowed_actors: ['*'], allowed_tools: ['other'] }) });
		expect(await decided(given, submit('r1'))).toMatchObject({ status: 'REJECTED' });
	});
});
