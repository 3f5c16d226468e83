import * as v from 'valibot';
import { newId, rowId, wellFormed } from '#domain/common.ts';
import { command } from '#domain/define.ts';

export const tensionOrigins = ['system_seed', 'llm_suggested', 'user_created'] as const;
export const syncModes = ['local_only', 'share_anonymized', 'share_full'] as const;
export type TensionOrigin = (typeof tensionOrigins)[number];
export type SyncMode = (typeof syncModes)[number];

/** Where a tension stood at a time. */
export interface TensionPoint {
	/** A time, or only a day where it came from elsewhere. */
	readonly date: string;
	readonly position: number;
	readonly intensity?: number | null;
	readonly note?: string;
}

/** What `tensions.metadata` holds (specification, section 6); other keys are kept as they came. */
export interface TensionMetadata {
	readonly position_history?: readonly TensionPoint[];
	readonly related_reflections?: readonly string[];
	readonly discovered_in_reflection?: string;
	readonly notes?: string;
	readonly [key: string]: unknown;
}

/** Two poles, and where one stands between them (specification, section 6). */
export interface Tension {
	readonly id: string;
	readonly identity_id: string | null;
	readonly name: string;
	readonly axis_a: string;
	readonly axis_b: string;
	/** -1 is axis_a, 1 is axis_b, 0 the centre; null where it was not placed yet. */
	readonly position: number | null;
	/** How strongly it is felt, 0 to 1. */
	readonly intensity: number | null;
	readonly origin: TensionOrigin;
	readonly sync_mode: SyncMode;
	readonly created_at: string;
	/** When it was placed last, or made. */
	readonly updated_at: string;
	readonly metadata: TensionMetadata;
}

/** What a mirror can begin with (`origin: 'system_seed'`). */
export const seedTensions = [
	['Control', 'Surrender'],
	['Certainty', 'Openness'],
	['Connection', 'Solitude'],
	['Action', 'Rest'],
	['Structure', 'Flow']
] as const;

/** Longest name and pole, in characters: one that takes four bytes counts as one. */
const longestName = 100;

const named = v.pipe(
	wellFormed,
	v.maxLength(2 * longestName),
	v.trim(),
	v.minLength(1, 'must not be empty'),
	v.check((text) => [...text].length <= longestName, 'must be at most 100 characters')
);
const position = v.nullable(v.pipe(v.number(), v.minValue(-1), v.maxValue(1)));
const intensity = v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(1)));
const notes = v.nullable(v.pipe(wellFormed, v.maxLength(5000)));

export const tensionCommands = {
	/** Its poles are axes: those that are not there yet are made. */
	'tension.create': command(
		'Name a tension',
		v.strictObject({
			id: newId,
			identity_id: v.nullable(rowId),
			name: named,
			axis_a: named,
			axis_b: named,
			position: v.optional(position, null),
			intensity: v.optional(intensity, null),
			origin: v.optional(v.picklist(tensionOrigins), 'user_created'),
			sync_mode: v.optional(v.picklist(syncModes), 'local_only'),
			discovered_in_reflection: v.optional(v.nullable(rowId), null),
			notes: v.optional(notes, null)
		})
	),
	'tension.edit': command(
		'Change a tension',
		v.strictObject({
			id: rowId,
			name: v.optional(named),
			axis_a: v.optional(named),
			axis_b: v.optional(named),
			sync_mode: v.optional(v.picklist(syncModes)),
			notes: v.optional(notes),
			related_reflections: v.optional(v.pipe(v.array(rowId), v.maxLength(1000)))
		})
	),
	/** One gesture: where it stands now. A position that is not null becomes a point of its path. */
	'tension.place': command(
		'Place a tension',
		v.strictObject({
			id: rowId,
			position,
			intensity,
			note: v.optional(v.nullable(v.pipe(wellFormed, v.maxLength(500))), null)
		})
	),
	/** The other becomes a part of this one: its path, its reflections, its notes. */
	'tension.merge': command(
		'Merge two tensions',
		v.pipe(
			v.strictObject({ id: rowId, other_id: rowId }),
			v.check(({ id, other_id }) => id !== other_id, 'must name two tensions')
		)
	),
	'tension.delete': command('Remove a tension', v.strictObject({ id: rowId }))
};

export const tensionViews = {
	'tensions.list': {
		params: v.strictObject({ identity_id: v.optional(v.nullable(rowId)) }),
		topics: ['tensions']
	},
	'tensions.get': { params: v.strictObject({ id: rowId }), topics: ['tensions'] }
} as const;

export interface TensionRows {
	'tensions.list': Tension;
	'tensions.get': Tension;
}
