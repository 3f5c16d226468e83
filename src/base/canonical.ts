import { err, failure, ok, type Failure, type Result } from '#base/result.ts';

/**
 * A whole number that was written with a fraction or an exponent: `1.0` and `1` are one number to JavaScript and two
 * different values to a hash. All other numbers are plain: `1` and `-7` are integers, `1.5`, `-0`, NaN and the infinities
 * can only be floats.
 */
export class Float {
	readonly value: number;

	constructor(value: number) {
		this.value = value;
	}
}

/** What JSON text can say, with nothing lost: integers of any size, and floats apart from integers. */
export type Json =
	null | boolean | number | bigint | string | Float | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** Deeper values are refused everywhere: no honest entry comes near it, and the stack is not an attacker's to spend. */
export const deepestJson = 500;

/** Whether a value is an object of JSON: not a list, not a number, not null. */
export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Float);
}

/**
 * The one text that a value is hashed as (KERNELS A5): keys in the order of their code points, no spaces, everything but
 * printable ASCII escaped, numbers as Python writes them. It is what `json.dumps(value, sort_keys=True,
 * separators=(',', ':'), ensure_ascii=True)` gives.
 *
 * @throws TypeError on what JSON cannot say (undefined, functions, cycles, more than 500 levels): a defect of the caller.
 * Where the value came from outside use `tryCanonical`.
 */
export function canonicalJson(value: Json): string {
	return write(value, deepestJson);
}

/** As `canonicalJson`, for values that may hold something JSON cannot say. */
export function tryCanonical(value: unknown): Result<string, Failure<'not_json'>> {
	try {
		return ok(write(value as Json, deepestJson));
	} catch (error) {
		if (error instanceof TypeError) return err(failure('not_json', error.message));
		throw error;
	}
}

function write(value: Json, room: number): string {
	switch (typeof value) {
		case 'string':
			return quote(value);
		case 'number':
		case 'bigint':
			return numberText(value);
		case 'boolean':
			return value ? 'true' : 'false';
		case 'object':
			break;
		default:
			throw new TypeError(`a ${typeof value} has no form in JSON`);
	}
	if (value === null) return 'null';
	if (value instanceof Float) return floatText(value.value);
	if (room === 0) throw new TypeError(`more than ${deepestJson} levels deep`);
	if (Array.isArray(value)) return `[${value.map((item: Json) => write(item, room - 1)).join(',')}]`;
	const object = value as JsonObject;
	const members = keysByCodePoint(object).map(
		(key) => `${quote(key)}:${write(object[key] as Json, room - 1)}`
	);
	return `{${members.join(',')}}`;
}

const printable = /^[ !#-[\]-~]*$/;

/** A JSON string of printable ASCII: short escapes where JSON has them, `\uXXXX` in lower case for all else, lone surrogates too. */
export function quote(text: string): string {
	if (printable.test(text)) return `"${text}"`;
	return JSON.stringify(text).replace(/[\x7f-\uffff]/g, escapeUnit);
}

function escapeUnit(unit: string): string {
	return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A number as Python writes it: plain whole numbers are integers, exact at any size; all others are floats. */
export function numberText(value: number | bigint | Float): string {
	if (typeof value === 'bigint') return value.toString();
	if (value instanceof Float) return floatText(value.value);
	if (!Number.isInteger(value) || Object.is(value, -0)) return floatText(value);
	return Number.isSafeInteger(value) ? String(value) : BigInt(value).toString();
}

/**
 * Python's `repr` of a float: the fewest digits that read back as the same number, always with a fraction or an exponent,
 * an exponent below 1e-4 and from 1e16 on, of two digits at least.
 */
function floatText(value: number): string {
	if (Number.isNaN(value)) return 'NaN';
	if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
	if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
	const size = Math.abs(value);
	if (size >= 1e16 || size < 1e-4) return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
	return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** JavaScript sorts by UTF-16 units, which puts U+1F600 before U+FF61; Python by code points, which does not. */
function keysByCodePoint(object: JsonObject): string[] {
	return Object.keys(object).sort(compareCodePoints);
}

function compareCodePoints(a: string, b: string): number {
	for (let at = 0; ;) {
		const left = a.codePointAt(at) ?? -1;
		const right = b.codePointAt(at) ?? -1;
		if (left !== right) return left - right;
		if (left === -1) return 0;
		at += left > 0xffff ? 2 : 1;
	}
}
