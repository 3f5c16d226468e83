import type { When } from '#app/drafts.ts';
import { offsetIn } from '#ui/zones.ts';

const aDay = 86_400_000;

/** What calendar and clock say in a zone at a moment; in UTC where this browser does not know the zone. */
export function whenOf(ms: number, zone: string): When {
	const shifted = new Date(ms + offsetIn(zone, ms)).toISOString();
	return { day: shifted.slice(0, 10), time: shifted.slice(11, 16), zone };
}

/**
 * The moment at which calendar and clock say so. Where a clock was put back, the earlier of the two; where it was put
 * forward over that time, the moment as long after the change. Null where the day or the time is none.
 */
export function momentOf({ day, time, zone }: When): number | null {
	const wall = Date.parse(`${day}T${time}:00.000Z`);
	if (Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 10) !== day) return null;
	const before = offsetIn(zone, wall - aDay);
	const first = wall - before;
	const after = offsetIn(zone, first);
	if (after === before) return first;
	const second = wall - after;
	return offsetIn(zone, second) === after ? second : first;
}
