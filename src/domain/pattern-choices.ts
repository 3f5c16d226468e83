import * as v from 'valibot';
import { newId, wellFormed } from '#domain/common.ts';
import { patternNames, type PatternName } from '#domain/pattern.ts';

/** The limits of what a person says of patterns: characters are code points. */
export const patternLimits = { name: 60, own: 12, phrases: 20, phrase: { least: 2, most: 40 } } as const;
/** In fewer sentences a pattern of the person's own is not drawn: it could be chance (specification: three occurrences). */
export const fewestSentences = 3;

/** A pattern of the person's own by its id. */
export const ownPatternId = v.pipe(newId, v.brand('OwnPattern'));
export type OwnPatternId = v.InferOutput<typeof ownPatternId>;

/** What Insight counts: a pattern that the engine knows, or one of the person's own. */
export type PatternId = PatternName | OwnPatternId;

function text(least: number, most: number) {
	return v.pipe(
		wellFormed,
		v.maxLength(2 * most),
		v.trim(),
		v.check((typed) => [...typed].length >= least, `must have ${least} characters or more`),
		v.check((typed) => [...typed].length <= most, `must be at most ${most} characters`)
	);
}

const name = text(1, patternLimits.name);
const { least, most } = patternLimits.phrase;
/** A word, or some: it is looked for whole, whatever the case of its letters. */
const phrase = v.pipe(
	text(least, most),
	v.check((typed) => /[\p{L}\p{N}]/u.test(typed), 'must hold a letter or a digit')
);

/** How a pattern is shown: by itself, not at all, or as one with another, under the name of that. */
const shown = v.picklist(['alone', 'hidden', ...patternNames]);
const choice = v.strictObject({ name: v.nullable(name), shown });
export type PatternChoice = v.InferOutput<typeof choice>;

const ownPattern = v.strictObject({
	id: ownPatternId,
	name,
	phrases: v.pipe(v.array(phrase), v.minLength(1), v.maxLength(patternLimits.phrases))
});
export type OwnPattern = v.InferOutput<typeof ownPattern>;

const choices = v.strictObject({
	/** Of patterns that the engine knows; those that are not here are as shipped. */
	known: v.record(v.picklist(patternNames), choice),
	own: v.pipe(
		v.array(ownPattern),
		v.maxLength(patternLimits.own),
		v.check((own) => new Set(own.map(({ id }) => id)).size === own.length, 'must have an id each')
	)
});

/** What a person made of the patterns (original: language shapes, which may be renamed, hidden, merged and added). */
export type PatternChoices = v.InferOutput<typeof choices>;
type Known = Pick<PatternChoices, 'known'>;
/** As somebody may have typed them. */
export type TypedChoices = v.InferInput<typeof choices>;

export const patternChoices = v.pipe(
	choices,
	v.check(
		(chosen) => patternNames.every((pattern) => comesToAnEnd(chosen, pattern)),
		'must not show patterns as one with each other in a circle'
	)
);

export const shippedPatterns: PatternChoices = { known: {}, own: [] };

/** Whether nothing was chosen: then there is nothing that choices from elsewhere would take the place of. */
export function isAsShipped({ known, own }: PatternChoices): boolean {
	return (
		own.length === 0 && Object.values(known).every(({ name, shown }) => name === null && shown === 'alone')
	);
}

const asShipped: PatternChoice = { name: null, shown: 'alone' };

export function choiceOf({ known }: Known, pattern: PatternName): PatternChoice {
	return known[pattern] ?? asShipped;
}

/** The pattern as which one is shown: itself, or the one that it is shown as one with. Null where that is hidden. */
export function shownAs(choices: Known, pattern: PatternName): PatternName | null {
	const { shown } = choiceOf(choices, pattern);
	if (shown === 'alone') return pattern;
	return shown === 'hidden' ? null : shownAs(choices, shown);
}

/** As which names are shown, each once; a name that is none of ours, of another program's, stays as it is. */
export function namesShown(choices: Known, names: readonly string[]): string[] {
	const shown = names.map((name) => (isKnownPattern(name) ? shownAs(choices, name) : name));
	return [...new Set(shown)].filter((name) => name !== null);
}

/** The patterns that are shown as this one; none where it is not shown by itself. */
export function shownTogether(choices: Known, pattern: PatternName): readonly PatternName[] {
	return patternNames.filter((each) => shownAs(choices, each) === pattern);
}

export function isKnownPattern(id: string): id is PatternName {
	return patternNames.some((pattern) => pattern === id);
}

/** Whether it can be said as what a pattern is shown: those that are shown as one make no circle. */
export function comesToAnEnd(choices: Known, pattern: PatternName): boolean {
	let at: PatternName = pattern;
	for (const _step of patternNames) {
		const { shown } = choiceOf(choices, at);
		if (shown === 'alone' || shown === 'hidden') return true;
		at = shown;
	}
	return false;
}

/** What keeps typed choices from being kept: a name, or the phrases of a pattern. Null where nothing does. */
export function choicesFault(typed: TypedChoices): 'name' | 'phrases' | null {
	const { issues } = v.safeParse(patternChoices, typed);
	if (issues === undefined) return null;
	return v.getDotPath(issues[0])?.includes('phrases') === true ? 'phrases' : 'name';
}
