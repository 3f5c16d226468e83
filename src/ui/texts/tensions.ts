import type { TensionOrigin } from '#domain/tension.ts';
import { number, plural } from '#ui/format.ts';

/** What the words of a place need to know of a tension. */
export interface Poles {
	readonly axis_a: string;
	readonly axis_b: string;
}

/** Words for a position, -1 to 1. They say where, never how well: neither pole is the better one. */
export function positionInWords(position: number | null, { axis_a, axis_b }: Poles): string {
	if (position === null) return 'not placed yet';
	const distance = Math.abs(position);
	const pole = position < 0 ? axis_a : axis_b;
	if (distance < 0.075) return 'in the middle';
	if (distance < 0.375) return `a little nearer to ${pole}`;
	if (distance < 0.775) return `nearer to ${pole}`;
	return distance < 1 ? `close to ${pole}` : `at ${pole}`;
}

/** Words for an intensity, 0 to 1. */
export function intensityInWords(intensity: number | null): string {
	if (intensity === null) return 'not said';
	if (intensity < 0.15) return 'hardly felt';
	if (intensity < 0.4) return 'felt lightly';
	if (intensity < 0.65) return 'felt clearly';
	return intensity < 0.9 ? 'felt strongly' : 'felt very strongly';
}

const origins: Readonly<Record<TensionOrigin, string>> = {
	system_seed: 'One of the five to begin with',
	llm_suggested: 'Suggested by a mirror, and kept by you',
	user_created: 'Named by you'
};

export const tensions = {
	title: 'Tensions',
	/** The tab's title: no word of the person's goes into a browser's history. */
	tab: 'Tension',
	explain: 'Two things that pull, and where you stand between them. Neither end is the better one.',
	unreadable: 'Your tensions could not be read. They are safe; load the page again.',
	views: {
		label: 'View',
		list: [
			['List', '/tensions'],
			['Map', '/tensions?view=map'],
			['Axes', '/tensions/axes']
		]
	},
	owner: { label: 'Whose', everybody: 'Everybody’s', nobody: 'Nobody’s' },
	count: (count: number) => plural(count, { one: '# tension', other: '# tensions' }),
	emptyTitle: 'Nothing pulls here yet',
	empty: 'Name two things that you move between: holding on and letting go, work and rest.',
	emptyOf: 'There is none of theirs yet.',
	placed: (when: string) => `Placed ${when}`,
	since: (when: string) => `Since ${when}`,
	or: (a: string, b: string) => `${a} or ${b}`,
	said: (name: string, where: string) => `${name}: ${where}`,
	joined: (where: string, strength: string | null) => (strength === null ? where : `${where}, ${strength}`),
	create: {
		open: 'New tension',
		title: 'New tension',
		axisA: 'One end',
		axisB: 'The other end',
		name: 'Name',
		identity: 'Whose it is',
		notes: 'Notes (optional)',
		place: 'Where you stand now (optional)',
		placeHint: 'You can leave this for later.',
		axes: 'Axes that are there already are offered while you type.',
		submit: 'Name it',
		missing: 'Both ends need a word, and so does the name.',
		same: 'Both ends are the same word. A tension runs between two.'
	},
	seeds: {
		title: 'Begin with one of these',
		explain: 'Five that many people know. Take what fits; each can be renamed or removed.',
		take: (name: string) => `Take ${name}`,
		taken: (name: string) => `${name} is among your tensions.`
	},
	place: {
		title: 'Where you stand',
		position: 'Position',
		intensity: 'Intensity',
		positionNumber: 'Position as a number',
		intensityNumber: 'Intensity as a number',
		positionHint: (a: string, b: string) => `−1 is ${a}, 1 is ${b}, 0 is the middle.`,
		beyondPosition: 'A position is a number from −1 to 1. Nothing was changed.',
		beyondIntensity: 'An intensity is a number from 0 to 1. Nothing was changed.',
		lightly: 'Lightly',
		strongly: 'Strongly',
		note: 'A short note (optional)',
		noteHint: 'It goes with your next move.',
		noteAlone: 'Keep the note without moving',
		clear: 'Not placed',
		middle: 'Place in the middle',
		kept: (where: string) => `Kept: ${where}.`
	},
	path: {
		title: 'Its path',
		label: (name: string) => `Path of ${name}`,
		none: 'It was never placed. Each time you place it, that becomes a point here.',
		one: (when: string, where: string) => `Placed once, on ${when}: ${where}.`,
		many: (count: number, from: string, to: string, began: string, now: string) =>
			`Placed ${number(count)} times between ${from} and ${to}. It began ${began}; the last time it was ${now}.`,
		sameDay: (count: number, day: string, began: string, now: string) =>
			`Placed ${number(count)} times on ${day}. It began ${began}; the last time it was ${now}.`,
		order: 'The newest is at the top. A larger mark was felt more strongly.',
		table: 'The same as a table',
		columns: { when: 'When', where: 'Where', strength: 'How strongly', note: 'Note' }
	},
	fields: {
		title: 'About it',
		name: 'Name',
		notes: 'Notes',
		sharingHint: 'Nothing leaves by itself. This only says what may go along when you share.',
		save: 'Keep changes',
		saved: 'Kept.',
		missing: 'A name and both ends are needed. Nothing was changed.'
	},
	origins,
	related: {
		title: 'Related reflections',
		none: 'None is tied to it yet.',
		gone: 'A reflection that is no longer here',
		foundIn: 'Found in this one',
		untitled: (day: string) => `Written ${day}`,
		all: (count: number) => `Show all ${number(count)}`
	},
	merge: {
		open: 'Merge with another…',
		title: (name: string) => `Merge into ${name}`,
		which: 'Which one becomes a part of it?',
		what: (name: string, other: string) =>
			`“${name}” stays, and takes the path, the notes and the reflections of “${other}”. “${other}” goes. It will stand where the one that was placed last stands. It can be undone for a short while, and not later.`,
		turned: 'They have the same ends the other way round; the path is turned to fit.',
		differ: ({ axis_a, axis_b }: Poles, other: Poles) =>
			`They have different ends: what was placed between ${other.axis_a} and ${other.axis_b} will be read as between ${axis_a} and ${axis_b}.`,
		choose: 'Choose one first.',
		submit: 'Merge',
		done: (other: string) => `${other} is a part of this one now.`
	},
	remove: {
		open: 'Remove',
		title: (name: string) => `Remove ${name}?`,
		what: 'Its path and its notes go. The axes and the reflections stay.',
		never: 'It can be undone for a short while, and not later.',
		keep: 'Keep',
		submit: 'Remove',
		done: (name: string) => `${name} is removed.`
	},
	missingTitle: 'This tension is not here',
	missing: 'It may have been merged into another, or removed.',
	toList: 'To your tensions',
	map: {
		explain:
			'Tensions that share an axis stand together. Each line runs between two axes, and its mark stands where you do.',
		hint: 'Point at a line, or go to it by Tab, to read which tension it is; press it to open that.',
		group: (axes: string, more: number) => (more === 0 ? axes : `${axes} and ${number(more)} more`),
		alone: 'On their own',
		table: 'The map as a table',
		columns: { name: 'Tension', a: 'One end', b: 'The other end', where: 'Where', strength: 'How strongly' }
	}
} as const;

export const axes = {
	title: 'Axes',
	explain:
		'The words that tensions run between. They are made by themselves when you name a tension, and stay on this device.',
	unreadable: 'Your axes could not be read. They are safe; load the page again.',
	empty: 'There is none yet. The first two come with your first tension.',
	open: 'New axis',
	createTitle: 'New axis',
	editTitle: (name: string) => `Change ${name}`,
	name: 'Name',
	category: 'Category (optional)',
	categoryHint: 'Any word. A few are offered while you type.',
	description: 'What it means to you (optional)',
	renames: (count: number) =>
		count === 0
			? 'No tension runs along it.'
			: plural(count, {
					one: 'The tension along it takes the new name too.',
					other: 'The # tensions along it take the new name too.'
				}),
	missing: 'An axis needs a name. Nothing was changed.',
	create: 'Name it',
	save: 'Keep changes',
	saved: (name: string) => `${name} is kept.`,
	change: 'Change',
	changeOf: (name: string) => `Change ${name}`,
	remove: 'Remove',
	removeOf: (name: string) => `Remove ${name}`,
	removeTitle: (name: string) => `Remove ${name}?`,
	removeWhat: (count: number) =>
		count === 0
			? 'No tension runs along it. Its category and description go.'
			: plural(count, {
					one: 'The tension along it stays as it is, with its ends. The axis goes, with its category and description.',
					other:
						'The # tensions along it stay as they are, with their ends. The axis goes, with its category and description.'
				}),
	keep: 'Keep',
	removed: (name: string) => `${name} is removed.`,
	along: (name: string) => `Tensions along ${name}`,
	none: 'No tension runs along it.'
} as const;
