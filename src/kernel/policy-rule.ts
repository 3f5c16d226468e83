import * as v from 'valibot';
import { isZoneName } from '#base/zone.ts';
import { foldedWord } from '#kernel/words.ts';

const longestWindow = 31 * 86_400_000;

const text = (most: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(most));
const listOf = <const Item extends v.GenericSchema>(item: Item) =>
	v.pipe(v.array(item), v.minLength(1), v.maxLength(200));
const whole = (least: number, most: number) =>
	v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
const finite = v.pipe(v.number(), v.finite());

/** Whom and what a rule concerns, where it does not concern all, and what it says instead of its own words. */
const common = {
	/** Names, `*` or `role:NAME`. */
	actors: v.exactOptional(listOf(text(200))),
	tools: v.exactOptional(listOf(text(200))),
	/** Stands in the ledger of whoever is refused: no word of the person's belongs here. */
	reason: v.exactOptional(text(200))
};

/** What a param is held against. No regular expression: a slow one would hold up everything. */
const patternSchema = v.variant('kind', [
	v.strictObject({
		kind: v.literal('values'),
		values: listOf(v.union([v.pipe(v.string(), v.maxLength(500)), finite, v.boolean()]))
	}),
	v.strictObject({ kind: v.literal('prefix'), prefix: text(500) }),
	/** `*` stands for any characters, also none; all else for itself. */
	v.strictObject({ kind: v.literal('glob'), glob: text(500) }),
	/** Code points of a text. */
	v.strictObject({ kind: v.literal('length'), max_length: whole(0, 1_000_000) }),
	v.pipe(
		v.strictObject({ kind: v.literal('range'), min: v.exactOptional(finite), max: v.exactOptional(finite) }),
		v.check(({ min, max }) => min !== undefined || max !== undefined, 'a range has a min, a max or both')
	)
]);
export type ParamPattern = v.InferOutput<typeof patternSchema>;

/** One rule of a policy, as data. All keys are known ones, so that a slip of the pen is no rule that is not there. */
export const ruleSchema = v.variant('kind', [
	/** Allowed from `from` until before `to`, on the days (1 Monday to 7 Sunday) that the hours begin on; over midnight too. */
	v.pipe(
		v.strictObject({
			...common,
			kind: v.literal('hours'),
			from: v.pipe(v.string(), v.regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'a time is HH:MM')),
			to: v.pipe(v.string(), v.regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, 'a time is HH:MM')),
			/** An IANA name. */
			zone: v.pipe(v.string(), v.maxLength(64), v.check(isZoneName, 'a time zone that is not known here')),
			days: v.exactOptional(v.pipe(v.array(whole(1, 7)), v.minLength(1), v.maxLength(7)))
		}),
		v.forward(
			v.check(({ from, to }) => from !== to, 'hours end at another time than they begin'),
			['to']
		)
	),
	/** At most `limit` allowed requests in any `window_ms` milliseconds, counted for each actor, tool, or pair of both. */
	v.strictObject({
		...common,
		kind: v.literal('rate'),
		limit: whole(1, 10_000),
		window_ms: whole(1, longestWindow),
		per: v.picklist(['actor', 'tool', 'actor_and_tool'])
	}),
	/** What stands under `path` (keys and dots) matches the pattern; with `deny` it does not. */
	v.strictObject({
		...common,
		kind: v.literal('params'),
		path: text(200),
		pattern: patternSchema,
		deny: v.optional(v.boolean(), false)
	}),
	/** None of the words stands there, whole and in whatever case; with `deny: false` one of them must. */
	v.strictObject({
		...common,
		kind: v.literal('words'),
		words: listOf(
			v.pipe(
				text(100),
				v.check((word) => foldedWord(word) !== '', 'a word has letters')
			)
		),
		in: v.picklist(['intent', 'params']),
		deny: v.optional(v.boolean(), true)
	}),
	/** Allowed only where the owner agreed to this very request. */
	v.strictObject({ ...common, kind: v.literal('ask') })
]);
export type PolicyRule = v.InferOutput<typeof ruleSchema>;
/** A rule as it is written: what is left out has its default. */
export type GivenRule = v.InferInput<typeof ruleSchema>;

/** How far back the rules look, milliseconds; 0 where none counts. */
export function lookBack(rules: readonly PolicyRule[]): number {
	return Math.max(0, ...rules.map((rule) => (rule.kind === 'rate' ? rule.window_ms : 0)));
}
