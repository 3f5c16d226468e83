import type { Draft, Drafts } from '#app/drafts.ts';

/**
 * - `nothing`: there is nothing to keep; - `changing`: on its way to the store; - `kept`: every word is on disk;
 * - `failed`: the store refused: the words are only on the screen.
 */
export type Keeping = 'nothing' | 'changing' | 'kept' | 'failed';

export interface KeeperDependencies {
	readonly drafts: Drafts;
	/** The draft as it is now; null where there is nothing worth keeping. */
	readonly now: () => Draft | null;
	readonly tell: (keeping: Keeping) => void;
}

/** A change reaches the store after at most this long; the promise is 400 ms, the disk needs its share. */
const longestWait = 250;

/**
 * Brings each change of one draft to the store: at most 250 ms after it, at once when told to flush. Nothing waits for the
 * write before it, for a page that is left waits for nothing: the store carries out what it is asked in order (IndexedDB,
 * 2.7.2), so that a slow write never replaces a newer one, and nothing comes back after `drop`.
 */
export class DraftKeeper {
	readonly #deps: KeeperDependencies;
	#timer: ReturnType<typeof setTimeout> | null = null;
	#isChanged = false;
	#work: Promise<unknown> = Promise.resolve();

	constructor(deps: KeeperDependencies) {
		this.#deps = deps;
	}

	changed(): void {
		if (!this.#isChanged) this.#deps.tell('changing');
		this.#isChanged = true;
		this.#timer ??= setTimeout(() => void this.flush(), longestWait);
	}

	/** Resolves when what was there when it was called is on disk, or cannot be brought there. */
	flush(): Promise<void> {
		this.#stopWaiting();
		if (this.#isChanged) {
			this.#isChanged = false;
			this.#add(this.#write(this.#deps.now()));
		}
		return this.#done();
	}

	/** Forgets what was not written yet, and takes the draft out of the store. */
	drop(draftId: string): Promise<void> {
		this.#stopWaiting();
		this.#isChanged = false;
		this.#add(this.#deps.drafts.drop(draftId).catch(() => undefined));
		return this.#done();
	}

	#add(work: Promise<void>): void {
		this.#work = Promise.all([this.#work, work]);
	}

	async #done(): Promise<void> {
		await this.#work;
	}

	async #write(draft: Draft | null): Promise<void> {
		if (draft === null) return this.#deps.tell('nothing');
		try {
			if (draft.text === '' && (draft.title ?? '') === '') {
				await this.#deps.drafts.drop(draft.id);
				if (!this.#isChanged) this.#deps.tell('nothing');
			} else {
				await this.#deps.drafts.put(draft);
				if (!this.#isChanged) this.#deps.tell('kept');
			}
		} catch {
			this.#deps.tell('failed');
		}
	}

	#stopWaiting(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = null;
	}
}

/** Flushes whenever this page might be about to end. Answers with how to stop. */
export function flushOnLeaving(flush: () => void): () => void {
	const onVisibility = () => {
		if (document.visibilityState === 'hidden') flush();
	};
	document.addEventListener('visibilitychange', onVisibility);
	window.addEventListener('pagehide', flush);
	window.addEventListener('blur', flush);
	return () => {
		document.removeEventListener('visibilitychange', onVisibility);
		window.removeEventListener('pagehide', flush);
		window.removeEventListener('blur', flush);
	};
}
