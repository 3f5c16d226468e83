import { offsetAt } from '#base/zone.ts';
import type { ReflectionMetadata } from '#domain/reflection.ts';

/** Where a reflection was written. What says no zone is read as UTC, as its day is (specification C3, 28). */
export function zoneOf({ time_zone }: ReflectionMetadata): string {
	return time_zone ?? 'UTC';
}

/**
 * How far the clock of a zone was ahead of UTC at a moment, milliseconds. A zone is an IANA name or `±HH:mm`; one that
 * this browser does not know is taken for UTC.
 */
export function offsetIn(zone: string, ms: number): number {
	try {
		return offsetAt(zone, ms);
	} catch {
		return offsetAt('UTC', ms);
	}
}
