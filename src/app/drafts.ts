import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import * as v from 'valibot';
import { names } from '#app/names.ts';
import { isDeletionNoted } from '#app/place.ts';

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
	/** Everything is deleted: lets go of the store, and writes nothing ever after. What is asked then fails. */
	end(): void;
}

/** What is used of `localStorage`: it is written at once, where a page that is left waits for nothing. */
interface Beside {
	readonly length: number;
	key(at: number): string | null;
	getItem(key: string): string | null;
	setItem(key: string, value: string): void;
	removeItem(key: string): void;
}

/**
 * Opens the store. What is on its way to the disk stands in `beside` until it arrived: a browser may drop the last write of a
 * page that is left, and then the next page finds the words there.
 */
export function openDrafts(name = names.drafts, beside: Beside | null = localStore()): Drafts {
	const waiting = new Waiting(`${name}:`, beside);
	let opened: Promise<IDBPDatabase<DraftSchema>> | null = null;
	let hasEnded = false;
	const database = async () => {
		if (hasEnded) throw new Error('Everything is deleted: no draft is kept any more.');
		return (opened ??= begin());
	};
	/** Where a deletion was interrupted, what it left is not shown again. */
	const begin = async (): Promise<IDBPDatabase<DraftSchema>> => {
		if (await isDeletionNoted().catch(() => false)) {
			end();
			return database();
		}
		return open().then((db) => rescue(db).then(() => db), forget);
	};
	const end = () => {
		hasEnded = true;
		void opened?.then(
			(db) => db.close(),
			() => undefined
		);
	};
	/** What failed once is tried again. */
	const forget = (error: unknown): never => {
		opened = null;
		throw error;
	};
	const open = () =>
		openDB<DraftSchema>(name, 1, {
			upgrade: (db) => void db.createObjectStore('drafts', { keyPath: 'id' }),
			// To no version at all: it is deleted, by whatever tab.
			blocking: (_version, next) => {
				if (next === null) end();
			},
			terminated: () => (opened = null)
		});
	/** What does not get to the disk stays beside: the next page tries again. */
	const rescue = async (db: IDBPDatabase<DraftSchema>) => {
		for (const { draft, text } of waiting.left())
			await bring(db, draft).then(
				() => waiting.arrived(draft.id, text),
				() => undefined
			);
	};
	const bring = async (db: IDBPDatabase<DraftSchema>, draft: Draft) => {
		const tx = db.transaction('drafts', 'readwrite', { durability: 'strict' });
		// Heard of, so that its end is no failure of nobody's where a request before it fails.
		const done = tx.done;
		done.catch(() => undefined);
		const kept = read(await tx.store.get(draft.id));
		if (waiting.has(draft.id) && (kept?.changed_at ?? 0) < draft.changed_at) await tx.store.put(draft);
		await done;
	};
	return {
		end,
		async put(draft) {
			// Not even beside.
			if (hasEnded) await database();
			const text = waiting.put(draft);
			const tx = (await database()).transaction('drafts', 'readwrite', { durability: 'strict' });
			const put = tx.store.put(draft);
			tx.commit();
			await Promise.all([put, tx.done]);
			waiting.arrived(draft.id, text);
		},
		get: async (id) => read(await (await database()).get('drafts', id)),
		async list() {
			const kept = await (await database()).getAll('drafts');
			return kept.flatMap((each) => read(each) ?? []).sort((a, b) => b.changed_at - a.changed_at);
		},
		async drop(id) {
			waiting.drop(id);
			return (await database()).delete('drafts', id);
		}
	};
}

/** Longer texts are not held beside: that store is small, and writing to it stops the page. */
const longestBeside = 256 * 1024;

/** Drafts on their way to the disk. */
class Waiting {
	readonly #prefix: string;
	readonly #store: Beside | null;

	constructor(prefix: string, store: Beside | null) {
		this.#prefix = prefix;
		this.#store = store;
	}

	/** Answers with what `arrived` is told later. */
	put(draft: Draft): string {
		const text = JSON.stringify(draft);
		try {
			// What stood there is older: better nothing than that.
			if (text.length > longestBeside) this.drop(draft.id);
			else this.#store?.setItem(this.#prefix + draft.id, text);
		} catch {
			// It is full: the disk has to do.
			this.drop(draft.id);
		}
		return text;
	}

	/** It is on disk, and nothing newer is on its way. */
	arrived(id: string, text: string): void {
		if (this.#store?.getItem(this.#prefix + id) === text) this.drop(id);
	}

	drop(id: string): void {
		this.#store?.removeItem(this.#prefix + id);
	}

	has(id: string): boolean {
		return (this.#store?.getItem(this.#prefix + id) ?? null) !== null;
	}

	/** What pages left here that are gone, and what other tabs are writing at this moment. */
	left(): { readonly draft: Draft; readonly text: string }[] {
		const store = this.#store;
		if (store === null) return [];
		const keys = Array.from({ length: store.length }, (_, at) => store.key(at) ?? '');
		return keys.flatMap((key) => {
			const text = key.startsWith(this.#prefix) ? (store.getItem(key) ?? '') : '';
			const draft = text === '' ? null : read(jsonOf(text));
			return draft === null ? [] : [{ draft, text }];
		});
	}
}

function jsonOf(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

/** Null where there is none, as in a worker, or where the browser forbids it. */
function localStore(): Beside | null {
	try {
		return (globalThis as { localStorage?: Beside }).localStorage ?? null;
	} catch {
		return null;
	}
}

function read(kept: unknown): Draft | null {
	const parsed = v.safeParse(draftSchema, kept);
	return parsed.success ? parsed.output : null;
}
