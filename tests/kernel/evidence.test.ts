import { gunzipSync } from 'node:zlib';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sha256Hex } from '#base/hash.ts';
import { readEvidence, verifyEvidence } from '#kernel/evidence.ts';
import type { StoredHead, Verification } from '#kernel/replay.ts';
import { json, vector, vectorPath } from './vectors.ts';

interface Verdict {
	readonly is_valid: boolean;
	readonly errors: readonly string[];
	readonly entries_verified?: number;
	readonly computed_root_hash?: string;
	/** Where the reference throws. */
	readonly raises?: string;
	readonly message?: string;
}
interface Case {
	readonly file: string;
	readonly hash_profile?: string;
	readonly base?: string;
	readonly tampering?: string;
	readonly entries?: number;
	readonly a_good_verifier_should_detect?: boolean;
	readonly expect: {
		readonly reference: Verdict;
		readonly hash_with_permit_fields?: Verdict;
		readonly structural_extra?: readonly string[];
	};
}

const index = vector<{ bundles: readonly Case[]; tampered: readonly Case[] }>('index.json');

function verify(file: string, known = {}): Verification {
	const bytes = readFileSync(vectorPath(file));
	const evidence = readEvidence(json((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')));
	if (!evidence.ok) throw new Error(evidence.error.message);
	return verifyEvidence(evidence.value, sha256Hex, known);
}

/** What the index says of the reference, in the words of a verdict. */
function referenceErrors(reference: Verdict): readonly string[] {
	return reference.raises === undefined ? reference.errors : [`${reference.raises}: ${reference.message}`];
}

test('the index names all that there is', () => {
	const filesIn = (folder: string) => readdirSync(vectorPath(folder)).map((name) => `${folder}/${name}`);
	const named = (cases: readonly Case[]) => cases.map(({ file }) => file).sort();
	expect(index.bundles).toHaveLength(29);
	expect(index.tampered).toHaveLength(117);
	expect(named(index.bundles)).toEqual(filesIn('bundles').sort());
	expect(named(index.tampered)).toEqual(filesIn('tampered').sort());
});

describe.each(index.bundles)('$file', ({ file, entries, hash_profile, expect: expected }) => {
	const found = verify(file);

	test('has no error in its chain, and its profile is named', () => {
		expect(found.errors).toEqual(expected.hash_with_permit_fields?.errors ?? []);
		expect(found).toMatchObject({ entries_verified: entries, hash_profile });
	});

	test('is structurally as the index says', () => {
		expect(found.structural).toEqual(expected.structural_extra ?? []);
		expect(found.is_valid).toBe(found.structural.length === 0);
	});

	test('is to the reference what the index says', () => {
		const { is_valid, errors } = expected.reference;
		expect(found.as_reference).toEqual({ is_valid, errors });
	});
});

describe.each(index.tampered)('$file: $tampering', ({ file, expect: expected, ...told }) => {
	const found = verify(file);
	const detectable = told.a_good_verifier_should_detect === true;

	test('gives the errors of the index', () => {
		expect(found.errors).toEqual(expected.hash_with_permit_fields?.errors);
		expect(found.structural).toEqual(expected.structural_extra);
	});

	test('is found exactly if it can be found without knowing more', () => {
		expect(found.is_valid).toBe(!detectable);
	});

	test('is to the reference what the index says', () => {
		expect(found.as_reference.errors).toEqual(referenceErrors(expected.reference));
	});
});

const unseen = index.tampered.filter(
	({ a_good_verifier_should_detect }) => a_good_verifier_should_detect === false
);
const named = (...tamperings: string[]): Case[] =>
	unseen.filter(({ file }) => tamperings.some((tampering) => file.endsWith(`--${tampering}.json`)));

/** What a database would know of the ledger that a tampered file was made from. */
function storedHead(base: string | undefined): StoredHead {
	const good = vector<{
		kernel_id: string;
		variant: string;
		ledger_entries: readonly { entry_hash: string }[];
	}>(`bundles/${base}.json`);
	const { kernel_id, variant, ledger_entries } = good;
	return { kernel_id, variant, size: ledger_entries.length, root: ledger_entries.at(-1)?.entry_hash ?? '' };
}

test('what a file alone cannot show is of four kinds', () => {
	expect(named('kernelid', 'truncate-consistent', 'rehash-all', 'extra-field')).toEqual(unseen);
});

test.each(named('kernelid', 'truncate-consistent', 'rehash-all'))(
	'$file is found by the stored head',
	({ file, base }) => {
		const head = storedHead(base);
		expect(verify(`bundles/${base}.json`, { head }).is_valid).toBe(true);
		expect(verify(file, { head }).is_valid).toBe(false);
	}
);

test.each(named('truncate-consistent', 'rehash-all'))(
	'$file is found by a root that was noted',
	({ file, base }) => {
		const pinned_root = storedHead(base).root;
		expect(verify(`bundles/${base}.json`, { pinned_root }).is_valid).toBe(true);
		expect(verify(file, { pinned_root }).errors).toEqual([
			expect.stringMatching(/^Root hash mismatch\. Computed [0-9a-f]{16}\.\.\., expected [0-9a-f]{16}\.\.\.$/)
		]);
	}
);

test.each(named('extra-field'))(
	'$file: a field that no version knew changes nothing that is read',
	({ file, base }) => {
		expect(verify(file, { head: storedHead(base) }).is_valid).toBe(true);
	}
);
