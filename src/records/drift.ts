import { runFlags } from '#records/engine-run.ts';
import { feedbackRows, flagsOf, type FeedbackRow } from '#records/mirrorback.ts';
import { readMetadata } from '#records/reflection.ts';
import { rowsOf, sql } from '#records/sql.ts';
import type { Queryable } from '#storage/database.ts';

/** What is known of one run that was to say something. */
export interface Output {
	readonly timestamp: string;
	/** Every wording was refused by the rules. */
	readonly isRefused: boolean;
	/** The share of directive words in what was said; null where nothing was, or no measure was kept. */
	readonly directive: number | null;
	/** What the person said of it: the last rating, from 1 to 5, and all flags. */
	readonly rating: number | null;
	readonly flags: readonly string[];
}

/** Newest first. Runs that found nothing to say are left out. */
export async function newestOutputs(db: Queryable, limit: number): Promise<Output[]> {
	const runs = await rowsOf(
		db,
		sql
			.selectFrom('engine_runs')
			.select(['id', 'timestamp', 'flags', 'mirrorback_length'])
			.orderBy('timestamp', 'desc')
			.orderBy('id', 'desc')
			.limit(limit)
	);
	const measures = await directiveByRun(db, limit);
	const feedback = await feedbackRows(
		db,
		runs.map(({ id }) => id)
	);
	const said = new Map<string, FeedbackRow[]>(runs.map(({ id }) => [id, []]));
	for (const row of feedback) said.get(row.engine_run_id)?.push(row);
	return runs.flatMap(({ id, timestamp, flags, mirrorback_length }) => {
		const isRefused = runFlags(flags)['silent'] === 'refused';
		if (!isRefused && (mirrorback_length ?? 0) === 0) return [];
		const ofRun = said.get(id) ?? [];
		const rating = ofRun.findLast((row) => row.rating !== null)?.rating ?? null;
		const directive = measures.get(id) ?? null;
		return [{ timestamp, isRefused, directive, rating, flags: ofRun.flatMap(flagsOf) }];
	});
}

async function directiveByRun(db: Queryable, limit: number): Promise<Map<string, number>> {
	const rows = await rowsOf(
		db,
		sql
			.selectFrom('mirrorbacks')
			.select('metadata')
			.orderBy('created_at', 'desc')
			.orderBy('id', 'desc')
			.limit(limit)
	);
	return new Map(
		rows.flatMap(({ metadata }) => {
			const { engine_run_id, directive_score } = readMetadata(metadata);
			const isMeasured = typeof engine_run_id === 'string' && typeof directive_score === 'number';
			return isMeasured ? [[engine_run_id, directive_score] as const] : [];
		})
	);
}
