import { err, failure, type Failure, type Result } from '#base/result.ts';
import { refuseFile, type ImportFailure } from '#bundle/import-failure.ts';
import { isZip, readZip, type ZipFiles } from '#bundle/unzip.ts';

const ageHeader = 'age-encryption.org/';

/**
 * The files of a bundle by their names, none of which leaves its folder. `encrypted`: it was encrypted with age, which this
 * version cannot open.
 */
export function unpackBundle(bytes: Uint8Array): Result<ZipFiles, ImportFailure | Failure<'encrypted'>> {
	const isEncrypted = [...ageHeader].every((letter, at) => bytes[at] === letter.charCodeAt(0));
	if (isEncrypted)
		return err(
			failure(
				'encrypted',
				'This bundle is encrypted, which this version cannot open. Decrypt it with age, and open the zip that comes out.'
			)
		);
	return isZip(bytes) ? readZip(bytes) : refuseFile('not_zip', 'This is not a zip file.');
}
