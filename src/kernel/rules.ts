import { whyOf } from '#base/result.ts';
import { isObject, tryCanonical, type Json, type JsonObject } from '#base/canonical.ts';
import type { KernelConfig } from '#kernel/config.ts';
import {
	permitObjections,
	referenceObjections,
	type PermitContext,
	type PermitToken
} from '#kernel/permit.ts';
import type { JurisdictionPolicy, MoreQuestions, Question } from '#kernel/policy.ts';
import { evidenceFirst } from '#kernel/evidence-first.ts';
import { typeName } from '#kernel/python.ts';
import type { Submitted, ToolCall } from '#kernel/request.ts';
import type { Variant } from '#kernel/variant.ts';
import type { KernelState } from '#kernel/states.ts';

/**
 * What came of running a tool. `params` is what it did, known only now: `params_hash` covers it together with what was
 * asked for, which it can add to and not replace.
 */
export type Outcome =
	| { readonly ok: true; readonly result?: Json; readonly params?: JsonObject }
	| { readonly ok: false; readonly error: string };
export type RunTool = (call: Required<ToolCall>) => Outcome;

/**
 * Where the reference's behaviour and ours differ (KERNELS A12). `reference` keeps its defects, so that its scenarios
 * replay to the byte; the app runs only `mirror`. Whatever the rules, the entries have one format.
 */
export interface Rules<Text> {
	/** What an entry and a receipt hold for a submitted id, actor or intent. */
	recorded(value: Json | undefined): Text;
	/** What a request means: the one that all of its parts are asked of. */
	read(request: Submitted): Submitted;
	/** What is wrong with a request beyond what the reference sees. */
	objections(request: Submitted): string[];
	/** What a tool is given whose call names no params. */
	omittedParams(request: Submitted): JsonObject;
	/** The policy that a kernel enforces. @throws TypeError on a configuration that it could not honour. */
	enforced(config: KernelConfig, policy: JurisdictionPolicy): JurisdictionPolicy;
	/** What is asked about a request beyond what the reference asks. */
	readonly questions: MoreQuestions;
	/** What a variant wants and a valid request lacks. @throws TypeError where the reference breaks over it. */
	unmet(variant: Variant, request: Submitted): string[];
	/** Why a permit does not allow a request. */
	unpermitted(permit: PermitToken, context: PermitContext): string[];
	/** Whether what comes after a permit that was found right says which it was, and a use is counted where it ran. */
	readonly permitsAre: 'forgotten' | 'written down';
	/** Results by request id that answer later calls; null where a call is always run. */
	memory(): Map<Json, Outcome> | null;
	run(run: RunTool, call: Required<ToolCall>): Outcome;
	/** What came of a tool as it is written down. */
	settled(outcome: Outcome): Outcome;
}

export const reference: Rules<Json> = {
	recorded: (value) => value ?? null,
	read: (request) => request,
	objections: () => [],
	omittedParams: () => ({}),
	enforced: (_config, policy) => policy,
	questions: () => [],
	unmet(variant, request) {
		const { evidence = null } = request;
		// A kernel of it that was given a list stays in ARBITRATING for good.
		if (variant === evidenceFirst && evidence !== null && typeof evidence !== 'string')
			throw new TypeError(`'${typeName(evidence)}' object has no attribute 'strip'`);
		return variant.unmet(request);
	},
	unpermitted: referenceObjections,
	permitsAre: 'forgotten',
	memory: () => new Map(),
	run: (run, call) => run(call),
	settled: (outcome) => outcome
};

export const mirror: Rules<string> = {
	recorded: (value) => (typeof value === 'string' ? value : inWords(value)),
	read: withConstraints,
	objections: (request) => [
		...constraintsObjections(request),
		...paramsObjections(request),
		...evidenceObjections(request)
	],
	omittedParams: ({ params }) => (isObject(params) ? params : {}),
	enforced(config, policy) {
		if (!config.require_audit)
			throw new TypeError('require_audit cannot be off: every decision has its entry');
		if (config.hash_alg !== 'sha256') throw new TypeError(`hash_alg ${config.hash_alg} is not sha256`);
		return sealed({
			...policy,
			max_param_bytes: Math.min(policy.max_param_bytes, config.max_param_bytes)
		});
	},
	questions: (policy, request) => [onlyStates(policy, request), onlyIntent(policy, request)],
	unmet: (variant, request) => variant.unmet(request),
	unpermitted: permitObjections,
	permitsAre: 'written down',
	memory: () => null,
	run(run, call) {
		try {
			return run(call);
		} catch (error) {
			return { ok: false, error: whyOf(error) };
		}
	},
	settled(outcome) {
		try {
			return sound(outcome);
		} catch (error) {
			return { ok: false, error: whyOf(error) };
		}
	}
};

/** A copy that nobody can change: a policy is another one under another kernel only, and its ledger says so. */
function sealed({ custom_rules, ...data }: JurisdictionPolicy): JurisdictionPolicy {
	return Object.freeze({ ...frozen(structuredClone(data)), custom_rules: Object.freeze([...custom_rules]) });
}

function frozen<T>(value: T): T {
	if (typeof value !== 'object' || value === null) return value;
	Object.values(value).forEach(frozen);
	return Object.freeze(value);
}

/** An id, actor or intent that is no text and so is refused, as text. */
function inWords(value: Json | undefined): string {
	const written = tryCanonical(value ?? null);
	return written.ok ? written.value : '(not JSON)';
}

/** A tool may answer with anything. What has no form in JSON could not be answered, kept, nor hashed. */
function sound(given: Outcome): Outcome {
	const outcome: unknown = given;
	if (!isObject(outcome) || typeof outcome['ok'] !== 'boolean')
		return { ok: false, error: 'The tool did not say what came of it' };
	if (!given.ok) return { ok: false, error: String(given.error) };
	const { result = null, params = {} } = given;
	const [answered, done] = [tryCanonical(result), tryCanonical(params)];
	if (!answered.ok) return { ok: false, error: `Result is not JSON: ${answered.error.message}` };
	if (!done.ok) return { ok: false, error: `What it did is not JSON: ${done.error.message}` };
	if (!isObject(params)) return { ok: false, error: 'What it did is not a dictionary' };
	// A copy: what was looked at could look different the next time.
	return { ok: true, result, params };
}

/**
 * Constraints beside the params are constraints in them (KERNELS A6), so that the hash of the params covers them. A call that
 * is given the request's params is given them too.
 */
function withConstraints(request: Submitted): Submitted {
	const { constraints = null, params = null, tool_call = null } = request;
	if (constraints === null || (params !== null && !isObject(params)) || isContradicted(request))
		return request;
	const read: Submitted = { ...request, params: { ...params, constraints } };
	if (!isObject(tool_call) || !isObject(tool_call.params) || 'constraints' in tool_call.params) return read;
	return { ...read, tool_call: { ...tool_call, params: { ...tool_call.params, constraints } } };
}

function isContradicted({ constraints = null, params }: Submitted): boolean {
	if (constraints === null || !isObject(params) || !Object.hasOwn(params, 'constraints')) return false;
	const [beside, within] = [tryCanonical(constraints), tryCanonical(params['constraints'] ?? null)];
	return !beside.ok || !within.ok || beside.value !== within.value;
}

function constraintsObjections(request: Submitted): string[] {
	return isContradicted(request) ? ['constraints must equal params.constraints'] : [];
}

/** The ledger holds a hash of a request's params only: a tool that ran on other ones would leave no trace of them. */
function paramsObjections({ params, tool_call }: Submitted): string[] {
	const own = tryCanonical(params ?? {});
	if (!own.ok) return [`params must be JSON: ${own.error.message}`];
	if (!isObject(tool_call) || !('params' in tool_call) || tool_call.params === params) return [];
	if (!isObject(tool_call.params)) return ['tool_call.params must be a dictionary'];
	const called = tryCanonical(tool_call.params);
	return called.ok && called.value === own.value ? [] : ['tool_call.params must equal params'];
}

function evidenceObjections({ evidence = null }: Submitted): string[] {
	const isText = (value: Json): boolean => typeof value === 'string';
	if (evidence === null || isText(evidence) || (Array.isArray(evidence) && evidence.every(isText))) return [];
	return ['evidence must be a string or a list of strings'];
}

/** A request passes through states, and a policy that leaves one out lets none pass that needs it. */
function onlyStates({ allowed_states }: JurisdictionPolicy, { tool_call = null }: Submitted): Question {
	const path: KernelState[] = ['IDLE', 'VALIDATING', 'ARBITRATING', 'EXECUTING', 'AUDITING'];
	const closed = path
		.filter((state) => state !== 'EXECUTING' || tool_call !== null)
		.filter((state) => !allowed_states.includes(state));
	return {
		looksAt: () => (allowed_states.includes('EXECUTING') ? [] : ['tool']),
		violations: () => closed.map((state) => `State '${state}' is not in allowed states`)
	};
}

/** What a request without a tool call is told where none may only intend. */
export const callMissing = 'A request without a tool call is not allowed';

/** What `require_tool_call` refuses it has refused already. */
function onlyIntent(policy: JurisdictionPolicy, { tool_call = null }: Submitted): Question {
	const isRefused = !policy.allow_intent_only && !policy.require_tool_call;
	return {
		looksAt: () => (isRefused ? ['tool'] : []),
		violations: () => (isRefused && tool_call === null ? [callMissing] : [])
	};
}
