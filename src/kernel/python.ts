import { canonicalJson, Float, type Json } from '#base/canonical.ts';

/**
 * The reference is written in Python, and its decisions lean on what Python means by "empty", "blank" and "long". Where
 * JavaScript means something else, the Python meaning stands here.
 */

/** What Python counts as false: null, false, zero, and everything that is empty. A missing value counts as null. */
export function isFalsy(value: Json | undefined): boolean {
	if (value instanceof Float) return value.value === 0;
	if (Array.isArray(value)) return value.length === 0;
	if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
	return (
		value === undefined || value === null || value === false || value === '' || value === 0 || value === 0n
	);
}

/** Whether `str.strip()` leaves nothing: U+001C to U+001F and U+0085 are blank, U+FEFF and U+200B are not. */
export function isBlank(text: string): boolean {
	// eslint-disable-next-line no-control-regex -- Python counts these control characters as blank
	return /^[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$/.test(text);
}

/** `len(str)`: code points, where a lone surrogate is one. */
export function codePoints(text: string): number {
	let count = text.length;
	for (let at = 0; at < text.length - 1; at++) {
		if ((text.codePointAt(at) ?? 0) > 0xffff) {
			count--;
			at++;
		}
	}
	return count;
}

/** An integer by type: booleans pass, `1.0` does not. */
export function isInteger(value: Json): value is number | bigint | boolean {
	if (typeof value === 'number') return Number.isInteger(value) && !Object.is(value, -0);
	return typeof value === 'bigint' || typeof value === 'boolean';
}

/** A hash as messages show it: its first 16 code points. */
export function abbreviate(text: string): string {
	return Array.from(text.slice(0, 32)).slice(0, 16).join('');
}

/** What a value is as text in a message: null is `None`, a missing one is empty, other values have their JSON form. */
export function asText(value: Json | undefined): string {
	if (typeof value === 'string') return value;
	if (value === undefined) return '';
	return value === null ? 'None' : canonicalJson(value);
}

/** The name of a value's type, as Python's own messages give it. */
export function typeName(value: Json): string {
	if (value === null) return 'NoneType';
	if (typeof value === 'string') return 'str';
	if (typeof value === 'boolean') return 'bool';
	if (Array.isArray(value)) return 'list';
	if (isInteger(value)) return 'int';
	return typeof value === 'number' || value instanceof Float ? 'float' : 'dict';
}
