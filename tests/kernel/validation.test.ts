import { describe, expect, test } from 'vitest';
import { ambiguities } from '#kernel/ambiguity.ts';
import type { Submitted } from '#kernel/request.ts';
import { validationErrors } from '#kernel/validation.ts';
import { vector } from './vectors.ts';

type Ambiguities = readonly string[] | { readonly raises: string };
interface Validation {
	readonly request: Submitted;
	readonly tool_call_passed_as_dict?: boolean;
	readonly validation_errors: readonly string[];
	readonly ambiguity_strict_4096: Ambiguities;
	readonly ambiguity_relaxed_8192: Ambiguities;
}

const cases = vector<{ vectors: readonly Validation[] }>('validation.json').vectors.map((told, at) => ({
	at,
	...told
}));

/** Where the reference breaks on an intent that is not text, validation has refused the request already. */
function expected(told: Ambiguities): readonly string[] {
	return 'raises' in told ? [] : told;
}

describe.each(cases)('request $at', ({ request, tool_call_passed_as_dict, ...told }) => {
	test('is valid or not, with the reasons of the reference', () => {
		const form = tool_call_passed_as_dict === true ? 'dictionary' : 'object';
		expect(validationErrors(request, form)).toEqual(told.validation_errors);
	});

	test('is ambiguous or not, with the reasons of the reference', () => {
		expect(ambiguities(request, { mode: 'strict', max_intent_length: 4096 })).toEqual(
			expected(told.ambiguity_strict_4096)
		);
		expect(ambiguities(request, { mode: 'relaxed', max_intent_length: 8192 })).toEqual(
			expected(told.ambiguity_relaxed_8192)
		);
	});
});

test('a tool call that is no object is not valid in any form', () => {
	const request = { request_id: 'r', ts_ms: 1, actor: 'a', intent: 'do', tool_call: 'echo' };
	expect(validationErrors(request)).toEqual(['tool_call must be a dictionary']);
	expect(validationErrors(request, 'dictionary')).toEqual(['tool_call must be a dictionary']);
});

test('blank is what Python strips', () => {
	const limits = { mode: 'strict', max_intent_length: 10 } as const;
	const isEmpty = (intent: string): boolean => ambiguities({ intent }, limits).length > 0;
	const blank = '\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000';
	expect([...blank].filter((character) => !isEmpty(character))).toEqual([]);
	expect([...'\ufeff\u200b\u180e\u2060a'].filter(isEmpty)).toEqual([]);
});

test('length is counted in code points, and a lone surrogate is one', () => {
	const limits = { mode: 'strict', max_intent_length: 4 } as const;
	expect(ambiguities({ intent: '😀😀😀😀' }, limits)).toEqual([]);
	expect(ambiguities({ intent: '\ud800😀\udc00x' }, limits)).toEqual([]);
	expect(ambiguities({ intent: '😀😀😀😀😀' }, limits)).toEqual(['Intent exceeds maximum length of 4']);
});
