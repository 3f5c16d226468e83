import { sha256 } from '@noble/hashes/sha2.js';
import { hmac } from '@noble/hashes/hmac.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { createSha256, type Sha256Words } from '#base/sha256.ts';

/** SHA-256 of bytes as 64 lower-case hex digits (FIPS 180-4). Synchronous, because the kernel decides synchronously. */
export type Sha256Hex = (bytes: Uint8Array) => string;

/** Made when it is first asked: a start needs none. */
let made: Sha256Words | null | undefined;

function fast(): Sha256Words | null {
	return made === undefined ? (made = createSha256()) : made;
}

export const sha256Hex: Sha256Hex = (bytes) => {
	const words = fast()?.(bytes);
	return words === undefined ? bytesToHex(sha256(bytes)) : wordsToHex(words);
};

const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function wordsToHex(words: Uint32Array): string {
	let hex = '';
	for (const word of words) {
		for (let shift = 24; shift >= 0; shift -= 8) hex += hexOfByte[(word >>> shift) & 255];
	}
	return hex;
}

const block = 64;
const encoder = new TextEncoder();
let inner = new Uint8Array(8192);
/** The longest text for which room is kept, in UTF-16 units. */
const longestKept = 1 << 21;
const outer = new Uint8Array(block + 32);

/** HMAC-SHA-256 (RFC 2104) of the UTF-8 bytes of a text under `key`, as 64 lower-case hex digits. */
export function hmacSha256Hex(key: Uint8Array, text: string): string {
	const digest = fast();
	// A whole file is rare, and room for it is not kept.
	if (digest === null || key.length > block || text.length > longestKept)
		return bytesToHex(hmac(sha256, key, encoder.encode(text)));
	if (inner.length < block + text.length * 3) inner = new Uint8Array(block + text.length * 3);
	for (let at = 0; at < block; at++) {
		const byte = key[at] ?? 0;
		inner[at] = byte ^ 0x36;
		outer[at] = byte ^ 0x5c;
	}
	const { written } = encoder.encodeInto(text, inner.subarray(block));
	const first = digest(inner.subarray(0, block + written));
	const view = new DataView(outer.buffer);
	for (let at = 0; at < 8; at++) view.setUint32(block + at * 4, first[at] ?? 0);
	return wordsToHex(digest(outer));
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

/**
 * The digests of many texts, in their order. What is joined crosses into the browser's encoder once, which costs more
 * than the hashing of one entry.
 */
export function textDigests(sha256: Sha256Hex): (texts: readonly string[]) => string[] {
	const buffer = new Uint8Array(1 << 16);
	const single = textDigest(sha256);
	return (texts) => {
		const digests: string[] = [];
		while (digests.length < texts.length) {
			const from = digests.length;
			let joined = '';
			let end = from;
			for (; end < texts.length; end++) {
				const text = texts[end] ?? '';
				if ((joined.length + text.length) * 3 > buffer.length) break;
				joined += text;
			}
			const isAscii = encoder.encodeInto(joined, buffer).written === joined.length;
			if (!isAscii || end === from) {
				for (const text of texts.slice(from, Math.max(end, from + 1))) digests.push(single(text));
				continue;
			}
			for (let at = 0; digests.length < end;) {
				const { length } = texts[digests.length] ?? '';
				digests.push(sha256(buffer.subarray(at, at + length)));
				at += length;
			}
		}
		return digests;
	};
}
