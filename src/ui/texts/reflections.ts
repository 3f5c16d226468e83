import { plural } from '#ui/format.ts';

export const reflections = {
	title: 'Reflections',
	search: 'Search reflections',
	searchPlaceholder: 'Search',
	help: 'How to search',
	helpRows: [
		['word', 'every entry with a word that is, or begins with, what you type'],
		['"two words"', 'just these, one after the other'],
		['-word', 'without that word'],
		['tag:name or #name', 'with that tag'],
		['identity:name', 'written as that identity'],
		['before:2026-03, after:2025', 'by day, month or year'],
		['is:pinned', 'only pinned ones']
	],
	filter: 'Filter',
	filtered: (by: string) => `Filter: ${by}`,
	identity: 'Written as',
	everybody: 'Every identity',
	nobody: 'No identity',
	tags: 'Tags',
	moreTags: 'More tags',
	allTags: 'Every tag',
	pinned: 'Pinned',
	count: (count: number) => plural(count, { one: '# reflection', other: '# reflections' }),
	found: (count: number) =>
		count === 0
			? 'Nothing found.'
			: plural(count, { one: '# reflection found', other: '# reflections found' }),
	emptyTitle: 'Nothing here yet',
	empty: 'What you save stands here, newest first. Begin with one sentence.',
	begin: 'Begin',
	nothingFound: 'No entry has all of these words. Try fewer, or only the beginning of one.',
	showAll: 'Show everything',
	unreadable: 'The list could not be read. Your reflections are safe; load the page again.'
} as const;
