import type { KernelStatus } from '#domain/ledger.ts';
import { exportEvidence, type EvidenceBundle } from '#kernel/evidence.ts';
import type { AuditEntry } from '#kernel/ledger.ts';
import { inExportOrder } from '#records/ledger-entry.ts';
import { ledgerSlices } from '#records/ledger.ts';
import type { Queryable } from '#storage/database.ts';

/** The evidence of one kernel, and of each of its entries the position over all kernels, which no evidence says. */
export interface PlacedEvidence {
	readonly evidence: EvidenceBundle;
	readonly positions: readonly number[];
}

/** The evidence of one stored kernel: all of its entries, sound or not. */
export async function storedEvidence(
	db: Queryable,
	{ kernel_id, variant }: Pick<KernelStatus, 'kernel_id' | 'variant'>,
	exported_at_ms: number
): Promise<PlacedEvidence> {
	const entries: AuditEntry[] = [];
	const positions: number[] = [];
	for await (const slice of ledgerSlices(db, kernel_id)) {
		entries.push(...slice.entries.map(inExportOrder));
		positions.push(...slice.positions);
	}
	return { evidence: exportEvidence({ kernel_id, variant, exported_at_ms }, entries), positions };
}
