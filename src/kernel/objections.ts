import { isObject, type Json, type JsonObject } from '#base/canonical.ts';
import { offsetAt } from '#base/zone.ts';
import { matches } from '#kernel/pattern.ts';
import type { PolicyRule } from '#kernel/policy-rule.ts';
import type { RecentCalls } from '#kernel/recent-calls.ts';
import type { Submitted } from '#kernel/request.ts';
import { admits, type Roles } from '#kernel/roles.ts';
import { foldedWord, holdsWord, textsIn } from '#kernel/words.ts';

/** What the port knows of a request beside what is decided on and hashed. */
export interface Circumstances {
	/**
	 * What the tool will really be given. A request of this app holds only `{commit}`, so that nothing leaks into its ledger;
	 * the core passes here what was committed to. Rules and limits look at these params instead of the request's own.
	 */
	readonly params?: JsonObject;
	/** Whether the owner agreed to this very request, when asked first. */
	readonly agreed?: boolean;
}

/** What a rule may look at besides the request. */
export interface RuleContext extends Circumstances {
	/** The kernel's time, in milliseconds since 1970. */
	readonly ts_ms: number;
	/** What was allowed lately; a rate that is asked without it says no. */
	readonly recent?: RecentCalls;
}

/** What of a request an answer can hang on and a ledger entry may not hold. `size` is that of its params. */
export type Part = 'tool' | 'params' | 'size' | 'agreement' | 'evidence' | 'constraints';

type RuleOf<Kind extends PolicyRule['kind']> = Extract<PolicyRule, { kind: Kind }>;

/**
 * What a rule has against a request; null where it has nothing against it or does not concern it.
 *
 * @throws Error where the rule cannot tell: the caller takes that for a no.
 */
export function objection(
	rule: PolicyRule,
	roles: Roles,
	request: Submitted,
	context: RuleContext
): string | null {
	const tool = toolOf(request);
	if (!concerns(rule, roles, { actor: request.actor, tool_name: tool })) return null;
	switch (rule.kind) {
		case 'hours':
			if (isWithin(rule, context.ts_ms)) return null;
			return rule.reason ?? `Outside the hours ${rule.from} to ${rule.to} (${rule.zone})`;
		case 'rate':
			if (countedCalls(rule, roles, request, context) < rule.limit) return null;
			return rule.reason ?? `Rate limit of ${rule.limit} in ${rule.window_ms / 1000} s is reached`;
		case 'params':
			if (isParamRight(rule, paramsOf(request, context))) return null;
			return rule.reason ?? `Param '${rule.path}' is not as the policy wants it`;
		case 'words':
			if (holdsAny(rule, request, context) !== rule.deny) return null;
			return rule.reason ?? wordsReason(rule);
		case 'ask':
			if (context.agreed === true) return null;
			return `Ask first: ${tool ?? 'no tool'}${rule.reason === undefined ? '' : ` (${rule.reason})`}`;
		default:
			return unknownRule(rule);
	}
}

/** The parts of a request that a rule's answer hangs on, given those that are not known. */
export function lookedAt(
	rule: PolicyRule,
	roles: Roles,
	request: Submitted,
	lacking: ReadonlySet<Part>
): readonly Part[] {
	const { tools: _any, ...ofAllTools } = rule;
	if (!concerns(ofAllTools, roles, { actor: request.actor, tool_name: null })) return [];
	if (rule.tools?.includes('*') === false && lacking.has('tool')) return ['tool'];
	if (!concerns(rule, roles, { actor: request.actor, tool_name: toolOf(request) })) return [];
	switch (rule.kind) {
		case 'hours':
			return [];
		case 'rate':
			return rule.per === 'actor' ? [] : ['tool'];
		case 'params':
			return ['params'];
		case 'words':
			return rule.in === 'params' ? ['params'] : [];
		case 'ask':
			return ['agreement'];
		default:
			return unknownRule(rule);
	}
}

/** A newer version of the app may have stored it: what it wanted is not known, so nothing passes. */
function unknownRule(rule: never): never {
	throw new Error(`unknown rule ${JSON.stringify(rule)}`);
}

interface Caller {
	readonly actor: Json | undefined;
	readonly tool_name: string | null;
}

function concerns(
	{ actors, tools }: Pick<PolicyRule, 'actors' | 'tools'>,
	roles: Roles,
	{ actor, tool_name }: Caller
): boolean {
	return (
		(actors === undefined || admits(actors, actor, roles)) &&
		(tools === undefined || admits(tools, tool_name))
	);
}

function toolOf({ tool_call }: Submitted): string | null {
	return isObject(tool_call) && typeof tool_call.name === 'string' ? tool_call.name : null;
}

function paramsOf({ params }: Submitted, context: RuleContext): JsonObject {
	return context.params ?? (isObject(params) ? params : {});
}

const day = 86_400_000;
const minute = 60_000;

function isWithin({ from, to, zone, days }: RuleOf<'hours'>, ts_ms: number): boolean {
	const local = ts_ms + offsetAt(zone, ts_ms);
	const now = local - Math.floor(local / day) * day;
	const [start, end] = [clockTime(from), clockTime(to)];
	const isOverMidnight = end < start;
	if (isOverMidnight ? now < start && now >= end : now < start || now >= end) return false;
	// After midnight it is still the hours of the day before.
	const begun = isOverMidnight && now < end ? local - day : local;
	return days === undefined || days.includes(isoWeekday(begun));
}

/** 1 Monday to 7 Sunday; the first day of 1970 was a Thursday. */
function isoWeekday(ms: number): number {
	return ((((Math.floor(ms / day) + 3) % 7) + 7) % 7) + 1;
}

/** Milliseconds since midnight. */
function clockTime(text: string): number {
	const [hours = 0, minutes = 0] = text.split(':').map(Number);
	return (hours * 60 + minutes) * minute;
}

function countedCalls(rule: RuleOf<'rate'>, roles: Roles, request: Submitted, context: RuleContext): number {
	if (context.recent === undefined) throw new Error('what was allowed lately is not known');
	const tool = toolOf(request);
	return context.recent.count(context.ts_ms - rule.window_ms, (called) => {
		if (!concerns(rule, roles, called)) return false;
		if (rule.per !== 'tool' && called.actor !== request.actor) return false;
		return rule.per === 'actor' || called.tool_name === tool;
	});
}

function isParamRight({ path, pattern, deny }: RuleOf<'params'>, params: JsonObject): boolean {
	const value = path
		.split('.')
		.reduce<Json | undefined>(
			(at, key) => (isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined),
			params
		);
	if (value === undefined) return deny;
	// What the pattern cannot be held against is not right either way: a list of lists must not hide what a text may not say.
	const items: readonly Json[] = Array.isArray(value) ? value : [value];
	return items.every((item) => matches(pattern, item) === !deny);
}

function holdsAny({ words, in: where }: RuleOf<'words'>, request: Submitted, context: RuleContext): boolean {
	const texts = textsIn(where === 'intent' ? (request.intent ?? '') : paramsOf(request, context));
	const folded = texts.map(foldedWord);
	return words.some((word) => folded.some((text) => holdsWord(text, foldedWord(word))));
}

/** Names no word: what somebody forbade is nobody else's to read in the ledger. */
function wordsReason({ in: where, deny }: RuleOf<'words'>): string {
	return deny
		? `A word that is not allowed stands in the ${where}`
		: `No word that is asked for stands in the ${where}`;
}
