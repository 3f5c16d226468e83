/** One page of a long list. What is far from the screen is let go, and keeps only its place: cursor, count, height. */
export interface Page<Row, Cursor> {
	readonly index: number;
	/** What the page follows; null for the first. */
	readonly after: Cursor | null;
	readonly rows: readonly Row[] | null;
	readonly count: number;
	/** Height in pixels when it was last seen. */
	readonly blockSize: number;
}

export interface Read<Row, Cursor> {
	(after: Cursor | null): Promise<{ readonly rows: readonly Row[]; readonly total?: number }>;
}

/**
 * A long list, read page by page with a cursor, so that a page stays right while rows come and go. Only pages near the
 * screen hold rows: memory does not grow with the length of the list.
 */
export class Pages<Row, Cursor> {
	readonly #read: Read<Row, Cursor>;
	readonly #cursorOf: (row: Row) => Cursor;
	readonly #size: number;
	/** Counts restarts: an answer to an older question is dropped. */
	#asked = 0;
	#isReading = false;
	pages = $state.raw<readonly Page<Row, Cursor>[]>([]);
	total = $state<number | null>(null);
	isAtEnd = $state(false);
	/** The last read failed: what is shown is as it was before, and may lack something. */
	isUnreadable = $state(false);
	/** Null until the first answer; afterwards whether the list has rows. */
	hasRows = $derived(this.total === null ? null : this.pages.some(({ count }) => count > 0));

	constructor(read: Read<Row, Cursor>, cursorOf: (row: Row) => Cursor, size = 50) {
		this.#read = read;
		this.#cursorOf = cursorOf;
		this.#size = size;
	}

	/** Reads again from the beginning, because another list is wanted. What is shown stays until the answer is there. */
	async restart(): Promise<void> {
		this.#asked++;
		const first = await this.#page(0, null);
		if (first === null) return;
		this.pages = [first];
		this.isAtEnd = first.count < this.#size;
	}

	/** Reads what is shown again, because something was committed. */
	async refresh(): Promise<void> {
		if (this.pages.length === 0) return this.restart();
		this.#asked++;
		const last = this.pages.findLastIndex(({ rows }) => rows !== null);
		const fresh: Page<Row, Cursor>[] = [];
		let after: Cursor | null = null;
		for (const before of this.pages.slice(0, last + 1)) {
			const page: Page<Row, Cursor> | null = await this.#page(before.index, after);
			if (page === null) return;
			after = this.#last(page);
			fresh.push(before.rows === null ? { ...page, rows: null, blockSize: before.blockSize } : page);
			if (page.count < this.#size) break;
		}
		this.pages = fresh;
		this.isAtEnd = (fresh.at(-1)?.count ?? 0) < this.#size;
	}

	async more(): Promise<void> {
		const last = this.pages.at(-1);
		if (this.#isReading || this.isAtEnd || last === undefined || last.rows === null) return;
		this.#isReading = true;
		const page = await this.#page(this.pages.length, this.#last(last));
		this.#isReading = false;
		if (page === null) return;
		if (page.count > 0) this.pages = [...this.pages, page];
		this.isAtEnd = page.count < this.#size;
	}

	/** Brings the rows of a page back that came near the screen. */
	async fill(index: number): Promise<void> {
		const page = this.pages[index];
		if (page === undefined || page.rows !== null) return;
		const filled = await this.#page(index, page.after);
		if (filled !== null) this.#put(filled);
	}

	/** Lets go of the rows of a page that is far from the screen. */
	letGo(index: number, blockSize: number): void {
		const page = this.pages[index];
		// The last page stays: the next one continues after its last row.
		if (page === undefined || page.rows === null || index === this.pages.length - 1) return;
		this.#put({ ...page, rows: null, blockSize });
	}

	/** Null where it cannot be read, or where something else was asked for meanwhile. */
	async #page(index: number, after: Cursor | null): Promise<Page<Row, Cursor> | null> {
		const asked = this.#asked;
		const answer = await this.#read(after).catch(() => null);
		if (asked !== this.#asked) return null;
		this.isUnreadable = answer === null;
		if (answer === null) return null;
		const { rows, total } = answer;
		if (total !== undefined) this.total = total;
		return { index, after, rows, count: rows.length, blockSize: 0 };
	}

	#last(page: Page<Row, Cursor>): Cursor | null {
		const row = page.rows?.at(-1);
		return row === undefined ? null : this.#cursorOf(row);
	}

	#put(page: Page<Row, Cursor>): void {
		this.pages = this.pages.map((old) => (old.index === page.index ? page : old));
	}
}
