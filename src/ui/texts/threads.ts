import { number, plural } from '#ui/format.ts';

export const threads = {
	title: 'Threads',
	explain: 'A thread holds reflections that belong together, in an order of your own.',
	unreadable: 'The threads could not be read. They are safe; load the page again.',
	untitled: 'Untitled thread',
	add: 'New thread',
	reflections: (count: number) =>
		count === 0 ? 'No reflections yet' : plural(count, { one: '# reflection', other: '# reflections' }),
	began: (day: string) => `Began ${day}`,
	lastActive: (day: string) => `Last active ${day}`,
	status: 'Status',
	statuses: { active: 'Active', paused: 'Paused', archived: 'Archived' },
	everyStatus: 'All',
	identity: 'Belongs to',
	everybody: 'Every identity',
	nobody: 'No identity',
	count: {
		active: (count: number) => plural(count, { one: '# active thread', other: '# active threads' }),
		paused: (count: number) => plural(count, { one: '# paused thread', other: '# paused threads' }),
		archived: (count: number) => plural(count, { one: '# archived thread', other: '# archived threads' }),
		all: (count: number) => plural(count, { one: '# thread', other: '# threads' })
	},
	emptyTitle: 'No thread yet',
	empty: 'Begin one here, or open a reflection and choose “Add to a thread”.',
	noneHere: 'No thread fits this choice.',
	showAll: 'Show every thread',
	creating: {
		title: 'New thread',
		name: 'Title',
		hint: 'A few words, or none: a thread without a title is fine.',
		begin: 'Begin thread'
	},
	one: {
		/** The tab's title: no word of the person's goes into a browser's history. */
		tab: 'Thread',
		about: 'This thread',
		missingTitle: 'This thread is not here',
		missing: 'It may have been deleted. The reflections that stood in it are still among your reflections.',
		unreadable: 'This thread could not be read. It is safe; load the page again.',
		toList: 'All threads',
		list: 'Reflections in this thread',
		empty: 'Nothing stands in this thread yet. Open a reflection and choose “Add to a thread”.',
		toReflections: 'Look for a reflection',
		statusNote: 'Paused and archived threads keep everything; they only leave the list of active ones.',
		how: 'Drag by the handle, or use the arrows.',
		howByKey: 'By key: Alt with ↑ or ↓.',
		tooLong: (most: number) =>
			`A thread of more than ${number(most)} reflections is shown in its order and cannot be reordered.`,
		up: (name: string) => `Move up: ${name}`,
		down: (name: string) => `Move down: ${name}`,
		remove: (name: string) => `Take out of this thread: ${name}`,
		moved: (place: number, count: number) => `Moved to place ${number(place)} of ${number(count)}.`,
		isFirst: 'It is the first already.',
		isLast: 'It is the last already.',
		removed: 'Taken out of the thread. The reflection itself stays.'
	},
	renaming: {
		open: 'Rename',
		title: 'Rename this thread',
		save: 'Save title'
	},
	deleting: {
		open: 'Delete thread',
		title: 'Delete this thread?',
		stay: (count: number) =>
			count === 0
				? 'No reflection stands in it.'
				: plural(count, {
						one: 'The # reflection in it stays among your reflections; only the thread goes.',
						other: 'The # reflections in it stay among your reflections; only the thread and its order go.'
					}),
		never:
			'It can be undone for a short while, and not later. One that should only be out of the way can be archived.',
		keep: 'Keep',
		confirm: 'Delete thread',
		done: 'Thread deleted. Its reflections are where they were.'
	},
	entry: {
		title: 'Threads',
		none: 'It stands in no thread.',
		add: 'Add to a thread',
		unreadable: 'The threads of this entry could not be read. They are safe; load the page again.',
		choose: 'Thread',
		anew: 'A new thread',
		name: 'Title of the new thread',
		noOther: 'There is no other active thread. This entry begins a new one.',
		begin: 'Begin thread',
		confirm: 'Add',
		added: (name: string) => `Added to “${name}”.`,
		remove: (name: string) => `Take out of ${name}`,
		removed: (name: string) => `Taken out of “${name}”.`
	}
} as const;
