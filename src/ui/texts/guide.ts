/** A step, or a way to see that it worked; `to`: the page where it is done. */
export interface GuideStep {
	readonly words: string;
	readonly to?: keyof typeof guidePlaces;
}

/** One procedure of the guide, as it is done in this app. */
export interface GuidePart {
	readonly title: string;
	/** What is read of it in the list. */
	readonly about: string;
	readonly purpose: string;
	readonly steps: readonly GuideStep[];
	readonly checks: readonly GuideStep[];
	/** What the KERNELS migration guide has otherwise, and what stands for it here. */
	readonly differs: readonly (readonly [there: string, here: string])[];
}

/** Pages that steps lead to, with what is read on the link. */
export const guidePlaces = {
	write: ['Write', '/'],
	ledger: ['Ledger', '/ledger'],
	evidence: ['Evidence', '/ledger/evidence'],
	policy: ['Policy', '/ledger/policy'],
	permits: ['Permits', '/ledger/permits'],
	system: ['System', '/system'],
	rollback: ['Rollback', '/ledger/guide/rollback'],
	checklists: ['Checklists', '/ledger/guide/checklists']
} as const satisfies Readonly<Record<string, readonly [name: string, href: `/${string}`]>>;

/** Words around the procedures. */
export const guide = {
	title: 'Guide',
	explain:
		'How the rules of your mirror are changed and its kernels replaced, step by step, after the KERNELS migration guide. Each page says where it is done here, and how one sees that it worked.',
	sections: { policy: 'What is allowed', kernels: 'Kernels and what they wrote', others: 'Other programs' },
	lists: 'To tick while you do it',
	steps: 'How it is done here',
	checks: 'How you see that it worked',
	differs: 'In the original, and here instead',
	more: 'More of the guide',
	missingTitle: 'There is no such page in the guide',
	missing: 'Nothing of yours is affected. All of its pages stand in the list.'
} as const;
