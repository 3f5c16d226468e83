import { v7 } from 'uuid';

/** Fills `length` bytes from a secure source. Passed in: tests give a seeded one. */
export type Randomness = (length: number) => Uint8Array;

/**
 * A UUIDv7 (RFC 9562, section 5.7) from the given time and randomness: made by the caller of a command, so that a retried
 * command is a no-op and rows of several devices can meet later.
 */
export function uuidv7(time: number, random: Randomness): string {
	return v7({ msecs: time, random: random(16) });
}

/** When a UUIDv7 says that it was made, in milliseconds since 1970. */
export function timeOf(uuid: string): number {
	return Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
}

/** Whether a text has the form of a UUIDv7. */
export function isUuidv7(text: string): boolean {
	return /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(text);
}
