import type { Clock } from '#base/clock.ts';
import { isoTime } from '#base/clock.ts';
import { uuidv7, type Randomness } from '#base/uuid.ts';
import type { CommandInput, Kind } from '#domain/command.ts';
import type { DriftMeasure } from '#domain/engine-run.ts';
import type { KernelArchives } from '#domain/evidence.ts';
import { driftOf, judgedOutputs } from '#mirror/drift.ts';
import { prunable } from '#mirror/evidence-policy.ts';
import { archiveSizes, oldEntries } from '#records/archiving.ts';
import { newestOutputs } from '#records/drift.ts';
import { carryOutErasures } from '#records/erasure.ts';
import { keepsEvidence, kernelArchives } from '#records/evidence-archive.ts';
import { toldSince } from '#records/evolution.ts';
import { trashedBefore } from '#records/trash.ts';
import { keepTree, lacksTree } from '#records/tree.ts';
import { keepsReadings, putReading, unreadReflections } from '#records/readings.ts';
import type { KeptReadings } from '#engine/kept-readings.ts';
import type { Database } from '#storage/database.ts';
import type { Core } from '#app/core.ts';

/** The trash keeps things for thirty days, in milliseconds. */
const inTrash = 30 * 24 * 60 * 60 * 1000;

export interface TidyDependencies {
	/** Asked as the app itself: what is erased stands in the ledger as its doing. */
	readonly core: Core;
	readonly database: Database;
	/** What was read of entries in this session. */
	readonly kept: KeptReadings;
	/** Kernels whose ledger could not be archived in this session: that is said on the page, and not tried again by itself. */
	readonly notArchived: Set<string>;
	readonly clock: Clock;
	readonly random: Randomness;
	/** Lets whoever asks have a turn. */
	readonly pause: () => Promise<void>;
}

/**
 * What an idle moment is for: erase what was in the trash for thirty days, wipe what was erased, pack old ledger entries,
 * archive the ledgers of kernels that were replaced and let go of archives by the person's policy, compute the ledger's tree
 * where it is not kept yet, tell of an engine that drifts, make the next start fast, read entries for Insight. What one of these fails over keeps none of the others.
 *
 * @throws the first failure, once all was tried.
 */
export async function tidy(deps: TidyDependencies): Promise<void> {
	const { core, database, kept, notArchived, clock, random, pause } = deps;
	const system = core.port('system');
	const ask = <K extends Kind>(kind: K, data: CommandInput<K>) =>
		system.dispatch({ id: uuidv7(clock(), random), kind, data });
	const steps = [
		async () => {
			const ids = await trashedBefore(database, isoTime(clock() - inTrash));
			if (ids.length > 0) await ask('reflection.purge', { ids });
		},
		async () => void (await carryOutErasures(database)),
		async () => {
			while ((await oldEntries(database, archiveSizes)).length > 0) {
				const { code } = await ask('ledger.archive', archiveSizes);
				if (code !== 'accepted') break;
			}
		},
		async () => {
			for (;;) {
				const kernel = (await unarchived(database)).find(({ kernel_id }) => !notArchived.has(kernel_id));
				if (kernel === undefined) return;
				const { kernel_id, gave_way } = kernel;
				const { code } = await ask('evidence.archive', { kernel_id, reason: gave_way ?? 'replacement' });
				if (code === 'halted') return;
				if (code !== 'accepted') notArchived.add(kernel_id);
			}
		},
		async () => {
			if ((await prunable(database, clock())).length > 0) await ask('evidence.prune', {});
		},
		async () => {
			if (await lacksTree(database)) await database.transaction(keepTree);
		},
		async () => {
			for (const measure of await untoldDrift(database))
				await ask('lifecycle.record', { event_type: 'regression', measure });
		},
		async () => {
			if (database.needsCompacting()) await database.compact();
		},
		() => keepReadings({ core, database, kept, pause })
	];
	const failures: unknown[] = [];
	for (const step of steps) await step().catch((failure: unknown) => failures.push(failure));
	if (failures.length > 0) throw failures[0];
}

/** Kernels that were replaced and whose whole ledger was never archived, the oldest first. */
async function unarchived(database: Database): Promise<KernelArchives[]> {
	if (!(await keepsEvidence(database))) return [];
	return (await kernelArchives(database)).filter(({ is_missing }) => is_missing).toReversed();
}

/** What got worse and was not told since: once for each ten answers at most. */
async function untoldDrift(database: Database): Promise<DriftMeasure[]> {
	const { light, regressions, since } = driftOf(await newestOutputs(database, judgedOutputs));
	if (since === null) return [];
	const worse: DriftMeasure[] = regressions.map(({ measure }) => measure);
	if (light === 'red') worse.push('violations');
	if (worse.length === 0) return [];
	const told = await toldSince(database, 'regression', since);
	return worse.filter((measure) => !told.some((data) => data['measure'] === measure));
}

/**
 * Reads what Insight will ask for, and keeps it: a cache, outside of the ledger. A stretch at a time, and no more as soon as
 * anybody asks for something.
 */
async function keepReadings({
	core,
	database,
	kept,
	pause
}: Omit<TidyDependencies, 'notArchived' | 'clock' | 'random'>): Promise<void> {
	for (let isMore = true; isMore;) {
		isMore = await core.alone(async (signal) => {
			if (signal.aborted || !(await keepsReadings(database))) return false;
			// The word lists are loaded where there is something to read.
			if (!kept.hasUnfit && (await unreadReflections(database, 1)).length === 0) return false;
			const { readSome } = await import('#engine/keeping-readings.ts');
			const found = await readSome(database, kept);
			if (found.length === 0) return false;
			await database.transaction(async (tx) => {
				for (const reading of found) await putReading(tx, reading);
			});
			// The next question comes in by a turn of its own.
			await pause();
			return !signal.aborted;
		}, 'gives way');
	}
}
