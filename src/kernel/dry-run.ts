import { isObject, type Json, type JsonObject } from '#base/canonical.ts';
import type { EntryRecord } from '#kernel/ledger.ts';
import type { Part } from '#kernel/objections.ts';
import {
	callRequired,
	createPolicy,
	questions,
	type JurisdictionPolicy,
	type Question
} from '#kernel/policy.ts';
import { lookBack } from '#kernel/policy-rule.ts';
import { RecentCalls } from '#kernel/recent-calls.ts';
import type { Submitted } from '#kernel/request.ts';
import { callMissing, mirror } from '#kernel/rules.ts';
import {
	ambiguous,
	isPassedAgain,
	nothingAgainst,
	stageTexts,
	variantAnswer,
	type Answered,
	type Stage,
	type TriedVariant
} from '#kernel/tried-variant.ts';

/** An entry whose request would be decided on otherwise, with what is or was against it. */
export type ChangedDecision = {
	readonly ledger_seq: Json;
	readonly ts_ms: number;
	readonly request_id: Json;
	readonly actor: Json;
	readonly tool_name: Json;
	readonly reasons: readonly string[];
};

/** What a policy would have decided on the requests of a ledger. */
export type DryRunReport = {
	/** All that were read. */
	readonly entries: number;
	/**
	 * Those whose decision was not to be tried: halts, and requests that were invalid, not permitted or that failed; where only
	 * a policy is tried, also what was ambiguous or lacked what its variant wants.
	 */
	readonly passed_over: number;
	readonly allow_to_deny: number;
	readonly deny_to_allow: number;
	readonly same: number;
	/** Those on which the policy's answer hangs on what an entry does not hold. */
	readonly unknown: number;
	/** How many of the unknown ones hang on each part. */
	readonly lacking: { readonly [part in Part]: number };
	/** Allowed before. In the order of the ledger; the first of them, where there are more than `mostNamed`. */
	readonly denied: readonly ChangedDecision[];
	/** Refused before, by the reasons that are named. Likewise. */
	readonly allowed: readonly ChangedDecision[];
};

const mostNamed = 1000;
/** What kernels let through where nothing is said. */
const usualParamBytes = createPolicy().max_param_bytes;

/**
 * Asks a policy about the requests of a ledger, by the mirror's rules, as far as its entries tell; or a whole kernel of some
 * variant with that policy. Entries hold no params but their hash, and refused ones no tool: where the answer hangs on such a
 * part it is said to be unknown, not guessed.
 * A rate counts what the policy itself would have allowed; what is unknown counts as it was decided.
 *
 * Give it the entries of one kernel, oldest first, in slices of any size; nothing of them is kept but what a rate counts.
 */
export class DryRun {
	readonly #policy: JurisdictionPolicy;
	readonly #recent: RecentCalls;
	readonly #counts = { entries: 0, passed_over: 0, allow_to_deny: 0, deny_to_allow: 0, same: 0, unknown: 0 };
	readonly #lacking: Record<Part, number> = {
		...{ tool: 0, params: 0, size: 0, agreement: 0 },
		...{ evidence: 0, constraints: 0 }
	};
	readonly #denied: ChangedDecision[] = [];
	readonly #allowed: ChangedDecision[] = [];
	readonly #tried: TriedVariant | null;
	readonly #isPassedAgain: boolean;
	/** What was let through, in bytes: how much each request had is not written down. */
	readonly #measuredTo: number;
	#now = 0;

	/** `tried`: the variant that decides with the policy. Null: only the policy is asked. */
	constructor(policy: JurisdictionPolicy, tried: TriedVariant | null = null) {
		this.#policy = policy;
		this.#tried = tried;
		this.#isPassedAgain = tried !== null && isPassedAgain(tried.ledger, policy);
		this.#measuredTo = tried?.ledger.policy.max_param_bytes ?? usualParamBytes;
		this.#recent = new RecentCalls(lookBack(policy.rules));
	}

	/** Entries of the kernels before: what those allowed counts for a rate, as it does for a kernel that takes over. */
	follow(entries: readonly Json[]): void {
		for (const entry of entries) {
			if (!isObject(entry) || entry.decision !== 'ALLOW') continue;
			const { ts_ms, actor = null, tool_name = null } = entry;
			this.#now = Math.max(this.#now, typeof ts_ms === 'number' ? ts_ms : 0);
			this.#recent.add({
				ts_ms: this.#now,
				actor,
				tool_name: typeof tool_name === 'string' ? tool_name : null
			});
		}
	}

	/** Entries may come from a file: what is no entry is passed over. */
	push(entries: readonly Json[]): void {
		for (const entry of entries) {
			this.#counts.entries++;
			const before = isObject(entry) ? decidedBefore(entry) : null;
			if (!isObject(entry) || before === null || !this.#isTried(before)) this.#counts.passed_over++;
			else this.#ask(entry, before);
		}
	}

	finish(): DryRunReport {
		return { ...this.#counts, lacking: this.#lacking, denied: this.#denied, allowed: this.#allowed };
	}

	#ask(entry: EntryRecord, before: Before): void {
		const { ts_ms = 0, actor = null, ledger_seq = null, request_id = null } = entry;
		this.#now = Math.max(this.#now, typeof ts_ms === 'number' ? ts_ms : 0);
		const { reasons, unknown } = this.#answer(entry, before);
		const now = reasons.length > 0 ? 'DENY' : unknown.size > 0 ? null : 'ALLOW';
		if ((now ?? before.decision) === 'ALLOW')
			this.#recent.add({ ts_ms: this.#now, actor, tool_name: before.tool_name ?? null });
		this.#count(before.decision, now, unknown);
		if (now === null || now === before.decision) return;
		const changed = { ledger_seq, ts_ms: this.#now, request_id, actor, tool_name: before.tool_name ?? null };
		const [named, why] = now === 'DENY' ? [this.#denied, reasons] : [this.#allowed, [before.error]];
		if (named.length < mostNamed) named.push({ ...changed, reasons: why });
	}

	/** In the order of a kernel: what was refused at one stage is not asked at the next. */
	#answer(entry: EntryRecord, before: Before): Answered {
		if (this.#tried === null) return this.#policyAnswer(entry, before);
		const unclear = ambiguous(this.#tried.variant, entry);
		if (unclear.reasons.length > 0) return unclear;
		const byPolicy = this.#policyAnswer(entry, before);
		if (byPolicy.reasons.length > 0) return byPolicy;
		const { reasons, unknown } = variantAnswer(this.#tried, entry, before.stage, before.error);
		return { reasons, unknown: new Set([...byPolicy.unknown, ...unknown]) };
	}

	#policyAnswer(entry: EntryRecord, before: Before): Answered {
		if (before.stage === 'variant' && this.#isPassedAgain) return nothingAgainst;
		const lacking = this.#lackingOf(entry, before);
		const request = requestOf(entry, before);
		const context = { ts_ms: this.#now, recent: this.#recent };
		return answers(questions(this.#policy, request, context, { more: mirror.questions, lacking }), lacking);
	}

	/** What came to an end at another stage than the policy tells nothing of the policy alone. */
	#isTried({ stage }: Before): boolean {
		return this.#tried !== null || stage === null || stage === 'policy';
	}

	#count(before: 'ALLOW' | 'DENY', now: 'ALLOW' | 'DENY' | null, unknown: ReadonlySet<Part>): void {
		if (now === null) {
			this.#counts.unknown++;
			for (const part of unknown) this.#lacking[part]++;
		} else if (now === before) this.#counts.same++;
		else if (now === 'DENY') this.#counts.allow_to_deny++;
		else this.#counts.deny_to_allow++;
	}

	#lackingOf(entry: EntryRecord, { decision, tool_name, error, stage }: Before): ReadonlySet<Part> {
		const lacking = new Set<Part>(['agreement', 'evidence', 'constraints']);
		if (tool_name === undefined) lacking.add('tool');
		// Where a tool ran, the reference's ledgers say nothing of what it was given.
		if (decision === 'ALLOW' && tool_name === null && (entry.params_hash ?? null) === null) return lacking;
		lacking.add('params');
		// What was ambiguous never came before a policy, so nothing measured it.
		const isUnmeasured = stage === 'ambiguity' || error.includes('Params size ');
		if (this.#policy.max_param_bytes < this.#measuredTo || isUnmeasured) lacking.add('size');
		return lacking;
	}
}

/** What the ledger says of a request that was decided on. */
interface Before {
	readonly decision: 'ALLOW' | 'DENY';
	/** Null: nothing was to be run. Undefined: the entry does not say. */
	readonly tool_name: string | null | undefined;
	readonly error: string;
	readonly stage: Stage;
}

function decidedBefore({ decision, tool_name = null, error = null }: EntryRecord): Before | null {
	if (decision === 'ALLOW')
		return { decision, tool_name: typeof tool_name === 'string' ? tool_name : null, error: '', stage: null };
	if (decision !== 'DENY' || typeof error !== 'string') return null;
	const stage = (['ambiguity', 'policy', 'variant'] as const).find((one) =>
		error.startsWith(stageTexts[one])
	);
	if (stage === undefined) return null;
	const violations = stage === 'policy' ? error.slice(stageTexts.policy.length).split('; ') : [];
	return { decision, tool_name: toolIn(violations), error, stage };
}

/** A refusal names the tool where it is for the tool that it refuses, and says where there was none. */
function toolIn(violations: readonly string[]): string | null | undefined {
	if (violations.includes(callRequired) || violations.includes(callMissing)) return null;
	const named = violations.flatMap((text) => /^Tool '(.*)' is not in allowed tools$/.exec(text)?.[1] ?? []);
	return named[0];
}

function requestOf({ request_id, actor, intent }: EntryRecord, { tool_name }: Before): Submitted {
	const said: JsonObject = { request_id: request_id ?? null, actor: actor ?? null, intent: intent ?? null };
	// It had a time: without one it would have been invalid, and no policy's to decide on.
	return { ...said, ts_ms: 0, ...(typeof tool_name === 'string' ? { tool_call: { name: tool_name } } : {}) };
}

function answers(asked: readonly Question[], lacking: ReadonlySet<Part>): Answered {
	const reasons: string[] = [];
	const unknown = new Set<Part>();
	for (const { looksAt, violations } of asked) {
		const missing = looksAt().filter((part) => lacking.has(part));
		if (missing.length === 0) reasons.push(...violations());
		for (const part of missing) unknown.add(part);
	}
	return { reasons, unknown };
}
