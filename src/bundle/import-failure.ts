import { err, failure, type Failure } from '#base/result.ts';

/**
 * Why a file is not imported; nothing of it is. `empty`, `too_large`, `too_many_rows`, `too_slow`: a bound; `bomb`: it unpacks to far more
 * than it is; `unsafe_name`: an entry that would leave its folder; `not_zip`, `damaged`: bytes that are not what they say;
 * `encrypted`; `no_manifest`, `bad_manifest`, `no_database`: not a bundle; `newer_version`, `older_version`: of another
 * major version; `not_text`, `not_json`, `unknown_format`: none of the formats this app reads.
 */
export type ImportFailureCode =
	| 'empty'
	| 'too_large'
	| 'too_many_rows'
	| 'too_slow'
	| 'bomb'
	| 'unsafe_name'
	| 'not_zip'
	| 'damaged'
	| 'encrypted'
	| 'no_manifest'
	| 'bad_manifest'
	| 'no_database'
	| 'newer_version'
	| 'older_version'
	| 'not_text'
	| 'not_json'
	| 'unknown_format';
export type ImportFailure = Failure<ImportFailureCode>;

/** A refusal of the whole file. Every one of them says that nothing was imported. */
export function refuseFile(code: ImportFailureCode, why: string) {
	return err(failure(code, `${why} Nothing was imported.`));
}

/** The refusal of a file that the reading of broke off: it is gone, or no device gives it any more. */
export function unreadable() {
	return refuseFile('damaged', 'This file could not be read to its end.');
}
