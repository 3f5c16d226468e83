import { localTime } from '#ui/policy/sample.ts';

/** The last minute of a day where the person is, as a field for day and time takes it. */
export function endOfToday(now: number): string {
	return `${localTime(now).slice(0, 10)}T23:59`;
}

/** An object in JSON; null where the text is none. */
export function toJsonObject(text: string): Record<string, unknown> | null {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' && value !== null && !Array.isArray(value)
			? (value as Record<string, unknown>)
			: null;
	} catch {
		return null;
	}
}
