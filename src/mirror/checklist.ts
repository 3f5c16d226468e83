import type { Clock } from '#base/clock.ts';
import { ok } from '#base/result.ts';
import {
	checklistItems,
	phaseOf,
	type KernelChecklists,
	type ListedArchive,
	type Successor,
	type Tick
} from '#domain/checklist.ts';
import type { EvidenceArchive } from '#domain/evidence.ts';
import type { KernelStatus } from '#domain/ledger.ts';
import { checklistsSince } from '#domain/schema.ts';
import { deleteTick, insertTick, isTicked, keepsChecklists, ticksByKernel } from '#records/checklist.ts';
import { ownEvidence } from '#records/evidence-archive.ts';
import { kernelStatus, storedKernels } from '#records/ledger.ts';
import { countHolding } from '#records/permit.ts';
import { refuse } from '#records/refuse.ts';
import { policyHash } from '#records/succession.ts';
import type { HandlerMap, Queryable, ViewMap } from '#records/work.ts';

export const checklistHandlers: HandlerMap<'checklist.tick'> = {
	'checklist.tick': async ({ kernel_id, item, done }, work) => {
		if (!(await keepsChecklists(work.tx))) return noPlace;
		const kernel = (await storedKernels(work.tx)).find((stored) => stored.kernel_id === kernel_id);
		if (kernel === undefined)
			return refuse('not_found', 'There is no such kernel in this mirror. Nothing was ticked.');
		if (kernel.closed_at !== null && phaseOf(item) === 'before') return tooLate;
		const ticked = await isTicked(work.tx, { kernel_id, item });
		if (done === 'yes' && !ticked) await insertTick(work, { kernel_id, item });
		if (done === 'no' && ticked) await deleteTick(work, { kernel_id, item });
		return ok({ kernel_id, item });
	}
};

const noPlace = refuse(
	'refused',
	`Version ${checklistsSince} of the tables, which keeps checklists, is not applied here. Nothing was changed. Apply it in System.`
);

const tooLate = refuse(
	'refused',
	'This kernel was replaced, so what comes before its replacement stays as it was then. Nothing was changed. The other two lists can still be ticked.'
);

export function checklistViewMap(clock: Clock): ViewMap<'checklists.list'> {
	return {
		'checklists.list': async (db, { kernel_id }) => {
			if (!(await keepsChecklists(db))) return { rows: [] };
			const rows = await listed(db, clock(), kernel_id);
			return { rows, total: rows.length };
		}
	};
}

async function listed(db: Queryable, now: number, kernelId: string | null): Promise<KernelChecklists[]> {
	const all = await kernelStatus(db);
	const policies = new Map(
		(await storedKernels(db)).map(({ kernel_id, policy }) => [kernel_id, policyHash(policy)])
	);
	const ticks = await ticksByKernel(db, kernelId);
	const archives = await ownEvidence(db);
	const permits = await countHolding(db, now);
	const asked = all.filter(({ kernel_id }) => kernelId === null || kernel_id === kernelId);
	return asked.map((kernel) => {
		const { kernel_id, port, state, opened_at, closed_at } = kernel;
		return {
			...{ kernel_id, port, state, opened_at, closed_at },
			ticks: inOrder(ticks.get(kernel_id) ?? []),
			archive: archiveOf(kernel, archives),
			successor: successorOf(kernel, all, policies),
			permits
		};
	});
}

const order: readonly string[] = Object.values(checklistItems).flat();

function inOrder(ticks: readonly Tick[]): readonly Tick[] {
	return ticks.toSorted((a, b) => order.indexOf(a.item) - order.indexOf(b.item));
}

/** `archives` with the newest first: a file that is there says more than one that is not, and a whole one more than a part. */
function archiveOf(kernel: KernelStatus, archives: readonly EvidenceArchive[]): ListedArchive | null {
	const isWhole = ({ entries }: EvidenceArchive) => kernel.closed_at !== null && entries === kernel.entries;
	const own = archives.filter(({ kernel_id }) => kernel_id === kernel.kernel_id);
	const kept = own.filter(({ deleted_at }) => deleted_at === null);
	const archive = kept.find(isWhole) ?? kept[0] ?? own.find(isWhole) ?? own[0];
	if (archive === undefined) return null;
	const { name, created_at, entries, is_valid, deleted_at } = archive;
	return { name, created_at, entries, is_valid, is_whole: isWhole(archive), deleted_at };
}

/** `all` as `kernelStatus` has them: of one port the newest first. `policies`: the hash of each. */
function successorOf(
	kernel: KernelStatus,
	all: readonly KernelStatus[],
	policies: ReadonlyMap<string, string>
): Successor | null {
	const ofPort = all.filter(({ port }) => port === kernel.port);
	const next = ofPort[ofPort.indexOf(kernel) - 1];
	if (next === undefined) return null;
	const { kernel_id, opened_at, state, entries } = next;
	const isSame = policies.get(kernel_id) === policies.get(kernel.kernel_id);
	return { kernel_id, opened_at, state, entries, policy: isSame ? 'same' : 'another' };
}
