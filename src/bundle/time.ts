import type { ReflectionMetadata } from '#domain/reflection.ts';

const time = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,40}))?)?\s*(Z|[+-]\d\d:?\d\d)?)?$/i;

/** A time as other programs write it. */
export interface ReadTime {
	/** `YYYY-MM-DDTHH:mm:ss.sssZ`. */
	readonly time: string;
	/** The day as it stood there. */
	readonly day: string;
	/** False where only a day was given: the time is then noon UTC. */
	readonly known: boolean;
	/** How far the clock there was ahead of UTC, `±HH:mm`; null where it was UTC or says nothing. */
	readonly offset: string | null;
}

/**
 * Reads an ISO 8601 time, with T or a space, with up to 40 decimals of a second (cut to milliseconds), with Z, an offset or
 * neither: what says no zone is UTC (specification C3, 28). Null where it is none, and for days that the calendar does not
 * have.
 */
export function readTime(text: string): ReadTime | null {
	const [, day, minute, second = '00', fraction = '', zone = 'Z'] = time.exec(text.trim()) ?? [];
	if (day === undefined) return null;
	const noon = new Date(`${day}T12:00:00.000Z`);
	// Date takes 30 February for 2 March.
	if (Number.isNaN(noon.getTime()) || noon.toISOString().slice(0, 10) !== day) return null;
	if (minute === undefined) return { time: noon.toISOString(), day, known: false, offset: null };
	const offset = zone.toUpperCase() === 'Z' ? null : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
	const read = new Date(`${day}T${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}${offset ?? 'Z'}`);
	if (Number.isNaN(read.getTime()) || !/^\d{4}-/.test(read.toISOString())) return null;
	return { time: read.toISOString(), day, known: true, offset };
}

/**
 * Reads a count of seconds (10 digits) or milliseconds (13 digits) since 1970, whose day is that of UTC. Null for every
 * other number: a spreadsheet counts days, some write 20240229, and a guess would put words under a wrong day unseen.
 */
export function readEpoch(count: number): ReadTime | null {
	const isSeconds = count >= 1e9 && count < 1e10;
	if (!isSeconds && !(count >= 1e12 && count < 1e13)) return null;
	const time = new Date(isSeconds ? count * 1000 : count).toISOString();
	return { time, day: time.slice(0, 10), known: true, offset: null };
}

/** What a time says beyond its moment, as the metadata of a reflection keep it: the day and the clock of where it was written. */
export function placeOf({ day, known, offset }: ReadTime): ReflectionMetadata {
	return {
		local_date: day,
		...(known ? {} : { time_known: false }),
		...(offset === null ? {} : { time_zone: offset })
	};
}
