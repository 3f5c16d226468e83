/** A short message with at most one way to take something back. What matters never stands only here. */
export interface Toast {
	readonly id: number;
	readonly text: string;
	readonly action: { readonly label: string; readonly run: () => void } | null;
}

const shownFor = 10_000;

export class Toasts {
	#next = 0;
	readonly #timers: Record<number, ReturnType<typeof setTimeout>> = {};
	items = $state.raw<readonly Toast[]>([]);

	show(text: string, action: Toast['action'] = null): void {
		const toast = { id: this.#next++, text, action };
		this.items = [...this.items.slice(-2), toast];
		this.#start(toast.id);
	}

	drop(id: number): void {
		this.hold(id);
		this.items = this.items.filter((toast) => toast.id !== id);
	}

	/** While somebody points at it or stands on it, it stays. */
	hold(id: number): void {
		clearTimeout(this.#timers[id]);
		delete this.#timers[id];
	}

	release(id: number): void {
		this.#start(id);
	}

	/** Does what the newest toast offers, as Ctrl+Z outside of a text would. */
	undoNewest(): boolean {
		const toast = this.items.findLast(({ action }) => action !== null);
		if (toast === undefined) return false;
		this.drop(toast.id);
		toast.action?.run();
		return true;
	}

	#start(id: number): void {
		this.hold(id);
		this.#timers[id] = setTimeout(() => this.drop(id), shownFor);
	}
}
