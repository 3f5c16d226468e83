import * as v from 'valibot';
import { pageLimit, rowId } from '#domain/common.ts';
import { command } from '#domain/define.ts';
import type { Visibility } from '#domain/reflection.ts';
import type { SyncMode } from '#domain/tension.ts';

/**
 * The ways that lead out of a mirror (specification, "Sync levels"). Each carries rows of its own level only, and none
 * carries anything before somebody chose an endpoint.
 * - `summary`: numbers over many rows; - `devices`: whole rows, encrypted, to the person's other devices;
 * - `public`: what everybody may read, under a name; - `commons`: measures of the engine, without anything that names anybody.
 */
export const lanes = ['summary', 'devices', 'public', 'commons'] as const;
export type Lane = (typeof lanes)[number];

/** The one scale behind the specification's three vocabularies, from what goes nowhere to what anybody may read. */
export const levels = ['local', 'summary', 'devices', 'public'] as const;
export type Level = (typeof levels)[number];

export const levelOfVisibility: Readonly<Record<Visibility, Level>> = {
	local_only: 'local',
	sync_summary: 'summary',
	sync_full_private: 'devices',
	sync_full_public: 'public'
};

/** There is no private level for tensions (C3-14). */
export const levelOfSyncMode: Readonly<Record<SyncMode, Level>> = {
	local_only: 'local',
	share_anonymized: 'summary',
	share_full: 'public'
};

/** What a lane takes from: a table of the specification. */
export const laneTables = [
	'reflections',
	'mirrorbacks',
	'tensions',
	'engine_runs',
	'engine_feedback',
	'evolution_events',
	'evolution_proposals'
] as const;
export type LaneTable = (typeof laneTables)[number];

/** A lane as it would be used now. */
export interface LaneState {
	readonly lane: Lane;
	/** The limit for everything lies below it: it carries nothing, whatever rows say. */
	readonly is_closed: boolean;
	readonly tables: readonly {
		readonly table: LaneTable;
		/** How many rows it carries; for the summary, how many are counted in it. */
		readonly rows: number;
		/** How many are marked for it, whether or not it is closed. */
		readonly marked: number;
		/** What it carries of each of them; nothing else. Empty for the summary, which carries no row. */
		readonly fields: readonly string[];
	}[];
}

/** What a lane would carry of one row. */
export interface LeavingRow {
	/** In this mirror; not part of what is carried. */
	readonly id: string;
	/** Exactly what would leave, by field. */
	readonly fields: Readonly<Record<string, unknown>>;
}

export const sharingCommands = {
	/** Everything that is marked for a lane stays on this device again. */
	'sharing.withdraw': command(
		'Keep everything of a lane on this device',
		v.strictObject({ lane: v.picklist(lanes) })
	)
};

const topics = [
	...['identities', 'reflections', 'mirrorbacks', 'tensions', 'engine_runs', 'engine_feedback'],
	...['evolution_events', 'evolution_proposals', 'settings']
] as const;

export const sharingViews = {
	/** The four lanes, and how much of what each would carry. */
	'sharing.lanes': { params: v.strictObject({}), topics },
	/** What a lane carries of one table, row by row, newest first. */
	'sharing.rows': {
		params: v.strictObject({
			lane: v.picklist(['devices', 'public', 'commons']),
			table: v.picklist(laneTables),
			/** Continue after the row with this id. */
			after: v.optional(v.nullable(rowId), null),
			limit: pageLimit
		}),
		topics
	},
	/** The summary as the bytes that would be sent; no row where there is nothing to sum up. */
	'sharing.summary': { params: v.strictObject({}), topics }
} as const;

export interface SharingRows {
	'sharing.lanes': LaneState;
	'sharing.rows': LeavingRow;
	'sharing.summary': { readonly text: string };
}
