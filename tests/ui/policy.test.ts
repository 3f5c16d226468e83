import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { consider, type Policy } from '#app/policy-trial.ts';
import { changesOf } from '#ui/policy/changes.ts';
import { wrongAt } from '#ui/policy/issues.ts';
import { fromLines, toLines } from '#ui/policy/lines.ts';
import { localTime, sampleOf, type TypedSample } from '#ui/policy/sample.ts';
import { newRule, ruleKinds, type TypedRule } from '#ui/policy/typed-rule.ts';
import { givenOf, groupsOf, moved, toggled, typedPolicy } from '#ui/policy/typed.ts';
import { policy as texts } from '#ui/texts/policy.ts';

const known = { actors: ['owner', 'system'], tools: ['tension.create', 'reflection.create'] };
const empty: Policy = {
	...{ allowed_actors: [], allowed_tools: [], required_fields: ['request_id', 'actor', 'intent'] },
	allowed_states: ['IDLE', 'VALIDATING', 'ARBITRATING', 'EXECUTING', 'AUDITING'],
	...{ max_param_bytes: 65536, max_intent_length: 4096, allow_intent_only: false, require_tool_call: false }
};
const sample: TypedSample = {
	...{ actor: 'owner', tool: 'tension.create', intent: 'Name a tension', params: '', evidence: '' },
	...{ scope: '', nonGoals: '', success: '', time: '2026-11-22T09:00', before: '0' },
	...{ agreed: false, variant: 'strict' }
};

let ids = 0;
const newId = () => String(ids++);

function considered(given: ReturnType<typeof givenOf>, present: Policy = empty) {
	const asked = sampleOf(sample);
	if (asked === null) throw new Error('the sample is none');
	return consider({ port: 'owner', variant: 'strict', tried: 'strict', given, present, sample: asked });
}

/** Names as files may hold them: with spaces at their ends, quotes and breaks of lines. */
const name = fc.string({
	minLength: 1,
	maxLength: 8,
	unit: fc.constantFrom('a', ' ', '"', "'", '\n', '5', 'é', '\\')
});
const names = fc.uniqueArray(name, { minLength: 1, maxLength: 4 });
const common = fc.record({ actors: names, tools: names, reason: name }, { requiredKeys: [] });
const value = fc.oneof(
	name,
	fc.constantFrom('true', '5', '-0.5e3'),
	fc.integer(),
	fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
	fc.boolean()
);
const pattern = fc.oneof(
	fc.record({
		kind: fc.constant('values'),
		values: fc.uniqueArray(value, { minLength: 1, maxLength: 4, selector: (one) => `${typeof one} ${one}` })
	}),
	fc.record({ kind: fc.constant('prefix'), prefix: name }),
	fc.record({ kind: fc.constant('glob'), glob: name }),
	fc.record({ kind: fc.constant('length'), max_length: fc.nat(1_000_000) }),
	fc.record({
		kind: fc.constant('range'),
		min: fc.integer(),
		max: fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0)
	})
);
const own = fc.oneof(
	fc.record({
		kind: fc.constant('hours'),
		from: fc.constant('22:00'),
		to: fc.constant('06:30'),
		zone: fc.constant('Europe/Vienna'),
		days: fc.constant([1, 5])
	}),
	fc.record({
		kind: fc.constant('rate'),
		limit: fc.integer({ min: 1, max: 10_000 }),
		window_ms: fc.integer({ min: 1, max: 2_678_400_000 }),
		per: fc.constantFrom('actor', 'tool', 'actor_and_tool')
	}),
	fc.record({ kind: fc.constant('params'), path: name, pattern, deny: fc.boolean() }),
	fc.record({
		kind: fc.constant('words'),
		words: fc.uniqueArray(
			name.map((word) => `${word}w`),
			{ minLength: 1, maxLength: 4 }
		),
		in: fc.constantFrom('intent', 'params'),
		deny: fc.boolean()
	}),
	fc.record({ kind: fc.constant('ask') })
);
const rule = fc.tuple(common, own).map(([shared, mine]) => ({ ...shared, ...mine }));
const policies = fc.record({
	allowed_actors: fc.uniqueArray(fc.oneof(name, fc.constantFrom('owner', '*', 'role:family'))),
	allowed_tools: fc.uniqueArray(fc.oneof(name, fc.constantFrom('tension.create', '*'))),
	required_fields: fc.uniqueArray(fc.oneof(name, fc.constantFrom('ts_ms', 'actor'))),
	allowed_states: fc.constantFrom(empty.allowed_states, empty.allowed_states.slice(1)),
	max_param_bytes: fc.nat(),
	max_intent_length: fc.nat(),
	allow_intent_only: fc.boolean(),
	require_tool_call: fc.boolean(),
	roles: fc.dictionary(fc.constantFrom('family', 'a.b'), names),
	rules: fc.array(rule, { maxLength: 4 })
});

describe('a policy in its form', () => {
	test('comes out as it went in, whatever its names and rules', () => {
		fc.assert(
			fc.property(policies, (given) => {
				const read = considered(given as ReturnType<typeof givenOf>);
				fc.pre(read.kind === 'policy');
				const again = considered(givenOf(typedPolicy(read.policy, known, newId)), read.policy);
				expect(again.kind === 'policy' ? again.comparison.is_same : again).toBe(true);
			}),
			{ numRuns: 300 }
		);
	});

	test('keeps what cannot be used, and says beside which field', () => {
		const typed = typedPolicy(empty, known, newId);
		typed.max_intent_length = 'many';
		typed.roles.push({ id: newId(), name: 'my family', actors: 'ann' });
		const rules: TypedRule[] = ruleKinds.map((kind) => newRule(kind, newId(), 'UTC'));
		typed.rules = rules;
		for (const one of rules) {
			if (one.kind === 'hours') Object.assign(one, { from: '9', zone: 'Atlantis', days: [] });
			if (one.kind === 'rate') Object.assign(one, { limit: 'ten', window: '0' });
		}
		const found = considered(givenOf(typed));
		const wrong = (path: string) => wrongAt(found, path);
		expect(wrong('max_intent_length')).toBe(texts.wrong['max_intent_length']);
		expect(wrong('max_param_bytes')).toBeNull();
		expect(wrong('roles')).toBe(texts.wrong['roles']);
		for (const field of [
			'0.from',
			'0.zone',
			'0.days',
			'1.limit',
			'1.window_ms',
			'2.path',
			'2.pattern',
			'3.words'
		])
			expect(wrong(`rules.${field}`), field).toBe(texts.wrong[field.slice(2)]);
		expect(wrong('rules.4.actors')).toBeNull();
		expect(typed.max_intent_length).toBe('many');
	});

	test('what changes is said in words, what is gone first, and many names in one line', () => {
		const present: Policy = { ...empty, allowed_tools: ['a.1', 'a.2', 'a.3', 'a.4', 'a.5', 'a.6', 'a.7'] };
		const given = {
			...empty,
			allowed_actors: ['ann'],
			max_intent_length: 10,
			rules: [{ kind: 'rate', limit: 1, window_ms: 7_200_000, per: 'actor', actors: ['system'] }]
		};
		const found = considered(given as ReturnType<typeof givenOf>, present);
		expect(found.kind === 'policy' && changesOf(found.comparison)).toEqual([
			{ kind: 'removed', words: 'Kind: a.1, a.2, a.3, a.4, a.5, a.6, a.7' },
			{ kind: 'added', words: 'Actor: ann' },
			{ kind: 'added', words: 'Rule: At most 1 request in 2 hours for each actor (the app itself).' },
			{ kind: 'changed', words: 'Longest purpose: 4,096, then 10' }
		]);
	});
});

test('a list of any texts comes back from its lines', () => {
	fc.assert(
		fc.property(fc.uniqueArray(fc.string()), (items) => {
			expect(fromLines(toLines(items))).toEqual(items);
		})
	);
	expect(fromLines(' a \n\nb\na\n')).toEqual(['a', 'b']);
});

test('rules move by one place, and stay at the ends', () => {
	expect(moved(['a', 'b', 'c'], 1, -1)).toEqual(['b', 'a', 'c']);
	expect(moved(['a', 'b', 'c'], 1, 1)).toEqual(['a', 'c', 'b']);
	expect(moved(['a', 'b', 'c'], 0, -1)).toEqual(['a', 'b', 'c']);
	expect(moved(['a', 'b', 'c'], 2, 1)).toEqual(['a', 'b', 'c']);
	expect(toggled(toggled(['a'], 'b'), 'a')).toEqual(['b']);
	expect(groupsOf(['b.2', 'a.1', 'b.1'])).toEqual([
		{ entity: 'a', tools: ['a.1'] },
		{ entity: 'b', tools: ['b.1', 'b.2'] }
	]);
});

test('a sample is none without a time or with a count that is none, and has constraints where some are typed', () => {
	expect(sampleOf({ ...sample, time: '' })).toBeNull();
	expect(sampleOf({ ...sample, before: '-1' })).toBeNull();
	expect(sampleOf({ ...sample, before: '10001' })).toBeNull();
	expect(sampleOf(sample)?.constraints).toBeNull();
	expect(sampleOf({ ...sample, scope: 'one', nonGoals: 'two\nthree' })?.constraints).toEqual({
		...{ scope: 'one', non_goals: ['two', 'three'], success_criteria: [] }
	});
	const minute = Math.floor(Date.UTC(2026, 6, 1, 10, 20) / 60_000) * 60_000;
	expect(Date.parse(localTime(minute))).toBe(minute);
});
