import { hexToBytes } from '@noble/hashes/utils.js';
import * as v from 'valibot';
import { isObject, type Json, type JsonObject } from '#base/canonical.ts';
import type { Sha256Hex } from '#base/hash.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import { runScenarioTool } from '#app/scenario-tools.ts';
import { createKernel, type Kernel, type KernelHead } from '#kernel/kernel.ts';
import type { AuditEntry } from '#kernel/ledger.ts';
import { readPermit, signedWith, usesIn, type Keyring, type PermitToken } from '#kernel/permit.ts';
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
	v.object({ op: v.literal('submit'), request: jsonObject, permit: v.nullish(jsonObject, null) }),
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
	/** Keys of permits, 64 hex digits each. */
	keyring_hex: v.nullish(v.record(v.string(), v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{2})+$/))), null),
	/** The scenario whose ledger this one goes on with. */
	resumed_from: v.nullish(v.pipe(v.string(), v.regex(/^[\w.-]{1,100}$/)), null),
	steps: v.array(stepSchema)
});

/** The name of the scenario that one goes on from; null where it begins by itself, or is no scenario. */
export function resumedFrom(given: Json): string | null {
	const parsed = v.safeParse(scenarioSchema, given);
	return parsed.success ? parsed.output.resumed_from : null;
}

/**
 * Runs a scenario by the reference's rules, on a clock that only its steps move: the same file always gives the same
 * ledger. `before`: the entries of the scenario that it goes on from.
 */
export function runScenario(
	given: Json,
	sha256: Sha256Hex,
	before: readonly AuditEntry<Json>[] = []
): Result<ScenarioRun, ScenarioFailure> {
	const parsed = v.safeParse(scenarioSchema, given);
	if (!parsed.success) return err(failure('not_a_scenario', misfit(parsed.issues)));
	const { variant, config_effective, keyring_hex, resumed_from, clock_start_ms } = parsed.output;
	if (!isVariantName(variant))
		return err(failure('unsupported', `The variant ${variant} is not part of this version.`));
	if (resumed_from !== null && before.length === 0)
		return err(failure('unsupported', `It goes on from ${resumed_from}, whose ledger is not there.`));
	const policy = readPolicy(parsed.output.policy);
	if (!policy.ok) return err(failure('not_a_scenario', policy.error.message));
	const steps = readSteps(parsed.output.steps);
	if (!steps.ok) return steps;

	let now = clock_start_ms;
	const last = before.at(-1);
	const kernel = createKernel({
		config: { ...config_effective, variant },
		policy: policy.value,
		rules: 'reference',
		clock: () => now,
		sha256,
		...(last === undefined ? {} : { head: headAfter(last) }),
		...(keyring_hex === null
			? {}
			: { permits: { standing: signedWith(keyringOf(keyring_hex)), uses: usesIn(before) } })
	});
	const ledger_entries = [...before];
	const outcomes = steps.value.map((step): ScenarioOutcome => {
		if (step.op === 'advance') return { now_ms: (now += step.ms) };
		return take(kernel, step, ledger_entries);
	});
	const { last_hash, state } = kernel.head();
	return ok({ root_hash: last_hash, final_state: state, outcomes, ledger_entries });
}

type ReadStep =
	| Exclude<ScenarioStep, { op: 'submit' }>
	| { readonly op: 'submit'; readonly request: JsonObject; readonly permit: PermitToken | null };

function readSteps(steps: readonly ScenarioStep[]): Result<readonly ReadStep[], ScenarioFailure> {
	const read: ReadStep[] = [];
	for (const step of steps) {
		if (step.op !== 'submit') {
			read.push(step);
			continue;
		}
		const permit = step.permit === null ? ok(null) : readPermit(step.permit);
		if (!permit.ok) return err(failure('not_a_scenario', permit.error.message));
		read.push({ op: 'submit', request: step.request, permit: permit.value });
	}
	return ok(read);
}

function keyringOf(hex: Readonly<Record<string, string>>): Keyring {
	return new Map(Object.entries(hex).map(([id, key]) => [id, hexToBytes(key)]));
}

/** A kernel that goes on from a ledger knows where its chain ends, and not what time it was. */
function headAfter({ ledger_seq, entry_hash }: AuditEntry<Json>): KernelHead {
	return { state: 'IDLE', next_seq: ledger_seq + 1, last_hash: entry_hash, ts_ms: 0 };
}

function take(
	kernel: Kernel<Json>,
	step: Exclude<ReadStep, { op: 'advance' }>,
	entries: AuditEntry<Json>[]
): ScenarioOutcome {
	const taken =
		step.op === 'halt' ? kernel.halt(step.reason) : kernel.submit(step.request, runScenarioTool, step.permit);
	const state_after = kernel.head().state;
	if (!taken.ok) return { raises: 'StateError', message: taken.error.message, state_after };
	entries.push(taken.value.entry);
	return { receipt: taken.value.receipt, state_after };
}

function misfit(issues: readonly v.BaseIssue<unknown>[]): string {
	return issues.map((issue) => `${v.getDotPath(issue) ?? 'scenario'}: ${issue.message}`).join('; ');
}
