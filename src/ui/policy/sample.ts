import type { JsonObject } from '#base/canonical.ts';
import type { Sample, Variant } from '#app/policy-trial.ts';
import { fromLines } from '#ui/policy/lines.ts';

/** A request as it is typed, to be tried out. */
export interface TypedSample {
	actor: string;
	tool: string;
	intent: string;
	params: string;
	evidence: string;
	scope: string;
	nonGoals: string;
	success: string;
	/** As `datetime-local` fields have it. */
	time: string;
	before: string;
	agreed: boolean;
	/** Of the kernel that it is tried on with the edited policy. */
	variant: Variant;
}

const mostBefore = 10_000;

/** The request of what is typed; null where a time or a number is none. */
export function sampleOf(typed: TypedSample): Sample | null {
	const { actor, tool, intent, params, agreed } = typed;
	if (!isTime(typed.time) || !isCount(typed.before)) return null;
	const [ts_ms, before] = [Date.parse(typed.time), Number(typed.before)];
	const evidence = fromLines(typed.evidence);
	return { actor, tool, intent, params, evidence, constraints: constraintsOf(typed), ts_ms, agreed, before };
}

export function isTime(text: string): boolean {
	return Date.parse(text) >= 0;
}

export function isCount(text: string): boolean {
	return /^\d{1,5}$/.test(text.trim()) && Number(text) <= mostBefore;
}

/** None where nothing is typed: a kernel that wants some says so itself. */
function constraintsOf({ scope, nonGoals, success }: TypedSample): JsonObject | null {
	if (`${scope}${nonGoals}${success}`.trim() === '') return null;
	return { scope, non_goals: fromLines(nonGoals), success_criteria: fromLines(success) };
}

/** A moment as a `datetime-local` field has it, by the clock of this device. */
export function localTime(ms: number): string {
	const here = ms - new Date(ms).getTimezoneOffset() * 60_000;
	return new Date(here).toISOString().slice(0, 16);
}
