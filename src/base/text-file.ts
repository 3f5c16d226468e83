import { fromUtf8 } from '#base/bytes.ts';
import { gunzip, isGzip, type GunzipFailure } from '#base/gzip.ts';
import { longestJson } from '#base/json.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';

export type TextFailure = GunzipFailure | Failure<'not_text'>;

/** The text of a file, unpacked if it is a gzip archive. */
export async function readText(bytes: Uint8Array<ArrayBuffer>): Promise<Result<string, TextFailure>> {
	const plain = isGzip(bytes) ? await gunzip(bytes, longestJson) : ok(bytes);
	if (!plain.ok) return plain;
	return utf8Text(plain.value);
}

/** The text of UTF-8 bytes. */
export function utf8Text(bytes: Uint8Array): Result<string, Failure<'not_text'>> {
	const text = fromUtf8(bytes);
	return text === null ? err(failure('not_text', 'it is not UTF-8 text')) : ok(text);
}
