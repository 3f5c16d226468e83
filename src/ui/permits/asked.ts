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

/**
 * Makes requests of what was typed. The same words are the same request, id and all, until an answer came: so whatever
 * became of the first, it is done and counted once.
 */
export class Asked {
	#unanswered: { readonly of: string; readonly request: PermitRequest } | null = null;

	/** `now`: of ids and times that each use brings anew, where they were not typed. */
	requestFor(typed: Typed, now: number): PermitRequest {
		const of = JSON.stringify(typed);
		if (this.#unanswered?.of === of) return this.#unanswered.request;
		const { tool, data, constraints } = typed;
		const request = { id: newId(), kind: tool, data: { ...madeAnew(tool, now), ...data }, constraints };
		this.#unanswered = { of, request };
		return request;
	}

	/** An answer came, whatever it says: the same words ask for something new. */
	answered(): void {
		this.#unanswered = null;
	}
}

function madeAnew(tool: string, now: number): Record<string, string> {
	return Object.fromEntries(broughtAnew(tool).map((name) => [name, madeOf(name, now)]));
}

function madeOf(name: string, now: number): string {
	if (name === 'created_at') return isoTime(now);
	return name === 'local_date' ? localDay(now) : newId();
}
