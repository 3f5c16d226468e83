import { Float, type Json } from '#base/canonical.ts';
import type { ParamPattern } from '#kernel/policy-rule.ts';
import { codePoints } from '#kernel/python.ts';

/** Whether a value is as a pattern says; null where it is of a kind that the pattern says nothing about. */
export function matches(pattern: ParamPattern, value: Json): boolean | null {
	const number = numberOf(value);
	switch (pattern.kind) {
		case 'values':
			if (typeof value === 'object' && number === null) return null;
			return pattern.values.some((one) => one === (number ?? value));
		case 'range':
			if (number === null) return null;
			return number >= (pattern.min ?? -Infinity) && number <= (pattern.max ?? Infinity);
		case 'prefix':
			return typeof value === 'string' ? value.startsWith(pattern.prefix) : null;
		case 'glob':
			return typeof value === 'string' ? matchesGlob(pattern.glob, value) : null;
		case 'length':
			return typeof value === 'string' ? codePoints(value) <= pattern.max_length : null;
	}
}

/** 1 and 1.0 are one number here, however they are hashed. */
function numberOf(value: Json): number | null {
	if (value instanceof Float) return value.value;
	return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : null;
}

/** In linear time: each piece is looked for once, after the one before it. */
function matchesGlob(glob: string, text: string): boolean {
	const pieces = glob.split('*');
	const [first = ''] = pieces;
	const last = pieces.at(-1) ?? '';
	if (pieces.length === 1) return text === glob;
	if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length)
		return false;
	let at = first.length;
	for (const piece of pieces.slice(1, -1)) {
		const found = text.indexOf(piece, at);
		if (found === -1) return false;
		at = found + piece.length;
	}
	return at <= text.length - last.length;
}
