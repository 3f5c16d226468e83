import type { Directive, RuleHit } from '#engine/directive.ts';
import { scan } from '#engine/directive.ts';
import type { RuleCategory, RuleSeverity } from '#engine/constitution/schema.ts';
import type { Rules } from '#engine/rulebook.ts';

/** One place where a text meets a prohibited category: `phrase` is the slice from `start` to `end`. */
interface ConstitutionFinding {
	readonly category: RuleCategory;
	readonly severity: RuleSeverity;
	readonly phrase: string;
	readonly start: number;
	readonly end: number;
}

export interface ConstitutionCheck {
	readonly verdict: 'allowed' | 'refused';
	readonly findings: readonly ConstitutionFinding[];
	readonly directive: Directive;
}

/**
 * Judges a text as a mirrorback. Refused when one finding is hard or critical, or when the directive ratio reaches the
 * threshold of the rules (0.15 as shipped; "violation at >= .15"). `own` holds the texts whose words may be quoted.
 */
export function checkConstitution(text: string, rules: Rules, own?: readonly string[]): ConstitutionCheck {
	const { hits, directive } = scan(text, rules, own);
	const refused =
		hits.some(({ severity }) => severity !== 'soft') || directive.ratio >= rules.thresholds.directive;
	return { verdict: refused ? 'refused' : 'allowed', findings: hits.map(toFinding), directive };
}

function toFinding({ category, severity, phrase, start, end }: RuleHit): ConstitutionFinding {
	return { category, severity, phrase, start, end };
}
