import * as v from 'valibot';
import { isDay, isIsoTime } from '#base/clock.ts';
import { isUuidv7 } from '#base/uuid.ts';

/** Longest entry, in UTF-8 bytes: 1 MiB. More is refused and the draft kept. */
export const longestContent = 1024 * 1024;

/** A UUIDv7 made by the caller. */
export const newId = v.pipe(v.string(), v.check(isUuidv7, 'must be a UUIDv7'));

/** The id of a row that exists: a UUID, or any unique text in rows that came from elsewhere. */
export const rowId = v.pipe(v.string(), v.minLength(1), v.maxLength(200));

/** `YYYY-MM-DDTHH:mm:ss.sssZ`. */
export const isoTimestamp = v.pipe(
	v.string(),
	v.check(isIsoTime, 'must be a time like 2026-11-21T08:30:00.000Z')
);

/** A day of the calendar where the person was, `YYYY-MM-DD`; never computed anew when they travel. */
export const localDate = v.pipe(v.string(), v.check(isDay, 'must be a day like 2026-11-21'));

/**
 * Text that a database, a file and a hash can all hold: without U+0000, without lone surrogates, and not beginning with a
 * byte order mark, which readers of files take away.
 */
export const wellFormed = v.pipe(
	v.string(),
	v.check((text) => !text.startsWith('\ufeff'), 'must not begin with a byte order mark'),
	v.check(
		(text) => !/\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text),
		'must not hold U+0000 or half a character'
	)
);

export const shortText = v.pipe(wellFormed, v.maxLength(500));

/** How many rows a view answers with at most in one read. */
export const pageLimit = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(200)), 50);
