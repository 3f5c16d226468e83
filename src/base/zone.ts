const offset = /^([+-])(\d\d):(\d\d)$/;

/** Kept because making one takes longer than asking it a thousand times. */
const formats = new Map<string, Intl.DateTimeFormat>();
/** There are some six hundred zones; a file may spell each of them in many ways. */
const mostFormats = 1000;

/**
 * How far the clock of a zone was ahead of UTC at a moment, milliseconds. A zone is an IANA name or `±HH:mm`; which names
 * there are, and when their clocks change, the platform's time zone database says.
 *
 * @throws RangeError on a zone that this platform does not know.
 */
export function offsetAt(zone: string, ms: number): number {
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

/** Whether this platform knows a zone by its IANA name. */
export function isZoneName(name: string): boolean {
	try {
		formatIn(name);
		return /^[A-Za-z]/.test(name);
	} catch (error) {
		if (error instanceof RangeError) return false;
		throw error;
	}
}

function formatIn(zone: string): Intl.DateTimeFormat {
	const known = formats.get(zone);
	if (known !== undefined) return known;
	const made = new Intl.DateTimeFormat('en', {
		hourCycle: 'h23',
		year: 'numeric',
		month: 'numeric',
		day: 'numeric',
		hour: 'numeric',
		minute: 'numeric',
		second: 'numeric',
		timeZone: zone
	});
	if (formats.size >= mostFormats) formats.clear();
	formats.set(zone, made);
	return made;
}
