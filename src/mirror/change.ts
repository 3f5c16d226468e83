import { ok } from '#base/result.ts';
import { isReversible, putBack, takenBack } from '#records/undo.ts';
import type { Change, HandlerMap, Work } from '#records/work.ts';
import { refuse } from '#records/refuse.ts';

/** How many requests can be taken back, and how many rows of all of them together are held in memory. */
const most = { requests: 100, rows: 20_000 };

/**
 * What the requests of a short while ago changed. In memory, as long as this tab owns the mirror: what can be taken back
 * is in no file, and what is erased for good is here no longer either.
 */
export class RecentChanges {
	readonly #kept = new Map<string, readonly Change[]>();
	#rows = 0;

	/** To be called once a request is durable. */
	keep(requestId: string, work: Pick<Work, 'changes' | 'erased'>): void {
		if (work.erased.length > 0) this.#forgetAll();
		if (!isReversible(work) || work.changes.length > most.rows) return;
		const changes = takenBack(work.changes);
		this.#kept.set(requestId, changes);
		this.#rows += changes.length;
		for (const [oldest, { length }] of this.#kept) {
			if (this.#kept.size <= most.requests && this.#rows <= most.rows) return;
			this.#kept.delete(oldest);
			this.#rows -= length;
		}
	}

	of(requestId: string): readonly Change[] | null {
		return this.#kept.get(requestId) ?? null;
	}

	#forgetAll(): void {
		this.#kept.clear();
		this.#rows = 0;
	}
}

export function changeHandlers(recent: RecentChanges): HandlerMap<'change.undo'> {
	return {
		'change.undo': async ({ request_id }, work) => {
			const changes = recent.of(request_id);
			if (changes === null) return refuse('not_found', 'This can no longer be undone. Nothing was changed.');
			if (await putBack(work, changes)) return ok({ request_id });
			return refuse(
				'version_conflict',
				'Something of it was changed again since, so it was not undone. Everything is as it was.'
			);
		}
	};
}
