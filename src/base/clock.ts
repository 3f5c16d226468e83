/** Milliseconds since 1970-01-01T00:00:00Z. Passed in everywhere: no folder but `app` may ask the machine for the time. */
export type Clock = () => number;

/** `YYYY-MM-DDTHH:mm:ss.sssZ`, the one form in which times are stored (ISO 8601, always UTC). */
export function isoTime(ms: number): string {
	return new Date(ms).toISOString();
}

/** The day that the calendar here says at a time, `YYYY-MM-DD`. */
export function localDay(ms: number): string {
	const date = new Date(ms);
	const two = (part: number) => String(part).padStart(2, '0');
	return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
