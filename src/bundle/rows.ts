import * as v from 'valibot';
import { utf8 } from '#base/bytes.ts';
import { longestContent, rowId } from '#domain/common.ts';
import { engineModes } from '#domain/engine-run.ts';
import { eventTypes, historyTypes, proposalStatuses, proposalTypes } from '#domain/evolution.ts';
import { integrationStatuses, integrationTypes } from '#domain/integration.ts';
import { contentTypes, sources, visibilities } from '#domain/reflection.ts';
import { syncModes, tensionOrigins } from '#domain/tension.ts';
import { threadStatuses } from '#domain/thread.ts';
import type { BundleTable } from '#records/bundle-rows.ts';
import { versionSchema } from '#wire/bundle-manifest.ts';
import { readTime } from '#bundle/time.ts';

/** The schemas of the 13 tables' rows as a bundle holds them (specification, sections 1 to 13). */

const text = v.pipe(
	v.string(),
	v.check((value) => utf8(value).length <= longestContent, 'is longer than 1 MiB')
);
const maybeText = v.nullish(text, null);
const maybeId = v.nullish(rowId, null);
const time = v.pipe(
	v.string(),
	v.check((value) => readTime(value) !== null, 'is not a time'),
	v.transform((value) => readTime(value)?.time ?? value)
);
const maybeTime = v.nullish(time, null);
const json = v.pipe(
	text,
	v.check((value) => shallowJson(value) !== undefined, 'is not JSON of at most 500 levels')
);
const maybeJson = v.nullish(json, null);
const number = v.pipe(v.number(), v.finite());
const integer = v.pipe(v.number(), v.safeInteger());
const flag = v.nullish(v.picklist([0, 1]), 0);
const written = v.pipe(
	text,
	v.check((value) => value.trim() !== '', 'is empty')
);

export const rowSchemas = {
	identities: v.object({ id: rowId, created_at: time, updated_at: time, metadata: maybeJson }),
	axes: v.object({
		id: rowId,
		identity_id: maybeId,
		name: written,
		description: maybeText,
		category: maybeText,
		created_at: time,
		metadata: maybeJson
	}),
	tensions: v.object({
		id: rowId,
		identity_id: maybeId,
		name: v.pipe(
			written,
			v.check((name) => [...name].length <= 100, 'is longer than 100 characters')
		),
		axis_a: text,
		axis_b: text,
		position: v.nullish(
			v.pipe(
				number,
				v.check((value) => Math.abs(value) <= 1, 'is not between -1 and 1')
			),
			null
		),
		intensity: v.nullish(
			v.pipe(
				number,
				v.check((value) => value >= 0 && value <= 1, 'is not between 0 and 1')
			),
			null
		),
		origin: v.picklist(tensionOrigins),
		sync_mode: v.nullish(v.picklist(syncModes), 'local_only'),
		created_at: time,
		updated_at: time,
		metadata: maybeJson
	}),
	reflections: v.object({
		id: rowId,
		identity_id: maybeId,
		content: written,
		content_type: v.nullish(v.picklist(contentTypes), 'text'),
		visibility: v.nullish(v.picklist(visibilities), 'local_only'),
		created_at: time,
		source: v.nullish(v.picklist(sources), 'direct'),
		metadata: maybeJson
	}),
	mirrorbacks: v.object({
		id: rowId,
		reflection_id: rowId,
		content: text,
		engine_version: text,
		created_at: time,
		metadata: maybeJson
	}),
	threads: v.object({
		id: rowId,
		identity_id: maybeId,
		title: maybeText,
		started_at: time,
		last_active: time,
		status: v.nullish(v.picklist(threadStatuses), 'active'),
		metadata: maybeJson
	}),
	thread_reflections: v.object({
		thread_id: rowId,
		reflection_id: rowId,
		position: integer,
		added_at: time
	}),
	engine_runs: v.object({
		id: rowId,
		reflection_id: maybeId,
		config_version: text,
		engine_mode: v.picklist(engineModes),
		model_name: maybeText,
		patterns: maybeJson,
		tensions_surfaced: maybeJson,
		mirrorback_length: v.nullish(
			v.pipe(
				integer,
				v.check((value) => value >= 0, 'is below 0')
			),
			null
		),
		duration_ms: v.nullish(
			v.pipe(
				integer,
				v.check((value) => value > 0, 'is not above 0')
			),
			null
		),
		flags: maybeJson,
		timestamp: time,
		sync_allowed: flag
	}),
	engine_feedback: v.pipe(
		v.object({
			id: rowId,
			engine_run_id: rowId,
			rating: v.nullish(
				v.pipe(
					integer,
					v.check((value) => value >= 1 && value <= 5, 'is not between 1 and 5')
				),
				null
			),
			flags: maybeJson,
			notes: maybeText,
			timestamp: time,
			sync_allowed: flag
		}),
		v.check(
			({ rating, flags, notes }) => rating !== null || flags !== null || notes !== null,
			'holds neither a rating nor flags nor notes'
		)
	),
	evolution_proposals: v.object({
		id: rowId,
		proposal_type: v.picklist(proposalTypes),
		status: v.picklist(proposalStatuses),
		from_version: maybeText,
		to_version: maybeText,
		title: text,
		description: text,
		changes: json,
		evidence: maybeJson,
		test_results: maybeJson,
		vote_results: maybeJson,
		created_at: time,
		approved_at: maybeTime,
		applied_at: maybeTime,
		metadata: maybeJson
	}),
	evolution_history: v.object({
		id: rowId,
		evolution_id: text,
		event_type: v.picklist(historyTypes),
		from_version: maybeText,
		to_version: maybeText,
		applied_at: time,
		applied_by: maybeText,
		reversible: v.picklist([0, 1]),
		metadata: maybeJson
	}),
	evolution_events: v.object({
		id: rowId,
		event_type: v.picklist(eventTypes),
		from_version: maybeText,
		to_version: maybeText,
		event_data: json,
		timestamp: time,
		mirror_signature: maybeText,
		sync_allowed: flag
	}),
	integrations: v.object({
		id: rowId,
		identity_id: maybeId,
		integration_type: v.picklist(integrationTypes),
		status: v.picklist(integrationStatuses),
		config: json,
		connected_at: time,
		last_sync: maybeTime,
		metadata: maybeJson
	})
} as const satisfies Record<BundleTable, v.GenericSchema>;

/** An earlier state of a reflection, as one of its rows: a word for its type that nobody knows becomes plain text. */
export const versionRow = v.object({
	...versionSchema.entries,
	reflection_id: rowId,
	content: written,
	content_type: v.fallback(v.picklist(contentTypes), 'text'),
	created_at: time,
	metadata: maybeJson,
	replaced_at: time
});

/** SQLite's JSON goes no deeper than a thousand levels: one such value would undo a whole import. */
const deepest = 500;

function isShallow(value: unknown, room: number): boolean {
	if (typeof value !== 'object' || value === null) return true;
	return room > 0 && Object.values(value).every((member) => isShallow(member, room - 1));
}

/** What a text says as JSON that every engine takes; undefined where it is none, or deeper. */
export function shallowJson(text: string): unknown {
	try {
		const value: unknown = JSON.parse(text);
		return isShallow(value, deepest) ? value : undefined;
	} catch {
		return undefined;
	}
}
