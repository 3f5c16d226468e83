import * as v from 'valibot';
import { phraseFault } from '#engine/phrases.ts';

const Share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const Severity = v.picklist(['soft', 'hard', 'critical']);
const Category = v.picklist([
	'prescription',
	'diagnosis',
	'cross_identity',
	'coercion',
	'teleology',
	'masquerade',
	'optimisation',
	'praise',
	'complicity'
]);

/** Machine rules as data: see #engine/constitution/rules.ts for what each part means. Unknown keys are refused. */
export const RulesSchema = v.pipe(
	v.strictObject({
		version: v.pipe(v.string(), v.regex(/^\d+\.\d+\.\d+$/)),
		thresholds: v.strictObject({ directive: Share }),
		classes: v.record(v.string(), v.array(v.pipe(v.string(), v.regex(/^\S+$/)))),
		reports: v.array(v.string()),
		categories: v.pipe(
			v.array(
				v.strictObject({
					name: Category,
					severity: Severity,
					/** These phrases hold in questions too ("why not …?"); all others pass there. */
					questions: v.optional(v.boolean(), false),
					phrases: v.pipe(v.array(v.pipe(v.string(), v.nonEmpty())), v.nonEmpty())
				})
			),
			v.check(
				(categories) =>
					categories.some(({ name, severity }) => name === 'prescription' && severity === 'hard'),
				'no hard prescription rule'
			)
		)
	}),
	v.rawCheck(({ dataset, addIssue }) => {
		if (!dataset.typed) return;
		const { categories, classes, reports } = dataset.value;
		for (const phrase of [...reports, ...categories.flatMap((category) => category.phrases)]) {
			const fault = phraseFault(phrase, classes);
			if (fault !== null) addIssue({ message: fault });
		}
	})
);

export type RulesData = v.InferOutput<typeof RulesSchema>;
export type RuleCategory = v.InferOutput<typeof Category>;
export type RuleSeverity = v.InferOutput<typeof Severity>;
