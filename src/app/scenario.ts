import * as v from 'valibot';
import { isObject, type Json, type JsonObject } from '#base/canonical.ts';
import type { Sha256Hex } from '#base/hash.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import { runScenarioTool } from '#app/scenario-tools.ts';
import { createKernel, type Kernel } from '#kernel/kernel.ts';
import type { AuditEntry } from '#kernel/ledger.ts';
import { readPolicy } from '#kernel/policy-file.ts';
import type { KernelReceipt } from '#kernel/receipt.ts';
import type { KernelState } from '#kernel/states.ts';
import { isVariantName } from '#kernel/variants.ts';

/** What one step of a scenario led to, as scenario files write it. */
export type ScenarioOutcome =
	| { readonly receipt: KernelReceipt<Json>; readonly state_after: KernelState }
	| { readonly raises: 'StateError'; readonly message: string; readonly state_after: KernelState }
	| { readonly now_ms: number };

export interface ScenarioRun {
	readonly root_hash: string;
	readonly final_state: KernelState;
	readonly outcomes: readonly ScenarioOutcome[];
	readonly ledger_entries: readonly AuditEntry<Json>[];
}

export type ScenarioFailure = Failure<'not_a_scenario' | 'unsupported'>;

const jsonObject = v.custom<JsonObject>(isObject, 'must be an object');
const milliseconds = v.pipe(v.number(), v.integer(), v.minValue(0));

const stepSchema = v.variant('op', [
	v.object({ op: v.literal('submit'), request: jsonObject }),
	v.object({ op: v.literal('advance'), ms: milliseconds }),
	v.object({ op: v.literal('halt'), reason: v.string() })
]);
type ScenarioStep = v.InferOutput<typeof stepSchema>;

/** The part of a scenario file that a run needs; what it expects is for the caller to compare. */
const scenarioSchema = v.object({
	variant: v.string(),
	config_effective: v.object({
		kernel_id: v.string(),
		fail_closed: v.boolean(),
		require_jurisdiction: v.boolean(),
		require_audit: v.boolean(),
		hash_alg: v.string(),
		max_param_bytes: milliseconds,
		max_intent_length: milliseconds
	}),
	policy: jsonObject,
	clock_start_ms: milliseconds,
	keyring_hex: v.nullish(v.unknown()),
	steps: v.array(stepSchema)
});

/** Runs a scenario by the reference's rules, on a clock that only its steps move: the same file always gives the same ledger. */
export function runScenario(given: Json, sha256: Sha256Hex): Result<ScenarioRun, ScenarioFailure> {
	const parsed = v.safeParse(scenarioSchema, given);
	if (!parsed.success) return err(failure('not_a_scenario', misfit(parsed.issues)));
	const {
		variant,
		config_effective,
		policy: givenPolicy,
		keyring_hex,
		steps,
		clock_start_ms
	} = parsed.output;
	if (!isVariantName(variant))
		return err(failure('unsupported', `The variant ${variant} is not part of this version.`));
	if ((keyring_hex ?? null) !== null)
		return err(failure('unsupported', 'Permits are not part of this version.'));
	const policy = readPolicy(givenPolicy);
	if (!policy.ok) return err(failure('not_a_scenario', policy.error.message));

	let now = clock_start_ms;
	const kernel = createKernel({
		config: { ...config_effective, variant },
		policy: policy.value,
		rules: 'reference',
		clock: () => now,
		sha256
	});
	const ledger_entries: AuditEntry<Json>[] = [];
	const outcomes = steps.map((step): ScenarioOutcome => {
		if (step.op === 'advance') return { now_ms: (now += step.ms) };
		return take(kernel, step, ledger_entries);
	});
	const { last_hash, state } = kernel.head();
	return ok({ root_hash: last_hash, final_state: state, outcomes, ledger_entries });
}

function take(
	kernel: Kernel<Json>,
	step: Exclude<ScenarioStep, { op: 'advance' }>,
	entries: AuditEntry<Json>[]
): ScenarioOutcome {
	const taken = step.op === 'halt' ? kernel.halt(step.reason) : kernel.submit(step.request, runScenarioTool);
	const state_after = kernel.head().state;
	if (!taken.ok) return { raises: 'StateError', message: taken.error.message, state_after };
	entries.push(taken.value.entry);
	return { receipt: taken.value.receipt, state_after };
}

function misfit(issues: readonly v.BaseIssue<unknown>[]): string {
	return issues.map((issue) => `${v.getDotPath(issue) ?? 'scenario'}: ${issue.message}`).join('; ');
}
