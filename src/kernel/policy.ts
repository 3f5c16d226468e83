import { canonicalJson, isObject, tryCanonical, type Json } from '#base/canonical.ts';
import { codePoints, isFalsy } from '#kernel/python.ts';
import type { Submitted } from '#kernel/request.ts';
import { kernelStates, type KernelState } from '#kernel/states.ts';

/** What a custom rule may look at besides the request. */
export interface RuleContext {
	/** The kernel's time, in milliseconds since 1970. */
	readonly ts_ms: number;
}
export type RuleResult = { readonly allowed: true } | { readonly allowed: false; readonly reason: string };
export type CustomRule = (request: Submitted, context: RuleContext) => RuleResult;

/** Who may do what, and how much of it (KERNELS A4). Lists are sets; `*` in a list stands for everyone or everything. */
export interface JurisdictionPolicy {
	readonly allowed_actors: readonly string[];
	readonly allowed_tools: readonly string[];
	/** The states that a request may pass. By the reference's rules it is not looked at. */
	readonly allowed_states: readonly KernelState[];
	/** Only request_id, actor, intent and ts_ms are known; any other name is always missing. */
	readonly required_fields: readonly string[];
	/** UTF-8 bytes of the canonical JSON of the request's params. */
	readonly max_param_bytes: number;
	/** Code points. */
	readonly max_intent_length: number;
	/** Kept for files that carry it. It has no effect in the reference, nor here: `require_tool_call` has. */
	readonly allow_intent_only: boolean;
	readonly require_tool_call: boolean;
	/** Asked last, in order, all of them. */
	readonly custom_rules: readonly CustomRule[];
}

export interface PolicyResult {
	readonly allowed: boolean;
	readonly violations: readonly string[];
}

/** A policy that allows nobody anything but what is given. */
export function createPolicy(given: Partial<JurisdictionPolicy> = {}): JurisdictionPolicy {
	return {
		allowed_actors: [],
		allowed_tools: [],
		allowed_states: kernelStates.filter((state) => state !== 'BOOTING' && state !== 'HALTED'),
		required_fields: ['request_id', 'actor', 'intent'],
		max_param_bytes: 65536,
		max_intent_length: 4096,
		allow_intent_only: false,
		require_tool_call: false,
		custom_rules: [],
		...given
	};
}

/** `JurisdictionPolicy.default()` of the reference: everyone, everything. */
export const openPolicy = createPolicy({ allowed_actors: ['*'], allowed_tools: ['*'] });
/** `JurisdictionPolicy.strict()` of the reference: nobody, nothing. */
export const closedPolicy = createPolicy();

/**
 * Asks every check, whatever the ones before it said, and lists all that is violated in the order of the checks. Several
 * missing fields come in the order request_id, actor, intent, ts_ms, then by name.
 */
export function decide(policy: JurisdictionPolicy, request: Submitted, context: RuleContext): PolicyResult {
	const violations = [
		...missingFields(policy, request),
		...strangerActor(policy, request),
		...strangerTool(policy, request),
		...missingCall(policy, request),
		...oversizedParams(policy, request),
		...overlongIntent(policy, request),
		...brokenCall(request),
		...customViolations(policy, request, context)
	];
	return { allowed: violations.length === 0, violations };
}

const fieldOrder = ['request_id', 'actor', 'intent', 'ts_ms'];

function missingFields(policy: JurisdictionPolicy, request: Submitted): string[] {
	const required = new Set(policy.required_fields);
	const unknown = [...required].filter((name) => !fieldOrder.includes(name)).sort();
	return [...fieldOrder.filter((name) => required.has(name)), ...unknown]
		.filter((name) => isMissing(name, request))
		.map((name) => `Required field '${name}' is missing or empty`);
}

function isMissing(name: string, request: Submitted): boolean {
	if (name === 'ts_ms') return (request.ts_ms ?? null) === null;
	if (name === 'request_id' || name === 'actor' || name === 'intent') return isFalsy(request[name]);
	return true;
}

function admits(list: readonly string[], name: Json | undefined): boolean {
	return list.includes('*') || (typeof name === 'string' && list.includes(name));
}

function shown(value: Json | undefined): string {
	return typeof value === 'string' ? value : canonicalJson(value ?? null);
}

function strangerActor(policy: JurisdictionPolicy, { actor }: Submitted): string[] {
	return admits(policy.allowed_actors, actor) ? [] : [`Actor '${shown(actor)}' is not in allowed actors`];
}

function strangerTool(policy: JurisdictionPolicy, { tool_call }: Submitted): string[] {
	if (!isObject(tool_call) || admits(policy.allowed_tools, tool_call.name)) return [];
	return [`Tool '${shown(tool_call.name)}' is not in allowed tools`];
}

function missingCall(policy: JurisdictionPolicy, { tool_call = null }: Submitted): string[] {
	return policy.require_tool_call && tool_call === null ? ['tool_call is required'] : [];
}

function oversizedParams(policy: JurisdictionPolicy, { params }: Submitted): string[] {
	const text = tryCanonical(params ?? {});
	if (!text.ok) return [`Failed to serialize params: ${text.error.message}`];
	const size = text.value.length;
	if (size <= policy.max_param_bytes) return [];
	return [`Params size (${size} bytes) exceeds maximum (${policy.max_param_bytes} bytes)`];
}

function overlongIntent(policy: JurisdictionPolicy, { intent }: Submitted): string[] {
	const length = typeof intent === 'string' ? codePoints(intent) : 0;
	if (length <= policy.max_intent_length) return [];
	return [`Intent length (${length}) exceeds maximum (${policy.max_intent_length})`];
}

function brokenCall({ tool_call = null }: Submitted): string[] {
	if (tool_call === null) return [];
	if (!isObject(tool_call)) return ['Tool call has invalid structure'];
	const broken = isFalsy(tool_call.name) ? ['Tool call name is empty'] : [];
	const params = tool_call.params ?? {};
	return isObject(params) ? broken : [...broken, 'Tool call params must be a dictionary'];
}

function customViolations(policy: JurisdictionPolicy, request: Submitted, context: RuleContext): string[] {
	return policy.custom_rules.flatMap((rule) => {
		const result = ask(rule, request, context);
		return result.allowed ? [] : [result.reason];
	});
}

/** A rule is somebody else's code: one that breaks must not open the gate. */
function ask(rule: CustomRule, request: Submitted, context: RuleContext): RuleResult {
	try {
		return rule(request, context);
	} catch (error) {
		const text = error instanceof Error ? error.message : String(error);
		return { allowed: false, reason: `Custom rule error: ${text}` };
	}
}
