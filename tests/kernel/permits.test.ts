import { describe, expect, test } from 'vitest';
import { hexToBytes } from '@noble/hashes/utils.js';
import { sha256Hex, textDigest } from '#base/hash.ts';
import type { Json } from '#base/canonical.ts';
import { permitId, permitSignature, readPermit, type PermitToken } from '#kernel/permit.ts';
import { vector } from './vectors.ts';

interface Vector {
	readonly permit: PermitToken;
	readonly key_hex: string;
}
const { vectors } = vector<{ vectors: Vector[] }>('permits.json');
const digest = textDigest(sha256Hex);

test('there are permits to check', () => expect(vectors.length).toBeGreaterThan(5));

describe('a permit of the reference', () => {
	test.each(vectors.map((each, at) => [at, each] as const))(
		'%i has our id and our signature',
		(_at, { permit, key_hex }) => {
			const read = readPermit(permit as unknown as Json);
			expect(read).toEqual({ ok: true, value: permit });
			expect(permitId(permit, digest)).toBe(permit.permit_id);
			expect(permitSignature(permit, hexToBytes(key_hex))).toBe(permit.signature);
		}
	);
});

test.each([
	['no object', null],
	['no nonce', { nonce: undefined }],
	['a short nonce', { nonce: 'x'.repeat(31) }],
	['no use', { max_executions: 0 }],
	['half a use', { max_executions: 1.5 }],
	['an end before its beginning', { valid_from_ms: 10, valid_until_ms: 10 }],
	['a time before all times', { valid_from_ms: -1 }],
	['params that are a list', { params: [] }],
	['no proposal', { proposal_hash: '' }]
])('a permit with %s is none', (_what, change) => {
	const given = change === null ? null : { ...vectors[0]?.permit, ...change };
	expect(readPermit(given as unknown as Json)).toMatchObject({ ok: false, error: { code: 'not_a_permit' } });
});
