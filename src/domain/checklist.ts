import * as v from 'valibot';
import { command } from '#domain/define.ts';
import type { KernelPort } from '#domain/kernel.ts';

/** The three lists for replacing a kernel, item by item as the KERNELS migration guide has them (its sections 9.1 to 9.3). */
export const checklistItems = {
	before: [
		'before.configuration',
		'before.export',
		'before.verify',
		'before.way_back',
		'before.tell',
		'before.time'
	],
	during: [
		'during.stop',
		'during.wait',
		'during.export',
		'during.verify',
		'during.policy',
		'during.start',
		'during.health',
		'during.resume'
	],
	after: ['after.works', 'after.refusals', 'after.archive', 'after.notes', 'after.tell', 'after.end']
} as const;

export type ChecklistPhase = keyof typeof checklistItems;
export type ChecklistItem = (typeof checklistItems)[ChecklistPhase][number];
export const checklistPhases = Object.keys(checklistItems) as readonly ChecklistPhase[];

const items: readonly ChecklistItem[] = Object.values(checklistItems).flat();

/** Since when an item is ticked. */
export interface Tick {
	readonly item: ChecklistItem;
	readonly ticked_at: string;
}

/** The archive of a kernel's ledger that says most of it: one whose file is there, else one that was deleted. */
export interface ListedArchive {
	readonly name: string;
	readonly created_at: string;
	readonly entries: number;
	/** What it was found to be when it was kept. */
	readonly is_valid: boolean;
	/** The kernel wrote nothing after it. */
	readonly is_whole: boolean;
	readonly deleted_at: string | null;
}

/** The kernel that took over. */
export interface Successor {
	readonly kernel_id: string;
	readonly opened_at: string;
	readonly state: string;
	readonly entries: number;
	/** Whether it enforces what the kernel before it enforced. */
	readonly policy: 'same' | 'another';
}

/** The checklists of one kernel: what the person ticked of them, and what the mirror itself knows. */
export interface KernelChecklists {
	readonly kernel_id: string;
	readonly port: KernelPort;
	readonly state: string;
	readonly opened_at: string;
	/** Null while it is in charge. */
	readonly closed_at: string | null;
	/** In the order of the lists. */
	readonly ticks: readonly Tick[];
	readonly archive: ListedArchive | null;
	readonly successor: Successor | null;
	/** Permits that hold now: neither over nor used up nor taken away. */
	readonly permits: number;
}

export const checklistCommands = {
	/**
	 * Ticks an item, or takes its tick away; one that stands so already stays as it is. What comes before a replacement is
	 * refused once the kernel was replaced: the tick would say of itself that it came too late.
	 */
	'checklist.tick': command(
		'Tick a checklist',
		v.strictObject({
			kernel_id: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
			item: v.picklist(items),
			done: v.picklist(['yes', 'no'])
		})
	)
};

export const checklistViews = {
	/**
	 * Those of every kernel, in charge first, then the newest; or those of one. None where the schema is held below the version
	 * that keeps them.
	 */
	'checklists.list': {
		params: v.strictObject({ kernel_id: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(200))), null) }),
		topics: ['checklist_ticks', 'evidence_archives', 'permits', 'ledger', 'schema']
	}
} as const;

export interface ChecklistRows {
	'checklists.list': KernelChecklists;
}

/** Which list an item stands in. */
export function phaseOf(item: ChecklistItem): ChecklistPhase {
	return checklistPhases.find((phase) => item.startsWith(`${phase}.`)) ?? 'before';
}
