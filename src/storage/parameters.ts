import type { SqlValue } from '#storage/database.ts';

const unstorable = /^\ufeff|[\0\p{Surrogate}]/u;

/**
 * Throws where a text would not come back from every engine as it went in: U+0000, half a surrogate pair, and a byte order
 * mark at its beginning, which sql.js takes away in reading.
 */
export function checkText(text: string): void {
	if (!unstorable.test(text)) return;
	throw new TypeError(
		'Text with U+0000, with half a surrogate pair, or beginning with U+FEFF cannot be stored.'
	);
}

/** Throws unless every parameter comes back, and is replayed, as the very value that it is. */
export function checkParameters(params: readonly SqlValue[]): void {
	for (let at = 0; at < params.length; at++) {
		const value: unknown = params[at];
		if (typeof value === 'string') checkText(value);
		else if (typeof value === 'number') {
			if (!Number.isFinite(value))
				throw new TypeError(`Parameter ${at + 1} is ${value}: not a number that can be stored.`);
			if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
				throw new TypeError(`Parameter ${at + 1} is ${value}: an integer beyond 2^53 loses digits.`);
			}
		} else if (value !== null && !(value instanceof Uint8Array)) {
			throw new TypeError(
				`Parameter ${at + 1} is of type ${typeof value}: only text, numbers, null and bytes can be stored.`
			);
		}
	}
}
