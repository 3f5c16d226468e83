import type { KernelStatus } from '#domain/ledger.ts';
import { exportEvidence, type EvidenceBundle } from '#kernel/evidence.ts';
import type { AuditEntry } from '#kernel/ledger.ts';
import { inExportOrder } from '#records/ledger-entry.ts';
import { ledgerSlices } from '#records/ledger.ts';
import type { Queryable } from '#storage/database.ts';

/** The evidence of one stored kernel: all of its entries, sound or not. */
export async function storedEvidence(
	db: Queryable,
	{ kernel_id, variant }: Pick<KernelStatus, 'kernel_id' | 'variant'>,
	exported_at_ms: number
): Promise<EvidenceBundle> {
	const entries: AuditEntry[] = [];
	for await (const slice of ledgerSlices(db, kernel_id)) entries.push(...slice.entries.map(inExportOrder));
	return exportEvidence({ kernel_id, variant, exported_at_ms }, entries);
}
