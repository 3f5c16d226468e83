import type { Client } from '#app/client.ts';
import type { EntryReading } from '#domain/insight.ts';
import type { Answer } from '#domain/view.ts';
import type { Stretch } from '#ui/insight/stretch.ts';

/** Whose entries of which days are read. */
export interface Asked extends Stretch {
	readonly identity_id?: string | null;
}

type Place = NonNullable<Answer['next']>;

interface Shown {
	readonly of: Asked;
	readonly rows: readonly EntryReading[];
	/** Behind which entry it goes on; null where all were read. */
	readonly next: Place | null;
}

/** After so long it is said how far it is, in milliseconds. */
const patience = 1000;
const pageSize = 50;
/** What was read is drawn so often, in milliseconds: pages that the core has kept come faster than anybody looks. */
const pause = 200;

/**
 * Reads entries for patterns, page after page, and shows what was read so far. The core keeps what it has read: to read
 * again, because something was committed, costs little, and what was there stays until that is done.
 */
export class Readings {
	readonly #client: Client;
	/** Counts beginnings: an answer to an older question is dropped. */
	#asked = 0;
	shown = $state.raw<Shown | null>(null);
	state = $state<'reading' | 'stopped' | 'done' | 'failed'>('reading');
	/** How many entries there are, and how many of them the reading under way has come to. */
	total = $state(0);
	read = $state(0);
	isSlow = $state(false);

	constructor(client: Client) {
		this.#client = client;
	}

	/** Begins anew for another question; to the same one it looks for what has changed, and goes no farther than it was. */
	ask(of: Asked): void {
		const before = JSON.stringify(this.shown?.of) === JSON.stringify(of) ? this.shown : null;
		const isHalted = this.state === 'stopped' || this.state === 'failed';
		void this.#pull({ of, rows: [], next: null }, before, isHalted ? (before?.next ?? null) : null);
	}

	/** What was read stays, and `goOn` continues behind it. */
	stop(): void {
		this.#asked++;
		this.read = this.shown?.rows.length ?? 0;
		this.state = 'stopped';
		this.isSlow = false;
	}

	goOn(of: Asked): void {
		if (this.shown === null || this.shown.next === null) {
			this.state = 'reading';
			return this.ask(of);
		}
		void this.#pull(this.shown, null, null);
	}

	/** Nobody looks any more. */
	leave(): void {
		this.#asked++;
	}

	/** `before` stays shown until all of it is there anew; `until` is where to halt. */
	async #pull(from: Shown, before: Shown | null, until: Place | null): Promise<void> {
		const asking = ++this.#asked;
		this.state = 'reading';
		this.isSlow = false;
		const slow = setTimeout(() => {
			if (asking === this.#asked) this.isSlow = true;
		}, patience);
		const { of } = from;
		const rows = [...from.rows];
		let { next } = from;
		let drawnAt = -Infinity;
		while (this.state === 'reading') {
			const answer = await this.#page(of, next);
			if (asking !== this.#asked) break;
			if (answer === null) {
				this.state = 'failed';
				break;
			}
			if (answer.total !== undefined) this.total = answer.total;
			rows.push(...answer.rows);
			next = answer.next ?? null;
			this.read = rows.length;
			if (next === null) this.state = 'done';
			else if (until !== null && isAsFar(next, until)) this.state = 'stopped';
			const isDue = before === null && performance.now() - drawnAt >= pause;
			if (this.state !== 'reading' || isDue) {
				this.shown = { of, rows: [...rows], next };
				drawnAt = performance.now();
			}
		}
		clearTimeout(slow);
		if (asking === this.#asked) this.isSlow = false;
	}

	#page(of: Asked, next: Place | null): Promise<Answer<'insight.readings'> | null> {
		return this.#client.read('insight.readings', { ...of, after: next, limit: pageSize }).catch(() => null);
	}
}

function isAsFar(place: Place, other: Place): boolean {
	return place.local_date === other.local_date ? place.id >= other.id : place.local_date > other.local_date;
}
