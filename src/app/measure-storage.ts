import * as v from 'valibot';
import type { Clock } from '#base/clock.ts';
import type { EngineName, StorageState } from '#domain/storage.ts';
import { views } from '#domain/view.ts';
import { databaseSize } from '#records/health.ts';
import { listReflections } from '#records/reflection-list.ts';
import type { Queryable } from '#storage/database.ts';
import { other } from '#app/engine-changes.ts';
import type { Engines } from '#app/engines.ts';

/** Bytes from which on a mirror is too much to be held in memory as a whole, on a device of unknown size. */
const large = 250e6;
/** Part of a device's memory that a mirror may take. */
const share = 1 / 16;
const turns = 20;

/** Looks at the mirror and at what this browser can do, as they are now. */
export async function measureStorage(
	db: Queryable,
	{
		engine,
		engines,
		clock
	}: { readonly engine: EngineName; readonly engines: Engines; readonly clock: Clock }
): Promise<StorageState> {
	const place = engines.places[other(engine)];
	const [bytes, device, obstacle, is_kept, copied] = [
		await databaseSize(db),
		await engines.device(),
		await place.obstacle(),
		await place.isKept(),
		await engines.copied()
	];
	const room = Math.min(large, (device.memory_gb ?? Infinity) * 1e9 * share);
	const fitting: EngineName = bytes > room ? 'postgres' : 'sqlite';
	return {
		engine,
		bytes,
		answer_ms: await answerTime(db, clock),
		...device,
		recommended: fitting !== engine && obstacle !== null ? engine : fitting,
		other: { obstacle, is_kept, copied_at: is_kept ? (copied?.at ?? null) : null }
	};
}

/** Milliseconds for the newest fifty reflections, over so many questions that a clock of whole milliseconds tells. */
async function answerTime(db: Queryable, clock: Clock): Promise<number> {
	const params = v.parse(views['reflections.list'].params, { limit: 50 });
	const from = clock();
	for (let turn = 0; turn < turns; turn++) await listReflections(db, params);
	return (clock() - from) / turns;
}
