/**
 * Expected failure is data. An error class loses its identity on the way out of a worker; a plain object survives
 * structured clone, so every failure that a caller may meet is a `Failure` with a closed code.
 */
export type Result<T, E = Failure> =
	{ readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

/** `code` is from a closed, documented list; `message` says what happened, what is safe and what to do next. */
export interface Failure<Code extends string = string> {
	readonly code: Code;
	readonly message: string;
}

/** Wraps a value that was obtained as hoped. */
export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
	return { ok: true, value };
}

/** Wraps a failure that the caller is expected to handle. */
export function err<E>(error: E): { readonly ok: false; readonly error: E } {
	return { ok: false, error };
}

/** Builds a `Failure`; the code is checked against the caller's closed list by its type. */
export function failure<Code extends string>(code: Code, message: string): Failure<Code> {
	return { code, message };
}

/** What an error, or whatever else was thrown, says of itself: always a text, though it may be anything that was thrown. */
export function whyOf(error: unknown): string {
	try {
		return String(error instanceof Error ? error.message : error);
	} catch {
		return 'it broke without a word';
	}
}
