import type { Client } from '#app/client.ts';
import type { QuotedEntry } from '#domain/insight.ts';
import type { PatternId } from '#domain/pattern-choices.ts';
import type { Answer } from '#domain/view.ts';
import type { Asked } from '#ui/insight/readings.svelte.ts';

/** So many entries at a time. */
const pageSize = 10;

/** The quotes behind a count, some at a time. */
export class Quotes {
	readonly #client: Client;
	readonly #asked: Asked & { readonly pattern: PatternId };
	rows = $state.raw<readonly QuotedEntry[]>([]);
	/** Where it goes on; null where nothing more is there. */
	#next = $state.raw<Answer['next']>();
	state = $state<'reading' | 'read' | 'failed'>('read');

	constructor(client: Client, asked: Asked & { readonly pattern: PatternId }) {
		this.#client = client;
		this.#asked = asked;
	}

	get isEnd(): boolean {
		return this.#next === null;
	}

	/** The next ones. Answers that hold none lead on to the next answer. */
	async more(): Promise<void> {
		if (this.state === 'reading') return;
		this.state = 'reading';
		const wanted = this.rows.length + pageSize;
		while (this.rows.length < wanted && !this.isEnd) {
			const after = this.#next ?? null;
			const answer = await this.#client
				.read('insight.quotes', { ...this.#asked, after, limit: wanted - this.rows.length })
				.catch(() => null);
			if (answer === null) {
				this.state = 'failed';
				return;
			}
			this.rows = [...this.rows, ...answer.rows];
			this.#next = answer.next ?? null;
		}
		this.state = 'read';
	}
}
