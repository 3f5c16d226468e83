import { dayInWords, number, plural } from '#ui/format.ts';

/** Words of the Write page and of every place where one writes. */
export const write = {
	title: 'Write',
	reflection: 'Reflection',
	placeholder: 'What is on your mind?',
	entryTitle: 'Title',
	titlePlaceholder: 'Title, if it wants one',
	identity: 'Identity',
	noIdentity: 'No identity',
	usualIdentity: 'The one used last',
	when: { title: 'Day and time', day: 'Day', time: 'Time', zone: 'Time zone' },
	save: 'Save reflection',
	mirror: 'Mirror it',
	startAnew: 'Set aside, start anew',
	saving: 'Saving…',
	later: 'Kept as a draft. It is stored as soon as your mirror answers.',
	saved: 'Saved',
	open: 'Open it',
	nothing: 'There is nothing to save yet. Write something first.',
	allSafe: 'Everything is saved.',
	unanswered:
		'No answer came. Your words are kept as a draft; saving again is safe and does not store them twice.',
	keeping: {
		nothing: '',
		changing: '',
		kept: 'Draft kept',
		failed:
			'This browser did not keep your draft. Do not close the page before you have saved or copied your words.'
	},
	restored: (day: string) => `Here is what you had begun on ${dayInWords(day, 'short')}.`,
	limit: (size: number, most: number) => `${number(size)} of at most ${number(most)} bytes`,
	tooLong: 'This is longer than one reflection can be. Your words are kept as a draft; divide them in two.',
	words: (count: number, minutes: number) =>
		`${plural(count, { one: '# word', other: '# words' })} · ${minutes < 1 ? 'under a minute' : `${number(minutes)} min`} to read`,
	drafts: {
		title: 'Drafts',
		of: (when: string) => `Draft of ${when}`,
		ofEdit: 'Change of a saved entry',
		resume: 'Go on',
		drop: 'Let go',
		dropped: 'Draft let go.'
	},
	onThisDay: 'On this day',
	backup: (count: number) =>
		`${plural(count, { one: '# new entry', other: '# new entries' })} since the last export. What is only here can be lost with this device.`,
	makeBackup: 'Export a bundle',
	conflict: {
		title: 'This was changed elsewhere while you wrote',
		explain: 'Both texts are kept. Nothing of either is lost, whatever you choose.',
		theirs: 'What stands there now',
		legend: 'Struck through is only in yours; underlined is only in what stands there now.',
		keepMine: 'Make mine the newest version',
		keepBoth: 'Keep both, mine as a new entry'
	},
	gone: {
		keepBoth: 'Keep it as a new entry'
	}
} as const;
