import { isObject, type Json } from '#base/canonical.ts';
import type { Clock } from '#base/clock.ts';
import { textDigest, type Sha256Hex } from '#base/hash.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import { ambiguities } from '#kernel/ambiguity.ts';
import { effectiveConfig, type GivenConfig, type KernelConfig } from '#kernel/config.ts';
import {
	evidenceHash,
	genesis,
	paramsHash,
	sealEntry,
	type AuditEntry,
	type EntryDraft
} from '#kernel/ledger.ts';
import type { Circumstances } from '#kernel/objections.ts';
import type { PermitStanding, PermitToken, PermitUses } from '#kernel/permit.ts';
import { decide, type JurisdictionPolicy } from '#kernel/policy.ts';
import { lookBack } from '#kernel/policy-rule.ts';
import { RecentCalls, type RecentCall } from '#kernel/recent-calls.ts';
import type { KernelReceipt, ReceiptStatus } from '#kernel/receipt.ts';
import { validRequest, type Submitted, type ToolCall, type ValidRequest } from '#kernel/request.ts';
import { mirror, reference, type Outcome, type Rules, type RunTool } from '#kernel/rules.ts';
import { createMachine, type KernelState, type TransitionListener } from '#kernel/states.ts';
import { validationErrors } from '#kernel/validation.ts';
import { variants } from '#kernel/variants.ts';

/**
 * All that a kernel remembers, and all that a restart needs, beside what it allowed lately where its policy has a rate.
 * `ts_ms` is the time of its last entry and never goes back.
 */
export interface KernelHead {
	readonly state: KernelState;
	readonly next_seq: number;
	readonly last_hash: string;
	readonly ts_ms: number;
}

/** One decision, written down: its entry, the receipt for the caller, and the head after it. */
export interface Step<Text = string> {
	readonly entry: AuditEntry<Text>;
	readonly receipt: KernelReceipt<Text>;
	readonly head: KernelHead;
}

export interface Refused<Text = string> {
	readonly kind: 'refused';
	readonly step: Step<Text>;
	/** All that it lacks, where it is allowed as soon as the owner agrees to it. */
	readonly lacks?: 'agreement';
}
/** Allowed, not yet done: the caller does `call` (null: nothing is to be done) and brings the outcome to `conclude`. */
export interface Admitted {
	readonly kind: 'admitted';
	readonly request: ValidRequest;
	readonly call: Required<ToolCall> | null;
	/** The permit that was checked; null where none is asked for. */
	readonly permit: PermitToken | null;
}
export type Admission<Text = string> = Refused<Text> | Admitted;

export type ClosedFailure = Failure<'not_booted' | 'halted' | 'busy'>;

export interface KernelOptions {
	readonly config: GivenConfig;
	readonly policy: JurisdictionPolicy;
	readonly clock: Clock;
	readonly sha256: Sha256Hex;
	/** What a former kernel of this chain left. None: the chain begins here. */
	readonly head?: KernelHead;
	/** What it allowed within `lookBack` of its policy's rules, oldest first: so much of its ledger a restart needs. */
	readonly recent?: Iterable<RecentCall>;
	readonly onTransition?: TransitionListener;
	readonly permits?: PermitOptions;
}

/** What a kernel checks permits with; without it no permit is asked for. */
export interface PermitOptions {
	readonly standing: PermitStanding;
	readonly uses: PermitUses;
}

/** `Text` is string; by the reference's rules an entry may hold any JSON that was submitted as id, actor or intent. */
export interface Kernel<Text = string> {
	readonly config: KernelConfig;
	readonly policy: JurisdictionPolicy;
	head(): KernelHead;
	/** How many steps the state machine has taken. */
	transitions(): number;
	/** Only for a kernel restored from a head that was never booted. */
	boot(): Result<KernelHead, Failure<'already_booted' | 'halted'>>;
	/** Decides. A refusal is written at once; what is admitted waits for `conclude`, and the kernel with it. */
	admit(
		request: Submitted,
		permit?: PermitToken | null,
		circumstances?: Circumstances
	): Result<Admission<Text>, ClosedFailure>;
	/** Writes down what came of an admitted request. @throws Error if the admission is not the one that waits. */
	conclude(admission: Admitted, outcome: Outcome): Step<Text>;
	/** The same of one whose tool was not begun after all, and why: its permit is not used by it. */
	forgo(admission: Admitted, error: string): Step<Text>;
	/** Decides, runs and concludes in one go. */
	submit(request: Submitted, run: RunTool, permit?: PermitToken | null): Result<Step<Text>, ClosedFailure>;
	/** Writes the last entry. After it, nothing is admitted by this kernel or any that is restored from its head. */
	halt(reason: string): Result<Step<Text>, Failure<'halted'>>;
}

/**
 * A deterministic gate (KERNELS A3): the same requests at the same times give the same entries, byte for byte. It does
 * nothing itself: it decides, and writes down what was decided.
 *
 * Its whole state is its head, and what it allowed lately. A caller whose storage fails after `conclude` throws the kernel away and makes a new one
 * from what is stored.
 *
 * @throws TypeError on a configuration that the mirror's rules cannot honour, and on a head taken in mid-request.
 */
export function createKernel(options: KernelOptions & { readonly rules: 'mirror' }): Kernel;
export function createKernel(options: KernelOptions & { readonly rules: 'reference' }): Kernel<Json>;
export function createKernel(
	options: KernelOptions & { readonly rules: 'mirror' | 'reference' }
): Kernel | Kernel<Json> {
	return options.rules === 'mirror' ? build(options, mirror) : build(options, reference);
}

function build<Text extends Json>(options: KernelOptions, rules: Rules<Text>): Kernel<Text> {
	const config = effectiveConfig(options.config);
	const policy = rules.enforced(config, options.policy);
	const variant = variants[config.variant];
	const digest = textDigest(options.sha256);
	const memory = rules.memory();
	const recent = new RecentCalls(lookBack(policy.rules), options.recent);
	const machine = createMachine(options.head?.state ?? 'BOOTING', options.onTransition);
	let { next_seq, last_hash, ts_ms } = options.head ?? { next_seq: 0, last_hash: genesis, ts_ms: 0 };
	let waiting: Admitted | null = null;

	if (options.head === undefined) move('IDLE');
	else if (!['BOOTING', 'IDLE', 'HALTED'].includes(options.head.state))
		throw new TypeError(`A head is taken between requests, not in ${options.head.state}`);

	function move(next: KernelState): void {
		const step = machine.to(next);
		if (!step.ok) throw new Error(step.error.message);
	}

	function head(): KernelHead {
		return { state: machine.state(), next_seq, last_hash, ts_ms };
	}

	function boot(): Result<KernelHead, Failure<'already_booted' | 'halted'>> {
		if (machine.state() === 'HALTED') return err(failure('halted', 'Kernel is halted'));
		if (machine.state() !== 'BOOTING') return err(failure('already_booted', 'Kernel already booted'));
		move('IDLE');
		return ok(head());
	}

	function closed(): ClosedFailure | null {
		const state = machine.state();
		if (state === 'BOOTING') return failure('not_booted', 'Kernel not booted');
		if (state === 'HALTED') return failure('halted', 'Kernel is halted');
		return state === 'IDLE' ? null : failure('busy', `Expected state IDLE, but in ${state}`);
	}

	function admit(
		given: Submitted,
		permit: PermitToken | null = null,
		circumstances: Circumstances = {}
	): Result<Admission<Text>, ClosedFailure> {
		const reason = closed();
		if (reason !== null) return err(reason);
		const submitted = rules.read(given);
		const unclear = invalid(submitted) ?? ambiguous(submitted);
		if (unclear !== null) return ok(refuse(submitted, unclear));
		const objections = unpermitted(submitted, permit, circumstances);
		if (objections.length > 0) return ok(refusePermit(submitted, permit, objections));
		const checked = isPermitAsked(submitted) ? permit : null;
		const outside = outsideJurisdiction(submitted, circumstances);
		if (outside !== null) {
			const lacks = lacksAgreement(submitted, circumstances) ? ({ lacks: 'agreement' } as const) : {};
			return ok({ ...refuse(submitted, outside, checked), ...lacks });
		}
		const lacking = worded('Variant requirements not met', rules.unmet(variant, submitted));
		if (lacking !== null) return ok(refuse(submitted, lacking, checked));
		const request = validRequest(submitted, rules.omittedParams(submitted));
		if (request.tool_call !== null) move('EXECUTING');
		waiting = { kind: 'admitted', request, call: request.tool_call, permit: checked };
		return ok(waiting);
	}

	function invalid(submitted: Submitted): string | null {
		move('VALIDATING');
		return worded('Validation failed', [...validationErrors(submitted), ...rules.objections(submitted)]);
	}

	function ambiguous(submitted: Submitted): string | null {
		if (!config.fail_closed) return null;
		const limits = { mode: variant.ambiguity, max_intent_length: config.max_intent_length };
		return worded('Ambiguity detected', ambiguities(submitted, limits));
	}

	/** A permit is asked for where there are keys to check it with, and a tool to run. */
	function isPermitAsked({ tool_call = null }: Submitted): boolean {
		return options.permits !== undefined && tool_call !== null;
	}

	function unpermitted(
		submitted: Submitted,
		permit: PermitToken | null,
		circumstances: Circumstances
	): string[] {
		if (options.permits === undefined || !isPermitAsked(submitted)) return [];
		if (permit === null) return ['MISSING_PERMIT'];
		const { actor = null, params, evidence = null, tool_call } = submitted;
		const asked = circumstances.params ?? (isObject(params) ? params : {});
		const tool = isObject(tool_call) ? (tool_call.name ?? null) : null;
		return rules.unpermitted(permit, {
			...options.permits,
			...{ now: now(), actor, tool, params: asked, evidence, allowedTools: policy.allowed_tools, digest }
		});
	}

	function refusePermit(
		submitted: Submitted,
		permit: PermitToken | null,
		reasons: readonly string[]
	): Refused<Text> {
		move('AUDITING');
		const error = permit === null ? reasons.join() : `Permit verification failed: ${reasons.join(', ')}`;
		const denied: EntryDraft<Text> = {
			...denial(submitted, error),
			permit_digest: permit?.permit_id ?? null,
			permit_verification: 'DENY',
			permit_denial_reasons: reasons,
			proposal_hash: permit?.proposal_hash ?? null
		};
		return { kind: 'refused', step: append(denied, 'REJECTED') };
	}

	function outsideJurisdiction(submitted: Submitted, circumstances: Circumstances): string | null {
		move('ARBITRATING');
		if (!config.require_jurisdiction) return null;
		const context = { ...circumstances, ts_ms: now(), recent };
		return worded('Jurisdiction denied', decide(policy, submitted, context, rules.questions).violations);
	}

	function lacksAgreement(submitted: Submitted, circumstances: Circumstances): boolean {
		if (circumstances.agreed === true || !policy.rules.some(({ kind }) => kind === 'ask')) return false;
		const context = { ...circumstances, agreed: true, ts_ms: now(), recent };
		const isAllowed = decide(policy, submitted, context, rules.questions).allowed;
		return isAllowed && rules.unmet(variant, submitted).length === 0;
	}

	/** `permit`: one that was found right; it was not used, and so has no nonce in the entry. */
	function refuse(submitted: Submitted, error: string, permit: PermitToken | null = null): Refused<Text> {
		move('AUDITING');
		const denied = { ...denial(submitted, error), ...lookedAt(permit), permit_nonce: null };
		return { kind: 'refused', step: append(denied, 'REJECTED') };
	}

	function lookedAt(permit: PermitToken | null): Partial<EntryDraft<Text>> {
		return permit === null || rules.permitsAre === 'forgotten' ? {} : permitted(permit);
	}

	function end(admission: Admitted): void {
		if (admission !== waiting) throw new Error('This admission does not wait for an outcome');
		waiting = null;
		move('AUDITING');
	}

	function forgo(admission: Admitted, error: string): Step<Text> {
		end(admission);
		const { request, permit } = admission;
		const failed = { ...denial(request, failedWith(error)), ...lookedAt(permit), permit_nonce: null };
		return append(failed, 'FAILED');
	}

	function conclude(admission: Admitted, given: Outcome): Step<Text> {
		const outcome = rules.settled(given);
		end(admission);
		const { request, call, permit } = admission;
		if (permit !== null && rules.permitsAre === 'written down') options.permits?.uses.add(permit);
		if (!outcome.ok) {
			const failed = denial(request, failedWith(outcome.error));
			return append({ ...failed, ...lookedAt(permit) }, 'FAILED');
		}
		const allowance: EntryDraft<Text> = {
			...draft(request),
			decision: 'ALLOW',
			tool_name: call?.name ?? null,
			params_hash: paramsHash({ ...outcome.params, ...request.params }, digest),
			evidence_hash: evidenceHash(request.evidence, digest),
			...(permit === null ? {} : permitted(permit))
		};
		return append(allowance, 'ACCEPTED', outcome.result);
	}

	function submit(
		submitted: Submitted,
		run: RunTool,
		permit: PermitToken | null = null
	): Result<Step<Text>, ClosedFailure> {
		const admission = admit(submitted, permit);
		if (!admission.ok) return admission;
		if (admission.value.kind === 'refused') return ok(admission.value.step);
		const { request, call } = admission.value;
		if (call === null) return ok(conclude(admission.value, { ok: true }));
		const outcome = memory?.get(request.request_id) ?? rules.run(run, call);
		if (memory !== null && outcome.ok) memory.set(request.request_id, outcome);
		return ok(conclude(admission.value, outcome));
	}

	function halt(reason: string): Result<Step<Text>, Failure<'halted'>> {
		const from = machine.state();
		const step = machine.to('HALTED');
		if (!step.ok) return err(failure('halted', step.error.message));
		waiting = null;
		const last = draft({ request_id: 'HALT', actor: 'SYSTEM', intent: reason });
		return ok(append({ ...last, decision: 'HALT', state_from: from, state_to: 'HALTED' }, 'ACCEPTED'));
	}

	/** The one place where the ledger grows. */
	function append(written: EntryDraft<Text>, status: ReceiptStatus, tool_result: Json = null): Step<Text> {
		const entry = sealEntry(written, { next_seq, last_hash }, digest);
		next_seq = entry.ledger_seq + 1;
		last_hash = entry.entry_hash;
		ts_ms = entry.ts_ms;
		if (entry.decision === 'ALLOW') recent.add(entry);
		if (entry.state_to === 'IDLE') move('IDLE');
		const { request_id, state_from, state_to, decision, error } = entry;
		const evidence_hash = entry.entry_hash;
		const decided = { status, state_from, state_to, ts_ms, decision, error, evidence_hash };
		return { entry, receipt: { request_id, ...decided, tool_result }, head: head() };
	}

	/** Denied and failed entries say who, what for and why, and nothing of what was asked for. */
	function denial(submitted: Submitted, error: string): EntryDraft<Text> {
		return { ...draft(submitted), error };
	}

	function draft({ request_id, actor, intent }: Submitted): EntryDraft<Text> {
		return {
			ts_ms: now(),
			request_id: rules.recorded(request_id),
			actor: rules.recorded(actor),
			intent: rules.recorded(intent),
			decision: 'DENY',
			state_from: 'IDLE',
			state_to: 'IDLE',
			tool_name: null,
			params_hash: null,
			evidence_hash: null,
			error: null,
			permit_digest: null,
			permit_verification: null,
			permit_denial_reasons: null,
			proposal_hash: null,
			permit_nonce: null,
			permit_issuer: null,
			permit_subject: null,
			permit_max_executions: null
		};
	}

	function now(): number {
		return Math.max(ts_ms, options.clock());
	}

	return {
		config,
		policy,
		head,
		transitions: machine.transitions,
		boot,
		admit,
		conclude,
		forgo,
		submit,
		halt
	};
}

function permitted(permit: PermitToken) {
	const { permit_id, proposal_hash, nonce, issuer, subject, max_executions } = permit;
	return {
		permit_digest: permit_id,
		permit_verification: 'ALLOW',
		proposal_hash,
		permit_nonce: nonce,
		permit_issuer: issuer,
		permit_subject: subject,
		permit_max_executions: max_executions
	};
}

function failedWith(error: string): string {
	return `Tool execution failed: ${error}`;
}

function worded(what: string, why: readonly string[]): string | null {
	return why.length === 0 ? null : `${what}: ${why.join('; ')}`;
}
