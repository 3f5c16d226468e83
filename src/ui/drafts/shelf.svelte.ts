import type { Client } from '#app/client.ts';
import type { Draft, Drafts } from '#app/drafts.ts';
import { claimedDrafts } from '#ui/drafts/claim.ts';
import { isHeld } from '#ui/write/asked.ts';

/** Drafts that nobody is writing now: each can be taken up again or let go. */
export class Shelf {
	readonly #client: Client;
	readonly #drafts: Drafts;
	#isReady = false;
	drafts = $state.raw<readonly Draft[]>([]);

	constructor(client: Client, drafts: Drafts) {
		this.#client = client;
		this.#drafts = drafts;
		void client.ready.then(() => (this.#isReady = true));
	}

	async refresh(): Promise<void> {
		const [drafts, claimed] = await Promise.all([this.#drafts.list().catch(() => []), claimedDrafts()]);
		const free = drafts.filter(({ id }) => !claimed.has(id));
		this.drafts = this.#isReady ? await this.#unsaved(free) : free;
	}

	async drop(draft: Draft): Promise<void> {
		await this.#drafts.drop(draft.id);
		await this.refresh();
	}

	/** Takes back a `drop`. */
	async putBack(draft: Draft): Promise<void> {
		await this.#drafts.put(draft);
		await this.refresh();
	}

	/** Lets go of drafts whose every word is saved: the tab ended between the commit and the letting go. */
	async #unsaved(drafts: readonly Draft[]): Promise<Draft[]> {
		const unsaved: Draft[] = [];
		for (const draft of drafts) {
			const read = await this.#client.read('reflections.get', { id: draft.id }).catch(() => null);
			const saved = read?.rows[0];
			if (saved !== undefined && isHeld(draft, saved)) await this.#drafts.drop(draft.id);
			else unsaved.push(draft);
		}
		return unsaved;
	}
}
