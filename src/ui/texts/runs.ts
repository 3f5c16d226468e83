import { choiceOf, isKnownPattern, type PatternChoices } from '#domain/pattern-choices.ts';
import { number, plural } from '#ui/format.ts';

/** A name as the engine writes it, as one would read it. */
const inWords = (name: string) => name.replaceAll('_', ' ');

/** What the engine did: names of patterns and measures, in words. */
export const runs = {
	title: 'Engine runs',
	explain:
		'One line for each time the mirror was asked. What is kept are measures and the names of patterns: no word of yours, and no word of the mirror.',
	unreadable: 'The runs could not be read. They are safe; load the page again.',
	empty: 'The mirror was not asked yet. When it is, what the engine did stands here.',
	count: (count: number) => plural(count, { one: '# run', other: '# runs' }),
	modes: {
		manual: 'Without a model, on this device',
		local_llm: 'A model on this device',
		remote_llm: 'A model elsewhere'
	},
	version: (version: string) => `Configuration ${version}`,
	rules: (version: string) => `Rules ${version}`,
	took: (ms: number) => (ms < 1000 ? `${number(ms)} ms` : `${number(Math.round(ms / 100) / 10)} s`),
	length: (count: number) => plural(count, { one: '# character', other: '# characters' }),
	silent: 'It said nothing.',
	patterns: 'Patterns',
	tensions: 'Tensions',
	flags: 'Flags',
	said: 'You said',
	reflection: 'The reflection',
	unnamed: 'Which reflection it was is not kept.',
	rating: (rating: number) => `${number(rating)} of 5`,
	drift: {
		title: 'How it keeps to its rules',
		explain:
			'What a mirror must not do is advise or judge. Counted are answers that were mostly directive, those you called too directive or judging, and those that the rules kept back.',
		none: 'Nothing was answered yet, so there is nothing to judge by.',
		lights: {
			green: 'Green: as it should be',
			yellow: 'Yellow: more than it should be',
			red: 'Red: too many'
		},
		bounds: 'Of 1,000 answers, fewer than 10 are green, fewer than 50 yellow.',
		counts: (violations: number, outputs: number) =>
			`${number(violations)} of the last ${plural(outputs, { one: '# answer', other: '# answers' })}`,
		measures: { directive: 'The share of directive words', recognition: 'How you rated the answers' },
		worse: (measure: string, before: string, now: string) =>
			`${measure} got worse: ${before} in the ten answers before, ${now} in the last ten.`,
		tooFew: 'From twenty answers on, the last ten are compared with the ten before them.',
		steady: 'The last ten answers are no worse than the ten before them.'
	},
	inWords,
	/** By the person's own name, where she gave it one. */
	patternInWords: (choices: PatternChoices, name: string) =>
		(isKnownPattern(name) ? choiceOf(choices, name).name : null) ?? inWords(name)
} as const;
