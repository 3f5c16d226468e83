import type { EarlierItem } from '#domain/reflection.ts';
import { patternNames, type PatternName } from '#domain/pattern.ts';
import {
	choiceOf,
	fewestSentences,
	isKnownPattern,
	patternLimits,
	shownTogether,
	type PatternChoices,
	type PatternId
} from '#domain/pattern-choices.ts';
import { dayInWords, monthInWords, number, plural } from '#ui/format.ts';
import type { Column, StretchName } from '#ui/insight/stretch.ts';

const entries = (count: number) => plural(count, { one: '# entry', other: '# entries' });
const sentences = (count: number) => plural(count, { one: '# sentence', other: '# sentences' });

/** Where a tension stood first and last, in words. */
interface Placed {
	readonly count: number;
	readonly firstDay: string;
	readonly began: string;
	readonly lastDay: string;
	readonly ended: string;
}

const stretches: Readonly<Record<StretchName, string>> = {
	days: '30 days',
	months: '3 months',
	year: 'A year',
	all: 'All'
};

/** What a pattern is: a few of its words, and what they are. Said of words, and not of the person who wrote them. */
const patterns: Readonly<Record<PatternName, { readonly name: string; readonly what: string }>> = {
	obligation_language: { name: 'Should, must, have to', what: 'Words of obligation.' },
	absolute_thinking: { name: 'Always, never, everyone', what: 'Words that leave no exception.' },
	internal_tension: { name: 'But, although, part of me', what: 'Words at which a sentence turns.' },
	high_emotional_intensity: {
		name: 'Named feelings',
		what: 'In entries that name two, or a strong one.'
	},
	relationship_focus: { name: 'He, she, friend, mother', what: 'Words for other people.' },
	self_critical: { name: 'I failed, my fault', what: 'Words that a sentence turns against its writer.' },
	open_question: { name: 'Open questions', what: 'Sentences that ask or wonder.' }
};

/** What a pattern is called, by the person or else by us. */
export function patternCalled(choices: PatternChoices, pattern: PatternId): string {
	if (isKnownPattern(pattern)) return choiceOf(choices, pattern).name ?? patterns[pattern].name;
	return choices.own.find(({ id }) => id === pattern)?.name ?? '';
}

/** What is counted under the name of a pattern. */
export function patternCounts(choices: PatternChoices, pattern: PatternId): string {
	if (isKnownPattern(pattern))
		return shownTogether(choices, pattern)
			.map((each) => patterns[each].what)
			.join(' ');
	const phrases = choices.own.find(({ id }) => id === pattern)?.phrases ?? [];
	const [some, more] = [phrases.slice(0, 5), phrases.length - 5];
	return `Your words: ${some.join(', ')}${more > 0 ? `, and ${number(more)} more` : ''}.`;
}

/** All that was chosen, a line for each pattern. */
export function choicesInWords(choices: PatternChoices): string {
	const known = patternNames.flatMap((pattern) => {
		const { name, shown } = choiceOf(choices, pattern);
		if (name === null && shown === 'alone') return [];
		const how =
			shown === 'alone'
				? ''
				: `: ${shown === 'hidden' ? 'not shown' : `as one with “${patternCalled(choices, shown)}”`}`;
		return [`${patterns[pattern].name}${name === null ? '' : `, called “${name}”`}${how}.`];
	});
	const own = choices.own.map(({ name, phrases }) => `“${name}”: ${phrases.join(', ')}.`);
	return [...known, ...own].join('\n');
}

/** A part of a stretch by its name: "Nov 2026". */
export function columnInWords({ unit, from, to }: Column): string {
	switch (unit) {
		case 'week':
			return from === to
				? dayInWords(from, 'short')
				: `${dayInWords(from, 'short')} – ${dayInWords(to, 'short')}`;
		case 'month':
			return monthInWords(from);
		case 'quarter':
			return `${monthInWords(from, 'alone')} – ${monthInWords(to)}`;
		case 'year':
			return from.slice(0, 4);
	}
}

const earlier: Readonly<Record<Exclude<EarlierItem['ago'], 'years'>, string>> = {
	week: 'A week before',
	month: 'A month before',
	half_year: 'Half a year before'
};

export const insight = {
	title: 'Insight',
	explain:
		'What stands in your entries, counted, and each count with the words that it counts. It describes, and no more.',
	unreadable: 'Your entries could not be read. They are safe; load the page again.',
	emptyTitle: 'Nothing to show yet',
	empty:
		'What you write is counted here by days, and by words that come back. It begins with your first entry.',
	emptyOf: 'There is no entry of theirs yet.',
	write: 'Write an entry',
	table: 'The same as a table',
	heatmap: {
		title: 'Days',
		year: 'Year',
		label: (year: string) => `Days of ${year}`,
		keys: 'Arrow keys go from day to day, Enter opens one.',
		summary: (year: string, count: number, days: number) =>
			`In ${year} there are ${entries(count)}, on ${plural(days, { one: '# day', other: '# days' })}.`,
		day: (day: string, count: number) => `${dayInWords(day)}: ${count === 0 ? 'no entry' : entries(count)}`,
		legend: 'Entries on a day',
		steps: ['None', '1', '2', '3 or 4', '5 or more'],
		columns: ['Day', 'Entries'],
		open: (count: number) => entries(count),
		more: (count: number) => `${entries(count)} more on this day. A search for the day finds them all.`
	},
	stretch: 'How far back',
	stretches,
	reading: {
		now: (read: number, total: number) => `Read ${number(read)} of ${entries(total)}.`,
		stop: 'Stop',
		stopped: (read: number, total: number) =>
			`Stopped: ${number(read)} of ${entries(total)} were read. What is shown is of those.`,
		goOn: 'Go on',
		failed: 'Not all entries could be read. They are safe, and what is shown is of those that were.',
		done: (total: number) => plural(total, { one: '# entry was read.', other: '# entries were read.' }),
		none: 'There is no entry in this time.',
		foreign: (count: number) =>
			plural(count, {
				one: 'In # entry no patterns were looked for: the word lists are English, and it holds too little of it.',
				other:
					'In # entries no patterns were looked for: the word lists are English, and they hold too little of it.'
			})
	},
	patterns: {
		title: 'Patterns',
		explain:
			'Words that come back. Each drawing has a scale of its own; press a count to read the sentences.',
		words: patterns,
		count: (count: number, of: number) => `${sentences(count)} in ${entries(of)}`,
		countOf: (name: string, count: number, of: number) => `${name}: ${sentences(count)} in ${entries(of)}`,
		highest: (column: string, count: number) => `Most: ${number(count)}, in ${column}.`,
		summary: (name: string, count: number, of: number, column: string, most: number) =>
			`${name}: ${sentences(count)} in ${entries(of)}; the highest bar is ${column}, with ${number(most)}.`,
		missing: (names: readonly string[]) => `Not found in this time: ${names.join('; ')}.`,
		columns: ['Time', 'Sentences'],
		sentences,
		inColumn: (column: string, count: number) => `${column}: ${sentences(count)}`,
		quoted: (name: string, column: string | null) => (column === null ? name : `${name}, ${column}`),
		more: 'Show more',
		inEntry: (count: number) => `${sentences(count)} more in this entry.`,
		reading: 'Reading…',
		failed: 'The sentences could not be read. They are safe; try again.',
		gone: 'These sentences are no longer there.',
		few: (found: readonly (readonly [name: string, count: number])[]) =>
			`Drawn from ${sentences(fewestSentences)} on: ${found.map(([name, count]) => `${name}, ${number(count)} so far`).join('; ')}.`,
		hidden: 'No pattern is shown, as you have set it.',
		change: 'Change patterns'
	},
	choices: {
		title: 'Change patterns',
		explain:
			'Give a pattern a name of your own, leave it out, or show two as one. It changes what is shown here and by which names, and nothing that you wrote.',
		note: 'It describes words, and is no diagnosis.',
		name: 'Your name for it',
		shown: 'Shown',
		alone: 'By itself',
		hidden: 'Not at all',
		as: (name: string) => `As one with “${name}”`,
		own: 'Patterns of your own',
		ownExplain:
			'Words and phrases that you choose, in any language. They are found as whole words, in small letters and capitals alike.',
		ownName: 'Name',
		phrases: 'Words and phrases, one on each line',
		unnamed: 'New pattern',
		found: (count: number) =>
			count >= fewestSentences
				? `Found in ${sentences(count)} of the time that is shown.`
				: `So far found in ${sentences(count)} of the time that is shown; drawn from ${sentences(fewestSentences)} on.`,
		unsought: 'It is looked for once it is kept.',
		add: 'Add a pattern',
		full: `There is room for ${number(patternLimits.own)} patterns of your own.`,
		remove: (name: string) => `Remove “${name}”`,
		removeShort: 'Remove',
		faults: {
			name: `A name has 1 to ${number(patternLimits.name)} characters. Nothing was changed yet.`,
			phrases: `A pattern of your own has 1 to ${number(patternLimits.phrases)} words or phrases, each of ${number(patternLimits.phrase.least)} to ${number(patternLimits.phrase.most)} characters with a letter or a digit among them. Nothing was changed yet.`
		},
		save: 'Save',
		saved: 'Your patterns are kept.'
	},
	threads: {
		title: 'Threads',
		none: 'Nothing was added to a thread in this time.',
		summary: (count: number, threads: number) =>
			`${plural(count, { one: '# reflection was added', other: '# reflections were added' })} to ${plural(threads, { one: '# thread', other: '# threads' })}.`,
		added: (count: number) => `${number(count)} added`,
		label: (name: string, count: number, from: string, to: string) =>
			from === to
				? `${name}: ${number(count)} added, on ${from}.`
				: `${name}: ${number(count)} added, from ${from} to ${to}.`,
		columns: ['Thread', 'Added', 'First', 'Last']
	},
	tensions: {
		title: 'Tensions',
		none: 'No tension was placed in this time.',
		summary: (count: number, tensions: number) =>
			`${plural(tensions, { one: '# tension was placed', other: '# tensions were placed' })}, ${count === 1 ? 'once' : `${number(count)} times in all`}.`,
		once: (when: string, where: string) => `Placed once, on ${when}: ${where}.`,
		often: ({ count, firstDay, began, lastDay, ended }: Placed) =>
			firstDay === lastDay
				? `Placed ${number(count)} times on ${firstDay}: first ${began}, last ${ended}.`
				: `Placed ${number(count)} times: first, on ${firstDay}, ${began}; last, on ${lastDay}, ${ended}.`,
		at: (when: string, where: string) => `${when}: ${where}`,
		order: 'The ring is where it stood first, the dot where it stood last.',
		columns: ['Tension', 'Placed', 'First', 'Last']
	},
	onThisDay: {
		title: 'On this day',
		day: 'Day',
		none: 'No entry stands a week, a month, half a year or whole years before this day.',
		earlier,
		years: (count: number) => plural(count, { one: '# year before', other: '# years before' })
	}
} as const;
