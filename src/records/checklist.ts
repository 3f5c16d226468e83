import type { ChecklistItem, Tick } from '#domain/checklist.ts';
import { checklistsSince } from '#domain/schema.ts';
import { isApplied } from '#records/applied.ts';
import { firstOf, rowsOf, sql, write } from '#records/sql.ts';
import type { Tables } from '#records/tables.ts';
import type { Work } from '#records/work.ts';
import type { Queryable } from '#storage/database.ts';

type TickRow = Tables['checklist_ticks'];
type TickKey = Pick<TickRow, 'kernel_id' | 'item'>;

/** Whether this database has a place for them: a mirror that is held below their version has none. */
export async function keepsChecklists(db: Queryable): Promise<boolean> {
	return isApplied(db, checklistsSince);
}

/** What is ticked, of one kernel or (null) of all, by kernel. */
export async function ticksByKernel(
	db: Queryable,
	kernelId: string | null
): Promise<ReadonlyMap<string, readonly Tick[]>> {
	const all = sql.selectFrom('checklist_ticks').selectAll();
	const rows = await rowsOf(db, kernelId === null ? all : all.where('kernel_id', '=', kernelId));
	const found = new Map<string, Tick[]>();
	for (const { kernel_id, item, ticked_at } of rows) {
		const ticks = found.get(kernel_id) ?? [];
		// Only the items that there are get in.
		ticks.push({ item: item as ChecklistItem, ticked_at });
		found.set(kernel_id, ticks);
	}
	return found;
}

export async function isTicked(db: Queryable, { kernel_id, item }: TickKey): Promise<boolean> {
	const ticked = sql.selectFrom('checklist_ticks').select('item').where('kernel_id', '=', kernel_id);
	return (await firstOf(db, ticked.where('item', '=', item))) !== null;
}

export async function insertTick(work: Work, { kernel_id, item }: TickKey): Promise<void> {
	const row: TickRow = { kernel_id, item, ticked_at: work.now };
	await write(work.tx, sql.insertInto('checklist_ticks').values(row));
	work.changes.push({ entity: 'checklist_ticks', id: `${kernel_id}:${item}`, row: { ...row } });
}

export async function deleteTick(work: Work, { kernel_id, item }: TickKey): Promise<void> {
	const one = sql.deleteFrom('checklist_ticks').where('kernel_id', '=', kernel_id);
	await write(work.tx, one.where('item', '=', item));
	work.changes.push({ entity: 'checklist_ticks', id: `${kernel_id}:${item}`, row: null });
}
