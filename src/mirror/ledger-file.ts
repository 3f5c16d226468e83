import { EvidenceWriting, type Exported } from '#kernel/evidence.ts';
import type { StoredSlice } from '#records/kernel-entries.ts';
import { inExportOrder } from '#records/ledger-entry.ts';

/** The whole ledger of one kernel as a file of evidence: compact JSON in UTF-8. */
export interface LedgerFile {
	readonly file: Blob;
	readonly entry_count: number;
	readonly root_hash: string;
}

export interface ReadingLedger {
	/** The entries of that kernel from one on. */
	readonly read: (from: number) => Promise<Pick<StoredSlice, 'entries' | 'next'>>;
	/** Lets whoever asks have a turn. */
	readonly pause: () => Promise<void>;
	/** Is told what of each slice was written: its entries, as a list in JSON. */
	readonly written?: (entries: string) => void;
}

/**
 * Reads a ledger slice by slice and writes it as evidence, sound or not; commands have their turn in between. What is written
 * meanwhile by the kernel itself is in it too: it says what stood when its last slice was read.
 */
export async function ledgerFile(
	of: Exported,
	{ read, pause, written = () => undefined }: ReadingLedger
): Promise<LedgerFile> {
	const writing = new EvidenceWriting();
	const parts: Blob[] = [];
	for (let from: number | null = 0; from !== null;) {
		const { entries, next }: Pick<StoredSlice, 'entries' | 'next'> = await read(from);
		const text = writing.push(entries.map(inExportOrder));
		written(`[${text.startsWith(',') ? text.slice(1) : text}]`);
		parts.push(new Blob([text]));
		from = next;
		if (from !== null) await pause();
	}
	const { claims, before, behind } = writing.finish(of);
	return { file: new Blob([before, ...parts, behind], { type: 'application/json' }), ...claims };
}
