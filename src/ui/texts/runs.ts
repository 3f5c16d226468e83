import { number, plural } from '#ui/format.ts';

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
	/** A name as the engine writes it, as one would read it. */
	inWords: (name: string) => name.replaceAll('_', ' ')
} as const;
