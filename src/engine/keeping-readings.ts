import { textsOf } from '#records/insight.ts';
import { unreadReflections, type StoredReading } from '#records/readings.ts';
import type { Queryable } from '#records/work.ts';
import { hashOf, READING_VERSION, summed } from '#engine/insight.ts';
import type { KeptReadings } from '#engine/kept-readings.ts';
import { read } from '#engine/reading.ts';
import { READ_LIMIT } from '#engine/sentences.ts';

/** How many entries one stretch takes at most, and how much text it reads anew: some hundredths of a second of work. */
const most = { entries: 50, text: 8000 };

/**
 * Reads some entries of which no reading is kept, or none that fits. An entry is read whole, however long it is. None are
 * left where it answers with none.
 */
export async function readSome(db: Queryable, kept: KeptReadings): Promise<StoredReading[]> {
	const unfit = kept.takeUnfit(most.entries);
	const ids = unfit.length > 0 ? unfit : await unreadReflections(db, most.entries);
	const found: StoredReading[] = [];
	let unread = 0;
	for (const { id, text } of await textsOf(db, ids, READ_LIMIT)) {
		if (unread >= most.text) {
			if (unfit.includes(id)) kept.noteUnfit(id);
			continue;
		}
		const hash = hashOf(text);
		let reading = kept.get(hash);
		if (reading === null) {
			unread += text.length;
			reading = summed(read(text));
			kept.put(hash, reading);
		}
		found.push({ id, hash, engine_version: READING_VERSION, ...reading });
	}
	return found;
}
