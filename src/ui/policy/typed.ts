import type { JsonObject } from '#base/canonical.ts';
import type { Policy } from '#app/policy-trial.ts';
import { fromLines, toLines } from '#ui/policy/lines.ts';
import { fromWhole, toWhole } from '#ui/policy/typed-number.ts';
import { ruleOf, typedRule, type TypedRule } from '#ui/policy/typed-rule.ts';

/** The fields that a request can be asked to have; any other name is missing in every request. */
export const knownFields = ['request_id', 'actor', 'intent', 'ts_ms'] as const;
export const passedStates = ['IDLE', 'VALIDATING', 'ARBITRATING', 'EXECUTING', 'AUDITING'] as const;
/** Whoever and whatever. */
export const everything = '*';

export interface TypedRole {
	id: string;
	name: string;
	actors: string;
}

/** A policy as it stands in its form: texts and ticks, whatever is in them. */
export interface TypedPolicy {
	/** Ticked: names of actors that the page knows, or `*`. */
	actors: string[];
	otherActors: string;
	tools: string[];
	otherTools: string;
	required_fields: string[];
	otherFields: string;
	states: string[];
	max_param_bytes: string;
	max_intent_length: string;
	require_tool_call: boolean;
	allow_intent_only: boolean;
	roles: TypedRole[];
	rules: TypedRule[];
}

/** What the form has ticks for. */
export interface Known {
	readonly actors: readonly string[];
	readonly tools: readonly string[];
}

/** A policy, ready to be edited: `givenOf` makes the same one of it. `newId` tells roles and rules apart. */
export function typedPolicy(policy: Policy, known: Known, newId: () => string): TypedPolicy {
	const { roles = {}, rules = [] } = policy;
	const actors = parted(policy.allowed_actors, [...known.actors, everything]);
	const tools = parted(policy.allowed_tools, [...known.tools, everything]);
	const fields = parted(policy.required_fields, knownFields);
	return {
		actors: actors.ticked,
		otherActors: actors.others,
		tools: tools.ticked,
		otherTools: tools.others,
		required_fields: fields.ticked,
		otherFields: fields.others,
		states: [...policy.allowed_states],
		max_param_bytes: toWhole(policy.max_param_bytes),
		max_intent_length: toWhole(policy.max_intent_length),
		require_tool_call: policy.require_tool_call,
		allow_intent_only: policy.allow_intent_only,
		roles: Object.entries(roles).map(([name, list]) => ({ id: newId(), name, actors: toLines(list) })),
		rules: rules.map((rule) => typedRule(rule, newId()))
	};
}

/** What is typed, as a policy in a file: whether it is one is the kernel's to say. */
export function givenOf(typed: TypedPolicy): JsonObject {
	return {
		allowed_actors: joined(typed.actors, typed.otherActors),
		allowed_tools: joined(typed.tools, typed.otherTools),
		required_fields: joined(typed.required_fields, typed.otherFields),
		allowed_states: typed.states,
		max_param_bytes: fromWhole(typed.max_param_bytes),
		max_intent_length: fromWhole(typed.max_intent_length),
		require_tool_call: typed.require_tool_call,
		allow_intent_only: typed.allow_intent_only,
		roles: Object.fromEntries(typed.roles.map(({ name, actors }) => [name, fromLines(actors)])),
		rules: typed.rules.map(ruleOf)
	};
}

function parted(
	names: readonly string[],
	known: readonly string[]
): { readonly ticked: string[]; readonly others: string } {
	const isKnown = (name: string) => known.includes(name);
	return {
		ticked: [...new Set(names.filter(isKnown))],
		others: toLines([...new Set(names.filter((name) => !isKnown(name)))])
	};
}

function joined(ticked: readonly string[], others: string): string[] {
	return [...new Set([...ticked, ...fromLines(others)])];
}

/** With a name in a list where it was without it, and the other way round. */
export function toggled(list: readonly string[], name: string): string[] {
	return list.includes(name) ? list.filter((one) => one !== name) : [...list, name];
}

/** With the item one place earlier (-1) or later (1); at an end it stays. */
export function moved<Item>(list: readonly Item[], at: number, by: -1 | 1): Item[] {
	const [item, other] = [list[at], list[at + by]];
	if (item === undefined || other === undefined) return [...list];
	return list.map((one, place) => (place === at ? other : place === at + by ? item : one));
}

/** Kinds that share the word before the point, in the order of their names. */
export interface ToolGroup {
	readonly entity: string;
	readonly tools: readonly string[];
}

export function groupsOf(tools: readonly string[]): ToolGroup[] {
	const groups = new Map<string, string[]>();
	for (const tool of [...tools].sort()) {
		const [entity = tool] = tool.split('.');
		groups.set(entity, [...(groups.get(entity) ?? []), tool]);
	}
	return [...groups].map(([entity, names]) => ({ entity, tools: names }));
}
