import type { EntryReading } from '#domain/insight.ts';

/** What is kept of a text that was read. */
export type TextReading = Pick<EntryReading, 'words' | 'english' | 'patterns'>;

/** As many as a long diary has entries: some 6 MB. */
const most = 20_000;

/**
 * What was read in this session, by the hash of the text: the same text is read once, and one that was changed anew. Of
 * more than fit, those go that nobody asked for longest. It holds no word of any text.
 */
export class KeptReadings {
	readonly #readings = new Map<string, TextReading>();

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
}
