import { ok } from '#base/result.ts';
import { deleteRow, insertRow, rowById, updateRow } from '#records/row.ts';
import { axisKey, axisRows, listAxes, tensionRows, type AxisRow } from '#records/tension.ts';
import type { HandlerMap, ViewMap, Work } from '#records/work.ts';
import { withoutOwner } from '#mirror/owner.ts';
import { refuse } from '#records/refuse.ts';

export const axisHandlers: HandlerMap<'axis.create' | 'axis.edit' | 'axis.delete'> = {
	'axis.create': async (data, work) => {
		if ((await rowById(work.tx, 'axes', data.id)) !== null || (await isTaken(work, data)))
			return refuse('already_exists', 'An axis of this name is there already.');
		const missing = await withoutOwner(work, data.identity_id);
		if (missing !== null) return { ok: false, error: missing };
		await insertRow(work, 'axes', { ...data, created_at: work.now, metadata: null });
		return ok({ id: data.id });
	},

	'axis.edit': async ({ id, name, description, category }, work) => {
		const row = await rowById(work.tx, 'axes', id);
		if (row === null) return gone;
		const after: AxisRow = {
			...row,
			name: name ?? row.name,
			description: description === undefined ? row.description : description,
			category: category === undefined ? row.category : category
		};
		if (await isTaken(work, after)) return refuse('already_exists', 'An axis of this name is there already.');
		await updateRow(work, 'axes', after);
		if (after.name !== row.name) await renamePoles(work, row, after.name);
		return ok({ id });
	},

	'axis.delete': async ({ id }, work) => {
		if ((await rowById(work.tx, 'axes', id)) === null) return gone;
		await deleteRow(work, 'axes', id);
		return ok({ id });
	}
};

/** Whether another axis of the same identity has this name. */
async function isTaken(
	work: Work,
	{ id, identity_id, name }: Pick<AxisRow, 'id' | 'identity_id' | 'name'>
): Promise<boolean> {
	const key = axisKey(identity_id, name);
	const rows = await axisRows(work.tx, identity_id);
	return rows.some((row) => row.id !== id && axisKey(identity_id, row.name) === key);
}

async function renamePoles(work: Work, { identity_id, name }: AxisRow, to: string): Promise<void> {
	const key = axisKey(identity_id, name);
	const renamed = (pole: string) => (axisKey(identity_id, pole) === key ? to : pole);
	for (const row of await tensionRows(work.tx, identity_id)) {
		const [axis_a, axis_b] = [renamed(row.axis_a), renamed(row.axis_b)];
		if (axis_a !== row.axis_a || axis_b !== row.axis_b)
			await updateRow(work, 'tensions', { ...row, axis_a, axis_b });
	}
}

const gone = refuse('not_found', 'This axis is no longer there.');

export const axisViewMap: ViewMap<'axes.list'> = {
	'axes.list': async (db, { identity_id }) => ({ rows: await listAxes(db, identity_id) })
};
