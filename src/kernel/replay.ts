import { isObject, type Json } from '#base/canonical.ts';
import { textDigest, textDigests, type Sha256Hex, type TextDigest } from '#base/hash.ts';
import {
	genesis,
	hashInput,
	hashProfiles,
	type ChainEnd,
	type EntryRecord,
	type HashProfile
} from '#kernel/ledger.ts';
import { linkMismatch, rootMismatch, type HashField } from '#kernel/mismatch.ts';
import { asText } from '#kernel/python.ts';
import { ReferenceReplay, type ReferenceVerdict } from '#kernel/reference-replay.ts';

/** What stands outside the chain and says what it should be. All of it is for the reader to check, none of it to trust. */
export interface Claims {
	/** The root that the evidence itself states. */
	readonly root_hash?: Json;
	readonly entry_count?: Json;
	readonly kernel_id?: Json;
	readonly variant?: Json;
	/** A root noted elsewhere: finds a chain that was cut or written anew. */
	readonly pinned_root?: string;
	/** What the database knows of this chain: finds all that no hash covers. */
	readonly head?: StoredHead;
}

export interface StoredHead {
	readonly kernel_id: string;
	readonly variant: string;
	/** How many entries there are. */
	readonly size: number;
	readonly root: string;
}

export interface Verification {
	/** Nothing was found: neither in `errors` nor in `structural`. */
	readonly is_valid: boolean;
	readonly entries_verified: number;
	/** What is wrong with the chain and its root, in the words of KERNELS A5. */
	readonly errors: readonly string[];
	/** What no hash covers: sequence, counts, shape, and what the stored head knows better. */
	readonly structural: readonly string[];
	/** The last entry hash as it is stated, as the reference has it. */
	readonly computed_root_hash: string;
	readonly hash_profile: HashProfile;
	/** What the reference's own verifier says, blind spot and false alarms included. */
	readonly as_reference: ReferenceVerdict;
}

export interface ReplayOptions {
	readonly sha256: Sha256Hex;
	/** Where an earlier part of the chain ended. None: at its beginning. */
	readonly after?: ChainEnd;
}

/** Entries that are hashed together: what a page of the encoder holds. */
const together = 32;

/**
 * Verifies a ledger entry by entry, so that a long one can be pushed in slices: the verdict does not depend on where it
 * was cut. Nothing in an entry makes it throw.
 */
export class Replay {
	readonly #digest: TextDigest;
	readonly #digests: (texts: readonly string[]) => string[];
	readonly #first: number;
	readonly #errors: string[] = [];
	readonly #strange: string[] = [];
	readonly #reference: ReferenceReplay;
	#profile: HashProfile | null = null;
	#running: string;
	#count = 0;
	#sequenced = true;

	constructor({ sha256, after = { next_seq: 0, last_hash: genesis } }: ReplayOptions) {
		this.#digest = textDigest(sha256);
		this.#digests = textDigests(sha256);
		this.#first = after.next_seq;
		this.#running = after.last_hash;
		this.#reference = new ReferenceReplay(this.#digest, after);
	}

	push(entries: readonly Json[]): void {
		for (let at = 0; at < entries.length; at += together) this.#push(entries.slice(at, at + together));
	}

	#push(entries: readonly Json[]): void {
		const records = entries.map((entry) => (isObject(entry) ? entry : {}));
		const first = records[0];
		if (first === undefined) return;
		const profile = (this.#profile ??= this.#recognise(first, asText(first.entry_hash)));
		// What an entry is hashed with is the hash that the one before it states: so all of them can be hashed together.
		let running = this.#running;
		const computed = this.#digests(
			records.map((entry) => {
				const input = hashInput(running, entry, profile);
				running = asText(entry.entry_hash);
				return input;
			})
		);
		for (const [at, entry] of entries.entries()) {
			if (!isObject(entry)) this.#notAnObject(entry);
			this.#entry(records[at] ?? {}, computed[at] ?? '');
		}
	}

	finish(claims: Claims = {}): Verification {
		const errors = [...this.#errors, ...this.#rootErrors(claims)];
		const structural = [...this.#structure(claims), ...this.#outsideHead(claims)];
		return {
			is_valid: errors.length === 0 && structural.length === 0,
			entries_verified: this.#count,
			errors,
			structural,
			computed_root_hash: this.#running,
			hash_profile: this.#profile ?? 'v3-19',
			as_reference: this.#reference.finish(this.#count === 0 ? null : (claims.root_hash ?? null))
		};
	}

	#entry(entry: EntryRecord, computed: string): void {
		const { prev_hash, entry_hash, ledger_seq } = entry;
		const previous = asText(prev_hash);
		const stated = asText(entry_hash);

		if (previous !== this.#running) this.#errors.push(this.#mismatch('prev_hash', this.#running, previous));
		if (computed !== stated) this.#errors.push(this.#mismatch('entry_hash', computed, stated));
		if (!this.#isInSequence(ledger_seq)) this.#sequenced = false;
		this.#reference.entry(entry, this.#profile === 'v3-19' ? computed : null);

		this.#running = stated;
		this.#count++;
	}

	#mismatch(field: HashField, right: string, stated: string): string {
		return linkMismatch({ at: this.#first + this.#count, field, right, stated });
	}

	/** Versions that hashed fewer fields did not number their entries. */
	#isInSequence(ledger_seq: Json | undefined): boolean {
		if (ledger_seq === undefined && this.#profile !== 'v3-19') return true;
		return ledger_seq === this.#first + this.#count;
	}

	/**
	 * A bundle does not say which fields its hashes cover: the first entry tells. If it was altered none fits; then its keys
	 * tell, so that one altered entry is one error and not as many as there are entries.
	 */
	#recognise(entry: EntryRecord, stated: string): HashProfile {
		const profiles = Object.keys(hashProfiles) as HashProfile[];
		const fits = profiles.find(
			(profile) => this.#digest(hashInput(this.#running, entry, profile)) === stated
		);
		if (fits !== undefined) return fits;
		if (Object.hasOwn(entry, 'permit_nonce') || !Object.hasOwn(entry, 'intent')) return 'v3-19';
		return Object.hasOwn(entry, 'permit_digest') ? 'v2-15' : 'v1-11';
	}

	#notAnObject(entry: Json): void {
		this.#strange.push(`Entry ${this.#first + this.#count} is not an object`);
		this.#reference.notAnObject(entry);
	}

	#rootErrors({ root_hash, pinned_root, head }: Claims): string[] {
		const expected = [root_hash, pinned_root, head?.root]
			.filter((root) => (root ?? null) !== null)
			.map(asText);
		return [...new Set(expected)]
			.filter((root) => root !== this.#running)
			.map((root) => rootMismatch(this.#running, root));
	}

	#structure({ root_hash = null, entry_count = null }: Claims): string[] {
		const found = [...this.#strange];
		if (!this.#sequenced) found.push(`ledger_seq is not ${this.#first}..n-1`);
		if (entry_count !== null && entry_count !== this.#count)
			found.push('entry_count differs from number of entries');
		if (this.#count === 0 && root_hash !== null && root_hash !== this.#running)
			found.push('empty ledger but root is not the genesis hash');
		return found;
	}

	#outsideHead({ head, kernel_id, variant }: Claims): string[] {
		if (head === undefined) return [];
		const found: string[] = [];
		if (this.#first + this.#count !== head.size) found.push('number of entries differs from the stored head');
		if (kernel_id !== undefined && kernel_id !== head.kernel_id)
			found.push('kernel_id differs from the stored head');
		if (variant !== undefined && variant !== head.variant) found.push('variant differs from the stored head');
		return found;
	}
}
