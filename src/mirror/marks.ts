import type { Settings } from '#domain/setting.ts';
import { keyName } from '#wire/lifecycle-event.ts';

/** Of what a mirror decided before it had a key, or in a browser that gives it none. */
const unsigned = 'unsigned';

/**
 * The marks that decisions of this mirror bear: the names of its keys. A decision without one of them came in a file:
 * it is kept and shown, and decides nothing here.
 */
export function ownMarks({ signing_keys }: Pick<Settings, 'signing_keys'>): readonly string[] {
	return signing_keys.length === 0 ? [unsigned] : signing_keys.map(keyName);
}

/** The mark that a decision of now bears. */
export function ownMark(settings: Pick<Settings, 'signing_keys'>): string {
	return ownMarks(settings).at(-1) ?? unsigned;
}
