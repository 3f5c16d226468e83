import type { RowFinding } from '#domain/bundle.ts';

/** What the reading of an original file tells beside its rows: nothing is left out or changed without a word here. */
export class Remarks {
	readonly changed: RowFinding[] = [];
	readonly #told = new Map<string, number>();
	readonly #skipped = new Map<string, number>();

	/** Counts rows of which this was done. */
	tell(what: string, rows = 1): void {
		this.#told.set(what, (this.#told.get(what) ?? 0) + rows);
	}

	/** Counts rows that stay out. */
	skip(reason: string, rows = 1): void {
		this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + rows);
	}

	get notices(): string[] {
		return [...this.#told].filter(([, rows]) => rows > 0).map(([what, rows]) => `${what}: ${rows}.`);
	}

	get skipped(): { readonly reason: string; readonly count: number }[] {
		return [...this.#skipped].map(([reason, count]) => ({ reason, count }));
	}
}
