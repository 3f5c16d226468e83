import { objectIn } from '#bundle/metadata.ts';
import type { RawRow } from '#bundle/parse.ts';
import { shallowJson } from '#bundle/rows.ts';
import { feedbackOnRuns } from '#bundle/original/feedback.ts';
import { keptWith, plain } from '#bundle/original/kept.ts';
import { mirrorbacksOf } from '#bundle/original/mirrorbacks.ts';
import type { Remarks } from '#bundle/original/remarks.ts';
import { byColumn, rowsOf, without, type OriginalTables } from '#bundle/original/shape.ts';
import { placesInOrder, threadsOf } from '#bundle/original/threads.ts';

/**
 * Rows of 001_core.sql, of its first version, of LocalDB and of their exports, as rows of the specification's tables (C2, shapes A,
 * A0 and B). They differ in what they lack, so one reading fits all of them. Columns without a place are left to the parser,
 * which keeps them in metadata.
 */
export function fromCore(tables: OriginalTables, remarks: Remarks): OriginalTables {
	const given = rowsOf(tables, 'reflections');
	const own = rowsOf(tables, 'mirrorbacks').map(withEngineVersion);
	const runs = rowsOf(tables, 'engine_runs').map(toRun);
	const { identities, reflections } = withPatterns(tables, remarks);
	const said = byShape(rowsOf(tables, 'engine_feedback'));
	const answered = feedbackOnRuns({ feedback: said.onReflections, runs, reflections }, remarks);
	remarks.tell('Settings of the original, which are not imported', rowsOf(tables, 'settings').length);
	return new Map<string, readonly RawRow[]>([
		['identities', identities],
		['axes', rowsOf(tables, 'axes').map(withCategory)],
		['tensions', rowsOf(tables, 'tensions').map(toTension)],
		['reflections', answered.reflections.map((row) => without(row, 'mirrorback'))],
		['mirrorbacks', [...own, ...mirrorbacksOf(given, own, remarks)]],
		['threads', [...rowsOf(tables, 'threads'), ...threadsOf(rowsOf(tables, 'sessions'), given, remarks)]],
		['thread_reflections', placesInOrder(rowsOf(tables, 'thread_reflections'), remarks)],
		['engine_runs', runs],
		['engine_feedback', [...said.onRuns, ...answered.feedback]],
		['evolution_proposals', withVotes(tables, remarks)],
		['evolution_history', rowsOf(tables, 'evolution_history')],
		['evolution_events', rowsOf(tables, 'evolution_events')],
		['integrations', rowsOf(tables, 'integrations')]
	]);
}

/** The first version of the schema had no column for it. */
function withEngineVersion(row: RawRow): RawRow {
	const { engine_version } = objectIn(row['metadata']) ?? {};
	const known = typeof engine_version === 'string' ? engine_version : 'unknown';
	return { ...row, engine_version: row['engine_version'] ?? known };
}

/** Shape A keeps the category in metadata. */
function withCategory(row: RawRow): RawRow {
	const { category } = objectIn(row['metadata']) ?? {};
	return typeof category === 'string' ? { ...row, category: row['category'] ?? category } : row;
}

/** The first version keeps the intensity in metadata. What belongs to nobody stays on this device, as reflections do. */
function toTension(row: RawRow): RawRow {
	const { intensity } = objectIn(row['metadata']) ?? {};
	const isOne = typeof intensity === 'number' && intensity >= 0 && intensity <= 1;
	const tension = isOne ? { ...row, intensity: row['intensity'] ?? intensity } : row;
	return (row['identity_id'] ?? null) === null ? { ...tension, sync_mode: 'local_only' } : tension;
}

function toRun(row: RawRow): RawRow {
	const { config_version, tensions_surfaced, duration_ms, flags, constitutional_flags } = row;
	return {
		...without(row, 'constitutional_flags', 'created_at'),
		config_version: config_version ?? 'unknown',
		tensions_surfaced: withNames(tensions_surfaced),
		duration_ms: positive(duration_ms),
		flags: flags ?? constitutional_flags ?? null,
		timestamp: row['timestamp'] ?? row['created_at'] ?? null
	};
}

/** LocalDB lists objects that have a type and no name; a run lists what has one. */
function withNames(tensions: unknown): unknown {
	const list = shallowJson(String(tensions));
	if (!Array.isArray(list) || !list.some((item) => isTyped(item))) return tensions;
	return JSON.stringify(list.map((item: unknown) => (isTyped(item) ? { name: item.type, ...item } : item)));
}

function isTyped(item: unknown): item is { readonly type: unknown } {
	return typeof item === 'object' && item !== null && 'type' in item;
}

/** A run without a model takes no time at all; the specification asks for more than that (C3, 19). */
export function positive(ms: unknown): unknown {
	return typeof ms === 'number' && ms >= 0 ? Math.max(1, Math.round(ms)) : ms;
}

/** LocalDB's feedback names a reflection, all other a run. */
function byShape(feedback: readonly RawRow[]) {
	const isOnRun = (row: RawRow) => 'engine_run_id' in row;
	return {
		onRuns: feedback.filter(isOnRun),
		onReflections: feedback.filter((row) => !isOnRun(row))
	};
}

/**
 * Identities with the patterns that were found in what they wrote, and reflections with the places where they were found, each with
 * its pattern: an export of one identity names patterns of others.
 */
function withPatterns(tables: OriginalTables, remarks: Remarks) {
	const patterns = rowsOf(tables, 'patterns');
	const occurrences = rowsOf(tables, 'pattern_occurrences');
	const identities = rowsOf(tables, 'identities');
	// Its name alone: a pattern may be seen in a thousand places.
	const known = new Map(patterns.map(({ id, name }) => [id, plain({ id, name })]));
	const places = occurrences.map((row) => ({ ...row, pattern: known.get(row['pattern_id']) ?? null }));
	const people = new Set(identities.map(({ id }) => id));
	const seen = byColumn(occurrences, 'pattern_id');
	const owned = patterns.filter(({ id, identity_id }) => people.has(identity_id) || !seen.has(id));
	return {
		identities: keptWith(identities, { table: 'patterns', rows: owned, owner: 'identity_id' }, remarks),
		reflections: keptWith(
			rowsOf(tables, 'reflections'),
			{ table: 'pattern_occurrences', rows: places, owner: 'reflection_id' },
			remarks
		)
	};
}

/** A version that names more is no version: each name is a copy of its row. */
const mostProposals = 100;

/** Proposals with the votes on them and the versions they led to. */
function withVotes(tables: OriginalTables, remarks: Remarks): RawRow[] {
	const versions = rowsOf(tables, 'evolution_versions').flatMap((row) => {
		const named = shallowJson(String(row['approved_proposals']));
		const ids: unknown[] = Array.isArray(named) && named.length > 0 ? named.slice(0, mostProposals) : [null];
		return ids.map((proposal_id) => ({ ...row, proposal_id }));
	});
	const votes = { table: 'evolution_votes', rows: rowsOf(tables, 'evolution_votes'), owner: 'proposal_id' };
	const voted = keptWith(rowsOf(tables, 'evolution_proposals'), votes, remarks);
	return keptWith(voted, { table: 'evolution_versions', rows: versions, owner: 'proposal_id' }, remarks);
}
