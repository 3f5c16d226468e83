import type { RawRow } from '#bundle/parse.ts';
import { keptWith } from '#bundle/original/kept.ts';
import type { Remarks } from '#bundle/original/remarks.ts';
import { byColumn, sortable } from '#bundle/original/shape.ts';

/** Runs by the reflection that they mirrored, each list in the order of time. */
export function runsByReflection(runs: readonly RawRow[]): ReadonlyMap<unknown, readonly RawRow[]> {
	return byColumn(
		runs.toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1)),
		'reflection_id'
	);
}

/** The run that mirrored a reflection at a time: the last one until then, else the first. `runs` are in order. */
export function runAt(runs: readonly RawRow[], time: unknown): RawRow | undefined {
	const until = sortable(time);
	return runs.findLast((run) => timeOf(run) <= until) ?? runs[0];
}

function timeOf({ timestamp }: RawRow): string {
	return sortable(timestamp);
}

export interface FeedbackParts {
	readonly feedback: readonly RawRow[];
	readonly runs: readonly RawRow[];
	readonly reflections: readonly RawRow[];
}

/**
 * Feedback that names a reflection, as LocalDB has it, as feedback on the run that mirrored it. Where there was no run, it is
 * kept with the reflection.
 */
export function feedbackOnRuns({ feedback, runs, reflections }: FeedbackParts, remarks: Remarks) {
	const ofReflection = runsByReflection(runs);
	const rows: RawRow[] = [];
	const homeless: RawRow[] = [];
	for (const given of feedback) {
		const { id, reflection_id, feedback_type, rating, comment, created_at } = given;
		const run = runAt(ofReflection.get(reflection_id) ?? [], created_at);
		if (run === undefined) {
			homeless.push(given);
			continue;
		}
		rows.push({
			id,
			engine_run_id: run['id'],
			rating,
			flags: feedback_type === 'rating' || !feedback_type ? null : JSON.stringify([feedback_type]),
			notes: comment,
			timestamp: created_at
		});
	}
	const kept = { table: 'engine_feedback', rows: homeless, owner: 'reflection_id' };
	return { feedback: rows, reflections: keptWith(reflections, kept, remarks) };
}
