import type { Client } from '#app/client.ts';
import type { Answer, ViewInput, ViewName, ViewRows } from '#domain/view.ts';

/** A view as a component sees it: read when it appears, and again after each commit that touches it. */
export class Watched<V extends ViewName> {
	answer = $state.raw<Answer<V> | null>(null);
	/** The last read failed: what is shown, if anything, may be old. */
	isUnreadable = $state(false);

	/** `params` is read in an effect: when what it depends on changes, the view is read with the new parameters. */
	constructor(client: Client, view: V, params: () => ViewInput<V>) {
		$effect(() =>
			client.watch(
				view,
				params(),
				(answer) => {
					this.answer = answer;
					this.isUnreadable = false;
				},
				() => (this.isUnreadable = true)
			)
		);
	}

	/** Null until the first answer. */
	get rows(): readonly ViewRows[V][] | null {
		return this.answer?.rows ?? null;
	}
}
