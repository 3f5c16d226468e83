/** CRC-32 (ISO-HDLC, the one of zip and gzip; reflected polynomial 0xEDB88320), a byte at a time from a table. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
	let value = byte;
	for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
	return value;
});

/** The checksum of `bytes[start, end)` as an unsigned 32-bit number. Finds accidents, not an adversary. */
export function crc32(bytes: Uint8Array, start = 0, end = bytes.length): number {
	let value = 0xffffffff;
	for (let at = start; at < end; at++) value = (value >>> 8) ^ table[(value ^ bytes[at]!) & 0xff]!;
	return ~value >>> 0;
}
