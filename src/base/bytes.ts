const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 bytes of a text. Lone surrogates become U+FFFD, so callers replace them before they hash or store. */
export function utf8(text: string): Uint8Array {
	return encoder.encode(text);
}

/** The text of UTF-8 bytes, or null where they are not well-formed UTF-8. A byte order mark is kept. */
export function fromUtf8(bytes: Uint8Array): string | null {
	try {
		return decoder.decode(bytes);
	} catch {
		return null;
	}
}

/** One array with the bytes of all parts, in order. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
	const out = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
	let at = 0;
	for (const part of parts) {
		out.set(part, at);
		at += part.length;
	}
	return out;
}

/** Bytes that are encoded at once: whole groups of three, and no more arguments than a call takes. */
const together = 3 * 8192;

/** Base64 of bytes (RFC 4648, section 4), with padding and without line ends. */
export function toBase64(bytes: Uint8Array): string {
	let text = '';
	for (let at = 0; at < bytes.length; at += together)
		text += btoa(String.fromCharCode(...bytes.subarray(at, at + together)));
	return text;
}

/** The bytes of Base64, or null where it is none. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
	try {
		const units = atob(text);
		const bytes = new Uint8Array(units.length);
		for (let at = 0; at < units.length; at++) bytes[at] = units.charCodeAt(at);
		return bytes;
	} catch {
		return null;
	}
}
