import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import * as v from 'valibot';

/** A day and a time of the clock on the wall, somewhere. */
export interface When {
	/** `YYYY-MM-DD`. */
	readonly day: string;
	/** `HH:mm`. */
	readonly time: string;
	/** IANA name of the zone, or `±HH:mm`. */
	readonly zone: string;
}

/**
 * What a person has written and not yet saved. It lives in its own store: no kernel, no ledger, not in bundles; it must
 * work before the database is open and when the database does not open at all.
 */
export interface Draft {
	/** The UUIDv7 that the reflection will get, or has. */
	readonly id: string;
	readonly text: string;
	readonly title: string | null;
	readonly identity_id: string | null;
	readonly visibility: string;
	/** The day and the time that were chosen; null where none were. */
	readonly when: When | null;
	/** When writing began and when it last changed, milliseconds. */
	readonly begun_at: number;
	readonly changed_at: number;
	/** The version that an edit began from; null for a new reflection. */
	readonly base_version: number | null;
}

const whenSchema = v.object({
	day: v.pipe(v.string(), v.isoDate()),
	time: v.pipe(v.string(), v.isoTime()),
	zone: v.pipe(v.string(), v.maxLength(100))
});

/** A draft as it is kept, also one of before `when` was. A day that is none costs the draft its day, never its words. */
export const draftSchema = v.object({
	id: v.string(),
	text: v.string(),
	title: v.nullable(v.string()),
	identity_id: v.nullable(v.string()),
	visibility: v.string(),
	when: v.fallback(v.optional(v.nullable(whenSchema), null), null),
	begun_at: v.number(),
	changed_at: v.number(),
	base_version: v.nullable(v.number())
});

interface DraftSchema extends DBSchema {
	drafts: { key: string; value: unknown };
}

export interface Drafts {
	/** Resolves when the draft is on disk (strict durability). */
	put(draft: Draft): Promise<void>;
	/** Null where there is none, or what is kept there is no draft. */
	get(id: string): Promise<Draft | null>;
	/** Newest change first. What is kept and is no draft stays where it is, and is left out. */
	list(): Promise<Draft[]>;
	drop(id: string): Promise<void>;
}

export function openDrafts(name = 'mirror-drafts'): Drafts {
	let opened: Promise<IDBPDatabase<DraftSchema>> | null = null;
	const database = () =>
		(opened ??= openDB<DraftSchema>(name, 1, {
			upgrade: (db) => void db.createObjectStore('drafts', { keyPath: 'id' }),
			terminated: () => (opened = null)
		}));
	return {
		async put(draft) {
			const tx = (await database()).transaction('drafts', 'readwrite', { durability: 'strict' });
			const put = tx.store.put(draft);
			tx.commit();
			await Promise.all([put, tx.done]);
		},
		get: async (id) => read(await (await database()).get('drafts', id)),
		async list() {
			const kept = await (await database()).getAll('drafts');
			return kept.flatMap((each) => read(each) ?? []).sort((a, b) => b.changed_at - a.changed_at);
		},
		drop: async (id) => (await database()).delete('drafts', id)
	};
}

function read(kept: unknown): Draft | null {
	const parsed = v.safeParse(draftSchema, kept);
	return parsed.success ? parsed.output : null;
}
