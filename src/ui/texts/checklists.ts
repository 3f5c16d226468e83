import type { ChecklistItem, ChecklistPhase, KernelChecklists, ListedArchive } from '#domain/checklist.ts';
import { checklistsSince } from '#domain/schema.ts';
import { moment, number, plural } from '#ui/format.ts';
import type { GuideStep } from '#ui/texts/guide.ts';
import { kernels } from '#ui/texts/kernels.ts';

const entries = (count: number) => plural(count, { one: '# entry', other: '# entries' });

/** What is ticked, and where and how it is done. */
interface ItemTexts extends GuideStep {
	readonly title: string;
}

const items: Readonly<Record<ChecklistItem, ItemTexts>> = {
	'before.configuration': {
		title: 'What is in force is written down',
		words: 'Save it: “As text”, “Download kernels.yaml”.',
		to: 'policy'
	},
	'before.export': {
		title: 'All evidence is exported',
		words: '“Export evidence” on the Ledger page, or “Archive now”.',
		to: 'evidence'
	},
	'before.verify': {
		title: 'The evidence verifies',
		words: '“Verify ledger” for all kernels at once; an archive says it of itself.',
		to: 'ledger'
	},
	'before.way_back': {
		title: 'The way back is known',
		words: 'The page on rollback says what is returned to, and what stays.',
		to: 'rollback'
	},
	'before.tell': {
		title: 'Whoever it concerns knows of it',
		words: 'Those to whom you gave leave, and whoever uses this browser with you.',
		to: 'permits'
	},
	'before.time': {
		title: 'A quiet moment is chosen',
		words:
			'Not in the middle of an import or a long export. What is asked during the replacement itself only waits.'
	},
	'during.stop': {
		title: 'Nothing new is taken',
		words: 'Replacing does it by itself. To stop before, press “Halt kernel”.',
		to: 'ledger'
	},
	'during.wait': {
		title: 'What was asked before is done',
		words: 'One thing is done at a time, and the replacement waits for its turn.'
	},
	'during.export': {
		title: 'The last evidence is saved',
		words: 'Once replaced, the kernel writes nothing more. “Archive now” keeps all of it.',
		to: 'evidence'
	},
	'during.verify': {
		title: 'The last evidence verifies',
		words:
			'The replacement is refused where the chain is wrong; the archive is verified again when it is kept.',
		to: 'evidence'
	},
	'during.policy': {
		title: 'What is to be in force is put in force',
		words: 'For another policy “Put this policy in force”; for the same one “Replace kernel”.',
		to: 'policy'
	},
	'during.start': {
		title: 'The new kernel has begun',
		words: 'Its first entry names the one before it.',
		to: 'ledger'
	},
	'during.health': {
		title: 'It is well',
		words: 'Health says how the mirror stands, and the Ledger page how the kernel does.',
		to: 'system'
	},
	'during.resume': {
		title: 'Changes are taken again',
		words: 'Save something: its receipt is the new kernel’s.',
		to: 'write'
	},
	'after.works': {
		title: 'What you do every day works',
		words: 'Write, search, export: whatever you need most.',
		to: 'write'
	},
	'after.refusals': {
		title: 'Refusals were looked at',
		words: '“Filter entries”, “Refused”, and the new kernel: is there any that should not be?',
		to: 'ledger'
	},
	'after.archive': {
		title: 'The old evidence is archived',
		words: 'Download it, if it is to outlast this browser.',
		to: 'evidence'
	},
	'after.notes': {
		title: 'Notes say what holds now',
		words: 'Save the new policy as kernels.yaml, and note or pin a checkpoint.',
		to: 'policy'
	},
	'after.tell': {
		title: 'Whoever it concerns knows that it is done',
		words: 'Permits go on as they were given, as far as the new policy allows what they are for.',
		to: 'permits'
	},
	'after.end': {
		title: 'The change is closed',
		words: 'Save these lists as a file, with what the mirror knows.'
	}
};

/** What the mirror itself knows of an item. */
export interface Fact {
	/** `right`: it stands as the item wants it; `wrong`: it does not; `open`: neither yet. */
	readonly how: 'right' | 'wrong' | 'open';
	readonly words: string;
}

type Facts = (kernel: KernelChecklists) => Fact | null;

/** For the items of which it knows anything; null where it is nothing now. */
const facts: Readonly<Partial<Record<ChecklistItem, Facts>>> = {
	'before.export': ({ archive }) => archived(archive, 'any'),
	'before.verify': ({ archive }) => validity(archive, 'any'),
	'before.tell': permits,
	'during.stop': ({ state, closed_at }) =>
		closed_at !== null
			? right(`Replaced ${moment(closed_at)}. It takes nothing more.`)
			: state === 'HALTED'
				? right('The kernel is halted. It takes nothing more.')
				: open('The kernel is in charge.'),
	'during.wait': ({ closed_at }) =>
		closed_at === null ? null : right('It was replaced when its turn came: nothing was under way any more.'),
	'during.export': ({ archive }) => archived(archive, 'whole'),
	'during.verify': ({ archive }) => validity(archive, 'whole'),
	'during.policy': ({ successor }) =>
		successor === null
			? open('No kernel follows it yet.')
			: right(
					successor.policy === 'same'
						? `${successor.kernel_id} enforces the same policy.`
						: `${successor.kernel_id} enforces another policy.`
				),
	'during.start': ({ successor }) =>
		successor === null
			? open('No kernel follows it yet.')
			: right(`${successor.kernel_id} follows it since ${moment(successor.opened_at)}.`),
	'during.health': ({ successor }) => {
		if (successor === null) return open('No kernel follows it yet.');
		return successor.state === 'HALTED'
			? wrong(`${successor.kernel_id} is halted.`)
			: right(`${successor.kernel_id} takes requests.`);
	},
	'during.resume': ({ successor }) =>
		successor === null
			? open('No kernel follows it yet.')
			: successor.entries > 1
				? right(`${successor.kernel_id} wrote ${entries(successor.entries)}.`)
				: open(`${successor.kernel_id} wrote nothing yet but its beginning.`),
	'after.archive': ({ archive }) => archived(archive, 'whole'),
	'after.tell': permits
};

const right = (words: string): Fact => ({ how: 'right', words });
const open = (words: string): Fact => ({ how: 'open', words });
const wrong = (words: string): Fact => ({ how: 'wrong', words });

type Wanted = 'any' | 'whole';

function archived(archive: ListedArchive | null, wanted: Wanted): Fact {
	if (archive === null) return open('No archive of it is kept.');
	const { created_at, entries: count, is_whole, deleted_at } = archive;
	const what = `Archived ${moment(created_at)}, ${entries(count)}`;
	if (deleted_at !== null) return open(`${what}; the file was deleted ${moment(deleted_at)}.`);
	if (wanted === 'whole' && !is_whole) return open(`${what}. It wrote more afterwards.`);
	return right(`${what}.`);
}

function validity(archive: ListedArchive | null, wanted: Wanted): Fact {
	if (archive === null) return open('No archive of it is kept.');
	const { created_at, is_valid, is_whole } = archive;
	if (!is_valid) return wrong(`Its archive of ${moment(created_at)} was found not valid when it was kept.`);
	return wanted === 'whole' && !is_whole
		? open(`Its archive of ${moment(created_at)} was found valid. It wrote more afterwards.`)
		: right(`Its archive of ${moment(created_at)} was found valid when it was kept.`);
}

function permits({ port, permits: count }: KernelChecklists): Fact {
	if (port !== 'agent') return right('Only you and the app ask this kernel for anything.');
	return count === 0
		? right('No permit holds now.')
		: open(plural(count, { one: '# permit holds now.', other: '# permits hold now.' }));
}

/** What the mirror knows of an item; null where it knows nothing. */
export function factOf(item: ChecklistItem, kernel: KernelChecklists): Fact | null {
	return facts[item]?.(kernel) ?? null;
}

/** Words of the three lists for replacing a kernel. */
export const checklists = {
	title: 'Checklists',
	about: 'Three lists for replacing a kernel, kept with it.',
	explain:
		'What to do before, during and after the replacement of a kernel. You tick; what the mirror knows by itself stands beside it. The lists stay with the kernel that is replaced.',
	kernel: 'Kernel that is replaced',
	option: ({ port, kernel_id, state, closed_at }: KernelChecklists) =>
		`${kernels.ports[port].name}: ${kernel_id}, ${
			closed_at === null ? kernels.state(state).toLowerCase() : `replaced ${moment(closed_at)}`
		}`,
	phases: { before: 'Before', during: 'During', after: 'After' } satisfies Record<ChecklistPhase, string>,
	items,
	done: (ticked: number, of: number) => `${number(ticked)} of ${number(of)} ticked.`,
	doneOf: (ticked: number, of: number) => `${number(ticked)} of ${number(of)}`,
	ticked: (at: string) => `Ticked ${moment(at)}.`,
	knows: 'The mirror knows:',
	closed: (at: string) =>
		`This kernel was replaced ${moment(at)}. What comes before that stays as it was then.`,
	earlier: (kernel: string, ticked: number, of: number) =>
		`It follows ${kernel}, whose lists are not done: ${number(ticked)} of ${number(of)} ticked.`,
	goOn: 'Go on with those',
	save: 'Save as Markdown',
	saved: (name: string) =>
		`${name} is saved where this browser keeps downloads. Bundles do not carry these lists.`,
	unreadable: 'The checklists could not be read. They are as they were; load the page again.',
	held: `Version ${checklistsSince} of the tables, which keeps checklists, is not applied here. Nothing can be ticked until it is.`,
	toSystem: 'Migrations in System',
	file: {
		title: (kernel: string) => `Checklists of ${kernel}`,
		opened: (at: string) => `in charge since ${at}`,
		closed: (at: string) => `replaced ${at}`,
		saved: (at: string) => `saved ${at}`,
		ticked: (at: string) => `ticked ${at}`
	}
} as const;
