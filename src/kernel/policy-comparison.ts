import { canonicalJson, type Json, type JsonObject } from '#base/canonical.ts';
import type { JurisdictionPolicy } from '#kernel/policy.ts';
import { policyRecord } from '#kernel/policy-file.ts';

/** What one set has and another has not. */
export type SetChange = { readonly added: readonly string[]; readonly removed: readonly string[] };

/** What changes from one policy to another (KERNELS A10, policy migration). A rule that changed is removed and added. */
export type PolicyComparison = {
	readonly actors: SetChange;
	readonly tools: SetChange;
	readonly states: SetChange;
	readonly required_fields: SetChange;
	/** By name; the actors of a role that is in both. */
	readonly roles: SetChange & { readonly changed: readonly ({ readonly name: string } & SetChange)[] };
	readonly rules: { readonly added: readonly Json[]; readonly removed: readonly Json[] };
	/** The same rules in another order: they give their reasons in another order, and decide the same. */
	readonly are_rules_reordered: boolean;
	/** Limits and switches. */
	readonly settings: readonly { readonly name: Setting; readonly before: Json; readonly after: Json }[];
	/** Whether the two are one policy, with one hash. */
	readonly is_same: boolean;
};

const settings = ['max_param_bytes', 'max_intent_length', 'allow_intent_only', 'require_tool_call'] as const;
export type Setting = (typeof settings)[number];

/** Compares two policies as they are stored: rules that are code are in no record, and so not compared. */
export function comparePolicies(before: JurisdictionPolicy, after: JurisdictionPolicy): PolicyComparison {
	const [old, now] = [policyRecord(before), policyRecord(after)];
	const rules = { added: without(rulesOf(now), rulesOf(old)), removed: without(rulesOf(old), rulesOf(now)) };
	return {
		actors: setChange(before.allowed_actors, after.allowed_actors),
		tools: setChange(before.allowed_tools, after.allowed_tools),
		states: setChange(before.allowed_states, after.allowed_states),
		required_fields: setChange(before.required_fields, after.required_fields),
		roles: roleChanges(before, after),
		rules: { added: rules.added.map(({ rule }) => rule), removed: rules.removed.map(({ rule }) => rule) },
		are_rules_reordered:
			rules.added.length + rules.removed.length === 0 &&
			canonicalJson(old['rules'] ?? []) !== canonicalJson(now['rules'] ?? []),
		settings: settings
			.filter((name) => before[name] !== after[name])
			.map((name) => ({ name, before: before[name], after: after[name] })),
		is_same: canonicalJson(old) === canonicalJson(now)
	};
}

function setChange(before: readonly string[], after: readonly string[]): SetChange {
	const only = (list: readonly string[], other: readonly string[]): string[] =>
		[...new Set(list)].filter((item) => !other.includes(item)).sort();
	return { added: only(after, before), removed: only(before, after) };
}

function roleChanges(before: JurisdictionPolicy, after: JurisdictionPolicy): PolicyComparison['roles'] {
	const changed = Object.keys(before.roles)
		.filter((name) => Object.hasOwn(after.roles, name))
		.sort()
		.map((name) => ({ name, ...setChange(before.roles[name] ?? [], after.roles[name] ?? []) }))
		.filter(({ added, removed }) => added.length + removed.length > 0);
	return { ...setChange(Object.keys(before.roles), Object.keys(after.roles)), changed };
}

interface RuleText {
	readonly rule: Json;
	readonly text: string;
}

function rulesOf({ rules }: JsonObject): RuleText[] {
	return Array.isArray(rules) ? rules.map((rule: Json) => ({ rule, text: canonicalJson(rule) })) : [];
}

/** The rules of one list that another one lacks; a rule that stands there twice is two. */
function without(list: readonly RuleText[], other: readonly RuleText[]): RuleText[] {
	const left = other.map(({ text }) => text);
	return list.filter(({ text }) => {
		const at = left.indexOf(text);
		if (at !== -1) left.splice(at, 1);
		return at === -1;
	});
}
