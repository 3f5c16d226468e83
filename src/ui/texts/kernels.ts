import type { CommandInput } from '#domain/command.ts';
import type { HaltReason, KernelPort } from '#domain/kernel.ts';
import type { KernelStatus } from '#domain/ledger.ts';
import { moment, plural } from '#ui/format.ts';

type ReplacementReason = CommandInput<'kernel.replace'>['reason'];

const entries = (count: number) => plural(count, { one: '# entry', other: '# entries' });

/** Words about the three kernels, and what a person does with them. */
export const kernels = {
	title: 'Kernels',
	explain:
		'A kernel decides on each thing that is asked, and writes down what it decided. Three of them stand side by side, each with rules and a chain of its own.',
	choose: 'Which kernel',
	unreadable: 'The kernels could not be read. Nothing is affected; load the page again.',
	ports: {
		owner: {
			name: 'Your changes',
			what: 'It decides on what you and Mirror OS itself change here.',
			wants: 'Strict: it lets nothing pass that its policy does not name.'
		},
		egress: {
			name: 'What leaves',
			what: 'It decides on each file that Mirror OS makes to leave this browser.',
			wants:
				'Evidence first: nothing leaves without the hash, the size and the destination of the very file, which stand behind its entry.'
		},
		agent: {
			name: 'Others by your leave',
			what: 'It decides on what anybody else asks for, by leave that you gave.',
			wants:
				'Two channels: whoever asks has to say how far it goes, what it leaves alone, and when it is done.'
		}
	} satisfies Record<KernelPort, Readonly<Record<'name' | 'what' | 'wants', string>>>,
	state: (state: string) => (state === 'HALTED' ? 'Halted' : state === 'IDLE' ? 'In charge' : state),
	entries,
	facts: {
		id: 'Id',
		since: 'In charge since',
		root: 'Root hash',
		policy: 'Policy'
	},
	policy: (by: KernelStatus['policy_by'], tools: number) =>
		`${tools === 0 ? 'nothing is allowed' : plural(tools, { one: '# kind is allowed', other: '# kinds are allowed' })}, ${
			by === 'owner' ? 'as you chose' : 'as this version of Mirror OS brings it'
		}`,
	evidence: {
		name: 'Evidence',
		valid: (name: string) => `Archived as ${name}, verified.`,
		invalid: (name: string) => `Archived as ${name}. It did not verify.`,
		deleted: (name: string) => `Archived as ${name}; the file was deleted.`,
		missing: 'Not archived yet. If it stays so, archiving failed: the ledger says so.',
		inCharge: 'Not archived while it is in charge, unless you ask.',
		link: 'To the archives'
	},
	before: (count: number) => plural(count, { one: '# kernel before it', other: '# kernels before it' }),
	replaced: (opened: string, closed: string | null) =>
		closed === null ? moment(opened) : `${moment(opened)} to ${moment(closed)}`,
	haltedNotice:
		'This kernel is halted. Reading, searching, drafts and exports go on; nothing is changed until you replace it.',
	replace: {
		open: 'Replace kernel',
		title: 'Replace this kernel?',
		explain:
			'What it wrote is verified first. If all of it is right, a new kernel takes over in the same moment, under the same policy, and its first entry names the end of the old chain. What is asked meanwhile waits, and nothing is lost. The old chain stays, and is packed into an archive afterwards.',
		why: 'Why',
		reasons: {
			archival: 'To begin a new chain',
			halted: 'It is halted',
			policy: 'For another policy',
			version: 'For another version',
			configuration: 'For another configuration'
		} satisfies Record<ReplacementReason, string>,
		run: 'Replace it now',
		working: 'Verifying, then replacing…',
		done: (id: string, before: string) => `${id} follows ${before}.`,
		damaged:
			'You can let a new kernel take over all the same. What is wrong with the old chain stays there to be seen, and every verification will go on to name it. Keep a copy of this mirror first.',
		anyway: 'Replace it all the same'
	},
	rollBack: {
		open: 'Roll back',
		title: 'Return to the policy before?',
		explain: (before: string) =>
			`A new kernel takes over under the policy of ${before}. What the present one wrote is verified first, and stays.`,
		run: 'Roll back now'
	},
	halt: {
		open: 'Halt kernel',
		title: 'Halt this kernel?',
		explain: {
			owner:
				'Nothing can be changed any more: no saving, no editing, no deleting, by nobody. You can still read, search, write drafts and export. Only replacing the kernel ends it; a restart does not.',
			egress:
				'It writes no entries any more of what leaves. What its policy lets out still leaves, and is counted until you replace it; a restart does not end it.',
			agent: 'Nobody gets anything by your leave any more, until you replace it. A restart does not end it.'
		} satisfies Record<KernelPort, string>,
		why: 'Why',
		reasons: {
			asked: 'I want it to stop',
			suspicion: 'Something looks wrong',
			maintenance: 'Maintenance',
			handover: 'This device changes hands'
		} satisfies Record<HaltReason, string>,
		hint: 'The ledger holds one of these fixed reasons, and no words of yours.',
		run: 'Halt it now',
		done: 'The kernel is halted.'
	},
	/** What to do around a replacement. */
	checklists: 'Checklists for replacing it',
	lists: 'Checklists',
	itsChecklists: (id: string) => `Checklists of ${id}`,
	cancel: 'Leave it as it is',
	/** Beside what a halted kernel refused. */
	resume: {
		run: 'Replace the kernel and go on',
		done: 'A new kernel is in charge. What you asked for can be asked again now.'
	}
} as const;
