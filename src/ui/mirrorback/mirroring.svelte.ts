import type { Client } from '#app/client.ts';
import type { feedbackFlags, Mirrorback } from '#domain/mirrorback.ts';
import type { Receipt } from '#domain/receipt.ts';
import { Asking, type Outcome } from '#ui/asking.svelte.ts';
import { newId, request } from '#ui/request.ts';

export type FeedbackFlag = (typeof feedbackFlags)[number];

/** What the mirror answered to one reflection. */
export type MirrorAnswer =
	| { readonly kind: 'none' }
	| { readonly kind: 'asking'; readonly reflectionId: string }
	| {
			readonly kind: 'mirrorback';
			readonly reflectionId: string;
			readonly mirrorback: Mirrorback;
			readonly runId: string;
	  }
	| { readonly kind: 'silent'; readonly reflectionId: string }
	| { readonly kind: 'crisis'; readonly reflectionId: string }
	| { readonly kind: 'refused'; readonly reflectionId: string; readonly receipt: Receipt }
	| { readonly kind: 'unanswered'; readonly reflectionId: string };

/** Asks the mirror, and keeps its answer while the page shows it. */
export class Mirroring {
	readonly #client: Client;
	readonly #asking: Asking;
	answer = $state.raw<MirrorAnswer>({ kind: 'none' });

	constructor(client: Client) {
		this.#client = client;
		this.#asking = new Asking(client);
	}

	/** What waits for the word of the person, whom a rule wants to be asked first. */
	get question(): Outcome | null {
		return this.#asking.question;
	}

	async ask(reflectionId: string): Promise<void> {
		this.answer = { kind: 'asking', reflectionId };
		const data = { id: newId(), reflection_id: reflectionId, engine_run_id: newId() };
		const outcome = await this.#asking.ask(request('mirrorback.create', data), reflectionId);
		this.answer =
			outcome.kind === 'accepted'
				? await this.#read(reflectionId, outcome.receipt)
				: { ...outcome, reflectionId };
	}

	forget(): void {
		if (this.answer.kind !== 'asking') this.answer = { kind: 'none' };
	}

	async #read(reflectionId: string, receipt: Receipt): Promise<MirrorAnswer> {
		const { kind, mirrorback_id, engine_run_id } = receipt.result ?? {};
		if (kind === 'crisis') return { kind: 'crisis', reflectionId };
		if (kind !== 'mirrorback') return { kind: 'silent', reflectionId };
		const read = await this.#client
			.read('mirrorbacks.list', { reflection_id: reflectionId })
			.catch(() => null);
		if (read === null) return { kind: 'unanswered', reflectionId };
		const mirrorback = read.rows.find(({ id }) => id === mirrorback_id);
		if (mirrorback === undefined) return { kind: 'silent', reflectionId };
		return { kind: 'mirrorback', reflectionId, mirrorback, runId: String(engine_run_id) };
	}
}
