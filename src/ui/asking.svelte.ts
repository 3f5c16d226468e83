import type { Client } from '#app/client.ts';
import type { Kind, Request } from '#domain/command.ts';
import type { Receipt } from '#domain/receipt.ts';
import { newId } from '#ui/request.ts';

/**
 * What asking for a change came to.
 * - `accepted`: done, and durable; - `refused`: with the receipt that says why;
 * - `unanswered`: done as a whole or not at all, and nobody says which.
 */
export type Outcome =
	| { readonly kind: 'accepted'; readonly receipt: Receipt }
	/** `answer`: a rule wants the person to be asked first, and this is how she says whether it is done after all. */
	| { readonly kind: 'refused'; readonly receipt: Receipt; readonly answer?: (answer: Answer) => void }
	| { readonly kind: 'unanswered' };

type Answer = 'allow' | 'leave';

/**
 * The one way in which pages ask for changes: it never throws, so that no press of a button comes to nothing unseen.
 * What was not answered and is asked for again next is sent as the same request: whatever became of the first, it is done
 * once.
 */
export class Asking {
	readonly #client: Client;
	/** What was asked last, where no answer came. Only the last: after another change the same words ask for something new. */
	#unanswered: { readonly of: string; readonly request: Request } | null = null;
	/** What the last question came to; null where none was asked or its answer is on its way. `NotDone` shows it. */
	outcome = $state.raw<Outcome | null>(null);
	/** How many answers are on their way. */
	#open = $state(0);

	readonly #manner: 'asks first' | 'never asks';
	/** Answers a question that the person has not answered yet. */
	#answer: ((answer: Answer) => void) | null = null;

	/** It `asks first` through `NotDone`: where nothing shows that, what a rule wants to be asked for is refused at once. */
	constructor(client: Client, manner: 'asks first' | 'never asks' = 'asks first') {
		this.#client = client;
		this.#manner = manner;
	}

	/** What waits for the word of the person; null where nothing does. */
	get question(): Extract<Outcome, { kind: 'refused' }> | null {
		return this.outcome?.kind === 'refused' && this.outcome.answer !== undefined ? this.outcome : null;
	}

	/** Takes it that she leaves what she was asked about, because she goes on with something else. */
	leave(): void {
		this.#answer?.('leave');
	}

	get isOpen(): boolean {
		return this.#open > 0;
	}

	/**
	 * `of` says what is asked for, where the data holds an id that is made anew at each press. Where a rule wants the person to
	 * be asked first it waits for her word, until something else is asked for.
	 */
	async ask<K extends Kind>(
		asked: Request<K>,
		of = JSON.stringify([asked.data, asked.base_version])
	): Promise<Outcome> {
		this.leave();
		const outcome = await this.#send(asked, of);
		const isAsked = outcome.kind === 'refused' && outcome.receipt.code === 'ask_first';
		if (!isAsked || this.#manner === 'never asks') return outcome;
		const answer = await new Promise<Answer>((resolve) => {
			this.#answer = resolve;
			this.outcome = { ...outcome, answer: resolve };
		});
		// By now something else may be asked, which has an outcome of its own.
		if (answer === 'leave') {
			if (this.question?.receipt === outcome.receipt) this.outcome = outcome;
			return outcome;
		}
		this.#answer = null;
		return this.#send({ ...asked, id: newId(), agreed: true }, `agreed ${of}`);
	}

	async #send<K extends Kind>(asked: Request<K>, of: string): Promise<Outcome> {
		const key = `${asked.kind} ${of}`;
		const request = this.#unanswered?.of === key ? this.#unanswered.request : asked;
		this.outcome = null;
		this.#open++;
		const outcome = await this.#client.dispatch(request).then(toOutcome, () => unanswered);
		this.#open--;
		this.#unanswered = outcome.kind === 'unanswered' ? { of: key, request } : null;
		this.outcome = outcome;
		return outcome;
	}
}

/** What a question is that could not even be put. */
export const unanswered: Outcome = { kind: 'unanswered' };

function toOutcome(receipt: Receipt): Outcome {
	return { kind: receipt.code === 'accepted' ? 'accepted' : 'refused', receipt };
}
