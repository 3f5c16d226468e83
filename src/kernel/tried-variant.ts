import type { Json } from '#base/canonical.ts';
import { ambiguities } from '#kernel/ambiguity.ts';
import { effectiveConfig } from '#kernel/config.ts';
import type { EntryRecord } from '#kernel/ledger.ts';
import type { Part } from '#kernel/objections.ts';
import type { JurisdictionPolicy } from '#kernel/policy.ts';
import { comparePolicies } from '#kernel/policy-comparison.ts';
import { variants, type VariantName } from '#kernel/variants.ts';

/** What is known of a ledger beside its entries. */
export interface LedgerFacts {
	/** Of the kernel that wrote it: what that allowed had all that its variant wants. */
	readonly variant: VariantName;
	/** What it enforced all along: a policy never changes under a kernel. */
	readonly policy: JurisdictionPolicy;
	/** What none of its requests ever came with: no entry holds it, but those who put the requests know it. */
	readonly never: readonly ('evidence' | 'constraints')[];
}

/** A variant that the requests of a ledger are tried on. */
export interface TriedVariant {
	readonly variant: VariantName;
	readonly ledger: LedgerFacts;
}

/** What is against a request for sure, and what else the answer hangs on. */
export interface Answered {
	readonly reasons: readonly string[];
	readonly unknown: ReadonlySet<Part>;
}

export const nothingAgainst: Answered = { reasons: [], unknown: new Set() };

/** What decided on a request: null where it was allowed, and so by all of them. */
export type Stage = 'ambiguity' | 'policy' | 'variant' | null;

/** What a kernel writes before its reasons. */
export const stageTexts = {
	ambiguity: 'Ambiguity detected: ',
	policy: 'Jurisdiction denied: ',
	variant: 'Variant requirements not met: '
} as const;

/** Whether an intent, which every entry holds, would be too unclear or too long for a kernel of this variant. */
export function ambiguous(variant: VariantName, { intent = null }: EntryRecord): Answered {
	const { max_intent_length } = effectiveConfig({ kernel_id: 'tried', variant });
	const found = ambiguities({ intent }, { mode: variants[variant].ambiguity, max_intent_length });
	return refused(stageTexts.ambiguity, found);
}

/**
 * What the variant would say of a request that the policy lets pass. Of its evidence an entry holds a hash, and of its
 * constraints nothing, and both only where it was allowed: what hangs on more is said to be unknown.
 */
export function variantAnswer(
	{ variant, ledger }: TriedVariant,
	entry: EntryRecord,
	stage: Stage,
	error: string
): Answered {
	const { wants, unmet } = variants[variant];
	if (wants === null) return nothingAgainst;
	if (variant === ledger.variant && stage === null) return nothingAgainst;
	if (variant === ledger.variant && stage === 'variant') return { ...nothingAgainst, reasons: [error] };
	const hash: Json = (wants === 'evidence' ? entry.evidence_hash : entry.params_hash) ?? null;
	const isNone = ledger.never.includes(wants) || (stage === null && hash === null);
	// A hash says that something was given, and not that it is more than blanks.
	if (!isNone) return { reasons: [], unknown: new Set([wants]) };
	return refused(stageTexts.variant, unmet({ evidence: null, params: {} }));
}

/**
 * Whether the policy lets a request pass for sure that it let pass before: it is the same one, and nothing in it counts what
 * came before.
 */
export function isPassedAgain({ policy: before }: LedgerFacts, policy: JurisdictionPolicy): boolean {
	const counts = policy.rules.some(({ kind }) => kind === 'rate') || policy.custom_rules.length > 0;
	return !counts && comparePolicies(before, policy).is_same;
}

function refused(what: string, why: readonly string[]): Answered {
	return why.length === 0 ? nothingAgainst : { ...nothingAgainst, reasons: [`${what}${why.join('; ')}`] };
}
