import { describe, expect, test } from 'vitest';
import { createMachine, kernelStates, transition, type KernelState } from '#kernel/states.ts';
import { vector } from './vectors.ts';

const { states, allowed } = vector<{
	readonly states: readonly KernelState[];
	readonly allowed: Readonly<Record<KernelState, readonly KernelState[]>>;
}>('transitions.json');

const pairs = states.flatMap((from) =>
	states.map((to) => ({ from, to, isAllowed: allowed[from].includes(to) }))
);

function message(from: KernelState, to: KernelState): string {
	if (from !== 'HALTED') return `Invalid transition: ${from} -> ${to}`;
	return to === 'HALTED'
		? 'Cannot halt from terminal state HALTED'
		: 'Cannot transition from terminal state HALTED';
}

test('there are seven states and 49 pairs', () => {
	expect([...kernelStates]).toEqual(states);
	expect(pairs).toHaveLength(49);
});

describe.each(pairs)('$from to $to', ({ from, to, isAllowed }) => {
	test(isAllowed ? 'is taken, counted and told' : 'is refused and changes nothing', () => {
		const told: string[] = [];
		const machine = createMachine(from, (before, after) => told.push(`${before} ${after}`));
		const step = machine.to(to);
		expect(step.ok ? step.value : step.error.message).toBe(isAllowed ? to : message(from, to));
		expect(transition(from, to)).toEqual(step);
		expect(machine.state()).toBe(isAllowed ? to : from);
		expect(machine.transitions()).toBe(isAllowed ? 1 : 0);
		expect(told).toEqual(isAllowed ? [`${from} ${to}`] : []);
	});
});
