import { isObject, type Json, type JsonObject } from '#base/canonical.ts';

/** A named tool and what it is given. Under the mirror's rules omitted params are the request's. */
export type ToolCall = { readonly name: string; readonly params?: JsonObject };

/** KERNELS A1. `ts_ms` is the caller's time in milliseconds since 1970; entries carry the kernel's own. */
export type KernelRequest = {
	readonly request_id: string;
	readonly ts_ms: number;
	readonly actor: string;
	readonly intent: string;
	readonly tool_call?: ToolCall | null;
	readonly params?: JsonObject | null;
	readonly evidence?: string | readonly string[] | null;
	/** By the mirror's rules the same as `params.constraints`; the reference knows only those. */
	readonly constraints?: JsonObject | null;
};

/** A request as it arrives: any JSON may stand under any name until it was validated. */
export type Submitted = { readonly [Name in keyof KernelRequest]?: Json };

/** A request that passed validation, with what was omitted filled in. */
export interface ValidRequest {
	readonly request_id: string;
	readonly actor: string;
	readonly intent: string;
	readonly tool_call: Required<ToolCall> | null;
	readonly params: JsonObject;
	readonly evidence: Json;
}

/**
 * The request that a submitted one is, given that `validationErrors` found nothing in it. `omitted` are the params of a
 * call that names none.
 */
export function validRequest(submitted: Submitted, omitted: JsonObject): ValidRequest {
	return {
		request_id: String(submitted.request_id),
		actor: String(submitted.actor),
		intent: String(submitted.intent),
		tool_call: validCall(submitted.tool_call ?? null, omitted),
		params: isObject(submitted.params) ? submitted.params : {},
		evidence: submitted.evidence ?? null
	};
}

function validCall(call: Json, omitted: JsonObject): Required<ToolCall> | null {
	if (!isObject(call)) return null;
	return { name: String(call.name), params: isObject(call.params) ? call.params : omitted };
}
