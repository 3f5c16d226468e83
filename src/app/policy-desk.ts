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
	/** Answers with how far back the policy looks, in milliseconds; 0 where it counts nothing. */
	begin(asked: AskedTrial): number;
	/** Entries of the kernels before the one that is asked about, before any of its own. */
	follow(slice: KernelSlice): void;
	push(slice: KernelSlice): void;
	finish(): TrialReport | null;
}

export function trialDesk(): Desk {
	let run: PolicyRun | null = null;
	return {
		consider,
		take: takePolicy,
		write: writePolicy,
		begin: (asked) => (run = new PolicyRun(asked)).lookBack,
		follow: (slice) => run?.follow(slice),
		push: (slice) => run?.push(slice),
		finish: () => run?.finish() ?? null
	};
}
