/** The kinds of places in a browser that the contract of `Database` is held to. */
export const placeKinds = [
	'SQLite over OPFS files',
	'SQLite over IndexedDB',
	'PostgreSQL over OPFS files'
] as const;
export type PlaceKind = (typeof placeKinds)[number];

/** What the worker is asked to run: one case of the contract in a new place. */
export interface Question {
	readonly kind: PlaceKind;
	/** Of the case. */
	readonly name: string;
}

/** What went wrong; null: nothing. */
export type Outcome = string | null;
