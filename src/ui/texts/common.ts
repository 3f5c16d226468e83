import { number } from '#ui/format.ts';

/** Words that every page says. */
export const common = {
	appName: 'Mirror OS',
	pageTitle: (page: string) => `${page} – Mirror OS`,
	skip: 'Skip to the page',
	mainNavigation: 'Main',
	more: 'More',
	places: {
		write: 'Write',
		reflections: 'Reflections',
		tensions: 'Tensions',
		insight: 'Insight',
		ledger: 'Ledger',
		bundles: 'Bundles',
		system: 'System',
		settings: 'Settings',
		trash: 'Trash',
		threads: 'Threads',
		evolution: 'Evolution'
	},
	close: 'Close',
	cancel: 'Cancel',
	undo: 'Undo',
	undone: 'Everything is as it was before.',
	leftAsItWas: 'It was left as it is. Nothing was taken back.',
	notUndone: 'This was not undone. Everything is as it was.',
	again: 'Try again',
	/** Of a change that was asked for. */
	unanswered:
		'No answer came, so it is not certain that this was done. Nothing else was changed. Try again; nothing is done twice.',
	loading: '…',
	none: '–',
	standing: {
		starting: 'Opening your mirror. You can write already; nothing gets lost.',
		waitingTitle: 'Mirror OS sleeps in another tab',
		waiting:
			'That tab holds your mirror and does not answer. What you write here is kept as a draft, and what you asked for is done as soon as it wakes. Go to that tab, or close it.',
		failedTitle: 'Your mirror did not open',
		failedSafe: 'What you write here is kept as a draft.',
		rescue: 'Open the rescue page'
	},
	update: {
		ready: 'A new version is ready. What you write is kept while it starts.',
		restart: 'Restart',
		restarting: 'Starting the new version…'
	},
	error: {
		missingTitle: 'There is no such page',
		missing: 'The address leads nowhere. Nothing of yours is affected.',
		title: 'This page did not start',
		explain:
			'Something in Mirror OS went wrong. What you saved is safe, and what you were writing is kept as a draft. Load the page again; if it stays so, the rescue page helps.',
		back: 'To the first page'
	},
	refusal: {
		title: 'This was not done',
		rule: (rule: string) => `The rule: ${rule}.`,
		allow: 'Allow this once',
		leave: 'Leave it',
		kept: 'Your words are kept as a draft.',
		entry: (position: number) => `Entry ${number(position)} of the ledger`
	},
	keys: {
		title: 'Keys',
		rows: [
			['N', 'New reflection'],
			['/', 'Search reflections'],
			['G then W', 'Go to Write'],
			['G then R', 'Go to Reflections'],
			['G then L', 'Go to Ledger'],
			['G then S', 'Go to System'],
			['E', 'Edit the reflection you are reading'],
			['Ctrl + Enter', 'Mirror it'],
			['Ctrl + S', 'Save'],
			['Esc', 'Close what is open'],
			['?', 'This sheet']
		],
		note: 'On a Mac, ⌘ does what Ctrl does. Keys without Ctrl can be switched off in Settings.'
	}
} as const;
