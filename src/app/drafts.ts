import { openDB, type DBSchema, type IDBPDatabase } from 'idb';

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
	/** When writing began and when it last changed, milliseconds. */
	readonly begun_at: number;
	readonly changed_at: number;
	/** The version that an edit began from; null for a new reflection. */
	readonly base_version: number | null;
}

interface DraftSchema extends DBSchema {
	drafts: { key: string; value: Draft };
}

export interface Drafts {
	/** Resolves when the draft is on disk (strict durability). */
	put(draft: Draft): Promise<void>;
	get(id: string): Promise<Draft | null>;
	/** Newest change first. */
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
		get: async (id) => (await (await database()).get('drafts', id)) ?? null,
		async list() {
			const drafts = await (await database()).getAll('drafts');
			return drafts.sort((a, b) => b.changed_at - a.changed_at);
		},
		drop: async (id) => (await database()).delete('drafts', id)
	};
}
