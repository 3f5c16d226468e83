import type { Client } from '#app/client.ts';
import type { ReflectionItem } from '#domain/reflection.ts';
import { Pages } from '#ui/lists/pages.svelte.ts';

export type ReflectionCursor = Pick<ReflectionItem, 'created_at' | 'id'>;

/** Typing goes on for about this long between two keys. */
const pause = 150;

/**
 * What the Reflections page shows: search words, filters and rows. They live as long as the tab and never stand in a URL:
 * history, logs and sync of a browser would keep them.
 */
export class Listing {
	readonly #client: Client;
	#timer: ReturnType<typeof setTimeout> | undefined;
	/** What is typed; the rows follow it a moment later. */
	query = $state('');
	/** `undefined`: of everybody; `null`: of no identity. */
	identityId = $state<string | null | undefined>(undefined);
	tag = $state<string | null>(null);
	/** The page that shows the search field should move the focus there. */
	isFocusAsked = $state(false);
	/** What the rows answer to. */
	answered = $state.raw({ query: '', isFiltered: false });
	readonly list: Pages<ReflectionItem, ReflectionCursor>;

	constructor(client: Client) {
		this.#client = client;
		this.list = new Pages(
			(after) => this.#read(after),
			({ created_at, id }) => ({ created_at, id })
		);
	}

	/** Reads at once, and again after each commit that touches reflections. Answers with how to stop. */
	open(): () => void {
		const refresh = () => void this.list.refresh();
		return this.#client.watch('reflections.list', { limit: 1 }, refresh, refresh);
	}

	/** To be called while a person types. */
	typed(): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => void this.search(), pause);
	}

	async search(): Promise<void> {
		clearTimeout(this.#timer);
		const asked = {
			query: this.query.trim(),
			isFiltered: this.tag !== null || this.identityId !== undefined
		};
		await this.list.restart();
		if (!this.list.isUnreadable) this.answered = asked;
	}

	/** A row that is on hand; null for any other. */
	rowOf(id: string): ReflectionItem | null {
		for (const { rows } of this.list.pages) {
			const row = rows?.find((item) => item.id === id);
			if (row !== undefined) return row;
		}
		return null;
	}

	/** Shows everything that bears a tag. */
	showTag(tag: string | null): Promise<void> {
		this.tag = tag;
		return this.search();
	}

	async #read(after: ReflectionCursor | null) {
		const filters = {
			...(this.identityId === undefined ? {} : { identity_id: this.identityId }),
			...(this.tag === null ? {} : { tag: this.tag }),
			after,
			limit: 50
		};
		const query = this.query.trim();
		return query === ''
			? this.#client.read('reflections.list', filters)
			: this.#client.read('reflections.search', { query, ...filters });
	}
}
