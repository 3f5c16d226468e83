import { describe, expect, test } from 'vitest';
import { sha256Hex, textDigest } from '#base/hash.ts';
import { createKernel, type KernelOptions } from '#kernel/kernel.ts';
import { evidenceHash, paramsHash } from '#kernel/ledger.ts';
import { openPolicy } from '#kernel/policy.ts';
import type { Submitted } from '#kernel/request.ts';
import type { VariantName } from '#kernel/variants.ts';

const digest = textDigest(sha256Hex);
const constraints = { scope: 'one entry', non_goals: ['advice'], success_criteria: ['it is short'] };

function options(variant: VariantName): KernelOptions {
	return {
		config: { kernel_id: 'kernel-v', variant },
		policy: { ...openPolicy, allow_intent_only: true },
		clock: () => 1000,
		sha256: sha256Hex
	};
}

function ours(variant: VariantName) {
	const kernel = createKernel({ ...options(variant), rules: 'mirror' });
	return (request: Submitted) => {
		const step = kernel.submit(
			{ request_id: `r${kernel.head().next_seq}`, ts_ms: 1, actor: 'a', intent: 'try', ...request },
			() => ({ ok: true })
		);
		if (!step.ok) throw new Error(step.error.message);
		return step.value.entry;
	};
}

const unmet = (reason: string) => ({
	decision: 'DENY',
	error: `Variant requirements not met: ${reason}`
});

describe('evidence-first', () => {
	const submit = ours('evidence-first');

	test.each([
		['nothing', undefined, 'Evidence field is required for this kernel variant'],
		['null', null, 'Evidence field is required for this kernel variant'],
		['a blank text', ' \u3000\u0085', 'Evidence field cannot be empty'],
		['no texts', [], 'Evidence field cannot be empty'],
		['blank texts', [' ', ''], 'Evidence field cannot be empty']
	])('wants more than %s', (_what, evidence, reason) => {
		expect(submit(evidence === undefined ? {} : { evidence })).toMatchObject(unmet(reason));
	});

	test.each([['evidence-001'], [['evidence-001']], [['', 'evidence-001']]])('takes %j', (evidence) => {
		const entry = submit({ evidence });
		expect(entry).toMatchObject({ decision: 'ALLOW', evidence_hash: evidenceHash(evidence, digest) });
		expect(entry.evidence_hash).not.toBeNull();
	});

	test('says of what is neither text nor texts that it is neither', () => {
		expect(submit({ evidence: [1] }).error).toBe(
			'Validation failed: evidence must be a string or a list of strings'
		);
	});

	test('by the rules of the reference breaks over a list, and is of no use afterwards', () => {
		const kernel = createKernel({ ...options('evidence-first'), rules: 'reference' });
		const request = { request_id: 'r', ts_ms: 1, actor: 'a', intent: 'try', evidence: ['evidence-001'] };
		expect(() => kernel.submit(request, () => ({ ok: true }))).toThrow(TypeError);
		expect(kernel.submit(request, () => ({ ok: true }))).toMatchObject({
			ok: false,
			error: { message: 'Expected state IDLE, but in ARBITRATING' }
		});
		expect(kernel.head().next_seq).toBe(0);
	});
});

describe('dual-channel', () => {
	const submit = ours('dual-channel');

	test('takes constraints beside the params as constraints in them, covered by their hash', () => {
		const params_hash = paramsHash({ of: 1, constraints }, digest);
		const beside = submit({ params: { of: 1 }, constraints });
		const within = submit({ params: { of: 1, constraints } });
		expect([beside.params_hash, within.params_hash]).toEqual([params_hash, params_hash]);
		expect(submit({ constraints })).toMatchObject({ decision: 'ALLOW' });
	});

	test('gives the tool what was hashed', () => {
		const kernel = createKernel({ ...options('dual-channel'), rules: 'mirror' });
		const given: unknown[] = [];
		const base = { request_id: 'r', ts_ms: 1, actor: 'a', intent: 'try', constraints };
		for (const call of [{ name: 't' }, { name: 't', params: { of: 1 } }])
			kernel.submit({ ...base, params: { of: 1 }, tool_call: call }, ({ params }) => {
				given.push(params);
				return { ok: true };
			});
		expect(given).toEqual([
			{ of: 1, constraints },
			{ of: 1, constraints }
		]);
	});

	test('refuses constraints that say two things', () => {
		const other = { ...constraints, scope: 'everything' };
		expect(submit({ params: { constraints: other }, constraints }).error).toBe(
			'Validation failed: constraints must equal params.constraints'
		);
	});

	test.each([
		['no params', {}, 'Params with constraints dict is required'],
		['no constraints', { params: {} }, 'Constraints dict is required in params'],
		['a text', { constraints: 'scope' }, 'Constraints must be a dictionary'],
		[
			'some of them, one blank',
			{ constraints: { scope: ' ' } },
			"Missing required constraint keys: non_goals, success_criteria; Constraint 'scope' cannot be empty"
		],
		[
			'blanks, in one order',
			{ constraints: { success_criteria: '', scope: null, non_goals: ' ' } },
			"Constraint 'non_goals' cannot be empty; Constraint 'scope' cannot be empty; Constraint 'success_criteria' cannot be empty"
		]
	])('wants more than %s', (_what, request, reason) => {
		expect(submit(request)).toMatchObject(unmet(reason));
	});
});

describe('permissive', () => {
	test('takes 8192 code points, whatever its configuration says, and 8193 not', () => {
		const submit = ours('permissive');
		expect(submit({ intent: '🙂'.repeat(4097) }).decision).toBe('DENY');
		const kernel = createKernel({
			...options('permissive'),
			policy: { ...openPolicy, allow_intent_only: true, max_intent_length: 10_000 },
			config: { kernel_id: 'k', variant: 'permissive', max_intent_length: 5 },
			rules: 'mirror'
		});
		const base = { request_id: 'r', ts_ms: 1, actor: 'a' };
		const decided = [8192, 8193].map((length) =>
			kernel.submit({ ...base, intent: '🙂'.repeat(length) }, () => ({ ok: true }))
		);
		expect(decided).toMatchObject([
			{ value: { entry: { decision: 'ALLOW' } } },
			{ value: { entry: { error: 'Ambiguity detected: Intent exceeds maximum length of 8192' } } }
		]);
	});

	test('that does not fail closed looks past what could mean two things', () => {
		const config = { kernel_id: 'k', variant: 'permissive', fail_closed: false } as const;
		const kernel = createKernel({ ...options('permissive'), config, rules: 'mirror' });
		const step = kernel.submit({ request_id: 'r', ts_ms: 1, actor: 'a', intent: ' ' }, () => ({ ok: true }));
		expect(step).toMatchObject({ value: { entry: { decision: 'ALLOW' } } });
	});
});
