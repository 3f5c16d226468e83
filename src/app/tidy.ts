import type { Clock } from '#base/clock.ts';
import { isoTime } from '#base/clock.ts';
import { uuidv7, type Randomness } from '#base/uuid.ts';
import type { CommandInput, Kind } from '#domain/command.ts';
import { archiveSizes, oldEntries } from '#records/archiving.ts';
import { carryOutErasures } from '#records/erasure.ts';
import { trashedBefore } from '#records/trash.ts';
import type { Database } from '#storage/database.ts';
import type { Port } from '#app/protocol.ts';

/** The trash keeps things for thirty days, in milliseconds. */
const kept = 30 * 24 * 60 * 60 * 1000;

export interface TidyDependencies {
	readonly database: Database;
	/** Asks as the app itself: what it erases stands in the ledger as its doing. */
	readonly system: Port;
	readonly clock: Clock;
	readonly random: Randomness;
}

/**
 * What an idle moment is for: erase what was in the trash for thirty days, wipe what was erased, pack
 * old ledger entries, make the next start fast. What one of these fails over keeps none of the others.
 *
 * @throws the first failure, once all was tried.
 */
export async function tidy({ database, system, clock, random }: TidyDependencies): Promise<void> {
	const ask = <K extends Kind>(kind: K, data: CommandInput<K>) =>
		system.dispatch({ id: uuidv7(clock(), random), kind, data });
	const steps = [
		async () => {
			const ids = await trashedBefore(database, isoTime(clock() - kept));
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
			if (database.needsCompacting()) await database.compact();
		}
	];
	const failures: unknown[] = [];
	for (const step of steps) await step().catch((failure: unknown) => failures.push(failure));
	if (failures.length > 0) throw failures[0];
}
