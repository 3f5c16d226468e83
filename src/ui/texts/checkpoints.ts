import { kernelsSince } from '#domain/schema.ts';
import { moment, number, plural } from '#ui/format.ts';

const entries = (count: number) => plural(count, { one: '# entry', other: '# entries' });

/** Words about what a person notes of the ledger, so that nothing before it can change unseen. */
export const checkpoints = {
	title: 'Checkpoints',
	explain:
		'A checkpoint is one hash over all entries up to now. Note it outside of this device: on paper, as a picture, in a letter. Whoever has it sees if anything before it is changed, added or cut off, even by somebody who rewrites the whole ledger.',
	now: (size: number) => `Now the ledger has ${entries(size)}.`,
	none: 'There is no checkpoint of now, because entries of the ledger are missing or damaged. Verify the ledger to see which.',
	unreadable: 'The checkpoints could not be read. The ledger is safe; load the page again.',
	held: `Version ${kernelsSince} of the tables, which keeps pinned checkpoints, is not applied here. Copy or print a checkpoint instead, or apply the version in System.`,
	pin: 'Pin this moment',
	pinned: (size: number) => `Pinned over ${entries(size)}. Every verification compares it from now on.`,
	show: 'Show to keep elsewhere',
	showOf: (time: string, size: number) => `Show the checkpoint of ${moment(time)} over ${entries(size)}`,
	list: 'Pinned checkpoints',
	listNone: 'None is pinned yet.',
	of: (time: string) => `Noted ${moment(time)}`,
	over: (size: number) => `over ${entries(size)}`,
	fits: 'Fits',
	unfit: 'Does not fit',
	uncompared: 'Not compared since it was pinned or the page was opened',
	unfitWhat:
		'The ledger does not begin with the entries that this was noted of: something before it was changed, added or cut off. Keep a copy of this mirror, and this checkpoint.',
	showOne: 'Show',
	unpin: 'Unpin',
	unpinOf: (time: string, size: number) => `Unpin the checkpoint of ${moment(time)} over ${entries(size)}`,
	unpinned: 'Unpinned. Verifications compare it no more.',
	sheet: {
		title: 'Checkpoint',
		size: 'Entries',
		time: 'Time',
		root: 'Root',
		text: 'As text',
		qr: (size: number) => `QR code of this checkpoint over ${entries(size)}`,
		noQr: 'The QR code could not be drawn. The text says the same.',
		copy: 'Copy the text',
		copied: 'Copied.',
		notCopied: 'This browser did not allow copying. Select the text and copy it.',
		print: 'Print',
		note: 'It holds no word of yours. Paste it on the ledger page to compare it again.'
	},
	enter: {
		title: 'Compare one that you noted',
		label: 'Checkpoint as text',
		hint: 'One line: mirror checkpoint size=… root=… time=…',
		compare: 'Compare',
		comparing: 'Comparing…',
		misread:
			'This is not a checkpoint. It is one line with a size, a root of 64 digits and letters from a to f, and a time, just as it was copied. Nothing was changed.',
		fits: (size: number) =>
			`It fits: the ledger still begins with the ${entries(size)} that it was noted of.`,
		short: (size: number, has: number) =>
			`It does not fit: it was noted over ${entries(size)}, and this ledger has ${number(has)}. Entries were cut off, or it belongs to another mirror. Nothing was changed; keep it, and a copy of this mirror.`,
		other: (size: number) =>
			`It does not fit: the first ${entries(size)} of this ledger are not those that it was noted of. Something was changed, or it belongs to another mirror. Nothing was changed now; keep it, and a copy of this mirror.`,
		failed: 'It could not be compared. Nothing was changed; verify the ledger, or try again.',
		pin: 'Pin it',
		pinned: 'Pinned. Every verification compares it from now on.'
	}
} as const;
