import { sha256Module } from '#base/sha256-module.ts';

/** The SHA-256 of bytes as eight words. The array is the same one at every call. */
export type Sha256Words = (bytes: Uint8Array) => Uint32Array;

const blocksAt = 64;
/** How much of a message is compressed at once: a page of memory, but for the state and a last block of padding. */
const stretch = 65536 - blocksAt - 64;

const initial = [
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
] as const;

/**
 * SHA-256 (FIPS 180-4) in WebAssembly; null where a page's policy forbids it. A ledger is verified entry by entry, some
 * 600 bytes at a time: there a JavaScript implementation takes twice as long, and WebCrypto, which is asynchronous, five
 * times. One instance serves one thread, and a call does not yield.
 */
export function createSha256(): Sha256Words | null {
	const exports = instantiated();
	if (exports === null) return null;
	const compress = exports.compress as (from: number, to: number) => void;
	const memory = (exports.memory as WebAssembly.Memory).buffer;
	const bytes = new Uint8Array(memory);
	const view = new DataView(memory);
	const words = new Uint32Array(8);

	/** The rest of a message, a one bit, zeros, and the length of the whole in bits. */
	function finish(rest: Uint8Array, length: number): void {
		const end = blocksAt + (((rest.length + 8) >> 6) + 1) * 64;
		bytes.set(rest, blocksAt);
		bytes.fill(0, blocksAt + rest.length, end);
		bytes[blocksAt + rest.length] = 0x80;
		view.setUint32(end - 8, Math.floor(length / 0x20000000));
		view.setUint32(end - 4, (length * 8) % 0x100000000);
		compress(blocksAt, end);
	}

	return (message) => {
		for (let at = 0; at < 8; at++) view.setUint32(at * 4, initial[at] ?? 0, true);
		let rest = message;
		for (; rest.length >= stretch; rest = rest.subarray(stretch)) {
			bytes.set(rest.subarray(0, stretch), blocksAt);
			compress(blocksAt, blocksAt + stretch);
		}
		finish(rest, message.length);
		for (let at = 0; at < 8; at++) words[at] = view.getUint32(at * 4, true);
		return words;
	};
}

function instantiated(): WebAssembly.Exports | null {
	try {
		return new WebAssembly.Instance(new WebAssembly.Module(sha256Module())).exports;
	} catch {
		return null;
	}
}
