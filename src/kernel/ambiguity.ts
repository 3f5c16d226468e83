import { isObject } from '#base/canonical.ts';
import { codePoints, isBlank, isFalsy } from '#kernel/python.ts';
import type { Submitted } from '#kernel/request.ts';

/** Relaxed looks past a tool call without a name. */
export type AmbiguityMode = 'strict' | 'relaxed';

export interface AmbiguityLimits {
	readonly mode: AmbiguityMode;
	/** Longest intent, in code points. */
	readonly max_intent_length: number;
}

/** What in a request could mean more than one thing (KERNELS A3), in fixed order; empty when nothing could. */
export function ambiguities(request: Submitted, limits: AmbiguityLimits): string[] {
	const { intent, tool_call, params = null } = request;
	const found: string[] = [];
	if (isFalsy(intent) || (typeof intent === 'string' && isBlank(intent)))
		found.push('Empty intent is ambiguous');
	if (typeof intent === 'string' && codePoints(intent) > limits.max_intent_length)
		found.push(`Intent exceeds maximum length of ${limits.max_intent_length}`);
	if (limits.mode === 'strict' && isObject(tool_call) && isFalsy(tool_call.name))
		found.push('Tool call with empty name is ambiguous');
	if (params !== null && !isObject(params)) found.push('Params must be a dictionary');
	return found;
}
