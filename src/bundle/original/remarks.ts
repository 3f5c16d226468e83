import type { RowFinding } from '#domain/bundle.ts';

/** Most characters of a file that are kept beside its tables: a hostile one can repeat its own text. */
const most = 32 * 1024 * 1024;

/** What the reading of an original file tells beside its rows: nothing is left out or changed without a word here. */
export class Remarks {
	readonly changed: RowFinding[] = [];
	readonly #told = new Map<string, number>();
	readonly #skipped = new Map<string, number>();
	#room = most;

	/** Counts rows of which this was done. */
	tell(what: string, rows = 1): void {
		this.#told.set(what, (this.#told.get(what) ?? 0) + rows);
	}

	/** Whether so many characters more may be kept beside what the tables take; then they are counted. */
	hasRoomFor(characters: number): boolean {
		if (characters > this.#room) return false;
		this.#room -= characters;
		return true;
	}

	/** Counts rows that stay out. */
	leaveOut(reason: string, rows = 1): void {
		this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + rows);
	}

	get notices(): string[] {
		return [...this.#told].filter(([, rows]) => rows > 0).map(([what, rows]) => `${what}: ${rows}.`);
	}

	get skipped(): { readonly reason: string; readonly count: number }[] {
		return [...this.#skipped].map(([reason, count]) => ({ reason, count }));
	}
}
