import { deepestJson, Float, isObject, numberText, quote, type Json } from '#base/canonical.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';

/** `not_json`: the text breaks a rule of JSON; `too_deep` and `too_large`: it passes a bound. */
export type JsonFailure = Failure<'not_json' | 'too_deep' | 'too_large'>;

/** Longest text that is read, in UTF-16 units: what a ledger of some 300,000 entries takes. */
export const longestJson = 256 * 1024 * 1024;
/** Most digits of one integer: Python's own bound, since conversion takes more than linear time. */
const mostDigits = 4300;

/**
 * Reads JSON text and loses nothing: integers are exact at any size, `1.0` stays apart from `1`, lone surrogates and a key
 * named `__proto__` survive. As Python does it takes NaN, Infinity and -Infinity, and the last of equal keys wins.
 * (lossless-json refuses the three literals and recurses without a bound, so it cannot read what the reference writes.)
 */
export function parseJson(text: string): Result<Json, JsonFailure> {
	if (text.length > longestJson) return err(failure('too_large', `longer than ${longestJson} characters`));
	try {
		return ok(new Reader(text).document());
	} catch (error) {
		if (error instanceof Fault) return err(failure(error.code, error.message));
		throw error;
	}
}

/**
 * JSON text in the given order of keys, ASCII only so that lone surrogates survive an encoding, with `indent` spaces for
 * each level (none: one line). `parseJson` reads back an equal value.
 */
export function formatJson(value: Json, indent = 0): string {
	return format(value, indent === 0 ? null : ' '.repeat(indent), '');
}

function format(value: Json, step: string | null, margin: string): string {
	if (typeof value === 'string') return quote(value);
	if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Float)
		return numberText(value);
	if (value === null || typeof value === 'boolean') return String(value);
	const inner = step === null ? '' : margin + step;
	const colon = step === null ? ':' : ': ';
	const items = isObject(value)
		? Object.entries(value).map(([key, member]) => quote(key) + colon + format(member, step, inner))
		: value.map((item) => format(item, step, inner));
	const [open, close] = isObject(value) ? '{}' : '[]';
	if (items.length === 0) return `${open}${close}`;
	if (step === null) return `${open}${items.join(',')}${close}`;
	return `${open}\n${inner}${items.join(`,\n${inner}`)}\n${margin}${close}`;
}

/** Leaves the reader at the first wrong character; never leaves this file. */
class Fault extends Error {
	readonly code: JsonFailure['code'];

	constructor(code: JsonFailure['code'], message: string) {
		super(message);
		this.code = code;
	}
}

const space = /[ \t\n\r]*/y;
const number = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const word = /null|true|false|NaN|-?Infinity/y;
/** JSON forbids control characters inside a string; they must be escaped. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const plain = /[^"\\\u0000-\u001f]*/y;
const escape = /\\(?:(["\\/bfnrt])|u([0-9a-fA-F]{4}))/y;

const words: Readonly<Record<string, Json>> = {
	null: null,
	true: true,
	false: false,
	NaN: NaN,
	Infinity: Infinity,
	'-Infinity': -Infinity
};
const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

class Reader {
	readonly #text: string;
	#at = 0;
	#room = deepestJson;

	constructor(text: string) {
		this.#text = text;
	}

	document(): Json {
		const value = this.#value();
		this.#take(space);
		if (this.#at < this.#text.length) this.#fail('one value, and no more');
		return value;
	}

	#value(): Json {
		this.#take(space);
		switch (this.#text[this.#at]) {
			case '{':
				return this.#nested(() => this.#object());
			case '[':
				return this.#nested(() => this.#list());
			case '"':
				return this.#string();
			default:
				return this.#number() ?? this.#word();
		}
	}

	#nested<T>(read: () => T): T {
		if (this.#room-- === 0) throw new Fault('too_deep', `more than ${deepestJson} levels deep`);
		this.#at++;
		const value = read();
		this.#room++;
		return value;
	}

	#object(): Json {
		const object: Record<string, Json> = {};
		if (this.#next('}')) return object;
		do {
			this.#take(space);
			if (this.#text[this.#at] !== '"') this.#fail('a key in double quotes');
			const key = this.#string();
			if (!this.#next(':')) this.#fail('":" after a key');
			put(object, key, this.#value());
		} while (this.#next(','));
		if (!this.#next('}')) this.#fail('"," or "}"');
		return object;
	}

	#list(): Json {
		const list: Json[] = [];
		if (this.#next(']')) return list;
		do list.push(this.#value());
		while (this.#next(','));
		if (!this.#next(']')) this.#fail('"," or "]"');
		return list;
	}

	#string(): string {
		this.#at++;
		let text = this.#take(plain)?.[0] ?? '';
		while (this.#text[this.#at] !== '"') {
			const found = this.#take(escape);
			if (found === null) this.#fail('the end of a text, or a character that may stand in one');
			const [, short, hex] = found;
			text += hex === undefined ? (escapes[short ?? ''] ?? short) : String.fromCharCode(parseInt(hex, 16));
			text += this.#take(plain)?.[0] ?? '';
		}
		this.#at++;
		return text;
	}

	#number(): Json | undefined {
		const found = this.#take(number);
		if (found === null) return undefined;
		const [digits, fraction, exponent] = found;
		if (fraction === undefined && exponent === undefined) return this.#integer(digits);
		const value = Number(digits);
		return Number.isInteger(value) && !Object.is(value, -0) ? new Float(value) : value;
	}

	#integer(digits: string): number | bigint {
		if (digits.length <= 15) return Number(digits) + 0;
		if (digits.length > mostDigits)
			throw new Fault('too_large', `an integer of more than ${mostDigits} digits`);
		const exact = BigInt(digits);
		return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
	}

	#word(): Json {
		const found = this.#take(word);
		if (found === null) this.#fail('a value');
		return words[found[0]] as Json;
	}

	/** Takes one character, with the space before it, if it is the given one. */
	#next(character: string): boolean {
		this.#take(space);
		if (this.#text[this.#at] !== character) return false;
		this.#at++;
		return true;
	}

	#take(pattern: RegExp): RegExpExecArray | null {
		pattern.lastIndex = this.#at;
		const found = pattern.exec(this.#text);
		if (found !== null) this.#at = pattern.lastIndex;
		return found;
	}

	#fail(wanted: string): never {
		throw new Fault('not_json', `expected ${wanted} at character ${this.#at}`);
	}
}

/** A plain assignment to `__proto__` would change the object instead of its content. */
function put(object: Record<string, Json>, key: string, value: Json): void {
	if (key !== '__proto__') object[key] = value;
	else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}
