import * as v from 'valibot';
import { canonicalJson, isObject, type Json, type JsonObject } from '#base/canonical.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import { createPolicy, type JurisdictionPolicy } from '#kernel/policy.ts';
import { ruleSchema } from '#kernel/policy-rule.ts';
import { kernelStates } from '#kernel/states.ts';

const names = v.array(v.string());
const limit = v.pipe(v.number(), v.integer(), v.minValue(0));
const defaults = createPolicy();
const mostRules = 50;
const mostRoles = 50;

const roles = v.pipe(
	v.record(
		v.pipe(v.string(), v.regex(/^[\w.-]{1,50}$/, 'a role is called in letters, digits, points and dashes')),
		v.pipe(names, v.maxLength(200))
	),
	v.check((given) => Object.keys(given).length <= mostRoles, `at most ${mostRoles} roles`)
);

/** A policy as files hold it: a missing field has its default, and empty allowed_states mean the default too. */
const policySchema = v.object({
	allowed_actors: v.optional(names, []),
	allowed_tools: v.optional(names, []),
	allowed_states: v.optional(v.array(v.picklist(kernelStates)), []),
	required_fields: v.optional(names, [...defaults.required_fields]),
	max_param_bytes: v.optional(limit, defaults.max_param_bytes),
	max_intent_length: v.optional(limit, defaults.max_intent_length),
	allow_intent_only: v.optional(v.boolean(), false),
	require_tool_call: v.optional(v.boolean(), false),
	roles: v.optional(roles, {}),
	rules: v.optional(v.pipe(v.array(ruleSchema), v.maxLength(mostRules)), [])
});

/** The names that a policy in a file may have. */
export const policyKeys: readonly string[] = Object.keys(policySchema.entries);

/** What of a policy cannot be used: where it stands, with points between the keys, and why. */
export interface PolicyIssue {
	readonly path: string;
	readonly message: string;
}

/** All that cannot be used in a policy; empty where it can be read. */
export function policyIssues(given: unknown): readonly PolicyIssue[] {
	if (!isObject(given)) return [{ path: 'policy', message: 'a policy is an object' }];
	const parsed = v.safeParse(policySchema, given);
	return (parsed.issues ?? []).map((issue) => ({
		path: v.getDotPath(issue) ?? 'policy',
		message: issue.message
	}));
}

/**
 * Reads a policy, or names what in it cannot be used. Unknown fields are ignored, as the reference does; in a rule there are
 * none, since a rule without the part that was misspelt would be another rule.
 */
export function readPolicy(given: unknown): Result<JurisdictionPolicy, Failure<'not_a_policy'>> {
	if (!isObject(given)) return err(failure('not_a_policy', 'a policy is an object'));
	const parsed = v.safeParse(policySchema, given);
	if (!parsed.success) {
		const wrong = parsed.issues.map((issue) => `${v.getDotPath(issue) ?? 'policy'}: ${issue.message}`);
		return err(failure('not_a_policy', wrong.join('; ')));
	}
	const { allowed_states: states } = parsed.output;
	return ok(
		createPolicy({ ...parsed.output, allowed_states: states.length === 0 ? defaults.allowed_states : states })
	);
}

/** A policy as it is stored and hashed: without code, and without roles and rules where it has none. */
export type PolicyData = Omit<JurisdictionPolicy, 'custom_rules' | 'roles' | 'rules'> &
	Partial<Pick<JurisdictionPolicy, 'roles' | 'rules'>>;

/** Policies from before there were roles and rules keep their hashes: no kernel is replaced for keys that say nothing. */
export function policyData({ custom_rules: _code, roles, rules, ...rest }: JurisdictionPolicy): PolicyData {
	return {
		...rest,
		...(Object.keys(roles).length === 0 ? {} : { roles }),
		...(rules.length === 0 ? {} : { rules })
	};
}

/**
 * The same policy always gives the same record, whatever the order of its lists; only the order of its rules is part of it,
 * for they give their reasons in it. Custom rules are code and not in it.
 */
export function policyRecord(policy: JurisdictionPolicy): JsonObject {
	const { roles, rules, ...data } = policyData(policy);
	return {
		...data,
		allowed_actors: sorted(data.allowed_actors),
		allowed_tools: sorted(data.allowed_tools),
		allowed_states: kernelStates.filter((state) => data.allowed_states.includes(state)),
		required_fields: sorted(data.required_fields),
		...(roles === undefined ? {} : { roles: withSortedLists(roles) }),
		...(rules === undefined ? {} : { rules: rules.map((rule) => withSortedLists(rule)) })
	};
}

/** Every list in a rule or a role is a set. */
function withSortedLists(value: Json): Json {
	if (Array.isArray(value)) return sorted(value);
	if (!isObject(value)) return value;
	return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withSortedLists(member)]));
}

function sorted<Item extends Json>(list: readonly Item[]): Item[] {
	return list
		.map((item) => ({ item, text: typeof item === 'string' ? item : canonicalJson(item) }))
		.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
		.map(({ item }) => item);
}
