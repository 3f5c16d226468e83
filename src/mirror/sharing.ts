import { ok } from '#base/result.ts';
import { lanes, type Lane, type LaneState, type LaneTable, type LeavingRow } from '#domain/sharing.ts';
import { namesIn } from '#records/engine-run.ts';
import { listIdentities } from '#records/identity.ts';
import { replaceReflection } from '#records/reflection.ts';
import { updateRow } from '#records/row.ts';
import { putSetting, readSettings } from '#records/setting.ts';
import {
	countedPatterns,
	countMarked,
	markedRows,
	reflectionsById,
	tablesOf,
	type Marked
} from '#records/sharing.ts';
import type { HandlerMap, Queryable, ViewMap, Work } from '#records/work.ts';
import { unpublished } from '#mirror/evolution.ts';
import { ownMarks } from '#mirror/marks.ts';
import { carried, isWithin, laneFields, type RowLane } from '#mirror/lanes.ts';
import { summaryText } from '#mirror/summary.ts';

export const sharingHandlers: HandlerMap<'sharing.withdraw'> = {
	'sharing.withdraw': async ({ lane }, work) => {
		const settings = await readSettings(work.tx);
		const marks = ownMarks(settings);
		let withdrawn = 0;
		for (const table of tablesOf(lane)) withdrawn += await withdraw(work, { lane, table, marks });
		if (lane === 'commons' && settings.telemetry_sync_allowed)
			await putSetting(work, 'telemetry_sync_allowed', false);
		return ok({ withdrawn });
	}
};

/** How many rows of a table stay here again. */
async function withdraw(work: Work, { lane, table, marks }: Marked<LaneTable>): Promise<number> {
	const { tx } = work;
	switch (table) {
		case 'reflections': {
			const rows = await markedRows(tx, { lane, table, marks });
			for (const row of rows) await replaceReflection(work, { ...row, visibility: 'local_only' });
			return rows.length;
		}
		case 'tensions': {
			const rows = await markedRows(tx, { lane, table, marks });
			for (const row of rows) await updateRow(work, table, { ...row, sync_mode: 'local_only' });
			return rows.length;
		}
		case 'engine_runs':
		case 'engine_feedback':
		case 'evolution_events': {
			const rows = await markedRows(tx, { lane, table, marks });
			for (const row of rows) await updateRow(work, table, { ...row, sync_allowed: 0 });
			return rows.length;
		}
		case 'evolution_proposals': {
			const rows = await markedRows(tx, { lane, table, marks });
			for (const row of rows) {
				await updateRow(work, table, unpublished(row));
			}
			return rows.length;
		}
		// They go where their reflections go.
		case 'mirrorbacks':
			return 0;
	}
}

export const sharingViewMap: ViewMap<'sharing.lanes' | 'sharing.rows' | 'sharing.summary'> = {
	'sharing.lanes': async (db) => {
		const settings = await readSettings(db);
		const { sharing_limit, telemetry_sync_allowed: isAll } = settings;
		const marks = ownMarks(settings);
		const rows: LaneState[] = [];
		for (const lane of lanes) {
			const is_closed = !isWithin(sharing_limit, lane);
			const tables: LaneState['tables'][number][] = [];
			for (const table of tablesOf(lane)) {
				const marked = await countMarked(db, { lane, table, isAll, marks });
				tables.push({
					table,
					marked,
					rows: isWithin(sharing_limit, lane, table) ? marked : 0,
					fields: fieldsOf(lane, table)
				});
			}
			rows.push({ lane, is_closed, tables });
		}
		return { rows };
	},
	'sharing.rows': async (db, { lane, table, after, limit }) => ({
		rows: await leavingRows(db, { lane, table, after, limit })
	}),
	'sharing.summary': async (db) => {
		const text = await leavingSummary(db);
		return { rows: text === null ? [] : [{ text }] };
	}
};

function fieldsOf(lane: Lane, table: LaneTable): readonly string[] {
	if (lane === 'summary') return [];
	const fields: { readonly [T in LaneTable]?: readonly string[] } = laneFields[lane];
	return fields[table] ?? [];
}

interface Wanted {
	readonly lane: RowLane;
	readonly table: LaneTable;
	readonly after: string | null;
	readonly limit: number;
}

/** What a lane carries of one table, one page, by the settings as they are: what a preview shows and what is sent. */
async function leavingRows(db: Queryable, { lane, table, after, limit }: Wanted): Promise<LeavingRow[]> {
	const settings = await readSettings(db);
	const { sharing_limit, telemetry_sync_allowed: isAll } = settings;
	if (!isWithin(sharing_limit, lane, table)) return [];
	const marks = ownMarks(settings);
	const rows = await markedRows(db, { lane, table, isAll, marks }, { after, limit });
	const names = new Map((await listIdentities(db)).map(({ id, name }) => [id, name]));
	const parents = await reflectionsById(
		db,
		rows.flatMap((row) => ('reflection_id' in row && row.reflection_id !== null ? [row.reflection_id] : []))
	);
	return rows.flatMap((row) => {
		const owner = 'identity_id' in row ? row.identity_id : null;
		const parent = 'reflection_id' in row ? parents.get(row.reflection_id ?? '') : undefined;
		const fields = carried(lane, table, row, {
			author: owner === null ? null : (names.get(owner) ?? null),
			isTelemetryAllowed: isAll,
			marks,
			parent: parent ?? null
		});
		return fields === null ? [] : [{ id: row.id, fields }];
	});
}

/** The anonymised summary as it would be sent; null where nothing may be counted. */
async function leavingSummary(db: Queryable): Promise<string | null> {
	const { sharing_limit } = await readSettings(db);
	if (!isWithin(sharing_limit, 'summary')) return null;
	const reflections = await countMarked(db, { lane: 'summary', table: 'reflections', marks: [] });
	const tensions = await markedRows(db, { lane: 'summary', table: 'tensions', marks: [] });
	if (reflections === 0 && tensions.length === 0) return null;
	const patterns = (await countedPatterns(db)).map(namesIn);
	return summaryText({ reflections, patterns, tensions });
}
