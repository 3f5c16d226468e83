import type { Axis } from '#domain/axis.ts';
import type { SyncMode, Tension, TensionMetadata, TensionOrigin, TensionPoint } from '#domain/tension.ts';
import { readMetadata } from '#records/reflection.ts';
import { rowsOf, sql } from '#records/sql.ts';
import type { Tables } from '#records/tables.ts';
import { foldName } from '#records/tokens.ts';
import type { Queryable } from '#storage/database.ts';

export type TensionRow = Tables['tensions'];
export type AxisRow = Tables['axes'];

/** By name; of one identity, of nobody (null), or of all. */
export async function listTensions(db: Queryable, identityId: string | null | undefined): Promise<Tension[]> {
	return (await tensionRows(db, identityId)).map(toTension);
}

export function tensionRows(db: Queryable, identityId: string | null | undefined): Promise<TensionRow[]> {
	const wanted = sql.selectFrom('tensions').selectAll().orderBy('name').orderBy('id');
	if (identityId === undefined) return rowsOf(db, wanted);
	return rowsOf(db, wanted.where('identity_id', identityId === null ? 'is' : '=', identityId));
}

export function axisRows(db: Queryable, identityId: string | null | undefined): Promise<AxisRow[]> {
	const wanted = sql.selectFrom('axes').selectAll().orderBy('name').orderBy('id');
	if (identityId === undefined) return rowsOf(db, wanted);
	return rowsOf(db, wanted.where('identity_id', identityId === null ? 'is' : '=', identityId));
}

/** By name, each with the tensions that run along it. */
export async function listAxes(db: Queryable, identityId: string | null | undefined): Promise<Axis[]> {
	const along = new Map<string, string[]>();
	for (const { id, identity_id, axis_a, axis_b } of await tensionRows(db, identityId)) {
		for (const pole of new Set([axis_a, axis_b].map((name) => axisKey(identity_id, name))))
			along.set(pole, [...(along.get(pole) ?? []), id]);
	}
	const rows = await axisRows(db, identityId);
	return rows.map(({ metadata: _metadata, ...row }) => ({
		...row,
		tensions: along.get(axisKey(row.identity_id, row.name)) ?? []
	}));
}

/** What a pole and an axis of one identity have in common: the name, whatever the case of its letters (C3-25). */
export function axisKey(identityId: string | null, name: string): string {
	return `${identityId ?? ''}\n${foldName(name)}`;
}

export function toTension(row: TensionRow): Tension {
	return {
		...row,
		origin: row.origin as TensionOrigin,
		sync_mode: row.sync_mode as SyncMode,
		metadata: readTensionMetadata(row.metadata)
	};
}

/** Metadata whose known parts fit; another program may have stored anything in it. */
export function readTensionMetadata(text: string | null): TensionMetadata {
	const { position_history, related_reflections, notes, discovered_in_reflection, ...kept } = readMetadata(
		text
	) as Record<string, unknown>;
	return {
		...kept,
		...(Array.isArray(position_history) ? { position_history: position_history.filter(isPoint) } : {}),
		...(Array.isArray(related_reflections)
			? { related_reflections: related_reflections.filter((id) => typeof id === 'string') }
			: {}),
		...(typeof notes === 'string' ? { notes } : {}),
		...(typeof discovered_in_reflection === 'string' ? { discovered_in_reflection } : {})
	};
}

function isPoint(value: unknown): value is TensionPoint {
	if (typeof value !== 'object' || value === null) return false;
	const { date, position } = value as Record<string, unknown>;
	return (
		typeof date === 'string' &&
		!Number.isNaN(Date.parse(date)) &&
		typeof position === 'number' &&
		Math.abs(position) <= 1
	);
}
