import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, deepestJson, Float, tryCanonical, type Json } from '#base/canonical.ts';
import { sha256Hex, textDigest } from '#base/hash.ts';
import { formatJson, parseJson } from '#base/json.ts';
import { hashInput, type EntryRecord } from '#kernel/ledger.ts';
import { json, vector } from './vectors.ts';

interface Hashing {
	readonly vectors: readonly {
		readonly category: string;
		readonly input_json: string;
		readonly serialized: string;
		readonly sha256: string;
	}[];
	readonly chain: readonly {
		readonly bundle: string;
		readonly entry: EntryRecord & { readonly prev_hash: string };
		readonly hash_input: string;
		readonly sha256: string;
		readonly sha256_v1_11: string;
		readonly sha256_spec_10: string;
	}[];
}

const digest = textDigest(sha256Hex);
const { vectors, chain } = vector<Hashing>('hashing.json');

/** Any value that JSON text can say, as the parser gives it. */
const anyJson = fc.letrec<{ value: Json }>((tie) => {
	const text = fc.string({
		unit: fc.oneof(
			fc.string({ minLength: 1, maxLength: 1 }),
			fc.constantFrom('\ud800', '\udc00', '\uff61', '😀', '\x7f', '"')
		)
	});
	const number = fc.oneof(
		fc.maxSafeInteger(),
		fc.bigInt({ min: 2n ** 53n, max: 2n ** 200n }),
		fc.double().map((value) => (Number.isInteger(value) && !Object.is(value, -0) ? new Float(value) : value))
	);
	const leaf = fc.oneof(fc.constantFrom(null, true, false), text, number);
	const list = fc.array(tie('value'), { maxLength: 4 });
	const object = fc.dictionary(fc.oneof(text, fc.constant('__proto__')), tie('value'), { maxKeys: 4 });
	return { value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, list, object) };
}).value;

describe('canonical JSON', () => {
	test.each(vectors)('$category: $input_json', ({ input_json, serialized, sha256 }) => {
		const text = canonicalJson(json(input_json));
		expect(text).toBe(serialized);
		expect(digest(text)).toBe(sha256);
	});

	test('is ASCII, and reads back as the value it was made of', () => {
		fc.assert(
			fc.property(anyJson, (value) => {
				const text = canonicalJson(value);
				expect(text).toMatch(/^[ -~]*$/);
				expect(canonicalJson(json(text))).toBe(text);
				expect(canonicalJson(json(formatJson(value)))).toBe(text);
				expect(canonicalJson(json(formatJson(value, 2)))).toBe(text);
			})
		);
	});

	test('does not depend on the order in which keys were set', () => {
		fc.assert(
			fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.integer()), (object) => {
				const reversed = Object.fromEntries(Object.entries(object).reverse());
				expect(canonicalJson(reversed)).toBe(canonicalJson(object));
			})
		);
	});

	test('orders keys by code point', () => {
		fc.assert(
			fc.property(fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1 })), (keys) => {
				const points = (key: string): string =>
					Array.from(key, (character) => (character.codePointAt(0) ?? 0).toString(16).padStart(6, '0')).join(
						''
					);
				const sorted = [...keys].sort((a, b) => (points(a) < points(b) ? -1 : 1));
				const written = formatJson(
					json(canonicalJson(Object.fromEntries(keys.map((key) => [`:${key}`, 1]))))
				);
				const expected = formatJson(Object.fromEntries(sorted.map((key) => [`:${key}`, 1])));
				expect(written).toBe(expected);
			})
		);
	});

	test('writes plain JavaScript numbers as Python would: whole ones are integers', () => {
		const numbers = [1, -0, 1.5, 1e15, 1e21, 2 ** 53, 1e-4, 1e-5, 12345678901234567000, new Float(1e22), NaN];
		expect(canonicalJson(numbers)).toBe(
			'[1,-0.0,1.5,1000000000000000,1000000000000000000000,9007199254740992,0.0001,1e-05,12345678901234567168,1e+22,NaN]'
		);
	});

	test('refuses what JSON cannot say', () => {
		const cycle: unknown[] = [];
		cycle.push(cycle);
		for (const value of [undefined, () => 1, Symbol('x'), { a: undefined }, cycle]) {
			expect(tryCanonical(value)).toMatchObject({ ok: false, error: { code: 'not_json' } });
		}
		expect(() => canonicalJson({ a: undefined } as unknown as Json)).toThrow(TypeError);
	});
});

describe('reading JSON', () => {
	test('keeps what JSON.parse loses', () => {
		expect(json('[1, 1.0, 9007199254740993, -0, -0.0, 1e400]')).toEqual([
			1,
			new Float(1),
			9007199254740993n,
			0,
			-0,
			Infinity
		]);
		const object = json<Record<string, Json>>('{"__proto__": {"polluted": true}, "a": 1, "a": 2}');
		expect(Object.keys(object)).toEqual(['__proto__', 'a']);
		expect(object).toMatchObject({ a: 2 });
		expect('polluted' in object).toBe(false);
	});

	test('agrees with JSON.parse about what is JSON', () => {
		fc.assert(
			fc.property(
				fc.array(fc.constantFrom(...'{}[],:"\\ut019.eE-+ \n truefalsn\x01'), { maxLength: 12 }),
				(parts) => {
					const text = parts.join('');
					expect(parseJson(text).ok).toBe(isJson(text));
				}
			),
			{ numRuns: 3000 }
		);
	});

	test('names the place of the first mistake', () => {
		expect(parseJson('{"a": [1, 2}')).toMatchObject({
			error: { code: 'not_json', message: 'expected "," or "]" at character 11' }
		});
	});

	test('is bounded in depth and in digits', () => {
		expect(parseJson('['.repeat(deepestJson) + ']'.repeat(deepestJson)).ok).toBe(true);
		expect(parseJson('['.repeat(1_000_000))).toMatchObject({ error: { code: 'too_deep' } });
		expect(parseJson('9'.repeat(4300)).ok).toBe(true);
		expect(parseJson('9'.repeat(4301))).toMatchObject({ error: { code: 'too_large' } });
	});
});

function isJson(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}

describe('the hash of an entry', () => {
	test.each(chain)(
		'$bundle, entry $entry.ledger_seq',
		({ entry, hash_input, sha256, sha256_v1_11, sha256_spec_10 }) => {
			const hash = (profile: 'v3-19' | 'v1-11' | 'spec-10'): string =>
				digest(hashInput(entry.prev_hash, entry, profile));
			expect(hashInput(entry.prev_hash, entry)).toBe(hash_input);
			expect([hash('v3-19'), hash('v1-11'), hash('spec-10')]).toEqual([sha256, sha256_v1_11, sha256_spec_10]);
		}
	);
});
