/** One actor's refusals beyond this many in a minute become one entry: a loop must not fill the ledger. */
const perMinute = 60;

/** Counts refusals for each actor in windows of a minute. */
export class RefusalLimit {
	readonly #windows = new Map<string, { start: number; count: number }>();

	/**
	 * What is to be written of this refusal: its own entry, the one entry that stands for all that follow in this minute,
	 * or nothing.
	 */
	admit(actor: string, now: number): 'entry' | 'summary' | 'nothing' {
		let window = this.#windows.get(actor);
		// A clock that was set back begins another minute, too.
		if (window === undefined || now < window.start || now - window.start >= 60_000) {
			window = { start: now, count: 0 };
			this.#windows.set(actor, window);
		}
		window.count++;
		if (window.count <= perMinute) return 'entry';
		return window.count === perMinute + 1 ? 'summary' : 'nothing';
	}
}
