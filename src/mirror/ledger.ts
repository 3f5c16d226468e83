import { isoTime, type Clock } from '#base/clock.ts';
import { ok } from '#base/result.ts';
import type { LedgerEvidence } from '#domain/ledger.ts';
import { oldEntries, packEntries } from '#records/archiving.ts';
import { storedEvidence } from '#records/evidence.ts';
import { kernelStatus, ledgerHeads, ledgerPage, toItem } from '#records/ledger.ts';
import { Subtrees } from '#records/subtrees.ts';
import { Timeline } from '#records/timeline.ts';
import { ledgerTree } from '#records/tree.ts';
import type { HandlerMap, Page, Queryable, ViewMap } from '#records/work.ts';
import type { ViewParams } from '#domain/view.ts';
import { proveLedger } from '#mirror/proof.ts';
import { statisticsOf } from '#mirror/statistics.ts';
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
	| 'ledger.statistics'
	| 'ledger.head'
	| 'ledger.verify'
	| 'ledger.verifying'
	| 'ledger.evidence'
	| 'ledger.checkpoint'
	| 'ledger.proof'
	| 'kernel.status';

export function ledgerViewMap(clock: Clock, localDay: (ms: number) => string): ViewMap<LedgerViewName> {
	const runs = new LedgerRuns(clock);
	const timeline = new Timeline();
	const subtrees = new Subtrees();
	return {
		'ledger.list': (db, asked) => listed(db, asked, timeline),
		'ledger.statistics': async (db, { where }) => ({
			rows: [statisticsOf(await timeline.facts(db, where), localDay)]
		}),
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
		'ledger.proof': async (db, asked) => ({ rows: [await proveLedger(db, asked, subtrees)] }),
		'kernel.status': async (db) => ({ rows: await kernelStatus(db) })
	};
}

/** All entries are read as they stand; only what is picked takes looking into them. */
async function listed(
	db: Queryable,
	{ before, limit, where }: ViewParams<'ledger.list'>,
	timeline: Timeline
): Promise<Page<'ledger.list'>> {
	if (Object.keys(where).length === 0) return ledgerPage(db, { before, limit });
	const end = before ?? Number.MAX_SAFE_INTEGER;
	const { entries, total } = await timeline.page(db, where, { before: end, limit });
	return { rows: entries.map(toItem), total };
}
