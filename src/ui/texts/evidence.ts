import {
	largestKept,
	type EvidenceArchive,
	type EvidencePolicy,
	type EvidenceReport,
	type OwnComparison
} from '#domain/evidence.ts';
import { kernelsSince } from '#domain/schema.ts';
import { bytes, moment, number, percent, plural } from '#ui/format.ts';

const entries = (count: number) => plural(count, { one: '# entry', other: '# entries' });
const days = (count: number) => plural(count, { one: '# day', other: '# days' });

/** Words about evidence that comes from a file. */
export const evidence = {
	page: 'Evidence',
	pageExplain:
		'Evidence is a ledger as a file: what was decided, by whom and when, in hashes, without a word of anybody’s diary.',
	title: 'Check a file',
	explain:
		'Evidence of this mirror or of any other kernel, as .json or .json.gz. It is read here, in this browser, and not kept unless you say so.',
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
	differs: (name: string) => `${name} is not what this mirror holds of that kernel.`,
	own: {
		unread:
			'Whether it is of a kernel of this mirror could not be seen: the mirror did not answer. Check the file again once it does.',
		of: ({ ours, theirs, agree, differs }: OwnComparison) => {
			if (differs && agree === 0)
				return 'A kernel of this mirror has this name, and already the first entry is another: the file is of another mirror, or one of both was written anew. Nothing was changed. Verify the ledger here, and keep the file.';
			if (differs)
				return `It is of a kernel of this mirror: the first ${entries(agree)} agree, and from the next one on it differs. One of both was written anew. Nothing was changed. Verify the ledger here, and keep the file.`;
			if (agree < Math.min(ours, theirs))
				return `It is of a kernel of this mirror, and could be compared as far as ${entries(agree)}: the next one is missing here. Nothing was changed. Verify the ledger here, and keep the file.`;
			if (theirs > ours)
				return `It is of a kernel of this mirror and goes further than what is here: all ${entries(ours)} agree, and the file has ${number(theirs - ours)} more. This mirror may be of an older copy. Keep the file.`;
			if (theirs < ours)
				return `It ends at entry ${number(theirs)} of ${number(ours)} of this mirror’s own kernel, and agrees as far as it goes.`;
			return `It holds all ${entries(ours)} of this mirror’s own kernel, and they agree.`;
		}
	},
	report: 'What was found',
	reportOf: (name: string) => `What was found in ${name}`,
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
		'Its own verifier reports errors. It leaves the fields of permits out of the hash, so that it also takes good entries with a permit for altered ones.',
	keep: {
		run: 'Keep it here',
		explain: 'It is kept among the archives below, packed, whether it is valid or not.',
		keeping: 'Keeping it…',
		kept: (name: string) => `It is kept as ${name}.`,
		already: (name: string) => `This file was kept already, as ${name}. Nothing was added.`,
		tooLarge: `It was not kept: packed it has more than ${bytes(largestKept)}, which is the most that is kept. Nothing was changed. Keep the file where it is.`,
		unreadable:
			'The file could not be read again, so it was not kept. Nothing was changed. Choose it once more.'
	},
	archives: {
		title: 'Archives',
		explain:
			'Whole ledgers as files, packed as .json.gz and verified when they are kept. They stay in this browser with your mirror. Bundles do not carry them, and deleting everything deletes them too: download what is to outlast this browser.',
		off: `Version ${kernelsSince} of the tables, which keeps archives, is not applied here. Files can be checked, and nothing is kept until it is applied.`,
		toSystem: 'Migrations in System',
		unreadable: 'The archives could not be read. They are safe; load the page again.',
		empty:
			'Nothing is archived yet. The ledger of a kernel that is replaced is archived by itself; any other you can archive now.',
		count: (count: number) =>
			plural(count, {
				one: '# archive, the deleted ones counted',
				other: '# archives, the deleted ones counted'
			}),
		now: {
			kernel: 'Kernel to archive',
			option: (kernel: string, count: number, isInCharge: boolean) =>
				`${kernel}, ${entries(count)}${isInCharge ? ', in charge' : ''}`,
			run: 'Archive now',
			runOf: (kernel: string) => `Archive ${kernel} now`,
			running: (kernel: string) => `Archiving ${kernel}… You can go on writing.`,
			valid: (name: string, count: number) => `${name} is kept: ${entries(count)}, valid.`,
			invalid: (name: string) =>
				`${name} is kept, and marked: its ledger does not verify. Download it, keep a copy of this mirror, and see below what is wrong.`
		},
		missing: {
			title: 'Replaced and not archived',
			explain:
				'Mirror OS archives these by itself when nothing else is to be done. If one stays here, that failed: the ledger says so. Their entries stay in this mirror meanwhile.',
			closed: (count: number, closed: string) => `${entries(count)}, replaced ${moment(closed)}`
		},
		item: {
			unnamed: 'A kernel that the file does not name',
			valid: 'Valid when it was kept',
			invalid: 'Not valid when it was kept',
			facts: ({ entries: count, bytes: size, created_at }: EvidenceArchive) =>
				`${moment(created_at)} · ${entries(count)} · ${bytes(size)}`,
			origins: {
				replacement: 'Of this mirror, after its kernel was replaced',
				rollback: 'Of this mirror, before a rollback',
				asked: 'Of this mirror, because you asked',
				'taken in': 'Taken in from elsewhere'
			} satisfies Record<EvidenceArchive['reason'], string>,
			deleted: (when: string) => `The file was deleted ${moment(when)}.`,
			verify: 'Verify',
			holds: (count: number) => `Archive valid. ${number(count)} entries verified.`,
			fails: 'Archive verification failed.',
			unlike: 'Against what was noted when it was kept',
			notVerified: 'It could not be verified. Nothing was changed; try again.',
			download: 'Download',
			downloaded: 'Saved where this browser keeps downloads. mirror verify checks it anywhere.',
			gone: 'This file is no longer here. Load the page again.',
			notDownloaded: 'The file could not be read. Nothing was changed; try again.',
			remove: 'Delete',
			sure: 'Delete this file? That it was here stays in the list and in the ledger; the file is gone for good. This cannot be undone.',
			keep: 'Keep it',
			removeForGood: 'Delete for good',
			removed: 'The file is deleted.'
		},
		policy: {
			title: 'How long archives stay',
			explain:
				'Only archives of this mirror that are valid, and whose entries are all still in it, are ever deleted by themselves. What you took in, and what tells of damage, only you delete.',
			everything: 'Keep everything',
			some: 'Delete old ones by themselves',
			newest: 'Newest ones to keep (optional)',
			days: 'Days to keep them (optional)',
			both: 'Where both are said, an archive goes only when neither keeps it.',
			wrong:
				'Say how many or how many days, as a whole number from 1 to 100,000, or choose to keep everything.',
			save: 'Save',
			saved: 'Saved.',
			now: ({ keep_newest, keep_days }: EvidencePolicy) => {
				if (keep_newest === null && keep_days === null) return 'Now everything is kept.';
				const newest = keep_newest === null ? null : `the newest ${number(keep_newest)}`;
				const young = keep_days === null ? null : `what is younger than ${days(keep_days)}`;
				const stays = [newest, young].filter((part) => part !== null).join(', and ');
				return `Now this stays: ${stays}. Older ones are deleted at idle moments.`;
			}
		}
	}
} as const;
