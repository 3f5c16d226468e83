import type { Consideration, Policy } from '#app/policy-trial.ts';
import { everything } from '#ui/policy/typed.ts';

/** A policy that may come in force, and what was found about it. */
export interface Considered {
	/** Null before the first answer. */
	readonly considered: Consideration | null;
	/** The last question was not answered: the policy took too long, or broke what asks it. */
	readonly failure: 'too_slow' | 'failed' | null;
	/** Whether the answer is about what is shown now. */
	readonly isSettled: boolean;
}

/** What the app brings and a policy that was considered leaves out. */
export function missingFrom(considered: Consideration | null, brought: Policy): readonly string[] {
	if (considered?.kind !== 'policy') return [];
	const { allowed_tools } = considered.policy;
	if (allowed_tools.includes(everything)) return [];
	return brought.allowed_tools.filter((tool) => !allowed_tools.includes(tool));
}
