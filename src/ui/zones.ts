import type { ReflectionMetadata } from '#domain/reflection.ts';

const offset = /^([+-])(\d\d):(\d\d)$/;

/** Where a reflection was written. What says no zone is read as UTC, as its day is (specification C3, 28). */
export function zoneOf({ time_zone }: ReflectionMetadata): string {
	return time_zone ?? 'UTC';
}

/**
 * How far the clock of a zone was ahead of UTC at a moment, milliseconds. A zone is an IANA name or `±HH:mm`; one that
 * this browser does not know is taken for UTC.
 */
export function offsetIn(zone: string, ms: number): number {
	const [, sign, hours, minutes] = offset.exec(zone) ?? [];
	if (sign !== undefined) return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
	const parts = Object.fromEntries(
		formatIn(zone)
			.formatToParts(ms)
			.map(({ type, value }) => [type, Number(value)])
	);
	const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
	return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000;
}

/** To make one takes longer than to use it a hundred times. */
const formats = new Map<string, Intl.DateTimeFormat>();
/** A file may name any number of zones. */
const mostFormats = 64;

function formatIn(zone: string): Intl.DateTimeFormat {
	const known = formats.get(zone);
	if (known !== undefined) return known;
	if (formats.size >= mostFormats) formats.clear();
	const made = newFormat(zone);
	formats.set(zone, made);
	return made;
}

function newFormat(zone: string): Intl.DateTimeFormat {
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
