import { isoTime, type Clock } from '#base/clock.ts';
import { ok } from '#base/result.ts';
import type { LedgerEvidence } from '#domain/ledger.ts';
import { oldEntries, packEntries } from '#records/archiving.ts';
import { storedEvidence } from '#records/evidence.ts';
import { kernelStatus, ledgerHeads, ledgerPage } from '#records/ledger.ts';
import { ledgerTree } from '#records/tree.ts';
import type { HandlerMap, ViewMap } from '#records/work.ts';
import { proveLedger } from '#mirror/proof.ts';
import { LedgerRuns } from '#mirror/verification-runs.ts';
import { verifyLedger } from '#mirror/verification.ts';

export const ledgerHandlers: HandlerMap<'ledger.archive'> = {
	'ledger.archive': async (sizes, work) => {
		const entries = await oldEntries(work.tx, sizes);
		if (entries.length > 0) await packEntries(work, entries);
		return ok({ entries: entries.flat().length });
	}
};

type LedgerViewName =
	| 'ledger.list'
	| 'ledger.head'
	| 'ledger.verify'
	| 'ledger.verifying'
	| 'ledger.evidence'
	| 'ledger.checkpoint'
	| 'ledger.proof'
	| 'kernel.status';

export function ledgerViewMap(clock: Clock): ViewMap<LedgerViewName> {
	const runs = new LedgerRuns(clock);
	return {
		'ledger.list': ledgerPage,
		'ledger.head': async (db) => ({ rows: await ledgerHeads(db) }),
		'ledger.verify': async (db) => ({ rows: [await verifyLedger(db)] }),
		'ledger.verifying': async (db, asked) => {
			const step = await runs.next(db, asked);
			return { rows: step === null ? [] : [step] };
		},
		'ledger.evidence': async (db, { kernel_id }) => {
			const kernels = await kernelStatus(db);
			const asked = kernels.filter((kernel) => kernel_id === null || kernel.kernel_id === kernel_id);
			const rows: LedgerEvidence[] = [];
			for (const kernel of asked) rows.push((await storedEvidence(db, kernel, clock())).evidence);
			return { rows };
		},
		'ledger.checkpoint': async (db) => {
			const tree = await ledgerTree(db);
			if (!tree.ok) return { rows: [] };
			const { size, root } = tree.value;
			return { rows: [{ size, root, time: isoTime(clock()) }] };
		},
		'ledger.proof': async (db, asked) => ({ rows: [await proveLedger(db, asked)] }),
		'kernel.status': async (db) => ({ rows: await kernelStatus(db) })
	};
}
