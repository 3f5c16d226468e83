import { utf8 } from '#base/bytes.ts';
import { canonicalJson, type Json } from '#base/canonical.ts';
import { sha256Hex } from '#base/hash.ts';

/**
 * An id in the form of a UUIDv7 that is the same for the same content: importing twice finds what is there. The time bits
 * are those of `time` (`YYYY-MM-DDTHH:mm:ss.sssZ`; the year 1970 where none is known), all others SHA-256.
 */
export function derivedId(time: string | null, content: Json): string {
	const hash = sha256Hex(utf8(canonicalJson(content)));
	const ms = Math.max(0, time === null ? 0 : Date.parse(time));
	const head = ms.toString(16).padStart(12, '0').slice(-12);
	const variant = '89ab'[Number.parseInt(hash[3] ?? '0', 16) & 3];
	return `${head.slice(0, 8)}-${head.slice(8)}-7${hash.slice(0, 3)}-${variant}${hash.slice(4, 7)}-${hash.slice(7, 19)}`;
}
