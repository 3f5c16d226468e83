import { err, failure, ok, type Failure, type Result } from '#base/result.ts';

/** KERNELS A2. HALTED is terminal. */
export const kernelStates = [
	'BOOTING',
	'IDLE',
	'VALIDATING',
	'ARBITRATING',
	'EXECUTING',
	'AUDITING',
	'HALTED'
] as const;
export type KernelState = (typeof kernelStates)[number];

const successors: Readonly<Record<KernelState, readonly KernelState[]>> = {
	BOOTING: ['IDLE', 'HALTED'],
	IDLE: ['VALIDATING', 'HALTED'],
	VALIDATING: ['ARBITRATING', 'AUDITING', 'HALTED'],
	ARBITRATING: ['EXECUTING', 'AUDITING', 'HALTED'],
	EXECUTING: ['AUDITING', 'HALTED'],
	AUDITING: ['IDLE', 'HALTED'],
	HALTED: []
};

export type TransitionFailure = Failure<'invalid_transition' | 'halted'>;

/** The state after a step from `from` to `to`, or why there is no such step. */
export function transition(from: KernelState, to: KernelState): Result<KernelState, TransitionFailure> {
	if (successors[from].includes(to)) return ok(to);
	if (from === 'HALTED' && to === 'HALTED')
		return err(failure('halted', 'Cannot halt from terminal state HALTED'));
	if (from === 'HALTED') return err(failure('halted', 'Cannot transition from terminal state HALTED'));
	return err(failure('invalid_transition', `Invalid transition: ${from} -> ${to}`));
}

/** Told of every step that a machine takes. */
export type TransitionListener = (from: KernelState, to: KernelState) => void;

export interface StateMachine {
	state(): KernelState;
	/** How many steps were taken. */
	transitions(): number;
	/** Takes a step, or leaves the state as it is and says why. */
	to(next: KernelState): Result<KernelState, TransitionFailure>;
}

/** A machine that stands in `state` and takes no step that the table does not hold. */
export function createMachine(state: KernelState, onTransition?: TransitionListener): StateMachine {
	let current = state;
	let taken = 0;
	return {
		state: () => current,
		transitions: () => taken,
		to(next) {
			const step = transition(current, next);
			if (!step.ok) return step;
			const from = current;
			current = next;
			taken++;
			onTransition?.(from, next);
			return step;
		}
	};
}
