import { dayInWords, plural } from '#ui/format.ts';

export const entry = {
	/** The tab's title: no word of the person's goes into a browser's history. */
	tab: 'Entry',
	titleOf: (day: string) => dayInWords(day),
	imageNote: (alt: string) =>
		alt === '' ? 'An image from elsewhere is not loaded' : `Image from elsewhere, not loaded: ${alt}`,
	edit: 'Edit',
	pin: 'Pin',
	unpin: 'Unpin',
	trash: 'Move to trash',
	trashed: 'Moved to the trash.',
	notBack: (why: string) => `Not brought back: it is in the trash. ${why}`,
	mirror: 'Mirror it',
	versions: (count: number) => plural(count, { one: '# version', other: '# versions' }),
	edited: (when: string) => `Changed ${when}`,
	noIdentity: 'No identity',
	missingTitle: 'This entry is not here',
	missing: 'It may be in the trash, or it was erased for good.',
	unreadable: 'This entry could not be read. It is safe; load the page again.',
	toTrash: 'Look into the trash',
	toList: 'Back to the list',
	rendering: 'Setting the text…',
	source: {
		import: 'Imported',
		integration: 'From another program'
	},
	editing: {
		title: 'Change this entry',
		save: 'Save changes',
		close: 'Close, keep the draft',
		discard: 'Discard changes',
		discarded: 'Changes discarded.',
		unchanged: 'Nothing has changed.',
		draft: (when: string) => `There are unsaved changes from ${when}.`,
		resume: 'Go on with them'
	},
	history: {
		title: 'Versions',
		tab: 'Versions',
		explain: 'Each time an entry is changed, what stood before is kept. Restoring makes a new version.',
		only: 'This entry has never been changed.',
		version: (count: number) => `Version ${count}`,
		until: (when: string) => `stood until ${when}`,
		present: 'stands now',
		changes: 'What changed after it',
		whole: 'Its text',
		restore: 'Restore this version',
		restored: 'Restored as the newest version.',
		back: 'Back to the entry'
	}
} as const;
