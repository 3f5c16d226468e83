import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '#base/canonical.ts';
import { sha256Hex } from '#base/hash.ts';
import type { AuditEntry } from '#kernel/ledger.ts';
import { createPolicy, openPolicy, type CustomRule } from '#kernel/policy.ts';
import { Replay } from '#kernel/replay.ts';
import type { KernelRequest, Submitted } from '#kernel/request.ts';
import type { Outcome, RunTool } from '#kernel/rules.ts';
import { variants, type VariantName } from '#kernel/variants.ts';
import { mirrorKernel, request, submitted } from './make.ts';

/** What a compiler would refuse and a program in JavaScript does all the same. */
function untyped<T>(value: unknown): T {
	return value as T;
}

function circle(): object {
	const one: { self?: object } = {};
	one.self = one;
	return one;
}

const answers = (result: unknown): RunTool => untyped(() => ({ ok: true, result }));
const throws = (error: unknown): RunTool => {
	return () => {
		throw error;
	};
};

/** A tool that does what none should, and what its entry says of it. */
const hostile: readonly (readonly [string, RunTool, string | RegExp])[] = [
	['throws', throws(new Error('disk full')), 'Tool execution failed: disk full'],
	['throws a text', throws('no'), 'Tool execution failed: no'],
	['throws nothing', throws(undefined), 'Tool execution failed: undefined'],
	['throws a symbol', throws(Symbol('s')), 'Tool execution failed: Symbol(s)'],
	['throws what has no words', throws(Object.create(null)), 'Tool execution failed: it broke without a word'],
	[
		'throws an error without words',
		throws(Object.assign(new Error(), { message: Object.create(null) as string })),
		'Tool execution failed: it broke without a word'
	],
	['answers with a function', answers(() => 1), /Result is not JSON: a function/],
	['answers with a symbol', answers(Symbol('s')), /Result is not JSON: a symbol/],
	['answers with a circle', answers(circle()), /Result is not JSON: more than 500 levels/],
	['answers with a function inside', answers({ list: [1, () => 1] }), /Result is not JSON: a function/],
	['answers with undefined inside', answers({ a: undefined }), /Result is not JSON: a undefined/],
	['answers with a symbol inside', answers([Symbol('s')]), /Result is not JSON: a symbol/],
	['is a function that gives a function', untyped(() => () => ({ ok: true })), /did not say what came of it/],
	['gives nothing', untyped(() => undefined), /did not say what came of it/],
	['gives a text', untyped(() => 'done'), /did not say what came of it/],
	['gives a promise that never ends', untyped(() => new Promise(() => undefined)), /did not say/],
	['says neither yes nor no', untyped(() => ({ ok: 1 })), /did not say what came of it/],
	['fails with a symbol', untyped(() => ({ ok: false, error: Symbol('s') })), /failed: Symbol\(s\)/],
	[
		'fails with what has no words',
		untyped(() => ({ ok: false, error: Object.create(null) as string })),
		/failed: \S/
	],
	['did what is no JSON', untyped(() => ({ ok: true, params: { a: () => 1 } })), /What it did is not JSON/],
	['did a circle', untyped(() => ({ ok: true, params: circle() })), /What it did is not JSON/],
	['did a list', untyped(() => ({ ok: true, params: [1] })), /What it did is not a dictionary/],
	[
		'breaks when it is looked at',
		untyped(() => ({
			get ok() {
				throw new Error('do not look');
			}
		})),
		/failed: do not look/
	]
];

const wanted: Partial<KernelRequest> = {
	evidence: 'a note',
	params: { constraints: { scope: 'this', non_goals: ['that'], success_criteria: ['it was said'] } },
	tool_call: { name: 'reflection.create' }
};

function expectValid(entries: readonly AuditEntry[]): void {
	const replay = new Replay({ sha256: sha256Hex });
	replay.push(entries);
	expect(replay.finish()).toMatchObject({ is_valid: true, errors: [] });
}

describe.each(Object.keys(variants) as VariantName[])('under a kernel of variant %s', (variant) => {
	const config = { kernel_id: 'k', variant };

	test.each(hostile)('a tool that %s has its FAILED entry, and the kernel goes on', (_what, run, error) => {
		const kernel = mirrorKernel({ config });
		const step = kernel.submit(request('r1', wanted), run);
		if (!step.ok) throw new Error(step.error.message);
		expect(step.value.receipt).toMatchObject({ status: 'FAILED', decision: 'DENY', tool_result: null });
		expect(step.value.entry.error).toMatch(error);
		expect(kernel.head()).toEqual(step.value.head);
		const next = submitted(kernel, request('r2', wanted));
		expect(next.entry).toMatchObject({ decision: 'ALLOW', ledger_seq: 1 });
		expectValid([step.value.entry, next.entry]);
	});
});

test('a whole number of any size is a result, and nothing at all is null', () => {
	const kernel = mirrorKernel();
	const result = (run: RunTool) => {
		const step = kernel.submit(request('r'), run);
		return step.ok ? step.value.receipt.tool_result : step.error;
	};
	expect(result(answers(2n ** 80n))).toBe(2n ** 80n);
	expect(result(answers(undefined))).toBeNull();
});

test('what is brought to be written down later is looked at as well', () => {
	const kernel = mirrorKernel();
	for (const outcome of [undefined, () => 1, { ok: true, result: circle() }]) {
		const admission = kernel.admit(request('r1'));
		if (!admission.ok || admission.value.kind !== 'admitted') throw new Error('not admitted');
		expect(kernel.conclude(admission.value, untyped<Outcome>(outcome)).receipt.status).toBe('FAILED');
	}
	expect(submitted(kernel, request('r2')).entry).toMatchObject({ decision: 'ALLOW', ledger_seq: 3 });
});

describe('a request of any shape', () => {
	const odd = [Symbol('s'), () => 1, circle(), { a: undefined }, 7n, Number.NaN, [], {}, null, undefined, 1];

	test('is decided on, has its entry, and the kernel goes on', () => {
		const names = [
			'request_id',
			'actor',
			'intent',
			'ts_ms',
			'params',
			'tool_call',
			'evidence',
			'constraints'
		];
		fc.assert(
			fc.property(fc.dictionary(fc.constantFrom(...names), fc.constantFrom(...odd)), (given) => {
				const kernel = mirrorKernel();
				const step = kernel.submit(untyped<Submitted>({ ...request('r1'), ...given }), () => ({ ok: true }));
				if (!step.ok) throw new Error(step.error.message);
				const next = submitted(kernel, request('r2'));
				expectValid([step.value.entry, next.entry]);
				expect(next.entry.ledger_seq).toBe(1);
			})
		);
	});

	test.each(['request_id', 'actor', 'intent'])('has words for a %s that is no JSON', (name) => {
		const asked = untyped<Submitted>({ ...request('r1'), [name]: circle() });
		const step = mirrorKernel().submit(asked, () => ({ ok: true }));
		expect(step).toMatchObject({ value: { entry: { [name]: '(not JSON)', decision: 'DENY' } } });
	});
});

describe('a rule of code', () => {
	const rules: readonly (readonly [string, CustomRule])[] = [
		['throws', throws(new Error('no')) as () => never],
		['throws what has no words', throws(Object.create(null)) as () => never],
		['answers with nothing', untyped(() => undefined)],
		['answers with a function', untyped(() => () => ({ allowed: true }))],
		['says "yes"', untyped(() => ({ allowed: 'yes' }))],
		['refuses with a symbol', untyped(() => ({ allowed: false, reason: Symbol('s') }))],
		[
			'refuses with what has no words',
			untyped(() => ({ allowed: false, reason: Object.create(null) as Json }))
		]
	];

	test.each(rules)('that %s denies, and the kernel goes on', (_what, rule) => {
		const once: CustomRule = (asked, context) =>
			asked.request_id === 'r1' ? rule(asked, context) : { allowed: true };
		const kernel = mirrorKernel({ policy: createPolicy({ ...openPolicy, custom_rules: [once] }) });
		const denied = submitted(kernel, request('r1')).entry;
		expect(denied).toMatchObject({ decision: 'DENY', error: expect.stringContaining('Jurisdiction denied') });
		const next = submitted(kernel, request('r2')).entry;
		expect(next.decision).toBe('ALLOW');
		expectValid([denied, next]);
	});
});
