import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, type Json } from '#base/canonical.ts';
import { sha256Hex, textDigest } from '#base/hash.ts';
import type { Kernel } from '#kernel/kernel.ts';
import type { AuditEntry } from '#kernel/ledger.ts';
import type { Circumstances } from '#kernel/objections.ts';
import { createPolicy, decide, openPolicy, type JurisdictionPolicy } from '#kernel/policy.ts';
import { policyData, policyKeys, policyRecord, readPolicy } from '#kernel/policy-file.ts';
import type { GivenRule, ParamPattern, PolicyRule } from '#kernel/policy-rule.ts';
import { RecentCalls } from '#kernel/recent-calls.ts';
import type { KernelRequest } from '#kernel/request.ts';
import { kernelStates } from '#kernel/states.ts';
import { mirrorKernel, request, submitted } from './make.ts';

const digest = textDigest(sha256Hex);

/** A policy that allows everything but what its rules refuse. */
function ruled(...rules: readonly GivenRule[]): JurisdictionPolicy {
	return read({ allowed_actors: ['*'], allowed_tools: ['*'], rules });
}

function read(given: object): JurisdictionPolicy {
	const policy = readPolicy(given);
	if (!policy.ok) throw new Error(policy.error.message);
	return policy.value;
}

/** What is wrong with a rule that is no rule. */
function misread(rule: object): string {
	const policy = readPolicy({ rules: [rule] });
	return policy.ok ? 'nothing' : policy.error.message;
}

function reasons(
	policy: JurisdictionPolicy,
	given: Partial<KernelRequest> = {},
	circumstances: Circumstances & { readonly at?: string } = {}
): readonly string[] {
	const { at = '2026-11-23T12:00:00Z', ...more } = circumstances;
	return decide(policy, request('r', given), { ...more, ts_ms: Date.parse(at), recent: new RecentCalls(0) })
		.violations;
}

describe('hours', () => {
	const allowedAt = (rule: GivenRule, ...times: readonly string[]): boolean[] =>
		times.map((at) => reasons(ruled(rule), {}, { at }).length === 0);

	test('begin with their first minute and end before their last', () => {
		const rule = { kind: 'hours', from: '09:00', to: '17:00', zone: 'UTC' } as const;
		const day = ['T08:59:59.999Z', 'T09:00:00Z', 'T16:59:59.999Z', 'T17:00:00Z'];
		expect(allowedAt(rule, ...day.map((time) => `2026-11-23${time}`))).toEqual([false, true, true, false]);
		expect(reasons(ruled(rule), {}, { at: '2026-11-23T08:59:00Z' })).toEqual([
			'Outside the hours 09:00 to 17:00 (UTC)'
		]);
	});

	test('are those of their zone, in summer and in winter', () => {
		const rule = { kind: 'hours', from: '09:00', to: '17:00', zone: 'Europe/Berlin' } as const;
		expect(
			allowedAt(
				rule,
				'2026-07-01T06:59:00Z',
				'2026-07-01T07:00:00Z',
				'2026-12-01T07:59:00Z',
				'2026-12-01T08:00:00Z'
			)
		).toEqual([false, true, false, true]);
	});

	test('go on after midnight, as those of the day on which they began', () => {
		// 2026-11-27 is a Friday.
		const rule: GivenRule = { kind: 'hours', from: '22:00', to: '02:00', zone: 'UTC', days: [5] };
		expect(
			allowedAt(
				rule,
				...['2026-11-27T01:00:00Z', '2026-11-27T21:59:00Z', '2026-11-27T22:00:00Z'],
				...['2026-11-28T01:59:00Z', '2026-11-28T02:00:00Z', '2026-11-28T23:00:00Z']
			)
		).toEqual([false, false, true, true, false, false]);
		const sundays: GivenRule = { kind: 'hours', from: '00:00', to: '24:00', zone: 'UTC', days: [7] };
		expect(
			allowedAt(sundays, '2026-11-28T23:59:59Z', '2026-11-29T00:00:00Z', '2026-11-30T00:00:00Z')
		).toEqual([false, true, false]);
	});
});

describe('a rate', () => {
	const rate = { kind: 'rate', limit: 2, window_ms: 1000, per: 'actor' } as const;

	/** A kernel whose clock shows `at`, with what it says to a request of each actor and tool. */
	function asked(rule: GivenRule, calls: readonly (readonly [at: number, actor: string, tool: string])[]) {
		let now = 0;
		const kernel = mirrorKernel({ policy: ruled(rule), clock: () => now });
		return calls.map(([at, actor, name], n) => {
			now = at;
			const { params } = request('');
			return submitted(kernel, request(`r${n}`, { actor, tool_call: { name, params: params ?? {} } })).entry;
		});
	}
	const decisions = (entries: readonly AuditEntry[]): string =>
		entries.map(({ decision }) => decision[0]).join('');

	test('counts what was allowed in the window before, and not what was refused', () => {
		const times = [1000, 1500, 1999, 2000, 2000, 2499, 2500] as const;
		const entries = asked(
			rate,
			times.map((at) => [at, 'a', 't'] as const)
		);
		expect(decisions(entries)).toBe('AADADDA');
		expect(entries[2]?.error).toBe('Jurisdiction denied: Rate limit of 2 in 1 s is reached');
	});

	test('counts for each actor, for each tool, or for each pair of them', () => {
		const calls = [
			[1000, 'a', 't'],
			[1001, 'a', 'u'],
			[1002, 'b', 't'],
			[1003, 'a', 't'],
			[1004, 'b', 't'],
			[1005, 'b', 'u']
		] as const;
		expect(decisions(asked({ ...rate, per: 'actor' }, calls))).toBe('AAADAD');
		expect(decisions(asked({ ...rate, per: 'tool' }, calls))).toBe('AAADDA');
		expect(decisions(asked({ ...rate, per: 'actor_and_tool' }, calls))).toBe('AAAAAA');
		expect(decisions(asked({ ...rate, limit: 1, per: 'actor_and_tool' }, calls))).toBe('AAADDA');
	});

	test('counts only whom and what it concerns', () => {
		const calls = [
			[1000, 'a', 't'],
			[1001, 'a', 'u'],
			[1002, 'a', 'u'],
			[1003, 'a', 'u'],
			[1004, 'a', 't'],
			[1005, 'a', 't']
		] as const;
		expect(decisions(asked({ ...rate, tools: ['t'] }, calls))).toBe('AAAAAD');
		expect(decisions(asked({ ...rate, actors: ['b'] }, calls))).toBe('AAAAAA');
	});

	test('says no where nothing is known of what was allowed', () => {
		expect(decide(ruled(rate), request('r'), { ts_ms: 0 }).violations).toEqual([
			'Custom rule error: what was allowed lately is not known'
		]);
	});
});

describe('params', () => {
	const rule = (pattern: ParamPattern, deny = false): GivenRule => ({
		...{ kind: 'params', path: 'at.host', pattern },
		deny
	});
	const allows = (asked: GivenRule, host: Json): boolean =>
		reasons(ruled(asked), {}, { params: { at: { host } } }).length === 0;

	test.each<readonly [ParamPattern, readonly Json[], readonly Json[]]>([
		[{ kind: 'values', values: ['a', 1, true] }, ['a', 1, true], ['b', 2, false, 'true']],
		[{ kind: 'prefix', prefix: 'docs/' }, ['docs/', 'docs/a'], ['doc', 'a/docs/']],
		[{ kind: 'glob', glob: 'a*b*c' }, ['abc', 'a--b--c', 'abbcc'], ['ab', 'abcd', 'ac', 'xabc']],
		[{ kind: 'glob', glob: '*.example.org' }, ['x.example.org', '.example.org'], ['example.org']],
		[{ kind: 'glob', glob: 'a.c' }, ['a.c'], ['abc', 'a.cc']],
		[{ kind: 'glob', glob: 'aa*aa' }, ['aaaa'], ['aa', 'aaa']],
		[{ kind: 'length', max_length: 2 }, ['', '🌿🌿'], ['abc']],
		[{ kind: 'range', min: 1, max: 2.5 }, [1, 2.5], [0.9, 2.6]]
	])('%j tells what matches', (pattern, right, wrong) => {
		for (const value of right) {
			expect({ value, is: allows(rule(pattern), value) }).toEqual({ value, is: true });
			expect({ value, is: allows(rule(pattern, true), value) }).toEqual({ value, is: false });
		}
		for (const value of wrong) {
			expect({ value, is: allows(rule(pattern), value) }).toEqual({ value, is: false });
			expect({ value, is: allows(rule(pattern, true), value) }).toEqual({ value, is: true });
		}
	});

	test('every item of a list is looked at, and what no pattern can be held against is refused either way', () => {
		const prefix = { kind: 'prefix', prefix: 'a' } as const;
		expect(allows(rule(prefix), ['a', 'ab'])).toBe(true);
		expect(allows(rule(prefix), ['a', 'b'])).toBe(false);
		expect(allows(rule(prefix, true), ['b', 'a'])).toBe(false);
		for (const value of [[['a']], { a: 'a' }, null, 1])
			expect([allows(rule(prefix), value), allows(rule(prefix, true), value)]).toEqual([false, false]);
	});

	test('one that is missing does not match, and one that is inherited is missing', () => {
		const values = { kind: 'values' as const, values: ['a'] };
		expect(reasons(ruled(rule(values)))).toEqual([`Param 'at.host' is not as the policy wants it`]);
		expect(reasons(ruled(rule(values, true)))).toEqual([]);
		const inherited: GivenRule = { kind: 'params', path: 'constructor.name', pattern: values, deny: true };
		expect(reasons(ruled({ ...inherited, deny: false }))).toHaveLength(1);
		expect(reasons(ruled(inherited))).toEqual([]);
	});

	test("are those that the port passes, else the request's own", () => {
		const own = { kind: 'params', path: 'rows', pattern: { kind: 'range', max: 1 } } as const;
		expect(reasons(ruled(own))).toEqual([]);
		expect(reasons(ruled(own), {}, { params: { rows: 2 } })).toHaveLength(1);
	});
});

describe('words', () => {
	const says = (words: string[], intent: string): boolean =>
		reasons(ruled({ kind: 'words', words, in: 'intent' }), { intent }).length > 0;

	test.each([
		['Delete', 'please DELETE it', true],
		['delete', 'undeleted', false],
		['delete', 'delete_all', false],
		['delete all', 'do (Delete all)!', true],
		['straße', 'Hauptstraße 7', false],
		['ﬁle', 'a file', true],
		['delete', 'de\u200Blete\u00AD', true],
		['猫', '黒猫が好き', true],
		['rm', '猫rm猫', true],
		['a', 'aa a', true]
	])('%s in "%s": %s', (word, intent, found) => expect(says([word], intent)).toBe(found));

	test.each(['034F', 'FE0F', '180B', '115F', '1160', '3164', 'FFA0', 'E0100', '200B', '00AD'])(
		'are found with U+%s, which is not seen, inside them and around them',
		(point) => {
			const unseen = String.fromCodePoint(Number.parseInt(point, 16));
			expect(says(['delete'], `please de${unseen}lete it`)).toBe(true);
			expect(says(['delete'], `please ${unseen}delete${unseen} it`)).toBe(true);
			expect(says([`de${unseen}lete`], 'please delete it')).toBe(true);
			expect(says(['delete'], `un${unseen}delete`)).toBe(false);
		}
	);

	test('stand in params at any depth, in keys too, and in no reason', () => {
		const rule: GivenRule = { kind: 'words', words: ['secret'], in: 'params' };
		const denied = reasons(ruled(rule), {}, { params: { a: [{ b: ['my Secret'] }] } });
		expect(denied).toEqual(['A word that is not allowed stands in the params']);
		expect(reasons(ruled(rule), {}, { params: { secret: 1 } })).toHaveLength(1);
		expect(reasons(ruled(rule), { intent: 'secret' })).toEqual([]);
	});

	test('may be asked for instead', () => {
		const rule: GivenRule = { kind: 'words', words: ['ticket'], in: 'intent', deny: false };
		expect(reasons(ruled(rule), { intent: 'by ticket 7' })).toEqual([]);
		expect(reasons(ruled(rule), { intent: 'just so' })).toEqual([
			'No word that is asked for stands in the intent'
		]);
	});
});

test('ask first: only what the owner agreed to is allowed', () => {
	const policy = ruled({ kind: 'ask', tools: ['reflection.create'], reason: 'It writes' });
	expect(reasons(policy)).toEqual(['Ask first: reflection.create (It writes)']);
	expect(reasons(policy, {}, { agreed: false })).toHaveLength(1);
	expect(reasons(policy, {}, { agreed: true })).toEqual([]);
	expect(reasons(policy, { tool_call: { name: 'other', params: {} } })).toEqual([]);
	const kernel = mirrorKernel({ policy });
	expect(kernel.admit(request('r1'))).toMatchObject({ value: { kind: 'refused' } });
	expect(kernel.admit(request('r2'), null, { agreed: true })).toMatchObject({ value: { kind: 'admitted' } });
});

describe('roles', () => {
	test('stand for their actors, in rules too', () => {
		const policy = read({
			allowed_actors: ['role:family', 'guest'],
			allowed_tools: ['*'],
			roles: { family: ['mum', 'dad'] },
			rules: [{ kind: 'ask', actors: ['role:family'] }]
		});
		const of = (actor: string): readonly string[] => reasons(policy, { actor });
		expect(of('mum')).toEqual(['Ask first: reflection.create']);
		expect(of('guest')).toEqual([]);
		expect(of('aunt')).toEqual(["Actor 'aunt' is not in allowed actors"]);
	});

	test('are not what somebody calls themselves', () => {
		const policy = read({
			allowed_actors: ['role:family'],
			allowed_tools: ['*'],
			roles: { family: ['mum'] }
		});
		expect(reasons(policy, { actor: 'role:family' })).toHaveLength(1);
		expect(reasons(read({ allowed_actors: ['role:toString'], allowed_tools: ['*'] }))).toHaveLength(1);
	});
});

test('rules come last, in order, all of them; one that breaks says no and the kernel goes on', () => {
	const policy: JurisdictionPolicy = {
		...createPolicy({ allowed_tools: ['*'] }),
		rules: [
			{ kind: 'hours', from: '00:00', to: '24:00', zone: 'Mars/Base' },
			{ kind: 'words', words: ['write'], in: 'intent', deny: true, reason: 'Not in writing' }
		],
		custom_rules: [() => ({ allowed: false, reason: 'Never' })]
	};
	const kernel = mirrorKernel({ policy });
	expect(submitted(kernel, request('r1')).entry.error).toMatch(
		/^Jurisdiction denied: Actor 'owner' is not in allowed actors; Custom rule error: .*Mars\/Base.*; Not in writing; Never$/
	);
	expect(kernel.head().state).toBe('IDLE');
});

test('a rule that a newer version stored lets nothing pass', () => {
	const stored = JSON.parse('{"kind": "sometimes"}') as PolicyRule;
	const kernel = mirrorKernel({ policy: createPolicy({ ...openPolicy, rules: [stored] }) });
	expect(submitted(kernel, request('r1')).entry.error).toMatch(
		/^Jurisdiction denied: Custom rule error: unknown rule /
	);
	expect(kernel.head().state).toBe('IDLE');
});

describe('a rule in a file', () => {
	test.each([
		[{ kind: 'sometimes' }, 'rules.0.kind'],
		[{ kind: 'ask', actor: ['a'] }, 'rules.0.actor'],
		[{ kind: 'ask', actors: [] }, 'rules.0.actors'],
		[{ kind: 'ask', tools: Array.from({ length: 201 }, String) }, 'rules.0.tools'],
		[{ kind: 'ask', reason: 'x'.repeat(201) }, 'rules.0.reason'],
		[{ kind: 'hours', from: '9:00', to: '17:00', zone: 'UTC' }, 'rules.0.from'],
		[{ kind: 'hours', from: '09:00', to: '09:00', zone: 'UTC' }, 'rules.0.to'],
		[{ kind: 'hours', from: '09:00', to: '17:00', zone: 'Mars/Base' }, 'rules.0.zone'],
		[{ kind: 'rate', limit: 0, window_ms: 1, per: 'actor' }, 'rules.0.limit'],
		[{ kind: 'rate', limit: 1, window_ms: 32 * 86_400_000, per: 'actor' }, 'rules.0.window_ms'],
		[{ kind: 'params', path: 'a', pattern: { kind: 'regex', regex: '(a+)+' } }, 'rules.0.pattern.kind'],
		[{ kind: 'params', path: 'a', pattern: { kind: 'range' } }, 'rules.0.pattern'],
		[{ kind: 'words', words: ['\u200B'], in: 'intent' }, 'rules.0.words.0']
	])('%j is refused for %s', (rule, where) => expect(misread(rule)).toMatch(new RegExp(`^${where}: `)));

	test('is one of fifty at most', () => {
		const rules = (length: number) => ({ rules: Array.from({ length }, () => ({ kind: 'ask' })) });
		expect(readPolicy(rules(50)).ok).toBe(true);
		expect(readPolicy(rules(51))).toMatchObject({ error: { message: expect.stringMatching(/^rules: /) } });
	});

	test('reads back as it was written', () => {
		const policy = ruled(
			{ kind: 'hours', from: '22:00', to: '06:00', zone: 'Europe/Berlin', days: [5, 1] },
			{ kind: 'params', path: 'a.b', pattern: { kind: 'values', values: ['b', 1, 'a'] }, tools: ['z', 'a'] },
			{ kind: 'words', words: ['b', 'a'], in: 'params' }
		);
		expect(policyRecord(read(policyRecord(policy)))).toEqual(policyRecord(policy));
		expect(policyRecord(policy)['rules']).toMatchObject([
			{ days: [1, 5] },
			{ tools: ['a', 'z'] },
			{ words: ['a', 'b'] }
		]);
	});
});

test('a policy without rules and roles has the hash that it had before there were any', () => {
	const policy = createPolicy({ allowed_actors: ['owner', 'system'], allowed_tools: ['a.b'] });
	expect(digest(canonicalJson({ ...policyData(policy) }))).toBe(
		'6b292d9a2310a34901c5ee70989805a00c5574df31e09e8f7e66718321253351'
	);
});

describe('nothing that a policy can hold is without effect', () => {
	const open: Partial<JurisdictionPolicy> = { ...openPolicy, allow_intent_only: true };
	const intended = request('r', { tool_call: null });
	/** For each key a value under which a request is refused that was allowed. */
	const tighter: Readonly<Record<string, readonly [Partial<JurisdictionPolicy>, KernelRequest]>> = {
		allowed_actors: [{ allowed_actors: ['other'] }, request('r')],
		allowed_tools: [{ allowed_tools: ['other'] }, request('r')],
		allowed_states: [{ allowed_states: kernelStates.filter((state) => state !== 'EXECUTING') }, request('r')],
		required_fields: [{ required_fields: ['reason'] }, request('r')],
		max_param_bytes: [{ max_param_bytes: 10 }, request('r')],
		max_intent_length: [{ max_intent_length: 3 }, request('r')],
		allow_intent_only: [{ allow_intent_only: false }, intended],
		require_tool_call: [{ require_tool_call: true }, intended],
		roles: [{ allowed_actors: ['role:family'], roles: { family: ['mum'] } }, request('r')],
		rules: [{ rules: [{ kind: 'ask' }] }, request('r')]
	};
	const decisionOf = (kernel: Kernel, asked: KernelRequest) => submitted(kernel, asked).entry.decision;

	test.each(policyKeys)('%s', (key) => {
		const [given, asked] = tighter[key] ?? [{}, intended];
		expect(decisionOf(mirrorKernel({ policy: createPolicy(open) }), asked)).toBe('ALLOW');
		expect(decisionOf(mirrorKernel({ policy: createPolicy({ ...open, ...given }) }), asked)).toBe('DENY');
	});

	test('and every field of a policy is one that a file can hold, but code', () => {
		expect([...policyKeys, 'custom_rules'].sort()).toEqual(Object.keys(createPolicy()).sort());
	});
});

const asking = fc.record({
	actor: fc.constantFrom('a', 'b'),
	tool: fc.constantFrom('t', 'u', null),
	intent: fc.constantFrom('Write', 'Delete it'),
	passes: fc.integer({ min: 0, max: 400 }),
	fails: fc.boolean(),
	agreed: fc.boolean()
});
type Asking = typeof asking extends fc.Arbitrary<infer Value> ? Value : never;

const everyKind = read({
	...openPolicy,
	allow_intent_only: true,
	rules: [
		{ kind: 'rate', limit: 3, window_ms: 1000, per: 'actor' },
		{ kind: 'rate', limit: 1, window_ms: 300, per: 'actor_and_tool', tools: ['t'] },
		{ kind: 'hours', from: '00:00', to: '23:59', zone: 'Asia/Tokyo' },
		{ kind: 'words', words: ['delete'], in: 'intent', actors: ['b'] },
		{ kind: 'ask', tools: ['u'] }
	]
});

/** Runs requests, making the kernel anew from what a ledger holds before each whose place is in `restarts`. */
function run(asked: readonly Asking[], restarts: ReadonlySet<number>): AuditEntry[] {
	let now = Date.parse('2026-11-23T14:57:00Z');
	const entries: AuditEntry[] = [];
	const options = { policy: everyKind, clock: () => now };
	let kernel = mirrorKernel(options);
	for (const [at, { tool, passes, fails, agreed, ...given }] of asked.entries()) {
		const recent = entries.filter(({ decision, ts_ms }) => decision === 'ALLOW' && ts_ms > now - 1000);
		if (restarts.has(at)) kernel = mirrorKernel({ ...options, head: kernel.head(), recent });
		now += passes;
		const call = tool === null ? null : { name: tool };
		const admission = kernel.admit(request(`r${at}`, { ...given, tool_call: call }), null, { agreed });
		if (!admission.ok) throw new Error(admission.error.message);
		const { value } = admission;
		const step =
			value.kind === 'refused'
				? value.step
				: kernel.conclude(value, fails ? { ok: false, error: 'no' } : { ok: true });
		entries.push(step.entry);
	}
	return entries;
}

test('the same requests at the same times lead to the same root under rules, whatever restarts between them', () => {
	const met = new Set<string>();
	fc.assert(
		fc.property(fc.array(asking, { maxLength: 20 }), fc.array(fc.nat(20)), (asked, restarts) => {
			const entries = run(asked, new Set());
			for (const { error } of entries) for (const reason of error?.split(/: |; /) ?? []) met.add(reason);
			expect(run(asked, new Set(restarts))).toEqual(entries);
		}),
		{ seed: 5 }
	);
	expect([...met]).toEqual(
		expect.arrayContaining([
			'Rate limit of 3 in 1 s is reached',
			'Rate limit of 1 in 0.3 s is reached',
			'A word that is not allowed stands in the intent',
			'Ask first'
		])
	);
});
