import { moment, number, plural } from '#ui/format.ts';

const times = (count: number) => plural(count, { one: 'once', other: '# times' });

/** What a caller may ask for, in words. */
const tools: Readonly<Record<string, string>> = {
	'axes.list': 'Read the axes',
	'identities.list': 'Read the identities',
	'insight.days': 'Read on which days was written',
	'mirrorbacks.list': 'Read the mirrorbacks of a reflection',
	'reflections.get': 'Read one reflection',
	'reflections.list': 'Read the list of reflections',
	'reflections.search': 'Search the reflections',
	'reflections.tags': 'Read the tags',
	'tensions.get': 'Read one tension',
	'tensions.list': 'Read the tensions',
	'threads.get': 'Read one thread',
	'threads.list': 'Read the threads',
	'threads.reflections': 'Read the reflections of a thread',
	'feedback.give': 'Give feedback on a mirrorback',
	'reflection.create': 'Save a reflection',
	'reflection.edit': 'Edit a reflection',
	'tension.create': 'Create a tension',
	'tension.edit': 'Edit a tension',
	'tension.place': 'Move a tension',
	'thread.add': 'Add to a thread',
	'thread.create': 'Create a thread'
};

/** Words about leave that is given to others, for who gives it and for who uses it. */
export const permits = {
	title: 'Permits',
	explain:
		'With a permit you let somebody else, or a program, ask your mirror for one thing: as often as you say, until when you say. Each time stands in the ledger, also what was refused.',
	tool: (name: string) => tools[name] ?? name,
	give: {
		title: 'Give a permit',
		label: 'Who is it for?',
		labelHint: 'For you alone: it stands neither in the link nor in the ledger.',
		tool: 'What may be asked?',
		readings: 'Reading',
		changes: 'Changing',
		params: 'With what?',
		any: 'With anything',
		exactly: 'With exactly this',
		json: 'As JSON',
		open: {
			title: 'What stays open',
			explain:
				'A marked one may have any value, and needs none above. All else must be exactly as above, and what is neither marked nor above must not be given. What each use brings anew, such as the id of what is created, is marked at first: fixed, it would serve only once.'
		},
		lacking: (names: readonly string[]) =>
			`Nothing could be asked with this: ${names.join(', ')} must be given above or stay open. Nothing was created yet.`,
		notJson: 'This is no JSON object. An empty one is {}.',
		times: 'How often?',
		until: 'Until when?',
		over: 'This time is over. Choose one that is still to come.',
		run: 'Create permit link',
		caution:
			'Whoever has the link can use it in this browser. It shows what it is for, whatever visibility an entry has.'
	},
	link: {
		title: 'The permit link',
		explain: 'Give it to whom it is for. Opened in this browser, it lets them ask for just this.',
		label: 'Link',
		copy: 'Copy link',
		copied: 'Copied.',
		notCopied: 'This browser did not copy it. Select the link and copy it by hand.',
		open: 'Open it here'
	},
	list: {
		title: 'Permits you gave',
		count: (count: number) => plural(count, { one: '# permit', other: '# permits' }),
		empty: 'You gave none yet.',
		unreadable: 'The permits could not be read. They are as they were; load the page again.',
		used: (uses: number, most: number) => `Used ${number(uses)} of ${times(most)}`,
		until: (at: string) => `until ${moment(at)}`,
		over: 'It is over',
		usedUp: 'It is used up',
		revoked: (at: string) => `Taken away ${moment(at)}`,
		last: 'Its last use in the ledger',
		show: 'Show the link',
		revoke: 'Take away',
		revokeOf: (label: string) => `Take away the permit for ${label}`,
		showOf: (label: string) => `Show the link for ${label}`
	},
	revoked: (label: string) => `The permit for ${label} is taken away.`,
	held: 'Permits cannot be given while the tables are held below version 1.3.0. Release the hold under System first.',
	page: {
		title: 'A permit for this mirror',
		unreadable:
			'This link holds no permit that could be read. Ask whoever gave it to you for the whole link.',
		says: 'The link says',
		terms: {
			tool: 'What it is for',
			params: 'With what',
			open: 'Left to you',
			times: 'How often',
			until: 'Until'
		},
		anything: 'with anything',
		times,
		decided:
			'Whether it holds is decided each time that you ask, and each time stands in the ledger of this mirror.',
		ask: 'Ask',
		tool: 'What do you ask for?',
		params: 'With what? (JSON)',
		anew: (names: readonly string[]) =>
			`${names.join(', ')}: made by this page for each use, where you do not give it yourself.`,
		constraints: {
			title: 'Say how far it goes',
			explain:
				'Nothing is given to whoever does not say so. What you write is proven, and the mirror does not keep it.',
			scope: 'What it is for',
			non_goals: 'What it leaves alone',
			success_criteria: 'When it is done'
		},
		run: 'Ask the mirror',
		asking: 'Asking…',
		done: (rows: number) => `Given: ${plural(rows, { one: '# row', other: '# rows' })}.`,
		changed: 'Done.',
		refused: 'Refused.',
		usedUp:
			'This permit is used up. Nothing was changed or given now. Ask whoever gave it to you for another one.',
		readBefore:
			'This was read and counted when you asked the first time, and what was given then is kept nowhere. Nothing was counted now. “Ask the mirror” reads it anew, and counts.',
		entry: (position: number) => `Entry ${number(position)} of the ledger says so.`,
		answer: 'What was given',
		more: (count: number) =>
			`${plural(count, { one: '# more row is', other: '# more rows are' })} not shown.`,
		waiting: 'The mirror is being opened…',
		unanswered:
			'No answer came, so that nobody knows whether it was done. Ask again without changing anything: nothing is done or counted twice.'
	}
} as const;
