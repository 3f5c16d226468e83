import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#base/canonical.ts';
import { closedPolicy, createPolicy, decide, openPolicy, type CustomRule } from '#kernel/policy.ts';
import { policyRecord, readPolicy } from '#kernel/policy-file.ts';
import type { Submitted } from '#kernel/request.ts';
import { vector } from './vectors.ts';

interface PolicyVector {
	readonly policy_given: JsonObject;
	readonly policy_effective: JsonObject;
	readonly request: Submitted;
	readonly decision: 'ALLOW' | 'DENY';
	readonly violations: readonly string[];
	readonly order_significant: boolean;
}

const cases = vector<{ vectors: readonly PolicyVector[] }>('policy.json').vectors.map((told, at) => ({
	at,
	...told
}));
const request = { request_id: 'r', ts_ms: 1, actor: 'a', intent: 'do', params: {} };
const withCall = { ...request, tool_call: { name: 'echo', params: {} } };
const now = { ts_ms: 0 };

function read(given: JsonObject): ReturnType<typeof createPolicy> {
	const policy = readPolicy(given);
	if (!policy.ok) throw new Error(policy.error.message);
	return policy.value;
}

describe.each(cases)(
	'policy vector $at',
	({ policy_given, policy_effective, order_significant, ...told }) => {
		test('decides as the reference, in its words', () => {
			const { allowed, violations } = decide(read(policy_given), told.request, now);
			expect(allowed ? 'ALLOW' : 'DENY').toBe(told.decision);
			if (order_significant) expect(violations).toEqual(told.violations);
			else expect(new Set(violations)).toEqual(new Set(told.violations));
		});

		test('is in force as the reference reads it', () => {
			expect(policyRecord(read(policy_given))).toMatchObject(policy_effective);
		});
	}
);

test('several missing fields come in fixed order', () => {
	const policy = createPolicy({
		...openPolicy,
		required_fields: ['zeta', 'ts_ms', 'intent', 'beta', 'request_id']
	});
	expect(decide(policy, { request_id: '', actor: 'a', intent: '', ts_ms: null }, now).violations).toEqual(
		['request_id', 'intent', 'ts_ms', 'beta', 'zeta'].map(
			(name) => `Required field '${name}' is missing or empty`
		)
	);
});

test('the presets: everything, and nothing', () => {
	expect(decide(openPolicy, withCall, now).allowed).toBe(true);
	expect(decide(closedPolicy, withCall, now).violations).toEqual([
		"Actor 'a' is not in allowed actors",
		"Tool 'echo' is not in allowed tools"
	]);
});

test('require_tool_call refuses a request that only intends', () => {
	const policy = createPolicy({ ...openPolicy, require_tool_call: true });
	expect(decide(openPolicy, request, now).allowed).toBe(true);
	expect(decide(policy, withCall, now).allowed).toBe(true);
	expect(decide(policy, request, now).violations).toEqual(['tool_call is required']);
});

describe('custom rules', () => {
	const hours: CustomRule = (_request, { ts_ms }) => {
		const hour = Math.floor(ts_ms / 3_600_000) % 24;
		return hour >= 9 && hour < 17 ? { allowed: true } : { allowed: false, reason: 'Outside working hours' };
	};
	const broken: CustomRule = () => {
		throw new Error('no such word');
	};

	test('see the time of the kernel', () => {
		const policy = createPolicy({ ...openPolicy, custom_rules: [hours] });
		const allowedAt = (hour: number, minute: number): boolean =>
			decide(policy, request, { ts_ms: (hour * 60 + minute) * 60_000 }).allowed;
		expect([allowedAt(8, 59), allowedAt(9, 0), allowedAt(16, 59), allowedAt(17, 0)]).toEqual([
			false,
			true,
			true,
			false
		]);
	});

	test('are all asked, last, and one that breaks says no', () => {
		const policy = createPolicy({ ...openPolicy, allowed_actors: ['b'], custom_rules: [broken, hours] });
		expect(decide(policy, request, now).violations).toEqual([
			"Actor 'a' is not in allowed actors",
			'Custom rule error: no such word',
			'Outside working hours'
		]);
	});
});

describe('a policy in a file', () => {
	test('names what cannot be used', () => {
		expect(readPolicy({ allowed_actors: 'owner', max_param_bytes: -1 })).toMatchObject({
			ok: false,
			error: { code: 'not_a_policy', message: expect.stringMatching(/allowed_actors: .*; max_param_bytes: /) }
		});
		expect(readPolicy([])).toMatchObject({ ok: false });
		expect(readPolicy({ allowed_states: ['IDLE', 'ASLEEP'] })).toMatchObject({ ok: false });
	});

	test('reads back as it was written, whatever the order of its lists', () => {
		const names = fc.uniqueArray(fc.string(), { maxLength: 4 });
		fc.assert(
			fc.property(names, names, fc.nat(), (allowed_actors, allowed_tools, max_param_bytes) => {
				const policy = createPolicy({ allowed_actors, allowed_tools, max_param_bytes });
				const reversed = createPolicy({ ...policy, allowed_actors: [...allowed_actors].reverse() });
				expect(policyRecord(read(policyRecord(policy)))).toEqual(policyRecord(policy));
				expect(policyRecord(reversed)).toEqual(policyRecord(policy));
			})
		);
	});
});
