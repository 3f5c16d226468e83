import { isoTime, localDay } from '#base/clock.ts';
import { broughtAnew } from '#domain/permit.ts';
import { newId } from '#ui/request.ts';

/** What somebody typed who asks by a permit. */
export interface Typed {
	readonly tool: string;
	readonly data: Readonly<Record<string, unknown>>;
	readonly constraints: Readonly<Record<string, string>>;
}

/** A request as the permit's door takes it. */
export interface PermitRequest {
	readonly id: string;
	readonly kind: string;
	readonly data: Readonly<Record<string, unknown>>;
	readonly constraints: Readonly<Record<string, string>>;
}

/** Where a question waits while its page is loaded again: `sessionStorage`, which is of one tab and gone with it. */
export type Waiting = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

interface Question {
	/** Of which permit: the link that it came by. */
	readonly link: string;
	readonly typed: Typed;
	readonly request: PermitRequest;
}

const key = 'mirror-os-asked';

/**
 * Makes requests of what was typed. The same words are the same request, id and all, until an answer came, also after the page
 * was loaded again: so whatever became of the first, it is done and counted once.
 */
export class Asked {
	readonly #link: string;
	readonly #waiting: Waiting | null;
	#unanswered: Question | null;

	/** `waiting`: null where the browser keeps nothing; then a question lasts as long as its page. */
	constructor(link: string, waiting: Waiting | null) {
		this.#link = link;
		this.#waiting = waiting;
		this.#unanswered = this.#kept();
	}

	/** What was typed of the question that has no answer yet; null where there is none. */
	get unanswered(): Typed | null {
		return this.#unanswered?.typed ?? null;
	}

	/** `now`: of ids and times that each use brings anew, where they were not typed. */
	requestFor(typed: Typed, now: number): PermitRequest {
		const open = this.#unanswered;
		if (open !== null && JSON.stringify(open.typed) === JSON.stringify(typed)) return open.request;
		const { tool, data, constraints } = typed;
		const request = { id: newId(), kind: tool, data: { ...madeAnew(tool, now), ...data }, constraints };
		this.#keep({ link: this.#link, typed, request });
		return request;
	}

	/** An answer came, whatever it says: the same words ask for something new. */
	answered(): void {
		this.#keep(null);
	}

	#keep(question: Question | null): void {
		this.#unanswered = question;
		try {
			if (question === null) this.#waiting?.removeItem(key);
			else this.#waiting?.setItem(key, JSON.stringify(question));
		} catch {
			// Full or forbidden: the question lasts as long as its page.
		}
	}

	#kept(): Question | null {
		try {
			const kept = JSON.parse(this.#waiting?.getItem(key) ?? 'null') as Question | null;
			return kept?.link === this.#link ? kept : null;
		} catch {
			return null;
		}
	}
}

function madeAnew(tool: string, now: number): Record<string, string> {
	return Object.fromEntries(broughtAnew(tool).map((name) => [name, madeOf(name, now)]));
}

function madeOf(name: string, now: number): string {
	if (name === 'created_at') return isoTime(now);
	return name === 'local_date' ? localDay(now) : newId();
}
