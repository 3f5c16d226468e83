/**
 * One gesture of a hand, one commit: a pointer that lets go, or a key that is let go, however often it repeated while it
 * was held. Browsers report a change for each repeat; `commit` is called once, and never before the hand is done.
 */
export class Gesture {
	readonly #commit: () => void;
	#isHeld = false;
	#isDue = false;

	constructor(commit: () => void) {
		this.#commit = commit;
	}

	readonly onkeydown = (): void => {
		this.#isHeld = true;
	};

	readonly onchange = (): void => {
		this.#isDue = true;
		if (!this.#isHeld) this.#settle();
	};

	readonly onkeyup = (): void => this.#settle();

	/** A key may be let go elsewhere: Tab moves the focus before it comes up. */
	readonly onblur = (): void => this.#settle();

	#settle(): void {
		this.#isHeld = false;
		if (!this.#isDue) return;
		this.#isDue = false;
		this.#commit();
	}
}
