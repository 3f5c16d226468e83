/** Milliseconds since 1970-01-01T00:00:00Z. Passed in everywhere: no folder but `app` may ask the machine for the time. */
export type Clock = () => number;

/** `YYYY-MM-DDTHH:mm:ss.sssZ`, the one form in which times are stored (ISO 8601, always UTC). */
export function isoTime(ms: number): string {
	return new Date(ms).toISOString();
}

/** Whether a text is `YYYY-MM-DDTHH:mm:ss.sssZ`, of a day that the calendar has: 30 February is none. */
export function isIsoTime(text: string): boolean {
	const ms = Date.parse(text);
	return !Number.isNaN(ms) && isoTime(ms) === text;
}

/** Days that every month has: those need no calendar to be told from what is none. */
const everyMonth = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])$/;

/** Whether a text is `YYYY-MM-DD` and a day that the calendar has. */
export function isDay(text: string): boolean {
	return everyMonth.test(text) || isIsoTime(`${text}T12:00:00.000Z`);
}

/** The day that the calendar here says at a time, `YYYY-MM-DD`. */
export function localDay(ms: number): string {
	const date = new Date(ms);
	const two = (part: number) => String(part).padStart(2, '0');
	return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
