import type { EvidenceReport } from '#domain/evidence.ts';
import { number, percent } from '#ui/format.ts';

/** Words about evidence that comes from a file. */
export const evidence = {
	page: 'Evidence',
	pageExplain:
		'Evidence is a ledger as a file: what was decided, by whom and when, in hashes, without a word of anybody’s diary.',
	title: 'Check a file',
	explain:
		'Evidence of this mirror or of any other kernel, as .json or .json.gz. It is read here, in this browser, and not kept.',
	file: 'Evidence file',
	root: 'Root hash that you noted (optional)',
	rootHint: '64 digits and letters from a to f. It shows a chain that was cut off or written anew.',
	wrongRoot: 'A root hash is 64 digits and letters from a to f.',
	check: 'Check file',
	missing: 'Choose a file first.',
	reading: (name: string) => `Reading ${name}…`,
	verifying: (done: number, of: number) =>
		`${number(done)} of ${number(of)} entries verified (${percent(of === 0 ? 1 : done / of)})…`,
	stop: 'Stop',
	stopped: 'The check was stopped. Nothing was changed.',
	unreadable: (name: string, why: string) =>
		`${name} could not be checked: ${why.replace(/\.$/, '')}. Nothing was changed. Choose the file as it was exported.`,
	valid: (name: string, entries: number) => `${name}: Ledger valid. ${number(entries)} entries verified.`,
	invalid: (name: string) => `${name}: Ledger verification failed.`,
	report: 'What was found',
	facts: {
		kernel: 'Kernel',
		variant: 'Variant',
		exported: 'Exported',
		shape: 'Written as',
		profile: 'Hashed as',
		decisions: 'Decisions',
		root: 'Root hash'
	},
	unsaid: 'The file does not say',
	shapes: {
		bundle: 'an evidence bundle',
		adapter: 'an adapter’s export',
		list: 'a bare list of entries'
	} satisfies Record<EvidenceReport['shape'], string>,
	profiles: {
		'v3-19': 'v3-19: 19 fields, as kernels write now',
		'v2-15': 'v2-15: 15 fields, before permits named who may use them',
		'v1-11': 'v1-11: 11 fields, as version 0.1.0 wrote',
		'spec-10': 'spec-10: 10 fields, as the written specification has it'
	} satisfies Record<EvidenceReport['hash_profile'], string>,
	chain: 'In the chain',
	structure: 'Around the chain',
	more: (count: number) => `and ${number(count)} more`,
	reference: 'As the reference sees it',
	referenceSame: 'Its own verifier comes to the same end.',
	referenceValid:
		'Its own verifier finds nothing wrong: it does not look at permits, sequence and counts, which were looked at here.',
	referenceInvalid:
		'Its own verifier reports errors. It leaves the fields of permits out of the hash, so that it also takes good entries with a permit for altered ones.'
} as const;
