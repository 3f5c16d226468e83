/** A day and a time of the clock on the wall, somewhere. */
export interface When {
	/** `YYYY-MM-DD`. */
	readonly day: string;
	/** `HH:mm`. */
	readonly time: string;
	/** IANA name of the zone. */
	readonly zone: string;
}

const minute = 60_000;

/** What calendar and clock say in a zone at a moment; in UTC where this browser does not know the zone. */
export function whenOf(ms: number, zone: string): When {
	const shifted = new Date(ms + offsetOf(ms, zone)).toISOString();
	return { day: shifted.slice(0, 10), time: shifted.slice(11, 16), zone };
}

/**
 * The moment at which calendar and clock say so. Where a clock was put back, the earlier of the two; where it was put
 * forward over that time, the moment as long after the change. Null where the day or the time is none.
 */
export function momentOf({ day, time, zone }: When): number | null {
	const wall = Date.parse(`${day}T${time}:00.000Z`);
	if (Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 10) !== day) return null;
	const before = offsetOf(wall - 24 * 60 * minute, zone);
	const first = wall - before;
	const after = offsetOf(first, zone);
	if (after === before) return first;
	const second = wall - after;
	return offsetOf(second, zone) === after ? second : first;
}

/** How far the clocks of a zone are ahead of UTC at a moment, milliseconds. */
function offsetOf(ms: number, zone: string): number {
	const parts = Object.fromEntries(
		formatIn(zone)
			.formatToParts(ms)
			.map(({ type, value }) => [type, Number(value)])
	);
	const { year = 0, month = 1, day = 1, hour = 0, minute: minutes = 0, second = 0 } = parts;
	return Date.UTC(year, month - 1, day, hour, minutes, second) - Math.floor(ms / 1000) * 1000;
}

function formatIn(zone: string): Intl.DateTimeFormat {
	const options = {
		hourCycle: 'h23',
		year: 'numeric',
		month: 'numeric',
		day: 'numeric',
		hour: 'numeric',
		minute: 'numeric',
		second: 'numeric'
	} as const;
	try {
		return new Intl.DateTimeFormat('en', { ...options, timeZone: zone });
	} catch {
		return new Intl.DateTimeFormat('en', { ...options, timeZone: 'UTC' });
	}
}
