import * as v from 'valibot';
import type { Json } from '#base/canonical.ts';
import { fromBase64 } from '#base/bytes.ts';
import { gzip, isGzip } from '#base/gzip.ts';
import { sha256Hex } from '#base/hash.ts';
import { err, ok, type Result } from '#base/result.ts';
import { readText } from '#base/text-file.ts';
import type { CommandData } from '#domain/command.ts';
import { wellFormed } from '#domain/common.ts';
import { largestKept, readArchiveName } from '#domain/evidence.ts';
import { readEvidenceText, verifyingEvidence } from '#kernel/evidence.ts';
import type { PackedEvidence } from '#records/evidence-archive.ts';
import type { Refusal } from '#records/work.ts';

const megabytes = largestKept / 1024 / 1024;
const kernelId = v.pipe(wellFormed, v.minLength(1), v.maxLength(200));

/**
 * Reads and verifies what somebody else wrote; why that cannot be kept is a sentence for the person. `pause` lets others have
 * their turn, for a long ledger takes long to verify.
 */
export async function readForeign(
	given: CommandData<'evidence.keep'>,
	pause: () => Promise<void>
): Promise<Result<PackedEvidence, Refusal>> {
	const bytes = fromBase64(given.file);
	if (bytes === null) return unfit('what was sent is not the bytes of a file');
	const text = await readText(bytes);
	if (!text.ok) return unfit(text.error.message);
	const file = isGzip(bytes) ? bytes : await gzip(bytes, pause);
	if (file.length > largestKept)
		return unfit(`packed it has more than ${megabytes} MB, which is the most that is kept`);
	const evidence = readEvidenceText(text.value);
	if (!evidence.ok) return unfit(evidence.error.message);
	const { claims, entries } = evidence.value;
	const steps = verifyingEvidence(evidence.value, sha256Hex);
	let step = steps.next();
	for (; step.done !== true; step = steps.next()) await pause();
	const { is_valid, computed_root_hash } = step.value;
	const named = given.name === null ? null : readArchiveName(given.name);
	return ok({
		...{ file, text: text.value, sha256: sha256Hex(file) },
		...{ origin: 'foreign', reason: 'taken in', is_valid },
		kernel_id: textOf(claims.kernel_id) ?? textOf(named?.kernel_id) ?? '',
		time: named?.time ?? null,
		entries: entries.length,
		// Whatever stands there in place of a hash is the file's own business.
		root_hash: /^[0-9a-f]{64}$/.test(computed_root_hash) ? computed_root_hash : ''
	});
}

function textOf(id: Json | undefined): string | null {
	const parsed = v.safeParse(kernelId, id);
	return parsed.success ? parsed.output : null;
}

function unfit(why: string): Result<never, Refusal> {
	const message = `This file was not kept: ${why.replace(/\.$/, '')}. Nothing was changed. Choose the file as it was exported.`;
	return err({ code: 'invalid_data', message });
}
