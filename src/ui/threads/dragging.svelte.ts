import type { Move } from '#ui/threads/arranging.svelte.ts';

type Beside = Extract<Move, { readonly other: string }>;

/** How near to the edge of the screen, in pixels, a drag makes the page scroll, and how far in one frame at most. */
const edge = 72;
const fastest = 14;

/**
 * Takes an item of a list by its handle (`data-handle`, inside of `data-place` with the item's id) to another place. Nothing
 * moves before it is dropped: a line says where it would come to stand.
 */
export class Dragging {
	readonly #drop: (id: string, to: Beside) => Promise<void>;
	/** What is being dragged, or on its way after it was dropped. */
	id = $state<string | null>(null);
	to = $state.raw<Beside | null>(null);
	#pointer: number | null = null;
	#y = 0;
	/** Where the part of the screen ends that nothing covers, in pixels from its top. */
	#bottom = 0;
	#frame = 0;

	/** `drop` ends when the list shows what came of it: until then the line stays. */
	constructor(drop: (id: string, to: Beside) => Promise<void>) {
		this.#drop = drop;
	}

	/** For the element around the list. It takes the pointer, for the item itself may leave the page while one scrolls. */
	readonly attach = (list: HTMLElement): (() => void) => {
		const stop = new AbortController();
		const { signal } = stop;
		list.addEventListener('pointerdown', (event) => this.#begin(list, event), { signal });
		list.addEventListener('pointermove', (event) => this.#follow(list, event), { signal });
		list.addEventListener('pointerup', (event) => void this.#end(event), { signal });
		list.addEventListener('pointercancel', () => this.#cancel(), { signal });
		window.addEventListener('keydown', (event) => event.key === 'Escape' && this.#cancel(), { signal });
		return () => {
			stop.abort();
			this.#cancel();
		};
	};

	#begin(list: HTMLElement, event: PointerEvent): void {
		const place = handleOf(event)?.closest<HTMLElement>('[data-place]');
		if (place === null || place === undefined || this.id !== null || event.button !== 0) return;
		event.preventDefault();
		list.setPointerCapture(event.pointerId);
		this.#pointer = event.pointerId;
		this.#y = event.clientY;
		// The page says for the focus how much of its end the bar of a phone covers.
		const covered = parseFloat(getComputedStyle(document.documentElement).scrollPaddingBlockEnd);
		this.#bottom = innerHeight - (Number.isNaN(covered) ? 0 : covered);
		this.id = place.dataset['place'] ?? null;
		this.#frame = requestAnimationFrame(() => this.#scroll(list));
	}

	#follow(list: HTMLElement, event: PointerEvent): void {
		if (event.pointerId !== this.#pointer) return;
		this.#y = event.clientY;
		this.#aim(list);
	}

	#aim(list: HTMLElement): void {
		const box = list.getBoundingClientRect();
		const y = Math.min(Math.max(this.#y, box.top + 1, 1), box.bottom - 1, this.#bottom);
		const place = document
			.elementsFromPoint(box.left + box.width / 2, y)
			.map((element) => element.closest<HTMLElement>('[data-place]'))
			.find((found) => found !== null);
		const other = place?.dataset['place'];
		if (place === undefined || place === null || other === undefined) return;
		const { top, height } = place.getBoundingClientRect();
		this.to = other === this.id ? null : { kind: y < top + height / 2 ? 'before' : 'after', other };
	}

	/** Near the edge of the screen the page goes along. */
	#scroll(list: HTMLElement): void {
		if (this.#pointer === null) return;
		const beyond = Math.max(0, this.#y - (this.#bottom - edge)) - Math.max(0, edge - this.#y);
		if (beyond !== 0) {
			const share = Math.max(-1, Math.min(1, beyond / edge));
			scrollBy({ top: share * fastest, behavior: 'instant' });
			this.#aim(list);
		}
		this.#frame = requestAnimationFrame(() => this.#scroll(list));
	}

	async #end(event: PointerEvent): Promise<void> {
		if (event.pointerId !== this.#pointer) return;
		const { id, to } = this;
		this.#letGo();
		if (id !== null && to !== null) await this.#drop(id, to);
		this.id = null;
		this.to = null;
	}

	#cancel(): void {
		if (this.#pointer === null) return;
		this.#letGo();
		this.id = null;
		this.to = null;
	}

	#letGo(): void {
		this.#pointer = null;
		cancelAnimationFrame(this.#frame);
	}
}

function handleOf({ target }: PointerEvent): Element | null {
	return target instanceof Element ? target.closest('[data-handle]') : null;
}
