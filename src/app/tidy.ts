import type { Clock } from '#base/clock.ts';
import { isoTime } from '#base/clock.ts';
import { uuidv7, type Randomness } from '#base/uuid.ts';
import { archiveOldEntries } from '#records/archive.ts';
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
 * old ledger entries, make the next start fast.
 */
export async function tidy({ database, system, clock, random }: TidyDependencies): Promise<void> {
	const ids = await trashedBefore(database, isoTime(clock() - kept));
	if (ids.length > 0)
		await system.dispatch({ id: uuidv7(clock(), random), kind: 'reflection.purge', data: { ids } });
	const isRewritten = await carryOutErasures(database);
	await archiveOldEntries(database, clock);
	if (!isRewritten && database.needsCompacting()) await database.compact();
}
