import { bytesToHex } from '@noble/hashes/utils.js';
import { ok, type Failure, type Result } from '#base/result.ts';
import type { ArchiveVerification } from '#domain/evidence.ts';
import type { Answer, ViewInput } from '#domain/view.ts';
import { judgeArchive } from '#mirror/evidence-check.ts';
import { sha256Beside } from '#storage/digest.ts';
import type { CheckProgress, ReadCheck } from '#app/check-evidence.ts';
import type { AskedCheck } from '#app/evidence-file.ts';
import { checkedAgainstOwn, type OwnView } from '#app/own-check.ts';

export interface AskedArchiveCheck {
	readonly name: string;
	readonly tell: (progress: CheckProgress) => void;
	/** Ends the check, which then answers with `cancelled`. */
	readonly signal: AbortSignal;
}

export interface ArchiveCheckDependencies {
	readonly read: <V extends OwnView | 'evidence.file'>(view: V, params: ViewInput<V>) => Promise<Answer<V>>;
	readonly check: (asked: AskedCheck) => Promise<Result<ReadCheck, Failure>>;
}

/** Verifies a file that is kept, like every other one, and against what was noted of it. Null where it was deleted. */
export async function checkArchive(
	{ name, tell, signal }: AskedArchiveCheck,
	{ read, check }: ArchiveCheckDependencies
): Promise<Result<ArchiveVerification | null, Failure>> {
	const [row] = (await read('evidence.file', { name })).rows;
	if (row === undefined) return ok(null);
	const { archive, file } = row;
	if (file === null) return ok(judgeArchive(archive, null));
	const asked = { file: new Blob([file]), root: null, tell, signal };
	const checked = await checkedAgainstOwn(await check(asked), read, signal);
	if (!checked.ok && checked.error.code === 'cancelled') return checked;
	const sha256 = bytesToHex(await sha256Beside(file));
	return ok(judgeArchive(archive, { sha256, bytes: file.length, checked }));
}
