import { sha256 } from '@noble/hashes/sha2.js';
import { hmac } from '@noble/hashes/hmac.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { createSha256 } from '#base/sha256.ts';

/** SHA-256 of bytes as 64 lower-case hex digits (FIPS 180-4). Synchronous, because the kernel decides synchronously. */
export type Sha256Hex = (bytes: Uint8Array) => string;

const fast = createSha256();

export const sha256Hex: Sha256Hex =
	fast === null ? (bytes) => bytesToHex(sha256(bytes)) : (bytes) => wordsToHex(fast(bytes));

const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function wordsToHex(words: Uint32Array): string {
	let hex = '';
	for (const word of words) {
		for (let shift = 24; shift >= 0; shift -= 8) hex += hexOfByte[(word >>> shift) & 255];
	}
	return hex;
}

/** HMAC-SHA-256 (RFC 2104) of `bytes` under `key`, as 64 lower-case hex digits. */
export function hmacSha256Hex(key: Uint8Array, bytes: Uint8Array): string {
	return bytesToHex(hmac(sha256, key, bytes));
}

/** SHA-256 of the UTF-8 bytes of a text, as 64 lower-case hex digits. */
export type TextDigest = (text: string) => string;

/**
 * A digest of texts over `sha256`. It keeps one buffer for all texts up to 2,730 units long, because a ledger is verified
 * entry by entry and an allocation for each costs more than the encoding.
 */
export function textDigest(sha256: Sha256Hex): TextDigest {
	const encoder = new TextEncoder();
	const buffer = new Uint8Array(8192);
	return (text) => {
		if (text.length * 3 > buffer.length) return sha256(encoder.encode(text));
		return sha256(buffer.subarray(0, encoder.encodeInto(text, buffer).written));
	};
}
