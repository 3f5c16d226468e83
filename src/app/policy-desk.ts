import type { Result } from '#base/result.ts';
import type { KernelSlice } from '#domain/kernel.ts';
import type { PolicyFileFailure } from '#app/inspect-policy.ts';
import {
	consider,
	PolicyRun,
	takePolicy,
	writePolicy,
	type AskedConsideration,
	type AskedTrial,
	type Consideration,
	type Policy,
	type ReadPolicy,
	type TrialReport,
	type Variant,
	type WrittenPolicy
} from '#app/policy-trial.ts';

/** What the worker answers. One dry run at a time: `begin` forgets the one before. */
export interface Desk {
	consider(asked: AskedConsideration): Consideration;
	take(text: string): Promise<Result<ReadPolicy, PolicyFileFailure>>;
	write(policy: Policy, kernel: { readonly id: string; readonly variant: Variant }): Promise<WrittenPolicy>;
	begin(asked: AskedTrial): void;
	push(slice: KernelSlice): void;
	finish(): TrialReport | null;
}

export function trialDesk(): Desk {
	let run: PolicyRun | null = null;
	return {
		consider,
		take: takePolicy,
		write: writePolicy,
		begin: (asked) => void (run = new PolicyRun(asked)),
		push: (slice) => run?.push(slice),
		finish: () => run?.finish() ?? null
	};
}
