import type { Client } from '#app/client.ts';
import type { LeavingKind } from '#domain/egress.ts';
import { unanswered, type Outcome } from '#ui/asking.svelte.ts';
import { newId } from '#ui/request.ts';
import { saveFile } from '#ui/save-file.ts';

type Answer = 'allow' | 'leave';

/** A file on its way out. */
export interface LeavingFile {
	readonly what: LeavingKind;
	readonly file: Blob;
	readonly name: string;
}

/**
 * The one way in which pages save what they made of the person's data: the kernel of what leaves is asked first, and nothing
 * is saved that it does not let out.
 */
export class Leaving {
	readonly #client: Pick<Client, 'releaseFile'>;
	/** Answers a question that the person has not answered yet. */
	#answer: ((answer: Answer) => void) | null = null;
	/** Why the last file was not saved; null where it was, or its answer is on its way. `NotDone` shows it. */
	outcome = $state.raw<Outcome | null>(null);

	constructor(client: Pick<Client, 'releaseFile'>) {
		this.#client = client;
	}

	/** Whether the file was saved. It never throws; where a rule wants the person to be asked first, it waits for her word. */
	async save(leaving: LeavingFile): Promise<boolean> {
		this.#answer?.('leave');
		this.#answer = null;
		const receipt = await this.#release(leaving, {});
		if (receipt?.code !== 'ask_first') return receipt?.code === 'accepted';
		const answer = await new Promise<Answer>((resolve) => {
			this.#answer = resolve;
			this.outcome = { kind: 'refused', receipt, answer: resolve };
		});
		// By now another file may be asked about, which has an outcome of its own.
		if (answer === 'leave') {
			if (this.outcome?.kind === 'refused' && this.outcome.receipt === receipt) this.outcome = null;
			return false;
		}
		this.#answer = null;
		return (await this.#release(leaving, { agreed: true }))?.code === 'accepted';
	}

	async #release({ what, file, name }: LeavingFile, word: { readonly agreed?: true }) {
		this.outcome = null;
		const asked = { id: newId(), what, ...word };
		const receipt = await this.#client.releaseFile(asked, file).catch(() => null);
		if (receipt === null) this.outcome = unanswered;
		else if (receipt.code === 'accepted') saveFile(file, name);
		else this.outcome = { kind: 'refused', receipt };
		return receipt;
	}
}
