import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#base/canonical.ts';
import { sha256Hex, textDigest } from '#base/hash.ts';
import { formatJson } from '#base/json.ts';
import { exportEvidence, readEvidence, verifyEvidence } from '#kernel/evidence.ts';
import { genesis, hashInput, hashProfiles, type EntryRecord } from '#kernel/ledger.ts';
import { Replay, type Claims, type Verification } from '#kernel/replay.ts';
import { ledger } from './make.ts';
import { json, vector } from './vectors.ts';

const digest = textDigest(sha256Hex);

function verify(entries: readonly Json[], claims: Claims = {}): Verification {
	const replay = new Replay({ sha256: sha256Hex });
	replay.push(entries);
	return replay.finish(claims);
}

const { entries, head } = ledger(9);
const permits = vector<{ ledger_entries: readonly EntryRecord[] }>('bundles/17-permits.json').ledger_entries;
const kernel_id = 'kernel-test';
const stored = { kernel_id, variant: 'strict', size: entries.length, root: head.last_hash };
const claims = { kernel_id, variant: 'strict', root_hash: head.last_hash, entry_count: entries.length };

/** A copy of a ledger in which one field of one entry is another. */
function withField(good: readonly EntryRecord[], at: number, field: string, value: Json): EntryRecord[] {
	return good.map((entry, place) => (place === at ? { ...entry, [field]: value } : entry));
}

/** A chain over the same entries whose hashes are all right. */
function rehashed(altered: readonly EntryRecord[]): EntryRecord[] {
	let prev_hash = genesis;
	return altered.map((entry) => {
		const entry_hash = digest(hashInput(prev_hash, entry));
		const linked = { ...entry, prev_hash, entry_hash };
		prev_hash = entry_hash;
		return linked;
	});
}

/** Another value of the same kind: one byte of a text is changed, whichever it is. */
function changed(value: Json, byte: number, to: number): Json {
	if (typeof value === 'number') return value + 1 + byte;
	if (typeof value !== 'string' || value === '') return String.fromCharCode(to);
	const at = byte % value.length;
	const code = value.charCodeAt(at) === to ? to + 1 : to;
	return value.slice(0, at) + String.fromCharCode(code) + value.slice(at + 1);
}

const anyChange = fc.tuple(fc.nat(), fc.nat(200), fc.integer({ min: 32, max: 125 }));

describe('any changed byte', () => {
	test.each([...hashProfiles['v3-19']])(
		'of %s is found by the hash of its entry, and by nothing else',
		(field) => {
			fc.assert(
				fc.property(
					fc.constantFrom<readonly EntryRecord[]>(entries, permits),
					anyChange,
					(good, [place, byte, to]) => {
						const at = place % good.length;
						const value = good[at]?.[field] ?? null;
						const found = verify(withField(good, at, field, changed(value, byte, to)));
						expect(found.errors).toEqual([expect.stringMatching(`^Entry ${at}: entry_hash mismatch\\.`)]);
						expect(found.structural).toEqual([]);
					}
				),
				{ numRuns: 40 }
			);
		}
	);

	test('of prev_hash is found by the link', () => {
		fc.assert(
			fc.property(anyChange, ([place, byte, to]) => {
				const at = place % entries.length;
				const value = changed(entries[at]?.prev_hash ?? '', byte, to);
				const { errors, structural } = verify(withField(entries, at, 'prev_hash', value));
				expect(errors).toEqual([expect.stringMatching(`^Entry ${at}: prev_hash mismatch\\.`)]);
				expect(structural).toEqual([]);
			})
		);
	});

	test('of entry_hash is found by its entry and by the link after it', () => {
		fc.assert(
			fc.property(anyChange, ([place, byte, to]) => {
				const at = place % (entries.length - 1);
				const value = changed(entries[at]?.entry_hash ?? '', byte, to);
				const { errors } = verify(withField(entries, at, 'entry_hash', value));
				expect(errors).toEqual([
					expect.stringMatching(`^Entry ${at}: entry_hash mismatch\\.`),
					expect.stringMatching(`^Entry ${at + 1}: prev_hash mismatch\\.`),
					expect.stringMatching(`^Entry ${at + 1}: entry_hash mismatch\\.`)
				]);
			})
		);
	});

	test('of ledger_seq is found by the sequence', () => {
		fc.assert(
			fc.property(
				fc.nat(entries.length - 1),
				fc.oneof(fc.integer(), fc.constantFrom(null, '0', true)),
				(at, value) => {
					fc.pre(value !== at);
					expect(verify(withField(entries, at, 'ledger_seq', value))).toMatchObject({
						is_valid: false,
						errors: [],
						structural: ['ledger_seq is not 0..n-1']
					});
				}
			)
		);
	});
});

describe('what no hash covers is found by the stored head', () => {
	test('it says nothing against the ledger it belongs to', () => {
		expect(verify(entries, { ...claims, head: stored })).toMatchObject({ is_valid: true, structural: [] });
	});

	test.each([
		['kernel_id', 'another', 'kernel_id differs from the stored head'],
		['kernel_id', null, 'kernel_id differs from the stored head'],
		['variant', 'permissive', 'variant differs from the stored head']
	])('%s as %s', (field, value, structural) => {
		const altered = { ...claims, [field]: value };
		expect(verify(entries, altered).is_valid).toBe(true);
		expect(verify(entries, { ...altered, head: stored })).toMatchObject({
			errors: [],
			structural: [structural]
		});
	});

	test('entries cut from the end, all claims made consistent', () => {
		const rest = entries.slice(0, -2);
		const altered = { ...claims, entry_count: rest.length, root_hash: rest.at(-1)?.entry_hash ?? '' };
		expect(verify(rest, altered).is_valid).toBe(true);
		expect(verify(rest, { ...altered, head: stored })).toMatchObject({
			errors: [expect.stringMatching('^Root hash mismatch\\.')],
			structural: ['number of entries differs from the stored head']
		});
	});

	test('everything hashed anew after a change', () => {
		const forged = rehashed(withField(entries, 2, 'intent', 'Something else'));
		const altered = { ...claims, root_hash: forged.at(-1)?.entry_hash ?? '' };
		expect(verify(forged, altered).is_valid).toBe(true);
		expect(verify(forged, { ...altered, head: stored })).toMatchObject({
			errors: [expect.stringMatching('^Root hash mismatch\\.')],
			structural: []
		});
		expect(verify(forged, { ...altered, pinned_root: stored.root }).is_valid).toBe(false);
	});

	test('all entries removed', () => {
		expect(verify([], { head: stored }).is_valid).toBe(false);
		expect(verify([], { root_hash: stored.root }).structural).toEqual([
			'empty ledger but root is not the genesis hash'
		]);
	});
});

describe('a ledger that is verified in parts', () => {
	const forged = withField(entries, 4, 'actor', 'somebody');
	test.each<[string, readonly Json[]]>([
		['one forged', forged],
		// The reference throws at the first of these two: which one that is says the order of the entries alone.
		['one whose hash is a number, then one that is none', [...withField(forged, 1, 'entry_hash', 7), 'none']],
		['one that is none, then one whose hash is a number', ['none', ...withField(forged, 1, 'prev_hash', 7)]]
	])('gives the same verdict wherever it is cut: %s', (_what, good) => {
		const whole = verify(good, claims);
		fc.assert(
			fc.property(fc.array(fc.nat(good.length)), (cuts) => {
				const replay = new Replay({ sha256: sha256Hex });
				const bounds = [0, ...cuts.sort((a, b) => a - b), good.length];
				bounds.forEach((bound, at) => replay.push(good.slice(bound, bounds[at + 1] ?? bound)));
				expect(replay.finish(claims)).toEqual(whole);
			})
		);
	});

	test('goes on where a verified part ended', () => {
		const first = ledger(4);
		const second = ledger(3, first.head);
		const replay = new Replay({ sha256: sha256Hex, after: first.head });
		replay.push(second.entries);
		const size = first.entries.length + second.entries.length;
		const verdict = replay.finish({ head: { ...stored, size, root: second.head.last_hash } });
		expect(verdict).toMatchObject({ is_valid: true, entries_verified: 3, as_reference: { is_valid: true } });
		expect(verify([...first.entries, ...second.entries]).is_valid).toBe(true);
		expect(verify(second.entries).structural).toEqual(['ledger_seq is not 0..n-1']);
	});
});

describe('hostile entries', () => {
	test('are reported and never thrown', () => {
		const value = fc.oneof(fc.constantFrom<Json>(null, true, 1.5, [], {}, ['x']), fc.string());
		const keys = fc.constantFrom(
			'prev_hash',
			'entry_hash',
			'ledger_seq',
			'intent',
			'permit_denial_reasons',
			'__proto__'
		);
		const entry: fc.Arbitrary<Json> = fc.oneof(fc.dictionary(keys, value) as fc.Arbitrary<JsonObject>, value);
		fc.assert(
			fc.property(fc.array(entry, { minLength: 1, maxLength: 4 }), value, (list, root_hash) => {
				const found = verify(list, { root_hash });
				expect(found.is_valid).toBe(false);
				expect(found.entries_verified).toBe(list.length);
			})
		);
	});

	test('that are no objects are named', () => {
		const found = verify([...entries.slice(0, 1), 7]);
		expect(found.structural).toContain('Entry 1 is not an object');
		expect(found.as_reference.errors).toEqual(["AttributeError: 'int' object has no attribute 'get'"]);
	});

	test('a legacy ledger whose first entry was altered keeps its profile', () => {
		for (const [name, profile] of [
			['legacy-v0.1.0', 'v1-11'],
			['legacy-permits-first', 'v2-15']
		]) {
			const legacy = vector<{ ledger_entries: readonly EntryRecord[] }>(
				`bundles/${name}.json`
			).ledger_entries;
			const found = verify(withField(legacy, 0, 'intent', 'another'));
			expect(found.hash_profile).toBe(profile);
			expect(found.errors).toEqual([expect.stringMatching('^Entry 0: entry_hash mismatch\\.')]);
		}
	});
});

describe('an exported ledger', () => {
	const bundle = exportEvidence({ kernel_id, variant: 'strict', exported_at_ms: 12 }, entries);

	test('reads back as it was, and verifies', () => {
		const read = readEvidence(json(formatJson(bundle, 2)));
		if (!read.ok) throw new Error(read.error.message);
		expect(read.value).toEqual({ shape: 'bundle', entries, claims, exported_at_ms: 12 });
		expect(verifyEvidence(read.value, sha256Hex, { head: stored, pinned_root: stored.root }).is_valid).toBe(
			true
		);
	});

	test('has the keys of the reference, in its order', () => {
		const reference = vector<{ ledger_entries: readonly JsonObject[] }>('bundles/02-strict-three.json');
		expect(Object.keys(bundle)).toEqual(Object.keys(reference));
		expect(Object.keys(bundle.ledger_entries[0] ?? {})).toEqual(
			Object.keys(reference.ledger_entries[0] ?? {})
		);
	});

	test('of an empty ledger ends where it begins', () => {
		expect(exportEvidence(bundle, [])).toMatchObject({ root_hash: genesis, entry_count: 0 });
	});

	test.each([
		['nothing of a ledger', {}],
		['entries that are no list', { ledger_entries: {} }],
		['two lists', { ledger_entries: [], entries: [] }],
		['text', 'ledger']
	])('with %s is no evidence', (_name, file) => {
		expect(readEvidence(file)).toMatchObject({ error: { code: 'not_evidence' } });
	});
});
