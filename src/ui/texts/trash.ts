import { dayInWords, plural } from '#ui/format.ts';

export const trash = {
	title: 'Trash',
	explain:
		'What was moved here is kept for 30 days, then erased for good. It is in no list, no search and no mirrorback.',
	unreadable: 'The trash could not be read. What is in it is safe; load the page again.',
	empty: 'The trash is empty.',
	count: (count: number) => plural(count, { one: '# entry in the trash', other: '# entries in the trash' }),
	when: (written: string, trashed: string) =>
		`Written ${dayInWords(written, 'short')}, moved here ${trashed}`,
	restore: 'Restore',
	restored: 'Back among your reflections.',
	erase: 'Erase for good',
	eraseAll: 'Erase all of it',
	confirm: {
		title: (count: number) =>
			plural(count, { one: 'Erase this entry for good?', other: 'Erase # entries for good?' }),
		gone: 'Gone will be: the text, its earlier versions, what the mirror said to it, and the keys that prove it in the ledger. The ledger keeps that something was erased, and no word of it.',
		backups: 'Backups and bundles that you made before still hold it; this cannot reach them.',
		never: 'This cannot be undone.',
		erase: 'Erase for good',
		erasing: 'Erasing…',
		keep: 'Keep'
	},
	erased: (count: number) => plural(count, { one: '# entry erased.', other: '# entries erased.' })
} as const;
