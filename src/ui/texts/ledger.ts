import { number, plural } from '#ui/format.ts';

export const ledger = {
	title: 'Ledger',
	explain:
		'Each change of your mirror stands here, also what was refused, in a chain that shows if anything is changed afterwards. No word of yours is in it.',
	views: {
		label: 'Views of the ledger',
		list: [
			['Entries', '/ledger'],
			['Evidence', '/ledger/evidence'],
			['Policy', '/ledger/policy'],
			['Permits', '/ledger/permits'],
			['Guide', '/ledger/guide']
		]
	},
	verify: 'Verify ledger',
	verifying: 'Verifying…',
	beginning: 'Beginning to read the entries…',
	verified: (done: number, of: number) => `${number(done)} of ${number(of)} entries verified`,
	comparing: (of: number) =>
		`${plural(of, { one: '# entry', other: '# entries' })} verified. Comparing what you wrote with them…`,
	meanwhile: 'You can go on writing in another tab; what is written meanwhile is not taken for wrong.',
	stop: 'Stop',
	stopped: 'The verification was stopped. Nothing was changed.',
	valid: (entries: number) => `Ledger valid. ${entries} entries verified.`,
	invalid: (count: number) =>
		`Ledger verification failed: ${plural(count, { one: '# finding', other: '# findings' })}.`,
	invalidWhat:
		'What is listed here does not fit the chain. Your reflections were not changed by this check. Keep a copy of this mirror before you do anything else.',
	failed: 'The check could not be finished. Nothing was changed; try again.',
	exportEvidence: 'Export evidence',
	reading: (kernel: string) => `Reading the ledger of ${kernel}. You can go on writing.`,
	exported: (name: string) =>
		`${name} is saved. It holds hashes, times and what was decided; mirror verify checks it anywhere.`,
	notExported: 'The evidence could not be read. Nothing was changed; try again.',
	whichKernel: 'Kernel',
	entries: 'Entries',
	count: (count: number) => plural(count, { one: '# entry', other: '# entries' }),
	unreadable: 'The entries could not be read. The ledger is safe; load the page again.',
	empty: 'Nothing has happened yet.',
	from: (position: number) => `Shown from entry ${number(position)} back.`,
	newest: 'Show the newest',
	decision: (decision: string) =>
		decision === 'ALLOW'
			? 'Done'
			: decision === 'DENY'
				? 'Refused'
				: decision === 'HALT'
					? 'Halted'
					: decision,
	fields: {
		position: 'Position',
		kernel: 'Kernel',
		request: 'Request',
		actor: 'Asked by',
		kind: 'Kind',
		error: 'Why not',
		hash: 'Hash',
		previous: 'Hash before it'
	}
} as const;
