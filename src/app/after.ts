import type { Timer } from '#base/timer.ts';

/** The machine's own timer. */
export const after: Timer = (ms, run) => {
	const timer = setTimeout(run, ms);
	return () => clearTimeout(timer);
};
