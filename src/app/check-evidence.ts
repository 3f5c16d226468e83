import { isObject, type Json } from '#base/canonical.ts';
import { sha256Hex } from '#base/hash.ts';
import { ok, type Failure, type Result } from '#base/result.ts';
import { readEvidenceText, readText, type EvidenceFailure, type TextFailure } from '#app/inspect.ts';
import { verifyEvidence, type Evidence } from '#kernel/evidence.ts';
import type { Verification } from '#kernel/replay.ts';

/** What a file of evidence says of itself, and what came of verifying it. Nothing of it is kept. */
export interface EvidenceReport extends Verification {
	readonly shape: Evidence['shape'];
	/** As the file says; null where it says none. */
	readonly kernel_id: string | null;
	readonly variant: string | null;
	readonly exported_at_ms: number | null;
	/** How many entries state each decision, the most frequent first; what is no text counts as `?`. */
	readonly decisions: readonly (readonly [decision: string, count: number])[];
}

/** How far a check is: null while the file is read. */
export type CheckProgress = { readonly done: number; readonly of: number } | null;

/**
 * Verifies evidence of any kernel, packed or not, in every shape that the reference and its adapters write. `root`: what was
 * noted when it was exported.
 */
export async function checkEvidence(
	bytes: Uint8Array<ArrayBuffer>,
	{ root }: { readonly root: string | null },
	tell: (progress: CheckProgress) => void
): Promise<Result<EvidenceReport, TextFailure | EvidenceFailure>> {
	const text = await readText(bytes);
	if (!text.ok) return text;
	const evidence = readEvidenceText(text.value);
	if (!evidence.ok) return evidence;
	const { shape, entries, claims, exported_at_ms } = evidence.value;
	const of = entries.length;
	const known = root === null ? {} : { pinned_root: root };
	const verification = verifyEvidence(evidence.value, sha256Hex, known, (done) => tell({ done, of }));
	return ok({
		...verification,
		...{ shape, exported_at_ms, decisions: decisionsOf(entries) },
		...{ kernel_id: textOrNull(claims.kernel_id), variant: textOrNull(claims.variant) }
	});
}

/** What the worker of a check says: how far it is, and once what came of it. */
export type CheckNews =
	| { readonly kind: 'progress'; readonly progress: CheckProgress }
	| { readonly kind: 'done'; readonly result: Result<EvidenceReport, Failure> };

function decisionsOf(entries: readonly Json[]): EvidenceReport['decisions'] {
	const counts = new Map<string, number>();
	for (const entry of entries) {
		const decision = isObject(entry) && typeof entry.decision === 'string' ? entry.decision : '?';
		counts.set(decision, (counts.get(decision) ?? 0) + 1);
	}
	return [...counts].sort((a, b) => b[1] - a[1]);
}

function textOrNull(value: Json | undefined): string | null {
	return typeof value === 'string' ? value : null;
}
