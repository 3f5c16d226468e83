import { moment, number, plural } from '#ui/format.ts';

const entries = (count: number) => plural(count, { one: '# entry', other: '# entries' });

/** Words about the proof of one entry. */
export const proofs = {
	show: 'Show the proof',
	hide: 'Hide the proof',
	computing: 'Making the proof…',
	title: (position: number) => `Proof of entry ${number(position)}`,
	explain:
		'It shows that this entry stands in the ledger, to whoever has the checkpoint, without showing any other entry. Each hash was computed on this page.',
	under: 'Under the checkpoint',
	now: (size: number) => `Of now, over ${entries(size)}`,
	pinned: (time: string, size: number) => `Noted ${moment(time)}, over ${entries(size)}`,
	unread: 'The proof could not be made. Nothing was changed; verify the ledger, or try again.',
	why: (why: string) => `There is no proof of this entry. ${why}`,
	wrong:
		'This proof does not hold. Nothing was changed by looking; verify the ledger, and keep a copy of this mirror.',
	holds: (size: number) => `It holds: the entry is one of the ${entries(size)} of this checkpoint.`,
	otherRoot:
		'The entry leads to a root, but not to that of this checkpoint: the ledger does not begin with what it was noted of. Verify the ledger to see more.',
	fields: 'What is hashed',
	fieldsWhat: 'The fields of the entry. None of them holds a word of yours.',
	input: 'The very text that is hashed',
	hash: 'Its hash',
	hashWhat: 'SHA-256 of that text, which begins with the hash of the entry before it:',
	leaf: 'Its place in the tree',
	leafWhat: (position: number, size: number) =>
		`SHA-256 of a zero byte and that hash: leaf ${number(position)} of ${number(size)}.`,
	step: (at: number, of: number) => `Step ${at} of ${of} up the tree`,
	beside: { left: 'On its left stands:', right: 'On its right stands:' },
	above: 'SHA-256 of a one byte and both, the left one first:',
	root: 'The root',
	alone: 'It is the only entry, so its leaf is the root.',
	rootWhat: (time: string, size: number) =>
		`The root of the checkpoint of ${moment(time)} over ${entries(size)}:`,
	save: 'Save the proof',
	saved: (name: string, size: number, root: string) =>
		`${name} is saved. Anybody can check it with: mirror ledger check ${name} --size ${size} --root ${root}`
} as const;
