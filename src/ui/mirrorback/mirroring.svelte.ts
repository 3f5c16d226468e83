import type { Client } from '#app/client.ts';
import type { feedbackFlags, Mirrorback } from '#domain/mirrorback.ts';
import type { Receipt } from '#domain/receipt.ts';
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
	answer = $state.raw<MirrorAnswer>({ kind: 'none' });

	constructor(client: Client) {
		this.#client = client;
	}

	async ask(reflectionId: string): Promise<void> {
		this.answer = { kind: 'asking', reflectionId };
		const data = { id: newId(), reflection_id: reflectionId, engine_run_id: newId() };
		try {
			const receipt = await this.#client.dispatch(request('mirrorback.create', data));
			this.answer = await this.#read(reflectionId, receipt);
		} catch {
			this.answer = { kind: 'unanswered', reflectionId };
		}
	}

	forget(): void {
		if (this.answer.kind !== 'asking') this.answer = { kind: 'none' };
	}

	async #read(reflectionId: string, receipt: Receipt): Promise<MirrorAnswer> {
		if (receipt.code !== 'accepted') return { kind: 'refused', reflectionId, receipt };
		const { kind, mirrorback_id, engine_run_id } = receipt.result ?? {};
		if (kind === 'crisis') return { kind: 'crisis', reflectionId };
		if (kind !== 'mirrorback') return { kind: 'silent', reflectionId };
		const { rows } = await this.#client.read('mirrorbacks.list', { reflection_id: reflectionId });
		const mirrorback = rows.find(({ id }) => id === mirrorback_id);
		if (mirrorback === undefined) return { kind: 'silent', reflectionId };
		return { kind: 'mirrorback', reflectionId, mirrorback, runId: String(engine_run_id) };
	}
}
