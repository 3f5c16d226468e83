import { fromUtf8 } from '#base/bytes.ts';
import { ok, type Result } from '#base/result.ts';
import { refuseFile, type ImportFailure } from '#bundle/import-failure.ts';

/** JSON that a file holds, or undefined. */
export function readJson(bytes: Uint8Array): unknown {
	const read = readJsonFile(bytes);
	return read.ok ? read.value : undefined;
}

/** Reads a whole file as JSON; a byte order mark may stand before it. */
export function readJsonFile(bytes: Uint8Array): Result<unknown, ImportFailure> {
	const text = fromUtf8(bytes)?.replace(/^\ufeff/, '');
	if (text === undefined)
		return refuseFile('not_text', 'This file is not UTF-8 text. Save it as UTF-8 and try again.');
	try {
		return ok(JSON.parse(text) as unknown);
	} catch {
		return refuseFile(
			'not_json',
			'This file is neither a bundle, nor a database, nor JSON that can be read.'
		);
	}
}
