import { ok } from '#base/result.ts';
import { uuidv7 } from '#base/uuid.ts';
import type { TensionPoint } from '#domain/tension.ts';
import { deleteRow, insertRow, rowById, updateRow } from '#records/row.ts';
import {
	axisKey,
	axisRows,
	listTensions,
	readTensionMetadata,
	toTension,
	type TensionRow
} from '#records/tension.ts';
import type { HandlerMap, ViewMap, Work } from '#records/work.ts';
import { withoutOwner } from '#mirror/owner.ts';
import { refuse } from '#records/refuse.ts';

export const tensionHandlers: HandlerMap<
	'tension.create' | 'tension.edit' | 'tension.place' | 'tension.merge' | 'tension.delete'
> = {
	'tension.create': async ({ discovered_in_reflection, notes, ...data }, work) => {
		if ((await rowById(work.tx, 'tensions', data.id)) !== null)
			return refuse('already_exists', 'This tension exists already.');
		const missing = await withoutOwner(work, data.identity_id);
		if (missing !== null) return { ok: false, error: missing };
		const { position, intensity } = data;
		await insertRow(work, 'tensions', {
			...data,
			created_at: work.now,
			updated_at: work.now,
			metadata: JSON.stringify({
				...(position === null
					? {}
					: { position_history: [pointOf(work, { position, intensity, note: null })] }),
				...(discovered_in_reflection === null
					? {}
					: { discovered_in_reflection, related_reflections: [discovered_in_reflection] }),
				...(notes === null ? {} : { notes })
			})
		});
		await makeAxes(work, data);
		return ok({ id: data.id });
	},

	'tension.edit': async ({ id, notes, related_reflections, ...changed }, work) => {
		const row = await rowById(work.tx, 'tensions', id);
		if (row === null) return gone;
		const { notes: before, ...kept } = objectOf(row.metadata);
		const said = notes === undefined ? before : notes;
		const after: TensionRow = {
			...row,
			...given(changed),
			metadata: JSON.stringify({
				...kept,
				...(said === null || said === undefined || said === '' ? {} : { notes: said }),
				...(related_reflections === undefined ? {} : { related_reflections })
			})
		};
		await updateRow(work, 'tensions', after);
		await makeAxes(work, after);
		return ok({ id });
	},

	'tension.place': async ({ id, position, intensity, note }, work) => {
		const row = await rowById(work.tx, 'tensions', id);
		if (row === null) return gone;
		const point = position === null ? [] : [pointOf(work, { position, intensity, note })];
		await updateRow(work, 'tensions', {
			...row,
			position,
			intensity,
			updated_at: work.now,
			metadata: withPoints(row.metadata, point)
		});
		return ok({ id });
	},

	'tension.merge': async ({ id, other_id }, work) => {
		const row = await rowById(work.tx, 'tensions', id);
		const other = await rowById(work.tx, 'tensions', other_id);
		if (row === null || other === null) return gone;
		await updateRow(work, 'tensions', merged(row, other));
		await deleteRow(work, 'tensions', other_id);
		return ok({ id });
	},

	'tension.delete': async ({ id }, work) => {
		if ((await rowById(work.tx, 'tensions', id)) === null) return gone;
		await deleteRow(work, 'tensions', id);
		return ok({ id });
	}
};

/** What was given; the rest stays as it is. */
function given<T extends object>(changed: T): { [K in keyof T]: Exclude<T[K], undefined> } {
	return Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined)) as {
		[K in keyof T]: Exclude<T[K], undefined>;
	};
}

function pointOf(
	work: Work,
	{ position, intensity, note }: { position: number; intensity: number | null; note: string | null }
): TensionPoint {
	return { date: work.now, position, intensity, ...(note === null ? {} : { note }) };
}

/** Makes axes of the poles that are none yet in this identity (C3-25). */
async function makeAxes(
	work: Work,
	{ identity_id, axis_a, axis_b }: Pick<TensionRow, 'identity_id' | 'axis_a' | 'axis_b'>
): Promise<void> {
	const there = new Set((await axisRows(work.tx, identity_id)).map(({ name }) => axisKey(identity_id, name)));
	for (const name of [axis_a, axis_b]) {
		const key = axisKey(identity_id, name);
		if (there.has(key)) continue;
		there.add(key);
		await insertRow(work, 'axes', {
			...{ id: uuidv7(Date.parse(work.now), work.random), identity_id, name },
			...{ description: null, category: null, created_at: work.now, metadata: null }
		});
	}
}

/** Points behind those that are there, also behind such as another program may have written in a form of its own. */
function withPoints(metadata: string | null, points: readonly TensionPoint[]): string | null {
	if (points.length === 0) return metadata;
	const { position_history, ...kept } = objectOf(metadata);
	const before: readonly unknown[] = Array.isArray(position_history) ? position_history : [];
	return JSON.stringify({ ...kept, position_history: [...before, ...points] });
}

function objectOf(metadata: string | null): Record<string, unknown> {
	const value: unknown = metadata === null ? {} : JSON.parse(metadata);
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** The other's path, reflections and notes beside its own. It stands where the one that was placed last stands. */
function merged(row: TensionRow, other: TensionRow): TensionRow {
	const turned = isTurned(row, other);
	const own = readTensionMetadata(row.metadata);
	const theirs = readTensionMetadata(other.metadata);
	const path = [
		...(own.position_history ?? []),
		...(theirs.position_history ?? []).map((point) =>
			turned ? { ...point, position: -point.position + 0 } : point
		)
	].sort((a, b) => Date.parse(a.date) - Date.parse(b.date));
	const related = [...new Set([...(own.related_reflections ?? []), ...(theirs.related_reflections ?? [])])];
	const notes = [own.notes, theirs.notes].filter((note) => note !== undefined && note !== '');
	const isLater = row.position === null || (other.position !== null && other.updated_at > row.updated_at);
	const latest = isLater ? other : row;
	return {
		...row,
		position: latest === other && turned && other.position !== null ? -other.position + 0 : latest.position,
		intensity: latest.intensity,
		created_at: row.created_at < other.created_at ? row.created_at : other.created_at,
		updated_at: row.updated_at > other.updated_at ? row.updated_at : other.updated_at,
		metadata: JSON.stringify({
			...theirs,
			...own,
			...(path.length === 0 ? {} : { position_history: path }),
			...(related.length === 0 ? {} : { related_reflections: related }),
			...(notes.length === 0 ? {} : { notes: notes.join('\n\n') })
		})
	};
}

/** Whether the other has the same poles the other way round. */
function isTurned(row: TensionRow, other: TensionRow): boolean {
	const key = (name: string) => axisKey(null, name);
	return key(row.axis_a) === key(other.axis_b) && key(row.axis_b) === key(other.axis_a);
}

const gone = refuse('not_found', 'This tension is no longer there.');

export const tensionViewMap: ViewMap<'tensions.list' | 'tensions.get'> = {
	'tensions.list': async (db, { identity_id }) => ({ rows: await listTensions(db, identity_id) }),
	'tensions.get': async (db, { id }) => {
		const row = await rowById(db, 'tensions', id);
		return { rows: row === null ? [] : [toTension(row)] };
	}
};
