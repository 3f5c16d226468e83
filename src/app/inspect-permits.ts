import * as v from 'valibot';
import { hexToBytes } from '@noble/hashes/utils.js';
import { isObject, type JsonObject } from '#base/canonical.ts';
import { sha256Hex, textDigest } from '#base/hash.ts';
import { parseJson, type JsonFailure } from '#base/json.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import { permitId, permitSignature, readPermit, type PermitToken } from '#kernel/permit.ts';

/** What makes a permit one that stands: for the command line. */
export type SignedPermit = Pick<PermitToken, 'permit_id' | 'signature'>;

const digest = textDigest(sha256Hex);
const hex = v.pipe(
	v.string('must be a text'),
	v.regex(/^(?:[0-9a-fA-F]{2}){1,1024}$/, 'must be bytes as hexadecimal digits')
);
const permitFile = v.object({
	vectors: v.array(
		v.object({ permit: v.custom<JsonObject>(isObject, 'must be an object'), key_hex: hex }),
		'must be a list'
	)
});

/**
 * The id and the signature of each permit of a file, in the order of its vectors (KERNELS A8). What the permits themselves say of
 * both is not looked at: they may say nothing.
 */
export function signPermitsText(
	text: string
): Result<readonly SignedPermit[], JsonFailure | Failure<'not_a_permit' | 'not_a_permit_file'>> {
	const file = parseJson(text);
	if (!file.ok) return file;
	const parsed = v.safeParse(permitFile, file.value);
	if (!parsed.success) {
		const [issue] = parsed.issues;
		return err(failure('not_a_permit_file', `${v.getDotPath(issue) ?? 'vectors'}: ${issue.message}`));
	}
	const signed: SignedPermit[] = [];
	for (const [at, { permit: given, key_hex }] of parsed.output.vectors.entries()) {
		const read = readPermit({ ...given, permit_id: '', signature: '' });
		if (!read.ok) return err(failure('not_a_permit', `vectors.${at}: ${read.error.message}`));
		const permit = { ...read.value, permit_id: permitId(read.value, digest) };
		signed.push({
			permit_id: permit.permit_id,
			signature: permitSignature(permit, hexToBytes(key_hex))
		});
	}
	return ok(signed);
}
