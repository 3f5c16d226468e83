import type { Json } from '#base/canonical.ts';
import type { TextDigest } from '#base/hash.ts';
import { hashInput, isPermitless, permitFields, type ChainEnd, type EntryRecord } from '#kernel/ledger.ts';
import { linkMismatch, rootMismatch, type HashField } from '#kernel/mismatch.ts';
import { asText, typeName } from '#kernel/python.ts';

export interface ReferenceVerdict {
	readonly is_valid: boolean;
	/** Where the reference throws: only what it throws. */
	readonly errors: readonly string[];
}

/**
 * The reference's `replay_and_verify` (KERNELS A5). It leaves the permit fields out of the hash, so it reports a good
 * ledger with permits as corrupt and does not see a forged permit; and it throws where a hash is not text.
 */
export class ReferenceReplay {
	readonly #digest: TextDigest;
	readonly #errors: string[] = [];
	#at: number;
	#running: string;
	#thrown: string | null = null;

	constructor(digest: TextDigest, after: ChainEnd) {
		this.#digest = digest;
		this.#at = after.next_seq;
		this.#running = after.last_hash;
	}

	/** `computed` is the hash over all 19 fields where it is known: without permits the reference comes to the same one. */
	entry(entry: EntryRecord, computed: string | null): void {
		const right =
			computed !== null && (isPermitless(entry) || !hasPermit(entry)) ? computed : this.#hash(entry);
		this.#compare('prev_hash', this.#running, entry.prev_hash);
		this.#compare('entry_hash', right, entry.entry_hash);
		this.#running = asText(entry.entry_hash);
		this.#at++;
	}

	notAnObject(entry: Json): void {
		this.#thrown ??= `AttributeError: '${typeName(entry)}' object has no attribute 'get'`;
	}

	/** `expected` null: no root is asked for. */
	finish(expected: Json): ReferenceVerdict {
		if (this.#thrown !== null) return { is_valid: false, errors: [this.#thrown] };
		const errors = [...this.#errors];
		if (expected !== null && asText(expected) !== this.#running)
			errors.push(rootMismatch(this.#running, asText(expected)));
		return { is_valid: errors.length === 0, errors };
	}

	#hash(entry: EntryRecord): string {
		const blind = { ...entry, ...Object.fromEntries(permitFields.map((field) => [field, null])) };
		return this.#digest(hashInput(this.#running, blind));
	}

	#compare(field: HashField, right: string, given: Json | undefined): void {
		const stated = asText(given);
		if (stated === right) return;
		if (given !== undefined && typeof given !== 'string' && !Array.isArray(given))
			this.#thrown ??= `TypeError: '${typeName(given)}' object is not subscriptable`;
		this.#errors.push(linkMismatch({ at: this.#at, field, right, stated }));
	}
}

function hasPermit(entry: EntryRecord): boolean {
	return permitFields.some((field) => (entry[field] ?? null) !== null);
}
