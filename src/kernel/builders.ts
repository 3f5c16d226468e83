import type { Json, JsonObject } from '#base/canonical.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import { createPolicy, type JurisdictionPolicy } from '#kernel/policy.ts';
import { readPolicy } from '#kernel/policy-file.ts';
import type { GivenRule } from '#kernel/policy-rule.ts';
import type { KernelRequest, ToolCall } from '#kernel/request.ts';
import { validationErrors } from '#kernel/validation.ts';

type GivenPolicy = Omit<JurisdictionPolicy, 'custom_rules' | 'rules'> & {
	readonly rules: readonly GivenRule[];
};

/** A policy that is put together step by step (KERNELS A9). Every step answers with a new builder; nobody is allowed at first. */
export class PolicyBuilder {
	readonly #given: GivenPolicy;

	constructor(given: Partial<GivenPolicy> = {}) {
		const { custom_rules: _none, ...defaults } = createPolicy();
		this.#given = { ...defaults, ...given };
	}

	/** Nobody yet; a tool call is required, and an intent has 500 characters at most. */
	static strict(): PolicyBuilder {
		return new PolicyBuilder({ require_tool_call: true, max_intent_length: 500 });
	}

	/** Everyone and everything, with an intent of 10,000 characters at most. */
	static permissive(): PolicyBuilder {
		const open = { allowed_actors: ['*'], allowed_tools: ['*'], allow_intent_only: true };
		return new PolicyBuilder({ ...open, max_intent_length: 10_000 });
	}

	allowActors(...names: readonly string[]): PolicyBuilder {
		return this.#with({ allowed_actors: joined(this.#given.allowed_actors, names) });
	}

	allowTools(...names: readonly string[]): PolicyBuilder {
		return this.#with({ allowed_tools: joined(this.#given.allowed_tools, names) });
	}

	requireToolCall(): PolicyBuilder {
		return this.#with({ require_tool_call: true });
	}

	/** Code points. */
	withMaxIntentLength(length: number): PolicyBuilder {
		return this.#with({ max_intent_length: length });
	}

	/** After the rules that are there. */
	withRule(rule: GivenRule): PolicyBuilder {
		return this.#with({ rules: [...this.#given.rules, rule] });
	}

	/** A role that there is gets these actors too. `allowActors('role:NAME')` lets it in. */
	withRole(name: string, ...actors: readonly string[]): PolicyBuilder {
		const { roles } = this.#given;
		const before = Object.hasOwn(roles, name) ? roles[name] : [];
		return this.#with({ roles: { ...roles, [name]: joined(before ?? [], actors) } });
	}

	/** The policy, or what in it cannot be used. */
	build(): Result<JurisdictionPolicy, Failure<'not_a_policy'>> {
		return readPolicy(this.#given);
	}

	#with(more: Partial<GivenPolicy>): PolicyBuilder {
		return new PolicyBuilder({ ...this.#given, ...more });
	}
}

function joined(list: readonly string[], more: readonly string[]): readonly string[] {
	return [...new Set([...list, ...more])];
}

/** A request that is put together step by step (KERNELS A9). Its id and time are the caller's: nothing here is random. */
export class RequestBuilder {
	readonly #given: Partial<KernelRequest>;

	constructor(given: Partial<KernelRequest> = {}) {
		this.#given = given;
	}

	withId(request_id: string): RequestBuilder {
		return this.#with({ request_id });
	}

	/** Milliseconds since 1970. */
	withTime(ts_ms: number): RequestBuilder {
		return this.#with({ ts_ms });
	}

	withActor(actor: string): RequestBuilder {
		return this.#with({ actor });
	}

	withIntent(intent: string): RequestBuilder {
		return this.#with({ intent });
	}

	/** Without params of its own a tool is given those of the request. */
	withTool(name: string, params?: JsonObject): RequestBuilder {
		const tool_call: ToolCall = params === undefined ? { name } : { name, params };
		return this.#with({ tool_call });
	}

	withParam(name: string, value: Json): RequestBuilder {
		return this.#with({ params: { ...this.#given.params, [name]: value } });
	}

	withEvidence(evidence: string | readonly string[]): RequestBuilder {
		return this.#with({ evidence });
	}

	/** The second channel of a dual-channel kernel: they stand among the params, so that the ledger's hash covers them. */
	withConstraints(constraints: JsonObject): RequestBuilder {
		return this.withParam('constraints', constraints);
	}

	/** The request, or what a kernel would find wrong with its structure. */
	build(): Result<KernelRequest, Failure<'not_a_request'>> {
		const { request_id = '', ts_ms, actor = '', intent = '', ...rest } = this.#given;
		const wrong = validationErrors({
			...rest,
			request_id,
			actor,
			intent,
			...(ts_ms === undefined ? {} : { ts_ms })
		});
		if (ts_ms === undefined || wrong.length > 0) return err(failure('not_a_request', wrong.join('; ')));
		return ok({ ...rest, request_id, ts_ms, actor, intent });
	}

	#with(more: Partial<KernelRequest>): RequestBuilder {
		return new RequestBuilder({ ...this.#given, ...more });
	}
}
