import { canonicalJson, type Json } from '#base/canonical.ts';
import type { AuditEntry } from '#kernel/ledger.ts';

/** What a rate counts: who was allowed what, and when. `tool_name` is null where something was only intended. */
export type RecentCall = Pick<AuditEntry<Json>, 'ts_ms' | 'actor' | 'tool_name'>;
type Called = Omit<RecentCall, 'ts_ms'>;

/** What was allowed in the last `window` milliseconds, so that a rate is counted without reading the ledger. */
export class RecentCalls {
	readonly #window: number;
	/** The times of each pair of actor and tool, oldest first. */
	readonly #times = new Map<string, { readonly called: Called; readonly times: number[] }>();

	/** `calls` are oldest first; a window of 0 keeps nothing. */
	constructor(window: number, calls: Iterable<RecentCall> = []) {
		this.#window = window;
		for (const call of calls) this.add(call);
	}

	/** Times do not go back: a call of before the last one of its kind counts as of then. */
	add({ ts_ms, actor, tool_name }: RecentCall): void {
		if (this.#window === 0) return;
		const key = canonicalJson([actor, tool_name]);
		const kept = this.#times.get(key) ?? { called: { actor, tool_name }, times: [] };
		this.#times.set(key, kept);
		kept.times.push(Math.max(ts_ms, kept.times.at(-1) ?? 0));
		const forgotten = firstAfter(kept.times, ts_ms - this.#window);
		// Not one by one: moving what stays takes longer than keeping what nobody asks for.
		if (forgotten * 2 > kept.times.length) kept.times.splice(0, forgotten);
	}

	/** How many calls after a time, itself not counted, are among those that `counts` names. */
	count(after: number, counts: (called: Called) => boolean): number {
		let found = 0;
		for (const { called, times } of this.#times.values())
			if (counts(called)) found += times.length - firstAfter(times, after);
		return found;
	}
}

/** The place of the first time after another one, by halving. */
function firstAfter(times: readonly number[], after: number): number {
	let [low, high] = [0, times.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((times[middle] ?? Infinity) <= after) low = middle + 1;
		else high = middle;
	}
	return low;
}
