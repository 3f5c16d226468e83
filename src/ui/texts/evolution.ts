import type { ConfigChanges, EngineConfig, EngineParameter } from '#domain/engine-config.ts';
import type {
	Authenticity,
	EventType,
	HistoryType,
	ProposalStatus,
	ProposalType,
	VoteChoice
} from '#domain/evolution.ts';
import { number, plural } from '#ui/format.ts';

const parameters: Readonly<Record<EngineParameter, string>> = {
	patterns: 'Patterns it looks for',
	tensions: 'Tensions it looks for',
	questions: 'May end in a question',
	lines: 'Lines beside the quotation',
	earlier: 'Earlier entries it looks back on',
	directive_threshold: 'Share of directive words from which it says nothing'
};

function inWords(name: string): string {
	return name.replaceAll('_', ' ').replace(' vs ', ' or ');
}

/** A value of a parameter as one would say it. */
function valueInWords(value: EngineConfig[EngineParameter] | undefined): string {
	if (value === undefined) return '–';
	if (typeof value === 'boolean') return value ? 'yes' : 'no';
	if (typeof value === 'number') return number(value);
	return value.length === 0 ? 'none' : value.map(inWords).join(', ');
}

const statuses: Readonly<Record<ProposalStatus, string>> = {
	draft: 'Draft',
	testing: 'In testing',
	review: 'In review',
	voting: 'Being voted on',
	approved: 'Approved',
	applied: 'Applied',
	rejected: 'Rejected'
};

const types: Readonly<Record<ProposalType, { readonly name: string; readonly explain: string }>> = {
	prompt_adjustment: {
		name: 'How it speaks',
		explain: 'Questions, and how much stands beside the quotation.'
	},
	pattern_detection: { name: 'Patterns', explain: 'Which patterns it looks for.' },
	tension_heuristic: { name: 'Tensions', explain: 'Which of the five tensions it looks for.' },
	constitutional_amendment: {
		name: 'Constitution',
		explain: 'How little directive language is let through. It needs four guardians.'
	},
	safety_refinement: { name: 'Safety', explain: 'How little directive language is let through.' },
	performance_optimization: { name: 'Speed', explain: 'How many earlier entries it looks back on.' }
};

const history: Readonly<Record<HistoryType, string>> = {
	upgrade: 'Applied',
	downgrade: 'Taken back',
	fork: 'Fork',
	rollback: 'Rolled back',
	merge: 'Merged',
	hotfix: 'Mended'
};

const events: Readonly<Record<EventType, string>> = {
	installation: 'Installed',
	deletion: 'Deleted',
	fork: 'Forked',
	regression: 'Became worse',
	integration_add: 'Integration added',
	integration_remove: 'Integration removed',
	upgrade: 'Upgraded',
	downgrade: 'Downgraded',
	config_change: 'Setting changed',
	export: 'Exported',
	import: 'Imported'
};

const authenticity: Readonly<Record<Authenticity, string>> = {
	valid: 'Signed by this mirror',
	changed: 'Changed since it was signed',
	foreign: 'Signed by another mirror',
	unsigned: 'Not signed'
};

const choices: Readonly<Record<VoteChoice, string>> = {
	approve: 'Approve',
	reject: 'Reject',
	abstain: 'Abstain'
};

/** Words of all pages about how the engine changes. */
export const evolution = {
	title: 'Evolution',
	explain:
		'How the engine that mirrors you may change: by a proposal that is tried, reviewed, voted on and applied, and that can be rolled back. Nothing here changes what you wrote.',
	unreadable: 'This could not be read. Everything is safe; load the page again.',
	views: {
		label: 'Views of evolution',
		list: [
			['Proposals', '/evolution'],
			['History', '/evolution/history'],
			['Events', '/evolution/events'],
			['Constitution', '/evolution/constitution']
		]
	},
	engine: { title: 'The engine now', version: (version: string) => `Configuration ${version}` },
	parameters,
	valueInWords,
	statuses,
	types,
	none: 'Nothing is proposed. The engine is as it was shipped, until somebody wants it otherwise.',
	count: (count: number) => plural(count, { one: '# proposal', other: '# proposals' }),
	published: 'Public',
	rolledBack: (when: string) => `Rolled back ${when}`,
	create: {
		open: 'New proposal',
		title: 'New proposal',
		editTitle: 'Change the proposal',
		type: 'What it changes',
		name: 'Title',
		description: 'Why',
		evidence: 'What speaks for it (optional)',
		submit: 'Keep as a draft',
		save: 'Keep changes',
		missing: 'A title and a reason are needed.',
		same: 'So the engine is set already. Change something.'
	},
	tab: 'Proposal',
	missingTitle: 'This proposal is not here',
	missing: 'It may have been let go of while it was a draft.',
	back: 'Back to the proposals',
	from: (from: string, to: string) => `From configuration ${from} to ${to}`,
	changes: { title: 'What would change', columns: { what: 'Of the engine', before: 'Now', after: 'Then' } },
	changed: { title: 'What it changed' },
	unknownChanges:
		'What it would change is unknown to this version of Mirror OS, so it cannot be applied here.',
	description: 'Why',
	evidence: 'What speaks for it',
	trial: {
		title: 'Trial',
		none: 'It was not tried yet. A trial mirrors your newest entries twice, as it is and as it would be, compares the answers and forgets them.',
		run: 'Try it on earlier entries',
		again: 'Try it again',
		running: 'Trying…',
		result: (entries: number, changed: number) =>
			entries === 0
				? 'There was no entry to try it on.'
				: `${plural(entries, { one: '# entry', other: '# entries' })} tried; ${changed === 0 ? 'every answer is the same' : plural(changed, { one: '# answer is another one', other: '# answers are other ones' })}.`,
		said: (before: number, after: number) =>
			`The mirror spoke ${plural(before, { one: '# time', other: '# times' })} before, and ${plural(after, { one: '# time', other: '# times' })} with the change.`,
		directive: (ratio: number) =>
			`Most directive words in an answer with it: ${number(Math.round(ratio * 100))} %.`
	},
	vote: {
		title: 'Vote',
		explain: 'Two of three who decide must approve (67 %).',
		as: (name: string) => `Vote as ${name}`,
		choices,
		result: (approve: number, reject: number, abstain: number) =>
			`${number(approve)} approve, ${number(reject)} reject, ${number(abstain)} abstain`,
		rate: (rate: number) => `${(rate * 100).toFixed(1)} % of those who decided approve.`,
		voters: (cast: number, eligible: number) => `${number(cast)} of ${number(eligible)} voted.`,
		elsewhere: 'Enter the count of a vote elsewhere',
		eligible: 'Voters',
		keep: 'Keep this count',
		kept: 'The count is kept.',
		badCount: 'These have to be whole numbers, and not more votes than voters.'
	},
	guardians: {
		title: 'Guardians',
		explain: (have: number, need: number) => `${number(have)} of ${number(need)} signatures.`,
		sign: 'Sign with this mirror’s key',
		add: 'Add a signature from elsewhere',
		publicKey: 'Public key (130 hex digits)',
		signature: 'Signature (128 hex digits)',
		content: 'What is signed',
		keep: 'Add the signature',
		signed: (key: string, when: string) => `…${key.slice(-12)}, ${when}`
	},
	steps: {
		title: 'Next',
		review: 'Send to review',
		voting: 'Put to the vote',
		approved: 'Approve',
		rejected: 'Reject',
		draft: 'Back to a draft',
		apply: 'Apply to the engine',
		edit: 'Change the draft',
		delete: 'Let go of the draft',
		deleted: 'The draft is let go of.',
		publish: 'Make it public',
		withdraw: 'Keep it to yourself',
		applied: (version: string) => `The engine has configuration ${version} now.`,
		publicNote: 'Public means: it stands under “What could leave”. Nothing is sent by this.'
	},
	history: {
		title: 'History',
		explain: 'What became of the engine. Entries are only added, never changed.',
		none: 'The engine was never changed.',
		types: history,
		ofSchema: 'The tables of the database',
		versions: (from: string | null, to: string | null) =>
			from === to ? `Configuration ${from ?? '–'}` : `${from ?? '–'} to ${to ?? '–'}`,
		rollBack: 'Roll back',
		rollBackOf: (title: string) => `Roll back ${title}`,
		rolledBack: (version: string) => `The engine has configuration ${version} again.`,
		fork: {
			open: 'Fork this mirror',
			title: 'Fork this mirror',
			explain:
				'From here on this mirror goes a way of its own. What it was before stays known. Nothing else changes.',
			name: 'What you call it',
			missing: 'It needs a name.',
			submit: 'Fork',
			done: 'The fork stands in the history.'
		}
	},
	events: {
		title: 'Events',
		explain:
			'What happened to the mirror as a whole, each signed when it happened with a key that nobody can read. They stay here unless you allow them to go.',
		none: 'Nothing happened yet.',
		count: (count: number) => plural(count, { one: '# event', other: '# events' }),
		types: events,
		authenticity,
		data: (data: Readonly<Record<string, unknown>>) =>
			Object.values(data)
				.map((value) => inWords(String(value)))
				.join(', ')
	},
	constitution: {
		title: 'Constitution',
		explain:
			'What binds the mirror, whatever its configuration. Each text has a hash: who changes a letter changes it.',
		hash: 'SHA-256',
		accepted: 'As you accepted it',
		changed: 'Changed since you accepted it',
		never: 'Not accepted yet',
		accept: 'Accept all texts as they stand',
		done: 'Accepted. A text that changes later will be marked here.',
		read: (name: string) => `Read ${name}`
	},
	nameOfFile: (name: string) => name.replace(/^\d+_/, '').replace(/^./, (letter) => letter.toUpperCase())
} as const;

/** What a proposal changes, in rows: the parameter, as it is, as it would be. */
export function changeRows(
	changes: ConfigChanges,
	config: EngineConfig
): readonly (readonly [name: string, before: string, after: string])[] {
	const names = Object.keys(changes) as EngineParameter[];
	return names.map((name) => [parameters[name], valueInWords(config[name]), valueInWords(changes[name])]);
}
