/** Runs something once after so many milliseconds, unless it is called off by what is answered. Passed in, as the clock is. */
export type Timer = (ms: number, run: () => void) => () => void;
