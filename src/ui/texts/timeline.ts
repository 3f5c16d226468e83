import { dayInWords, number, plural } from '#ui/format.ts';

const entries = (count: number) => plural(count, { one: '# entry', other: '# entries' });

/** Words about the entries of the ledger that are picked and counted. */
export const timeline = {
	filter: 'Filter entries',
	filtered: 'Filter entries: some are left out',
	any: 'Any',
	decision: 'Decision',
	decisions: {
		ALLOW: 'Done',
		refused: 'Not done: refused or halted',
		DENY: 'Refused',
		HALT: 'Halted'
	},
	actor: 'Asked by',
	tool: 'Kind',
	toolHint: 'Only what was done says its kind.',
	kernel: 'Kernel',
	from: 'From day',
	to: 'To day',
	clear: 'Show all entries',
	backwards: 'The first day is after the last one, so no entry fits.',
	none: 'No entry fits what is chosen above.',
	unread: 'What there is to choose from could not be read. The ledger is safe; load the page again.',
	numbers: {
		title: 'Numbers',
		unread: 'The entries could not be counted. The ledger is safe; load the page again.',
		counting: 'Counting…',
		narrowed: 'Of the entries that are chosen above.',
		entries: 'Entries',
		done: 'Done',
		refused: 'Refused',
		halted: 'Halted',
		ran: 'Commands that ran',
		kinds: 'Kinds of them',
		permits: 'Permits',
		permitsSaid: (verified: number, denied: number, missing: number, replayed: number) =>
			`${number(verified)} verified, ${number(denied)} denied, ${number(missing)} missing, ${number(replayed)} used beyond what they allow`,
		days: (count: number, first: string, last: string) =>
			`${entries(count)} by day, from ${dayInWords(first, 'short')} to ${dayInWords(last, 'short')}`,
		byDay: ['Day', 'Entries'],
		byDayTitle: 'Entries by day',
		byActor: ['Asked by', 'Entries'],
		byActorTitle: 'Entries by who asked',
		byTool: ['Kind', 'Entries'],
		byToolTitle: 'What was done, by kind'
	}
} as const;
