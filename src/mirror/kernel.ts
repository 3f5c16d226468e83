import type { Clock } from '#base/clock.ts';
import { kernelEntries } from '#records/kernel-entries.ts';
import { storedKernels } from '#records/ledger.ts';
import type { ViewMap } from '#records/work.ts';
import { ledgerFile } from '#mirror/ledger-file.ts';

/** What is read of the ledger of one kernel. `pause` lets others have their turn while a long one is read. */
export function kernelViewMap({
	clock,
	pause
}: {
	readonly clock: Clock;
	readonly pause: () => Promise<void>;
}): ViewMap<'kernel.entries' | 'kernel.evidence'> {
	return {
		'kernel.entries': async (db, asked) => ({ rows: [await kernelEntries(db, asked)] }),
		'kernel.evidence': async (db, { kernel_id }) => {
			const kernel = (await storedKernels(db)).find((stored) => stored.kernel_id === kernel_id);
			if (kernel === undefined) return { rows: [] };
			const { variant } = kernel;
			const read = (from: number) => kernelEntries(db, { kernel_id, from });
			const { file } = await ledgerFile({ kernel_id, variant, exported_at_ms: clock() }, { read, pause });
			return { rows: [{ kernel_id, file }] };
		}
	};
}
