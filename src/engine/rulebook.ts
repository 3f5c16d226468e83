import * as v from 'valibot';
import type { Failure, Result } from '#base/result.ts';
import { err, failure, ok } from '#base/result.ts';
import type { RuleCategory, RulesData, RuleSeverity } from '#engine/constitution/schema.ts';
import { RulesSchema } from '#engine/constitution/schema.ts';
import type { ConstitutionText } from '#engine/constitution/texts.ts';
import type { PhraseBook } from '#engine/phrases.ts';
import { compile } from '#engine/phrases.ts';

/** What a phrase of the rules was filed under. */
export interface Rule {
	readonly category: RuleCategory;
	readonly severity: RuleSeverity;
	readonly questions: boolean;
}

declare const trusted: unique symbol;

/** Machine rules that were parsed, next to a complete constitution. Only `loadRules` makes one, so no engine runs without. */
export interface Rules {
	readonly [trusted]: true;
	readonly version: string;
	readonly thresholds: RulesData['thresholds'];
	readonly book: PhraseBook<Rule>;
	readonly reports: PhraseBook<true>;
	readonly links: ReadonlySet<string>;
}

export type RulesFailure = Failure<'constitution_missing' | 'rules_invalid'>;

/**
 * Fails closed: without every text of the constitution, or with rules that do not parse, there are no rules, and without
 * rules nothing is mirrored (MACHINE_RULES: "no constitution → refuse to start").
 */
export function loadRules(data: unknown, texts: readonly ConstitutionText[]): Result<Rules, RulesFailure> {
	const missing = REQUIRED.filter(
		(name) => !texts.some((text) => text.name === name && text.text.trim() !== '')
	);
	if (missing.length > 0) {
		return err(
			failure(
				'constitution_missing',
				`The constitution is incomplete (${missing.join(', ')}), so nothing is mirrored. Your writing is safe; reload the app or restore the constitution.`
			)
		);
	}
	const parsed = v.safeParse(RulesSchema, data);
	if (!parsed.success) {
		const first = parsed.issues[0];
		return err(
			failure(
				'rules_invalid',
				`The engine's rules cannot be read (${v.getDotPath(first) ?? 'rules'}: ${first.message}), so nothing is mirrored. Your writing is safe; reload the app or go back to the rules before.`
			)
		);
	}
	return ok(compileRules(parsed.output));
}

const REQUIRED = [
	'00_manifesto',
	'01_sovereignty',
	'02_reflection',
	'03_safety',
	'04_corruption',
	'05_governance'
];

function compileRules(data: RulesData): Rules {
	const entries = data.categories.flatMap(({ name, severity, questions, phrases }) =>
		phrases.map((phrase) => ({ phrase, value: { category: name, severity, questions } }))
	);
	const rules: Omit<Rules, typeof trusted> = {
		version: data.version,
		thresholds: data.thresholds,
		book: compile(entries, data.classes),
		reports: compile(
			data.reports.map((phrase) => ({ phrase, value: true as const })),
			data.classes
		),
		links: new Set(data.classes['link'])
	};
	return rules as Rules;
}
