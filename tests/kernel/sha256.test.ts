import { createHmac } from 'node:crypto';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hmacSha256Hex, sha256Hex, textDigest } from '#base/hash.ts';
import { createSha256 } from '#base/sha256.ts';

const bytes = (length: number): Uint8Array =>
	Uint8Array.from({ length }, (_, at) => (at * 31 + length) & 255);

test('it is the assembled module that is tested here', () => {
	expect(createSha256()).not.toBeNull();
});

test('the examples of FIPS 180-4', () => {
	expect(sha256Hex(new TextEncoder().encode('abc'))).toBe(
		'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
	);
	expect(sha256Hex(new Uint8Array(1_000_000).fill(0x61))).toBe(
		'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'
	);
});

test('every length around the bounds of blocks, and around what is compressed at once', () => {
	const lengths = [
		...Array(200).keys(),
		...Array.from({ length: 140 }, (_, at) => 65_400 + at),
		130_816,
		130_817
	];
	for (const length of lengths) expect(sha256Hex(bytes(length))).toBe(bytesToHex(sha256(bytes(length))));
});

test('HMAC of texts of any length is what Node computes', () => {
	const key = bytes(32);
	for (const length of [0, 1, 3000, (1 << 21) - 1, (1 << 21) + 1, 5]) {
		const text = 'é'.repeat(length);
		expect(hmacSha256Hex(key, text)).toBe(createHmac('sha256', key).update(text).digest('hex'));
	}
});

test('any bytes, whatever was hashed before them', () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 3000 }), (some) => {
			expect(sha256Hex(some)).toBe(bytesToHex(sha256(some)));
		})
	);
});

test('texts are hashed as UTF-8, short ones and long ones', () => {
	const digest = textDigest(sha256Hex);
	for (const text of ['', 'é😀', 'é😀'.repeat(900), 'é😀'.repeat(5000)]) {
		expect(digest(text)).toBe(bytesToHex(sha256(new TextEncoder().encode(text))));
	}
});
