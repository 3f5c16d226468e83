import type { EntryReading, TextReading } from '#domain/insight.ts';

/** As many as a long diary has entries: some 6 MB. */
const most = 20_000;

/** Of more than fit, those go that nobody asked for longest. */
class Lately<T> {
	readonly #kept = new Map<string, T>();

	get(key: string): T | null {
		const value = this.#kept.get(key);
		if (value === undefined) return null;
		this.put(key, value);
		return value;
	}

	put(key: string, value: T): void {
		this.#kept.delete(key);
		this.#kept.set(key, value);
		const oldest = this.#kept.size > most ? this.#kept.keys().next().value : undefined;
		if (oldest !== undefined) this.#kept.delete(oldest);
	}
}

/**
 * What was read in this session, by the hash of the text: the same text is read once, and one that was changed anew. It
 * holds no word of any text.
 */
export class KeptReadings {
	readonly #readings = new Lately<TextReading>();
	/** What was found of the person's own patterns, by the hashes of all these and of the text. */
	readonly own = new Lately<EntryReading['patterns']>();
	/** Entries of which the database keeps a reading of another text. */
	readonly #unfit = new Set<string>();

	get(hash: string): TextReading | null {
		return this.#readings.get(hash);
	}

	put(hash: string, reading: TextReading): void {
		this.#readings.put(hash, reading);
	}

	get hasUnfit(): boolean {
		return this.#unfit.size > 0;
	}

	noteUnfit(id: string): void {
		this.#unfit.add(id);
	}

	/** Some of those that were noted; they are noted no more. */
	takeUnfit(count: number): string[] {
		const taken = [...this.#unfit].slice(0, count);
		for (const id of taken) this.#unfit.delete(id);
		return taken;
	}
}
