import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, type Json } from '#base/canonical.ts';
import { PolicyBuilder, RequestBuilder } from '#kernel/builders.ts';
import { DryRun, type DryRunReport } from '#kernel/dry-run.ts';
import type { AuditEntry } from '#kernel/ledger.ts';
import { createPolicy, openPolicy, type JurisdictionPolicy } from '#kernel/policy.ts';
import { comparePolicies } from '#kernel/policy-comparison.ts';
import { policyRecord } from '#kernel/policy-file.ts';
import { mirrorKernel, request, submitted } from './make.ts';

function built(builder: PolicyBuilder): JurisdictionPolicy {
	const policy = builder.build();
	if (!policy.ok) throw new Error(policy.error.message);
	return policy.value;
}

describe('a policy that is built', () => {
	test('equals the one that is written by hand', () => {
		const builder = new PolicyBuilder()
			.allowActors('owner')
			.allowActors('role:family', 'owner')
			.allowTools('reflection.create')
			.withRole('family', 'mum')
			.withRole('family', 'dad')
			.requireToolCall()
			.withMaxIntentLength(1000)
			.withRule({ kind: 'words', words: ['secret'], in: 'intent' })
			.withRule({ kind: 'ask' });
		expect(built(builder)).toEqual(
			createPolicy({
				allowed_actors: ['owner', 'role:family'],
				allowed_tools: ['reflection.create'],
				roles: { family: ['mum', 'dad'] },
				require_tool_call: true,
				max_intent_length: 1000,
				rules: [{ kind: 'words', words: ['secret'], in: 'intent', deny: true }, { kind: 'ask' }]
			})
		);
	});

	test('begins with nothing, strict or permissive', () => {
		expect(built(new PolicyBuilder())).toEqual(createPolicy());
		expect(built(PolicyBuilder.strict())).toEqual(
			createPolicy({ require_tool_call: true, max_intent_length: 500 })
		);
		expect(built(PolicyBuilder.permissive())).toEqual(
			createPolicy({ ...openPolicy, allow_intent_only: true, max_intent_length: 10_000 })
		);
	});

	test('leaves the builder before each step as it was, and is refused where it cannot be used', () => {
		const strict = PolicyBuilder.strict();
		strict.allowActors('owner').withRule({ kind: 'ask' });
		expect(built(strict).allowed_actors).toEqual([]);
		expect(
			strict.withRule({ kind: 'hours', from: '09:00', to: '17:00', zone: 'Mars/Base' }).build()
		).toMatchObject({
			error: { code: 'not_a_policy', message: expect.stringContaining('rules.0.zone') }
		});
	});
});

describe('a request that is built', () => {
	test('equals the one that is written by hand', () => {
		const builder = new RequestBuilder()
			.withId('r1')
			.withTime(5)
			.withActor('owner')
			.withIntent('Write')
			.withTool('reflection.create')
			.withParam('rows', 1)
			.withParam('commit', 'c')
			.withEvidence(['a'])
			.withConstraints({ scope: 'one' });
		expect(builder.build()).toEqual({
			ok: true,
			value: {
				...{ request_id: 'r1', ts_ms: 5, actor: 'owner', intent: 'Write', evidence: ['a'] },
				tool_call: { name: 'reflection.create' },
				params: { rows: 1, commit: 'c', constraints: { scope: 'one' } }
			}
		});
	});

	test('is refused in the words of a kernel', () => {
		expect(new RequestBuilder().withActor('owner').withIntent('').build()).toEqual({
			ok: false,
			error: { code: 'not_a_request', message: 'request_id is required; ts_ms is required' }
		});
	});
});

describe('two policies', () => {
	test('are told apart by all that they hold', () => {
		const before = built(
			new PolicyBuilder()
				.allowActors('a', 'b')
				.allowTools('t')
				.withRole('old', 'x')
				.withRole('kept', 'x', 'y')
				.withRule({ kind: 'ask' })
		);
		const after = {
			...built(
				new PolicyBuilder({ allowed_states: before.allowed_states.slice(1), required_fields: ['actor'] })
					.allowActors('b', 'c')
					.allowTools('t', 'u')
					.withRole('new', 'x')
					.withRole('kept', 'y', 'z')
					.requireToolCall()
					.withMaxIntentLength(9)
					.withRule({ kind: 'ask', tools: ['u'] })
			)
		};
		expect(comparePolicies(before, after)).toEqual({
			actors: { added: ['c'], removed: ['a'] },
			tools: { added: ['u'], removed: [] },
			states: { added: [], removed: ['IDLE'] },
			required_fields: { added: [], removed: ['intent', 'request_id'] },
			roles: { added: ['new'], removed: ['old'], changed: [{ name: 'kept', added: ['z'], removed: ['x'] }] },
			rules: { added: [{ kind: 'ask', tools: ['u'] }], removed: [{ kind: 'ask' }] },
			are_rules_reordered: false,
			settings: [
				{ name: 'max_intent_length', before: 4096, after: 9 },
				{ name: 'require_tool_call', before: false, after: true }
			],
			is_same: false
		});
	});

	test('are the same in whatever order their lists stand; the order of rules is said', () => {
		const [ask, also] = [{ kind: 'ask' } as const, { kind: 'ask', tools: ['t'] } as const];
		const one = built(
			new PolicyBuilder()
				.allowActors('a', 'b')
				.withRule(ask)
				.withRule({ ...also, tools: ['t'] })
		);
		const reversed = { ...one, allowed_actors: [...one.allowed_actors].reverse() };
		expect(comparePolicies(one, reversed)).toMatchObject({ is_same: true, are_rules_reordered: false });
		const reordered = { ...one, rules: [...one.rules].reverse() };
		expect(comparePolicies(one, reordered)).toMatchObject({
			...{ is_same: false, are_rules_reordered: true },
			rules: { added: [], removed: [] }
		});
	});
});

/** What a kernel under one policy wrote about calls, each of an actor and a tool (null: only an intent). */
function ledgerUnder(
	policy: JurisdictionPolicy,
	calls: readonly (readonly [string, string | null])[]
): AuditEntry[] {
	let now = 1000;
	const kernel = mirrorKernel({ policy, clock: () => now });
	return calls.map(([actor, name], at) => {
		now++;
		const given = name === null ? { tool_call: null, params: {} } : { tool_call: { name } };
		return submitted(kernel, request(`r${at}`, { actor, ...given })).entry;
	});
}

function dryRun(policy: JurisdictionPolicy, entries: readonly Json[]): DryRunReport {
	const run = new DryRun(policy);
	run.push(entries);
	return run.finish();
}

const old = createPolicy({
	allowed_actors: ['owner', 'agent'],
	allowed_tools: ['read', 'write'],
	allow_intent_only: true
});
const calls = [
	['owner', 'read'],
	['agent', 'write'],
	['agent', 'erase'],
	['stranger', 'read'],
	['owner', null]
] as const;

describe('a dry run', () => {
	test('of the policy in force changes nothing', () => {
		const report = dryRun(old, ledgerUnder(old, calls));
		expect(report).toMatchObject({ entries: 5, passed_over: 0, allow_to_deny: 0, deny_to_allow: 0 });
		expect(report).toMatchObject({ same: 5, unknown: 0, denied: [] });
	});

	test('says what would now be denied, and why', () => {
		const policy = { ...old, allowed_actors: ['owner'], allow_intent_only: false };
		const report = dryRun(policy, ledgerUnder(old, calls));
		expect(report).toMatchObject({ allow_to_deny: 2, deny_to_allow: 0, same: 3, unknown: 0 });
		expect(report.denied).toMatchObject([
			{ ledger_seq: 1, request_id: 'r1', actor: 'agent', tool_name: 'write' },
			{ ledger_seq: 4, request_id: 'r4', tool_name: null }
		]);
		expect(report.denied.map(({ reasons }) => reasons)).toEqual([
			["Actor 'agent' is not in allowed actors"],
			['A request without a tool call is not allowed']
		]);
	});

	test('says of a refusal what its entry tells: its tool where that was refused, else nothing', () => {
		const policy = { ...old, allowed_actors: ['*'], allowed_tools: ['read', 'write', 'erase'] };
		expect(dryRun(policy, ledgerUnder(old, calls))).toMatchObject({
			...{ allow_to_deny: 0, deny_to_allow: 1, same: 3, unknown: 1 },
			lacking: { tool: 1, params: 0, size: 0, agreement: 0 }
		});
	});

	test('does not guess what no entry holds: params, their size, an agreement', () => {
		const entries = ledgerUnder(old, [['owner', 'read']]);
		const words = built(new PolicyBuilder(old).withRule({ kind: 'words', words: ['x'], in: 'params' }));
		expect(dryRun(words, entries)).toMatchObject({ unknown: 1, lacking: { params: 1 } });
		expect(dryRun({ ...old, max_param_bytes: 100 }, entries)).toMatchObject({
			unknown: 1,
			lacking: { size: 1 }
		});
		const ask = built(new PolicyBuilder(old).withRule({ kind: 'ask', tools: ['read'] }));
		expect(dryRun(ask, entries)).toMatchObject({ unknown: 1, lacking: { agreement: 1 } });
		// Without a tool and without a hash of params there were none.
		const bare = ledgerUnder(old, [['owner', null]]);
		expect(dryRun(words, bare)).toMatchObject({ same: 1, unknown: 0 });
		// What is refused anyway is refused, whatever else is not known.
		expect(dryRun({ ...words, allowed_actors: [] }, entries)).toMatchObject({ allow_to_deny: 1, unknown: 0 });
	});

	test('passes over what no policy decided, and what is no entry', () => {
		const kernel = mirrorKernel();
		kernel.submit(request('r1'), () => ({ ok: false, error: 'not_found' }));
		submitted(kernel, request('r2', { intent: '' }));
		const halt = kernel.halt('enough');
		const written = halt.ok ? [halt.value.entry] : [];
		expect(dryRun(old, [...written, null, 7, [], {}, { decision: 'DENY' }])).toMatchObject({
			...{ entries: 6, passed_over: 6 }
		});
	});

	test('decides as a kernel under that policy would have, however the ledger is cut', () => {
		const call = fc.tuple(fc.constantFrom('owner', 'agent', 'other'), fc.constantFrom('read', 'write', null));
		const open = createPolicy({ ...openPolicy, allow_intent_only: true });
		const strict = built(
			new PolicyBuilder({ ...old, rules: [], allowed_actors: ['owner', 'agent'] })
				.withRule({ kind: 'rate', limit: 2, window_ms: 4, per: 'actor' })
				.withRule({ kind: 'hours', from: '00:00', to: '23:00', zone: 'UTC' })
		);
		fc.assert(
			fc.property(fc.array(call, { maxLength: 15 }), fc.nat(15), (asked, cut) => {
				const before = ledgerUnder(open, asked);
				const after = ledgerUnder(strict, asked);
				const run = new DryRun(strict);
				run.push(before.slice(0, cut));
				run.push(before.slice(cut));
				const { denied, same } = run.finish();
				const refused = after.filter(({ decision }) => decision === 'DENY');
				expect(denied.map(({ request_id, reasons }) => [request_id, reasons.join('; ')])).toEqual(
					refused.map(({ request_id, error }) => [request_id, error?.replace('Jurisdiction denied: ', '')])
				);
				expect(same + denied.length).toBe(asked.length);
			})
		);
	});

	test('names the first thousand, and counts all', () => {
		const [entry] = ledgerUnder(old, [['owner', 'read']]);
		const run = new DryRun(createPolicy());
		for (let slice = 0; slice < 12; slice++) run.push(Array.from({ length: 100 }, () => entry ?? null));
		const { denied, allow_to_deny } = run.finish();
		expect([denied.length, allow_to_deny]).toEqual([1000, 1200]);
	});
});

test('a comparison and a report are JSON', () => {
	const report = { ...dryRun(createPolicy(), ledgerUnder(old, calls)) };
	expect(JSON.parse(canonicalJson(report))).toEqual(report);
	const compared = { ...comparePolicies(old, createPolicy()) };
	expect(JSON.parse(canonicalJson(compared))).toEqual(compared);
	expect(policyRecord(old)).not.toHaveProperty('rules');
});
