import type { Client } from '#app/client.ts';
import type { ThreadItem } from '#domain/thread.ts';
import { Asking, unanswered, type Outcome } from '#ui/asking.svelte.ts';
import { Pages } from '#ui/lists/pages.svelte.ts';
import { request } from '#ui/request.ts';
import { threads } from '#ui/texts/threads.ts';

/** Where a reflection is to go: a place along its thread, or right before or behind another one of it. */
export type Move =
	{ readonly kind: 'up' | 'down' } | { readonly kind: 'before' | 'after'; readonly other: string };

/** Most reflections that one command orders (`thread.arrange`). */
export const mostArranged = 1000;

/**
 * The reflections of a thread in their order, and what changes it. One gesture is one command, and gestures are done one
 * after the other, each upon the order that the one before it left: no press is lost, and none undoes another.
 */
export class Arranging {
	readonly #client: Client;
	readonly #id: () => string;
	/** Ends with the gesture that came last. */
	#turn: Promise<unknown> = Promise.resolve();
	/** Ends with the newest reading of what is shown. */
	#reading: Promise<void> = Promise.resolve();
	readonly ordering: Asking;
	readonly removing: Asking;
	readonly list: Pages<ThreadItem, number>;
	/** What the last gesture came to, for those who listen and those who look. */
	said = $state('');

	constructor(client: Client, id: () => string) {
		this.#client = client;
		this.#id = id;
		this.ordering = new Asking(client);
		this.removing = new Asking(client);
		this.list = new Pages(
			async (after) => {
				const [items, thread] = await Promise.all([
					client.read('threads.reflections', { id: id(), after, limit: 50 }),
					client.read('threads.get', { id: id() })
				]);
				return { rows: items.rows, total: thread.rows[0]?.count ?? 0 };
			},
			({ position }) => position
		);
	}

	/** Reads at once, and again after each commit that touches the thread. Answers with how to stop. */
	open(): () => void {
		const refresh = () => void this.#refresh();
		return this.#client.watch('threads.reflections', { id: this.#id(), limit: 1 }, refresh, refresh);
	}

	/** Ends when it is done or said why not, and what is shown is the order that came of it. */
	move(reflectionId: string, move: Move): Promise<void> {
		return this.#inTurn(async () => {
			const order = await this.#order().catch(() => null);
			if (order === null) {
				this.ordering.outcome = unanswered;
				return;
			}
			const wanted = moved(order, reflectionId, move);
			if (wanted === null) {
				this.ordering.outcome = null;
				this.said = order.includes(reflectionId) ? edges[move.kind] : '';
				return this.#settled();
			}
			const { kind } = await this.#arrange(wanted);
			await this.#settled();
			this.said =
				kind === 'accepted' ? threads.one.moved(wanted.indexOf(reflectionId) + 1, wanted.length) : '';
		});
	}

	/** Answers with the request that took it out; null where it was not taken out. */
	async remove(reflectionId: string): Promise<string | null> {
		let done: string | null = null;
		await this.#inTurn(async () => {
			this.said = '';
			const data = { id: this.#id(), reflection_ids: [reflectionId] };
			const outcome = await this.removing.ask(request('thread.remove', data));
			await this.#settled();
			if (outcome.kind === 'accepted') done = outcome.receipt.request_id;
		});
		return done;
	}

	#arrange(reflection_ids: string[]): Promise<Outcome> {
		return this.ordering.ask(request('thread.arrange', { id: this.#id(), reflection_ids }));
	}

	#inTurn(work: () => Promise<void>): Promise<void> {
		// A question would keep all that is in turn behind it waiting: whoever goes on leaves it.
		this.ordering.leave();
		this.removing.leave();
		const mine = this.#turn.then(work);
		this.#turn = mine;
		return mine;
	}

	#refresh(): Promise<void> {
		this.#reading = this.list.refresh();
		return this.#reading;
	}

	/** Ends when what is shown was read after all that was done until now; a reading that a newer one replaced does not count. */
	async #settled(): Promise<void> {
		void this.#refresh();
		let awaited: Promise<void> | null = null;
		while (awaited !== this.#reading) {
			awaited = this.#reading;
			await awaited;
		}
	}

	/** All ids of the thread in their order, as it is now. */
	async #order(): Promise<string[]> {
		const limit = 200;
		const ids: string[] = [];
		let after: number | null = null;
		for (;;) {
			const asked: { id: string; after: number | null; limit: number } = { id: this.#id(), after, limit };
			const { rows } = await this.#client.read('threads.reflections', asked);
			ids.push(...rows.map(({ id }) => id));
			after = rows.at(-1)?.position ?? null;
			if (rows.length < limit || ids.length > mostArranged) return ids;
		}
	}
}

/** What there is to say where a gesture changes nothing. */
const edges: Readonly<Record<Move['kind'], string>> = {
	up: threads.one.isFirst,
	down: threads.one.isLast,
	before: '',
	after: ''
};

/** The order after a move; null where it changes nothing, or where one of the two is not there any more. */
function moved(order: readonly string[], id: string, move: Move): string[] | null {
	const at = order.indexOf(id);
	const rest = order.filter((one) => one !== id);
	const to = target(at, rest, move);
	return at < 0 || to < 0 || to > rest.length || to === at ? null : rest.toSpliced(to, 0, id);
}

function target(at: number, rest: readonly string[], move: Move): number {
	if (!('other' in move)) return move.kind === 'up' ? at - 1 : at + 1;
	const other = rest.indexOf(move.other);
	return other < 0 || move.kind === 'before' ? other : other + 1;
}
