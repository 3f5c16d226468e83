import { whyOf } from '#base/result.ts';
import { canonicalJson, isObject, tryCanonical, type Json } from '#base/canonical.ts';
import { lookedAt, objection, type Part, type RuleContext } from '#kernel/objections.ts';
import type { PolicyRule } from '#kernel/policy-rule.ts';
import { codePoints, isFalsy } from '#kernel/python.ts';
import type { Submitted } from '#kernel/request.ts';
import { admits, type Roles } from '#kernel/roles.ts';
import { kernelStates, type KernelState } from '#kernel/states.ts';

export type RuleResult = { readonly allowed: true } | { readonly allowed: false; readonly reason: string };
export type CustomRule = (request: Submitted, context: RuleContext) => RuleResult;

/**
 * Who may do what, and how much of it (KERNELS A4). Lists are sets; `*` in a list stands for everyone or everything, and
 * `role:NAME` among actors for those of a role.
 */
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
	/** Whether a request may be without a tool call. By the reference's rules it is not looked at. */
	readonly allow_intent_only: boolean;
	/** Refuses a request without a tool call by anybody's rules. */
	readonly require_tool_call: boolean;
	readonly roles: Roles;
	/** Asked last, in order, all of them; what one refuses nothing else allows. */
	readonly rules: readonly PolicyRule[];
	/** Rules as code, asked after those that are data. They cannot be stored: the policy of a mirror is without them. */
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
		roles: {},
		rules: [],
		custom_rules: [],
		...given
	};
}

/** `JurisdictionPolicy.default()` of the reference: everyone, everything. */
export const openPolicy = createPolicy({ allowed_actors: ['*'], allowed_tools: ['*'] });
/** `JurisdictionPolicy.strict()` of the reference: nobody, nothing. */
export const closedPolicy = createPolicy();

/** One thing that is asked about a request. */
export interface Question {
	/** The parts of the request that the answer hangs on. */
	readonly looksAt: () => readonly Part[];
	readonly violations: () => readonly string[];
}
/** What is asked beyond the reference's questions. */
export type MoreQuestions = (policy: JurisdictionPolicy, request: Submitted) => readonly Question[];

/**
 * Asks every question, whatever the ones before it said, and lists all that is violated in the order of the questions.
 * Several missing fields come in the order request_id, actor, intent, ts_ms, then by name.
 */
export function decide(
	policy: JurisdictionPolicy,
	request: Submitted,
	context: RuleContext,
	more?: MoreQuestions
): PolicyResult {
	const violations = questions(policy, request, context, { more }).flatMap((asked) => asked.violations());
	return { allowed: violations.length === 0, violations };
}

export interface Asking {
	readonly more?: MoreQuestions | undefined;
	/** The parts of the request that are not known, and stand in it as if there were none. */
	readonly lacking?: ReadonlySet<Part>;
}

const nothing: ReadonlySet<Part> = new Set();

/** All that a policy asks about a request, in order. */
export function questions(
	policy: JurisdictionPolicy,
	request: Submitted,
	context: RuleContext,
	{ more = () => [], lacking = nothing }: Asking = {}
): readonly Question[] {
	return [
		{ looksAt: nowhere, violations: () => missingFields(policy, request) },
		{ looksAt: nowhere, violations: () => strangerActor(policy, request) },
		{
			looksAt: () => (policy.allowed_tools.includes('*') ? [] : ['tool']),
			violations: () => strangerTool(policy, request)
		},
		{
			looksAt: () => (policy.require_tool_call ? ['tool'] : []),
			violations: () => missingCall(policy, request)
		},
		{
			looksAt: () => ['size'],
			violations: () => oversizedParams(policy, context.params ?? request.params ?? {})
		},
		{ looksAt: nowhere, violations: () => overlongIntent(policy, request) },
		{ looksAt: nowhere, violations: () => brokenCall(request) },
		...more(policy, request),
		...policy.rules.map((rule) => ({
			looksAt: () => lookedAt(rule, policy.roles, request, lacking),
			violations: () => answer(() => objection(rule, policy.roles, request, context))
		})),
		...policy.custom_rules.map((rule) => ({
			looksAt: everywhere,
			violations: () => answer(() => reasonOf(rule(request, context)))
		}))
	];
}

/** Only at what every ledger entry holds. */
const nowhere = (): readonly Part[] => [];
/** Somebody else's code may look at anything. */
const everywhere = (): readonly Part[] => [
	...(['tool', 'params', 'size', 'agreement'] as const),
	...(['evidence', 'constraints'] as const)
];

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

function shown(value: Json | undefined): string {
	return typeof value === 'string' ? value : canonicalJson(value ?? null);
}

function strangerActor({ allowed_actors, roles }: JurisdictionPolicy, { actor }: Submitted): string[] {
	return admits(allowed_actors, actor, roles) ? [] : [`Actor '${shown(actor)}' is not in allowed actors`];
}

function strangerTool(policy: JurisdictionPolicy, { tool_call }: Submitted): string[] {
	if (!isObject(tool_call) || admits(policy.allowed_tools, tool_call.name)) return [];
	return [`Tool '${shown(tool_call.name)}' is not in allowed tools`];
}

/** What a request without a tool call is told where one is required. */
export const callRequired = 'tool_call is required';

function missingCall(policy: JurisdictionPolicy, { tool_call = null }: Submitted): string[] {
	return policy.require_tool_call && tool_call === null ? [callRequired] : [];
}

function oversizedParams(policy: JurisdictionPolicy, params: Json): string[] {
	const text = tryCanonical(params);
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

/** A rule as code may answer with anything: what is not plainly allowed is refused. */
function reasonOf(result: RuleResult): string | null {
	const { allowed, reason = 'not allowed' }: { allowed: unknown; reason?: unknown } = result;
	return allowed === true ? null : String(reason);
}

/** A rule may be somebody else's: one that breaks must not open the gate. */
function answer(ask: () => string | null): string[] {
	try {
		const reason = ask();
		return reason === null ? [] : [reason];
	} catch (error) {
		const text = whyOf(error);
		return [`Custom rule error: ${text}`];
	}
}
