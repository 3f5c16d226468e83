/** Words about the deletion of everything. */
export const deletion = {
	title: 'Delete everything',
	explain:
		'Removes all that Mirror OS keeps on this device, so that nothing of it is left. The app itself stays, empty, and can be used as on the first day.',
	open: 'Delete everything…',
	ask: {
		title: 'Delete everything?',
		goneTitle: 'What will be gone',
		gone: [
			'Every reflection with its earlier versions, the trash, mirrorbacks, tensions, threads, identities and settings.',
			'Drafts, the ledger, the key that this mirror signs with, and integrations.',
			'Both storage engines with their copies, and what the rescue page kept aside.'
		],
		final: 'It is gone for good, and nobody can bring it back. That you deleted it is told to nobody.',
		stays:
			'Bundles that you exported stay where you keep them. What left this device before is not called back.',
		bundleTitle: 'First, a bundle',
		bundle:
			'With a bundle outside of this browser you can bring everything in again. Drafts are in no bundle.',
		word: 'delete',
		label: (word: string) => `Type “${word}” to go on`,
		keep: 'Keep everything',
		run: 'Delete everything for good',
		working: 'Asking for it…',
		rescue: 'The rescue page deletes everything too, also where this mirror takes no more changes.'
	},
	page: {
		deleting: {
			title: 'Everything is being deleted',
			text: 'This takes a moment. If Mirror OS is closed meanwhile, its next start goes on with it.'
		},
		deleted: {
			title: 'Everything was deleted',
			text: 'Nothing of it is on this device any more. Only the app itself is kept, so that it opens without a network.'
		},
		undeleted: { title: 'Not everything is deleted yet' }
	},
	anew: 'Begin anew',
	again: 'Try again'
} as const;
