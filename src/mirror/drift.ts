import { driftLight, type Drift, type Regression } from '#domain/engine-run.ts';
import { shippedConfig } from '#domain/engine-config.ts';
import type { Output } from '#records/drift.ts';

/** How many of the newest runs are looked at: the light speaks of 1,000 outputs. */
export const judgedOutputs = 1000;

/** Answers that are compared with as many before them, and by how much a measure may get worse (C2, MACHINE_RULES). */
const compared = 10;
const allowed = { directive: 0.05, recognition: 0.1 } as const;

/** What the person calls directive or judging, the constitution calls a violation. */
const violating = ['too_directive', 'felt_judged'];

/** How the mirror kept to its rules in these outputs, newest first. */
export function driftOf(outputs: readonly Output[]): Drift {
	const violations = outputs.filter(
		({ isRefused, directive, flags }) =>
			isRefused ||
			(directive ?? 0) >= shippedConfig.directive_threshold ||
			flags.some((flag) => violating.includes(flag))
	).length;
	const measured = outputs.flatMap(({ directive }) => directive ?? []);
	const rated = outputs.flatMap(({ rating }) => rating ?? []).map((rating) => rating / 5);
	const answers = outputs.filter(({ isRefused }) => !isRefused);
	return {
		outputs: outputs.length,
		violations,
		light: driftLight(violations, outputs.length),
		is_compared: [measured, rated].some(({ length }) => length >= 2 * compared),
		regressions: [
			...worse('directive', measured, (before, now) => now - before),
			...worse('recognition', rated, (before, now) => before - now)
		],
		since: answers[compared - 1]?.timestamp ?? null
	};
}

function worse(
	measure: Regression['measure'],
	values: readonly number[],
	loss: (before: number, now: number) => number
): Regression[] {
	if (values.length < 2 * compared) return [];
	const now = mean(values.slice(0, compared));
	const before = mean(values.slice(compared, 2 * compared));
	// Means of hundredths: what differs by less than this is rounding.
	return loss(before, now) >= allowed[measure] - 1e-9 ? [{ measure, before, now }] : [];
}

function mean(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}
