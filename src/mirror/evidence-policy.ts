import { sha256Hex } from '#base/hash.ts';
import { isoTime } from '#base/clock.ts';
import type { EvidenceArchive } from '#domain/evidence.ts';
import { Replay } from '#kernel/replay.ts';
import { keptEvidence, keepsEvidence } from '#records/evidence-archive.ts';
import { ledgerSlices, storedKernels } from '#records/ledger.ts';
import { readSettings } from '#records/setting.ts';
import type { Queryable } from '#records/work.ts';

/** A day in milliseconds. */
const day = 24 * 60 * 60 * 1000;

/**
 * The archives that the person's policy lets go of: own ones only, that are valid, and whose kernel's ledger is still whole
 * in this database, so that nothing is lost that could not be archived again. What was taken in, and what tells of damage,
 * only the person deletes. Where both rules are set, what either of them keeps stays.
 */
export async function prunable(db: Queryable, now: number): Promise<EvidenceArchive[]> {
	if (!(await keepsEvidence(db))) return [];
	const { keep_newest, keep_days } = (await readSettings(db)).evidence_policy;
	if (keep_newest === null && keep_days === null) return [];
	const since = keep_days === null ? null : isoTime(now - keep_days * day);
	const old = (await keptEvidence(db, 'own')).filter(
		({ created_at, is_valid }, at) =>
			is_valid && at >= (keep_newest ?? 0) && (since === null || created_at < since)
	);
	const whole = new Map<string, boolean>();
	for (const { kernel_id } of old)
		if (!whole.has(kernel_id)) whole.set(kernel_id, await isWhole(db, kernel_id));
	return old.filter(({ kernel_id }) => whole.get(kernel_id));
}

/** Whether the database holds every entry of a kernel, and its chain is sound. */
async function isWhole(db: Queryable, kernelId: string): Promise<boolean> {
	const kernel = (await storedKernels(db)).find(({ kernel_id }) => kernel_id === kernelId);
	if (kernel === undefined) return false;
	const { kernel_id, variant, head } = kernel;
	const replay = new Replay({ sha256: sha256Hex });
	for await (const { entries } of ledgerSlices(db, kernelId)) replay.push(entries);
	return replay.finish({ head: { kernel_id, variant, size: head.next_seq, root: head.last_hash } }).is_valid;
}
