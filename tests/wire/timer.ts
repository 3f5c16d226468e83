import type { Timer } from '#base/timer.ts';

/** A timer that goes as far as it is told. */
export class HandTimer {
	now = 0;
	#set: { readonly at: number; readonly run: () => void }[] = [];

	readonly timer: Timer = (ms, run) => {
		const one = { at: this.now + ms, run };
		this.#set.push(one);
		return () => (this.#set = this.#set.filter((other) => other !== one));
	};

	/** How many wait for their time. */
	get waiting(): number {
		return this.#set.length;
	}

	/** Lets everything happen that waits for nothing, then as much time pass, with what happens in it. */
	async pass(ms: number): Promise<void> {
		const end = this.now + ms;
		for (;;) {
			await settle();
			const [next] = this.#set.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
			if (next === undefined) break;
			this.#set = this.#set.filter((one) => one !== next);
			this.now = next.at;
			next.run();
		}
		this.now = end;
	}
}

/** After every promise that is settled has told so. */
function settle(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}
