/** How much more of small things is drawn in each frame: some 10 ms of work on a slow phone. */
const usualStep = 16;

/**
 * How many of many things to draw: more in each frame, so that no task keeps the page from answering. What is drawn
 * stays drawn.
 */
export class Gradual {
	drawn = $state(0);

	/** `count` is read in an effect: where it grows, drawing goes on. */
	constructor(count: () => number, step = usualStep) {
		this.drawn = step;
		$effect(() => {
			if (this.drawn >= count()) return;
			const frame = requestAnimationFrame(() => (this.drawn += step));
			return () => cancelAnimationFrame(frame);
		});
	}
}
