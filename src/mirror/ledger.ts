import { kernelStatus, ledgerHeads, ledgerPage } from '#records/ledger.ts';
import type { ViewMap } from '#records/work.ts';

export const ledgerViewMap: ViewMap<'ledger.list' | 'ledger.head' | 'kernel.status'> = {
	'ledger.list': ledgerPage,
	'ledger.head': async (db) => ({ rows: await ledgerHeads(db) }),
	'kernel.status': async (db) => ({ rows: await kernelStatus(db) })
};
