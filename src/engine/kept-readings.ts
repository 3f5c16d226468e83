import type { TextReading } from '#domain/insight.ts';

/** As many as a long diary has entries: some 6 MB. */
const most = 20_000;

/**
 * What was read in this session, by the hash of the text: the same text is read once, and one that was changed anew. Of
 * more than fit, those go that nobody asked for longest. It holds no word of any text.
 */
export class KeptReadings {
	readonly #readings = new Map<string, TextReading>();
	/** Entries of which the database keeps a reading of another text. */
	readonly #unfit = new Set<string>();

	get(hash: string): TextReading | null {
		const reading = this.#readings.get(hash);
		if (reading === undefined) return null;
		this.put(hash, reading);
		return reading;
	}

	put(hash: string, reading: TextReading): void {
		this.#readings.delete(hash);
		this.#readings.set(hash, reading);
		const oldest = this.#readings.size > most ? this.#readings.keys().next().value : undefined;
		if (oldest !== undefined) this.#readings.delete(oldest);
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
