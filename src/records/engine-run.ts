import { sql as raw } from 'kysely';
import type { EngineMode, EngineRun, Feedback } from '#domain/engine-run.ts';
import type { ViewParams } from '#domain/view.ts';
import { feedbackRows, flagsOf, type EngineRunRow, type FeedbackRow } from '#records/mirrorback.ts';
import { firstOf, rowsOf, sql } from '#records/sql.ts';
import type { Page } from '#records/work.ts';
import type { Queryable } from '#storage/database.ts';

/** Newest first, one page, each with what was said of it. */
export async function listEngineRuns(
	db: Queryable,
	{ reflection_id, after, limit }: ViewParams<'engine_runs.list'>
): Promise<Page<'engine_runs.list'>> {
	let among = sql.selectFrom('engine_runs');
	if (reflection_id !== undefined) among = among.where('reflection_id', '=', reflection_id);
	const total = await firstOf(
		db,
		among.select((eb) => eb.fn.countAll<number>().as('count'))
	);
	if (after !== null) among = among.where(raw<boolean>`(timestamp, id) < (${after.timestamp}, ${after.id})`);
	const rows = await rowsOf(
		db,
		among.selectAll().orderBy('timestamp', 'desc').orderBy('id', 'desc').limit(limit)
	);
	const said = await feedbackRows(
		db,
		rows.map((row) => row.id)
	);
	return { rows: rows.map((row) => toRun(row, said)), total: Number(total?.count ?? 0) };
}

function toRun(row: EngineRunRow, said: readonly FeedbackRow[]): EngineRun {
	return {
		...row,
		engine_mode: row.engine_mode as EngineMode,
		patterns: namesIn(row.patterns),
		tensions_surfaced: namesIn(row.tensions_surfaced),
		flags: runFlags(row.flags),
		sync_allowed: row.sync_allowed === 1,
		feedback: said.filter(({ engine_run_id }) => engine_run_id === row.id).map(toFeedback)
	};
}

function toFeedback(row: FeedbackRow): Feedback {
	const { id, rating, notes, timestamp } = row;
	return { id, rating, notes, timestamp, flags: flagsOf(row) };
}

/** Names in a JSON list; another program may have stored objects there: then what they are named by. */
export function namesIn(text: string | null): string[] {
	const list: unknown = text === null ? [] : JSON.parse(text);
	if (!Array.isArray(list)) return [];
	return list.map((item: unknown) =>
		typeof item === 'object' && item !== null && 'name' in item ? String(item.name) : String(item)
	);
}

export function runFlags(text: string | null): Readonly<Record<string, unknown>> {
	const flags: unknown = text === null ? {} : JSON.parse(text);
	return typeof flags === 'object' && flags !== null && !Array.isArray(flags) ? { ...flags } : {};
}
