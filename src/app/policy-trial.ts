import { isObject, type Json, type JsonObject } from '#base/canonical.ts';
import { sha256Hex } from '#base/hash.ts';
import { formatJson, parseJson } from '#base/json.ts';
import { ok, type Result } from '#base/result.ts';
import { commands, type Kind } from '#domain/command.ts';
import { mostParamBytes, type KernelPort, type KernelSlice } from '#domain/kernel.ts';
import { DryRun, type ChangedDecision, type DryRunReport } from '#kernel/dry-run.ts';
import { createKernel } from '#kernel/kernel.ts';
import { kernelsRecord } from '#kernel/kernels-file.ts';
import { createPolicy, decide, type JurisdictionPolicy } from '#kernel/policy.ts';
import { comparePolicies, type PolicyComparison } from '#kernel/policy-comparison.ts';
import {
	policyData,
	policyIssues,
	policyRecord,
	readPolicy,
	type PolicyData,
	type PolicyIssue
} from '#kernel/policy-file.ts';
import { lookBack, type PolicyRule } from '#kernel/policy-rule.ts';
import { RecentCalls } from '#kernel/recent-calls.ts';
import type { Submitted } from '#kernel/request.ts';
import { mirror } from '#kernel/rules.ts';
import type { LedgerFacts } from '#kernel/tried-variant.ts';
import type { VariantName } from '#kernel/variants.ts';
import { account, policyHash, succession } from '#records/succession.ts';
import { readPolicyText, type PolicyFile, type PolicyFileFailure } from '#app/inspect-policy.ts';
import { formatYaml } from '#app/yaml.ts';

/** A policy as pages know it. */
export type Policy = PolicyData;
export type Rule = PolicyRule;
export type Variant = VariantName;

/** A request that nobody sends, to see what a policy says to it. */
export interface Sample {
	readonly actor: string;
	/** Empty: it only intends something. */
	readonly tool: string;
	readonly intent: string;
	/** JSON; empty for none. */
	readonly params: string;
	readonly evidence: readonly string[];
	readonly constraints: JsonObject | null;
	/** The kernel's time, milliseconds since 1970. */
	readonly ts_ms: number;
	/** Whether the owner was asked first, and agreed. */
	readonly agreed: boolean;
	/** How many requests of this actor with this tool were allowed just before: what a rate counts. */
	readonly before: number;
}

export interface SampleDecision {
	readonly decision: 'ALLOW' | 'DENY';
	/** All that the policy has against it, or why it never came before the policy. */
	readonly violations: readonly string[];
}

/** What is asked about a policy that is being edited. */
export interface AskedConsideration {
	readonly port: KernelPort;
	/** Of the kernel in charge, and of any that would follow it. */
	readonly variant: Variant;
	/** What the sample is tried on with the edited policy. */
	readonly tried: Variant;
	/** As it is edited: it need not be a policy. */
	readonly given: Json;
	readonly present: Policy;
	readonly sample: Sample;
}

type Lost = 'writing' | 'upkeep' | 'leaving';

/** What the app does by itself, or the person most of all, and a policy would stop: always, or at certain hours. */
export interface Loss {
	readonly what: Lost;
	readonly when: 'always' | 'at times';
}

/** A policy that can be put in force, and what would come of it. */
export interface ConsideredPolicy {
	readonly kind: 'policy';
	readonly policy: Policy;
	readonly policy_hash: string;
	readonly comparison: PolicyComparison;
	readonly losses: readonly Loss[];
	/** The decision on the sample; null where its params are no JSON. */
	readonly edited: SampleDecision | null;
	readonly present: SampleDecision | null;
}

export type Consideration =
	| ConsideredPolicy
	| {
			readonly kind: 'no policy';
			readonly issues: readonly PolicyIssue[];
			readonly present: SampleDecision | null;
	  };

/** Where the entry of a request stands that would be decided on otherwise. */
export interface ChangedEntry extends ChangedDecision {
	readonly position: number | null;
}
export interface TrialReport extends DryRunReport {
	readonly denied: readonly ChangedEntry[];
	readonly allowed: readonly ChangedEntry[];
	/** Entries were missing, and so not asked about. */
	readonly is_damaged: boolean;
}

/** Says what comes of a policy: what changes, what it would say to a sample, and what of the mirror would stand still. */
export function consider(asked: AskedConsideration): Consideration {
	const { port, variant, tried, given, present, sample } = asked;
	const before = readPolicy(present);
	const old = before.ok ? before.value : createPolicy();
	const presently = decideSample(old, variant, sample);
	const read = readPolicy(given);
	if (!read.ok) return { kind: 'no policy', issues: policyIssues(given), present: presently };
	const policy = policyData(read.value);
	return {
		kind: 'policy',
		policy,
		policy_hash: policyHash(policyRecord(read.value)),
		comparison: comparePolicies(old, read.value),
		losses: losses(read.value, port, variant, sample.ts_ms),
		edited: decideSample(read.value, tried, sample),
		present: presently
	};
}

/**
 * What a kernel with this policy would answer: one is made and asked, so that it is no copy of the kernel's rules that answers.
 * Null where the params are no JSON.
 */
function decideSample(policy: JurisdictionPolicy, variant: Variant, sample: Sample): SampleDecision | null {
	const params = sample.params.trim() === '' ? ok({}) : parseJson(sample.params);
	if (!params.ok || !isObject(params.value)) return null;
	const { actor, tool, ts_ms, before, agreed } = sample;
	const called = { ts_ms, actor, tool_name: tool === '' ? null : tool };
	const calls = Array.from({ length: before }, () => called);
	const config = { kernel_id: 'sample', variant, max_param_bytes: mostParamBytes };
	const rules = { rules: 'mirror', sha256: sha256Hex } as const;
	const kernel = createKernel({ ...rules, config, policy, clock: () => ts_ms, recent: calls });
	const request = requestOf(sample);
	const circumstances = { agreed, params: params.value };
	const admission = kernel.admit(request, null, circumstances);
	if (!admission.ok) return { decision: 'DENY', violations: [admission.error.message] };
	if (admission.value.kind === 'admitted') return { decision: 'ALLOW', violations: [] };
	const error = admission.value.step.entry.error ?? '';
	if (!error.startsWith('Jurisdiction denied: ')) return { decision: 'DENY', violations: [error] };
	// The entry holds them in one text, which cannot be taken apart again.
	const recent = new RecentCalls(lookBack(policy.rules), calls);
	const asked = decide(
		kernel.policy,
		mirror.read(request),
		{ ...circumstances, ts_ms, recent },
		mirror.questions
	);
	return { decision: 'DENY', violations: asked.violations };
}

/** As the core puts it (`kernelRequest`): what is committed to stands beside the request, not in it. */
function requestOf({ actor, tool, intent, evidence, constraints, ts_ms }: Sample): Submitted {
	return {
		...{ request_id: 'sample', ts_ms, actor, intent, params: { commit: 'sample' } },
		...(tool === '' ? {} : { tool_call: { name: tool } }),
		...(evidence.length === 0 ? {} : { evidence }),
		...(constraints === null ? {} : { constraints })
	};
}

/** What must pass a port for the mirror to work, what stands still where it does not, and whether the person can be asked about it. */
const needs: Readonly<
	Record<KernelPort, readonly (readonly [Lost, actor: string, tool: Kind, asks: 'asks' | 'by itself'])[]>
> = {
	owner: [
		['writing', 'owner', 'reflection.create', 'asks'],
		['upkeep', 'system', 'ledger.archive', 'by itself'],
		['upkeep', 'system', 'lifecycle.record', 'by itself']
	],
	egress: [['leaving', 'system', 'egress.release', 'asks']],
	agent: []
};

const hour = 3_600_000;
const week = Array.from({ length: 168 }, (_, at) => at * hour);

/** What the policy would stop, even if the person agreed where she can be asked. */
function losses(policy: JurisdictionPolicy, port: KernelPort, variant: Variant, ts_ms: number): Loss[] {
	const timed = policy.rules.filter(({ kind }) => kind === 'hours');
	const untimed = { ...policy, rules: policy.rules.filter(({ kind }) => kind !== 'hours') };
	const found = new Map<Lost, Loss['when']>();
	for (const [what, actor, tool, asks] of needs[port]) {
		const asked = { actor, tool, intent: commands[tool].intent, agreed: asks === 'asks', before: 0 };
		const said = { ...asked, evidence: ['sha256:0'], params: '{"commit":"0"}', constraints: null };
		const isStopped = (by: JurisdictionPolicy, at: number) =>
			decideSample(by, variant, { ...said, ts_ms: at })?.decision !== 'ALLOW';
		// All other rules are asked once: only hours say one thing now and another later.
		const hours =
			timed.length === 0 ? [] : week.filter((at) => isStopped({ ...policy, rules: timed }, ts_ms + at));
		if (isStopped(untimed, ts_ms) || hours.length === week.length) found.set(what, 'always');
		else if (hours.length > 0 && !found.has(what)) found.set(what, 'at times');
	}
	return [...found].map(([what, when]) => ({ what, when }));
}

/** What is tried over a kernel's ledger. */
export interface AskedTrial {
	readonly policy: Policy;
	/** The variant that decides with it. */
	readonly variant: Variant;
	/** The kernel that wrote the ledger. */
	readonly kernel: { readonly port: KernelPort; readonly variant: Variant; readonly policy: Policy };
}

/** What the core puts into no request of a port (`kernelRequest`): its entries need not tell. */
const neverGiven: Readonly<Record<KernelPort, LedgerFacts['never']>> = {
	owner: ['evidence', 'constraints'],
	egress: ['constraints'],
	agent: []
};

/** What a kernel begins with no policy decided on. */
function isDecided({ tool_name }: JsonObject): boolean {
	return tool_name !== succession && tool_name !== account;
}

/** Asks a kernel of some variant about another one's ledger, slice by slice, and remembers where the entries stand. */
export class PolicyRun {
	readonly #run: DryRun;
	/** How far back the policy looks, milliseconds; 0 where it counts nothing. */
	readonly lookBack: number;
	readonly #positions = new Map<Json, number>();
	/** What a kernel begins with no policy decided on. */
	#founding = 0;
	#isDamaged = false;

	/** @throws TypeError where it is no policy: what is run was considered before. */
	constructor({ policy, variant, kernel }: AskedTrial) {
		const ledger = {
			variant: kernel.variant,
			policy: policyIn(kernel.policy),
			never: neverGiven[kernel.port]
		};
		const tried = policyIn(policy);
		this.#run = new DryRun(tried, { variant, ledger });
		this.lookBack = lookBack(tried.rules);
	}

	/** Entries of the kernels before it in charge of the same port, oldest first. */
	follow({ entries }: KernelSlice): void {
		this.#run.follow((entries as readonly JsonObject[]).filter(isDecided));
	}

	push({ entries, positions, is_damaged }: KernelSlice): void {
		this.#isDamaged ||= is_damaged;
		// What the ledger holds is JSON.
		const records = entries as readonly JsonObject[];
		for (const [at, { ledger_seq = null }] of records.entries())
			this.#positions.set(ledger_seq, positions[at] ?? 0);
		const decided = records.filter(isDecided);
		this.#founding += records.length - decided.length;
		this.#run.push(decided);
	}

	finish(): TrialReport {
		const report = this.#run.finish();
		const placed = (changed: readonly ChangedDecision[]): ChangedEntry[] =>
			changed.map((entry) => ({ ...entry, position: this.#positions.get(entry.ledger_seq) ?? null }));
		const [denied, allowed] = [placed(report.denied), placed(report.allowed)];
		const entries = report.entries + this.#founding;
		const passed_over = report.passed_over + this.#founding;
		return { ...report, entries, passed_over, denied, allowed, is_damaged: this.#isDamaged };
	}
}

/** @throws TypeError where it is no policy. */
function policyIn(policy: Policy): JurisdictionPolicy {
	const read = readPolicy(policy);
	if (!read.ok) throw new TypeError(read.error.message);
	return read.value;
}

/** What a policy is written as, for a file. */
export interface WrittenPolicy {
	readonly json: string;
	/** A whole configuration, as `kernels.yaml` holds it. */
	readonly yaml: string;
}

/** The texts that `takePolicy` reads the same policy from. @throws TypeError where it is no policy. */
export async function writePolicy(
	policy: Policy,
	{ id, variant }: { readonly id: string; readonly variant: Variant }
): Promise<WrittenPolicy> {
	const read = policyIn(policy);
	const server = { host: '127.0.0.1', port: 8080 };
	const file = { kernel: { id, variant }, policy: read, server, logging: { level: 'INFO' } } as const;
	return {
		json: `${formatJson(policyRecord(read), 2)}\n`,
		yaml: await formatYaml(kernelsRecord(file))
	};
}

/** What was read from a file, as pages take it over. */
export interface ReadPolicy extends Pick<PolicyFile, 'kind' | 'kernel' | 'ignored'> {
	readonly policy: Policy;
}

/** Reads a policy, or the one in a configuration. */
export async function takePolicy(text: string): Promise<Result<ReadPolicy, PolicyFileFailure>> {
	const read = await readPolicyText(text);
	if (!read.ok) return read;
	const { kind, kernel, ignored, policy } = read.value;
	return ok({ kind, kernel, ignored, policy: policyData(policy) });
}
