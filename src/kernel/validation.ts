import { Float, isObject, type Json } from '#base/canonical.ts';
import { isFalsy, isInteger } from '#kernel/python.ts';
import type { Submitted } from '#kernel/request.ts';

/**
 * The reference takes a tool call as an object of its own class or as a plain dictionary, and words its messages
 * accordingly. Requests that reach a kernel carry the former.
 */
export type CallForm = 'object' | 'dictionary';

/** What is wrong with the structure of a request (KERNELS A3), in fixed order; empty when nothing is. */
export function validationErrors(request: Submitted, form: CallForm = 'object'): string[] {
	return [
		...textErrors('request_id', request.request_id),
		...timeErrors(request.ts_ms ?? null),
		...textErrors('actor', request.actor),
		...intentErrors(request.intent ?? null),
		...paramsErrors(request.params ?? null),
		...callErrors(request.tool_call ?? null, form)
	];
}

function textErrors(name: string, value: Json | undefined): string[] {
	if (isFalsy(value)) return [`${name} is required`];
	return typeof value === 'string' ? [] : [`${name} must be a string`];
}

function timeErrors(value: Json): string[] {
	if (value === null) return ['ts_ms is required'];
	if (value instanceof Float || !isInteger(value)) return ['ts_ms must be an integer'];
	return Number(value) < 0 ? ['ts_ms must be non-negative'] : [];
}

/** An empty intent passes here: whether it says enough is the question of ambiguity. */
function intentErrors(value: Json): string[] {
	if (value === null) return ['intent is required'];
	return typeof value === 'string' ? [] : ['intent must be a string'];
}

function paramsErrors(value: Json): string[] {
	return value === null || isObject(value) ? [] : ['params must be a dictionary'];
}

function callErrors(call: Json, form: CallForm): string[] {
	if (call === null) return [];
	if (!isObject(call)) return ['tool_call must be a dictionary'];
	return form === 'object' ? textErrors('tool_call.name', call.name) : dictionaryErrors(call);
}

function dictionaryErrors(call: { readonly [key: string]: Json }): string[] {
	const errors: string[] = [];
	if (!Object.hasOwn(call, 'name')) errors.push('tool_call.name is required');
	else if (typeof call.name !== 'string') errors.push('tool_call.name must be a string');
	else if (call.name === '') errors.push('tool_call.name cannot be empty');
	if (Object.hasOwn(call, 'params') && !isObject(call.params))
		errors.push('tool_call.params must be a dictionary');
	return errors;
}
