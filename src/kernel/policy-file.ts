import * as v from 'valibot';
import { isObject, type JsonObject } from '#base/canonical.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import { createPolicy, type JurisdictionPolicy } from '#kernel/policy.ts';
import { kernelStates } from '#kernel/states.ts';

const names = v.array(v.string());
const limit = v.pipe(v.number(), v.integer(), v.minValue(0));
const defaults = createPolicy();

/** A policy as files hold it: a missing field has its default, and empty allowed_states mean the default too. */
const policySchema = v.object({
	allowed_actors: v.optional(names, []),
	allowed_tools: v.optional(names, []),
	allowed_states: v.optional(v.array(v.picklist(kernelStates)), []),
	required_fields: v.optional(names, [...defaults.required_fields]),
	max_param_bytes: v.optional(limit, defaults.max_param_bytes),
	max_intent_length: v.optional(limit, defaults.max_intent_length),
	allow_intent_only: v.optional(v.boolean(), false),
	require_tool_call: v.optional(v.boolean(), false)
});

/** Reads a policy, or names what in it cannot be used. Unknown fields are ignored, as the reference does. */
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

/** The same policy always gives the same record, whatever the order of its lists. Custom rules are code and not in it. */
export function policyRecord(policy: JurisdictionPolicy): JsonObject {
	return {
		allowed_actors: [...policy.allowed_actors].sort(),
		allowed_tools: [...policy.allowed_tools].sort(),
		allowed_states: kernelStates.filter((state) => policy.allowed_states.includes(state)),
		required_fields: [...policy.required_fields].sort(),
		max_param_bytes: policy.max_param_bytes,
		max_intent_length: policy.max_intent_length,
		allow_intent_only: policy.allow_intent_only,
		require_tool_call: policy.require_tool_call
	};
}
