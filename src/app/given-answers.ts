import { canonicalJson, type Json } from '#base/canonical.ts';
import { sha256Hex, textDigest } from '#base/hash.ts';

/** What is known of a request under an id: nothing, another one, or this one; its answer is null where it is no longer kept. */
export type Found<T> =
	{ readonly kind: 'new' | 'other' } | { readonly kind: 'same'; readonly answer: Promise<T> | null };

interface Given<T> {
	readonly content: string;
	answer: Promise<T> | null;
}

const digest = textDigest(sha256Hex);

/**
 * Answers by request id, so that a request that comes again is answered and not done again, also while it is under way. Of the
 * last `kept` the answers are there; of all before it is known what they asked for.
 */
export class GivenAnswers<T> {
	readonly #kept: number;
	readonly #given = new Map<string, Given<T>>();
	#newest: Given<T>[] = [];

	constructor(kept: number) {
		this.#kept = kept;
	}

	find(id: string, asked: Json): Found<T> {
		const given = this.#given.get(id);
		if (given === undefined) return { kind: 'new' };
		const isSame = given.content === digest(canonicalJson(asked));
		return isSame ? { kind: 'same', answer: given.answer } : { kind: 'other' };
	}

	keep(id: string, asked: Json, answer: Promise<T>): void {
		const given = { content: digest(canonicalJson(asked)), answer };
		this.#given.set(id, given);
		this.#newest.push(given);
		const oldest = this.#newest.length > this.#kept ? this.#newest.shift() : undefined;
		if (oldest !== undefined) oldest.answer = null;
	}

	/** As if it had never been asked. */
	forget(id: string): void {
		const given = this.#given.get(id);
		this.#given.delete(id);
		this.#newest = this.#newest.filter((one) => one !== given);
	}
}
