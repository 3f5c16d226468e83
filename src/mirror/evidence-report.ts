import { isObject, type Json } from '#base/canonical.ts';
import { sha256Hex } from '#base/hash.ts';
import type { EvidenceReport } from '#domain/evidence.ts';
import { verifyEvidence, type Evidence, type Known } from '#kernel/evidence.ts';

/** What evidence says of itself, and what comes of verifying it. `tell` hears how many entries are done. */
export function evidenceReport(
	evidence: Evidence,
	known: Known = {},
	tell: (done: number) => void = () => undefined
): EvidenceReport {
	const { shape, entries, claims, exported_at_ms } = evidence;
	return {
		...verifyEvidence(evidence, sha256Hex, known, tell),
		...{ shape, exported_at_ms, decisions: decisionsOf(entries) },
		...{ kernel_id: textOrNull(claims.kernel_id), variant: textOrNull(claims.variant) }
	};
}

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
