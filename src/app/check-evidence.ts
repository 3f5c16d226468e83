import { ok, type Failure, type Result } from '#base/result.ts';
import { readText, type TextFailure } from '#base/text-file.ts';
import type { EvidenceReport } from '#domain/evidence.ts';
import { readEvidenceText, statedHashes, type EvidenceFailure } from '#kernel/evidence.ts';
import { evidenceReport } from '#mirror/evidence-report.ts';

/** How far a check is: null while the file is read. */
export type CheckProgress = { readonly done: number; readonly of: number } | null;

/** What was found, and the hashes of its entries for whoever knows that kernel. */
export interface ReadCheck {
	readonly report: EvidenceReport;
	readonly hashes: readonly string[];
}

/**
 * Verifies evidence of any kernel, packed or not, in every shape that the reference and its adapters write. `root`: what was
 * noted when it was exported. Nothing of it is kept.
 */
export async function checkEvidence(
	bytes: Uint8Array<ArrayBuffer>,
	{ root }: { readonly root: string | null },
	tell: (progress: CheckProgress) => void
): Promise<Result<ReadCheck, TextFailure | EvidenceFailure>> {
	const text = await readText(bytes);
	if (!text.ok) return text;
	const evidence = readEvidenceText(text.value);
	if (!evidence.ok) return evidence;
	const of = evidence.value.entries.length;
	const known = root === null ? {} : { pinned_root: root };
	const report = evidenceReport(evidence.value, known, (done) => tell({ done, of }));
	return ok({ report, hashes: statedHashes(evidence.value.entries) });
}

/** What the worker of a check says: how far it is, and once what came of it. */
export type CheckNews =
	| { readonly kind: 'progress'; readonly progress: CheckProgress }
	| { readonly kind: 'done'; readonly result: Result<ReadCheck, Failure> };
