import { withMembers } from '#bundle/metadata.ts';
import type { RawRow } from '#bundle/parse.ts';
import { derivedId } from '#bundle/derived-id.ts';
import { positive } from '#bundle/original/core.ts';
import { runAt, runsByReflection } from '#bundle/original/feedback.ts';
import { keptWith, plain } from '#bundle/original/kept.ts';
import type { Remarks } from '#bundle/original/remarks.ts';
import { byColumn, rowsOf, without, type OriginalTables } from '#bundle/original/shape.ts';
import { placesInOrder } from '#bundle/original/threads.ts';
import { readTime } from '#bundle/time.ts';

/**
 * Rows of storage/sqlite/schema.sql as rows of the specification's tables (C2, shape C): a mirror is an identity. What is
 * "shared" there is shared in another sense than here, so everything stays on this device.
 */
export function fromMirrors(tables: OriginalTables, remarks: Remarks): OriginalTables {
	const reflections = rowsOf(tables, 'reflections');
	const mirrorbacks = rowsOf(tables, 'mirrorbacks');
	const runs = rowsOf(tables, 'engine_runs').map(toRun);
	const answers = { runs, mirrorbacks, ofReflection: runsByReflection(runs) };
	const said = feedbackOf(rowsOf(tables, 'engine_feedback'), answers);
	const rated = mirrorbacks.flatMap((row) => ratingOf(row, answers));
	const shared = reflections.filter(({ visibility }) => visibility === 'shared').length;
	remarks.tell('Reflections shared there in a sense of its own, which stay on this device', shared);
	return new Map<string, readonly RawRow[]>([
		['identities', withRest(tables, remarks)],
		['tensions', withHistory(tables, remarks)],
		['reflections', reflections.map(toReflection)],
		[
			'mirrorbacks',
			keptWith(
				mirrorbacks.map(toMirrorback),
				{ table: 'engine_feedback', rows: said.homeless, owner: 'mirrorback_id' },
				remarks
			)
		],
		['threads', rowsOf(tables, 'threads').map(toThread)],
		['thread_reflections', placesInOrder(placesOf(tables), remarks)],
		['engine_runs', runs],
		['engine_feedback', [...said.rows, ...rated]],
		['evolution_events', rowsOf(tables, 'evolution_events').map(toEvent)]
	]);
}

/** The mirrors as identities, with the nodes, edges, shapes and audits that belong to them. */
function withRest(tables: OriginalTables, remarks: Remarks): RawRow[] {
	const shapes = rowsOf(tables, 'language_shapes');
	const mirrorOf = new Map(shapes.map(({ id, mirror_id }) => [id, mirror_id]));
	const occurrences = rowsOf(tables, 'language_shape_occurrences').map((row) => ({
		...row,
		mirror_id: mirrorOf.get(row['shape_id']) ?? null
	}));
	let identities = rowsOf(tables, 'mirrors').map(toIdentity);
	for (const table of ['mirror_nodes', 'mirror_edges', 'language_shapes', 'constitutional_audit']) {
		const kept = { table, rows: rowsOf(tables, table), owner: 'mirror_id' };
		identities = keptWith(identities, kept, remarks);
	}
	const kept = { table: 'language_shape_occurrences', rows: occurrences, owner: 'mirror_id' };
	return keptWith(identities, kept, remarks);
}

function toIdentity(row: RawRow): RawRow {
	const { label, owner_id, created_at, last_active_at } = row;
	return {
		...without(row, 'label', 'last_active_at'),
		updated_at: last_active_at ?? created_at,
		metadata: JSON.stringify({ name: label ?? owner_id })
	};
}

/** Tensions with a name, and with their measurements as the path of their position. */
function withHistory(tables: OriginalTables, remarks: Remarks): RawRow[] {
	const measured = byColumn(rowsOf(tables, 'tension_measurements'), 'tension_id');
	const tensions = rowsOf(tables, 'tensions').map((row) => {
		const { id, mirror_id, axis_a, axis_b, current_position } = row;
		const path = (measured.get(id) ?? []).map(toPoint).toSorted((a, b) => (a.date < b.date ? -1 : 1));
		measured.delete(id);
		const tension = {
			...without(row, 'mirror_id', 'current_position'),
			identity_id: mirror_id,
			name: [...`${String(axis_a)} vs ${String(axis_b)}`].slice(0, 100).join(''),
			position: current_position
		};
		return path.length === 0 ? tension : withMembers(tension, 'metadata', { position_history: path });
	});
	for (const left of measured.values())
		remarks.leaveOut('tension_measurements: belongs to nothing that is in the file', left.length);
	return tensions;
}

function toPoint(row: RawRow) {
	const { position, measured_at } = row;
	const date = readTime(String(measured_at))?.time ?? String(measured_at);
	return { ...plain(without(row, 'tension_id', 'measured_at')), date, position };
}

function toReflection(row: RawRow): RawRow {
	const { mirror_id, visibility, word_count, sequence_number, parent_reflection_id } = row;
	const members = {
		word_count,
		sequence_number,
		parent_reflection_id,
		...(visibility === 'private' ? {} : { original_visibility: visibility })
	};
	const columns = ['mirror_id', 'thread_id', 'word_count', 'sequence_number', 'parent_reflection_id'];
	const reflection = { ...without(row, ...columns), identity_id: mirror_id, visibility: 'local_only' };
	return withMembers(reflection, 'metadata', members);
}

/** The keys of metadata are those that the specification hints at; ratings and checks are kept as their columns. */
function toMirrorback(row: RawRow): RawRow {
	const { model_used, generation_time_ms, directive_ratio } = row;
	const columns = ['mirror_id', 'model_used', 'generation_time_ms', 'directive_ratio'];
	const members = { model: model_used, duration_ms: generation_time_ms, directive_score: directive_ratio };
	return withMembers(without(row, ...columns), 'metadata', members);
}

function toThread(row: RawRow): RawRow {
	const { mirror_id, created_at, updated_at, last_activity_at } = row;
	return {
		...without(row, 'mirror_id', 'created_at', 'updated_at', 'last_activity_at'),
		identity_id: mirror_id,
		started_at: created_at,
		last_active: last_activity_at ?? updated_at ?? created_at
	};
}

/** A reflection names its thread itself; the table of places, where it has one, comes first. */
function placesOf(tables: OriginalTables): RawRow[] {
	const listed = rowsOf(tables, 'thread_reflections').map(
		({ thread_id, reflection_id, sequence_number, created_at }) => ({
			...{ thread_id, reflection_id, position: sequence_number, added_at: created_at }
		})
	);
	const nameOf = (...ids: readonly unknown[]) => JSON.stringify(ids.map(String));
	const placed = new Set(listed.map(({ thread_id, reflection_id }) => nameOf(thread_id, reflection_id)));
	const named = rowsOf(tables, 'reflections')
		.filter(({ id, thread_id }) => typeof thread_id === 'string' && !placed.has(nameOf(thread_id, id)))
		.map(({ id, thread_id, sequence_number, created_at }) => ({
			...{ thread_id, reflection_id: id, position: sequence_number, added_at: created_at }
		}));
	return [...listed, ...named];
}

/** What a run has no column for stands among its flags: versions, checks and counts, never content. */
function toRun(row: RawRow): RawRow {
	const { id, reflection_id, engine_version, model_used, duration_ms, started_at, created_at } = row;
	const columns = ['id', 'mirror_id', 'reflection_id', 'engine_version', 'model_used', 'duration_ms'];
	return {
		...{ id, reflection_id, config_version: engine_version, model_name: model_used },
		engine_mode: modeOf(model_used),
		duration_ms: positive(duration_ms),
		flags: JSON.stringify(plain(without(row, ...columns))),
		timestamp: started_at ?? created_at
	};
}

/** Models are named `local:ollama:llama2` and `remote:anthropic:claude-3` there. */
function modeOf(model: unknown): string {
	const [where] = String(model ?? '').split(':');
	return where === 'local' || where === 'remote' ? `${where}_llm` : 'manual';
}

interface Answers {
	readonly runs: readonly RawRow[];
	readonly mirrorbacks: readonly RawRow[];
	readonly ofReflection: ReadonlyMap<unknown, readonly RawRow[]>;
}

function runOf({ ofReflection }: Answers, mirrorback: RawRow | undefined): RawRow | undefined {
	return runAt(ofReflection.get(mirrorback?.['reflection_id']) ?? [], mirrorback?.['created_at']);
}

/** Feedback on the run it names, else on that of its mirrorback; else it is kept with the mirrorback. */
function feedbackOf(feedback: readonly RawRow[], answers: Answers) {
	const runs = new Set(answers.runs.map(({ id }) => id));
	const byId = new Map(answers.mirrorbacks.map((row) => [row['id'], row]));
	const rows: RawRow[] = [];
	const homeless: RawRow[] = [];
	for (const row of feedback) {
		const { id, engine_run_id, mirrorback_id, feedback_type, feedback_text, created_at } = row;
		const run = runs.has(engine_run_id) ? engine_run_id : runOf(answers, byId.get(mirrorback_id))?.['id'];
		if (run === undefined) {
			homeless.push(row);
			continue;
		}
		const more = ['severity_self_rating', 'status', 'context_snippet', 'mirrorback_id'];
		const said = more.filter((column) => (row[column] ?? null) !== null);
		rows.push({
			...{ id, engine_run_id: run, notes: feedback_text, timestamp: created_at },
			flags: JSON.stringify([feedback_type, ...said.map((column) => `${column}: ${String(row[column])}`)])
		});
	}
	return { rows, homeless };
}

/** What is said of the only number of a rating that had three. */
const meanFlag = 'mean_of_resonance_fidelity_clarity';

/** The three ratings of a mirrorback as one, their rounded mean, where a run is there to be rated (specification C2). */
function ratingOf(row: RawRow, answers: Answers): RawRow[] {
	const { user_rating_resonance, user_rating_fidelity, user_rating_clarity } = row;
	const given = [user_rating_resonance, user_rating_fidelity, user_rating_clarity];
	const ratings = given.filter((rating) => typeof rating === 'number');
	const run = ratings.length === 0 ? undefined : runOf(answers, row);
	if (run === undefined) return [];
	const time = readTime(String(row['created_at']))?.time ?? null;
	return [
		{
			id: derivedId(time, ['mirrorbacks.user_rating', String(row['id'])]),
			engine_run_id: run['id'],
			rating: Math.round(ratings.reduce((sum, rating) => sum + rating, 0) / ratings.length),
			flags: JSON.stringify([meanFlag]),
			timestamp: row['created_at']
		}
	];
}

/** What an event has no column for is its data. */
function toEvent(row: RawRow): RawRow {
	const { id, event_type, from_version, to_version, applied_at } = row;
	const columns = ['id', 'event_type', 'from_version', 'to_version', 'applied_at'];
	return {
		...{ id, event_type, from_version, to_version, timestamp: applied_at },
		event_data: JSON.stringify(plain(without(row, ...columns)))
	};
}
