import { sql as raw } from 'kysely';
import type { Span } from '#domain/reflection.ts';
import { readMetadata, type ReflectionRow } from '#records/reflection.ts';
import { engineRunRows, feedbackRows, flagsOf, mirrorbackRows } from '#records/mirrorback.ts';
import { firstOf, rowsOf, sql } from '#records/sql.ts';
import type { Queryable } from '#storage/database.ts';

/** An earlier reflection, as far as the engine reads it. */
export interface EarlierReflection {
	readonly id: string;
	readonly text: string;
	readonly date: string;
}

/** Entries that the engine looks back on, and how much of each: bounds its work to some ten milliseconds. */
const most = 200;
const characters = 1200;

/** What was written before a reflection by the same identity, newest first. */
export async function earlierReflections(db: Queryable, row: ReflectionRow): Promise<EarlierReflection[]> {
	const { created_at, id, identity_id } = row;
	return rowsOf(
		db,
		sql
			.selectFrom('reflections')
			.innerJoin('reflection_index', 'reflection_index.reflection_id', 'reflections.id')
			.select(['reflections.id as id', 'local_date as date'])
			.select(raw<string>`substr(content, 1, ${characters})`.as('text'))
			.where('identity_id', identity_id === null ? 'is' : '=', identity_id)
			.where(raw<boolean>`(reflections.created_at, reflections.id) < (${created_at}, ${id})`)
			.orderBy('reflections.created_at', 'desc')
			.orderBy('reflections.id', 'desc')
			.limit(most)
	);
}

/** The newest reflections of all identities, newest first. */
export function newestReflections(db: Queryable, limit: number): Promise<ReflectionRow[]> {
	return rowsOf(
		db,
		sql.selectFrom('reflections').selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit)
	);
}

/** The frame of the newest mirrorback, so that the next one has another. */
export async function lastFrame(db: Queryable): Promise<string | null> {
	const row = await firstOf(
		db,
		sql
			.selectFrom('mirrorbacks')
			.select('metadata')
			.orderBy('created_at', 'desc')
			.orderBy('id', 'desc')
			.limit(1)
	);
	const frame = readMetadata(row?.metadata ?? null)['frame'];
	return typeof frame === 'string' ? frame : null;
}

/** What earlier answers were said to be: the next one is made with it. */
export interface Remembered {
	/** The last word on length was that it was too much. */
	readonly brief: boolean;
	/** Words of this reflection that were shown back, and were not it. */
	readonly notIt: readonly string[];
}

const tooMuch = ['too_long', 'over_explained'];
const onLength = [...tooMuch, 'too_short', 'actually_helpful'];
/** So much feedback is looked through for a word on length. */
const recent = 50;

export async function rememberedFeedback(
	db: Queryable,
	{ id, content }: Pick<ReflectionRow, 'id' | 'content'>
): Promise<Remembered> {
	const newest = await rowsOf(
		db,
		sql
			.selectFrom('engine_feedback')
			.select('flags')
			.where('flags', 'is not', null)
			.orderBy('timestamp', 'desc')
			.orderBy('id', 'desc')
			.limit(recent)
	);
	const last = newest.map(flagsOf).find((flags) => flags.some((flag) => onLength.includes(flag)));
	const offTopic = await runsFlagged(db, id, 'off_topic');
	const notIt = (await mirrorbackRows(db, id)).flatMap(({ metadata: text }) => {
		const { engine_run_id, anchors } = readMetadata(text);
		if (!offTopic.has(String(engine_run_id)) || !Array.isArray(anchors)) return [];
		// Another program may have stored anything under this name.
		return anchors.filter(isSpan).map(([start, end]) => content.slice(start, end));
	});
	return { brief: last?.some((flag) => tooMuch.includes(flag)) ?? false, notIt };
}

function isSpan(value: unknown): value is Span {
	return Array.isArray(value) && value.length === 2 && value.every(Number.isInteger);
}

/** Runs on a reflection whose feedback holds a flag. */
export async function runsFlagged(
	db: Queryable,
	reflectionId: string,
	flag: string
): Promise<ReadonlySet<string>> {
	const runs = (await engineRunRows(db, reflectionId)).map(({ id }) => id);
	const feedback = runs.length === 0 ? [] : await feedbackRows(db, runs);
	return new Set(
		feedback.filter((row) => flagsOf(row).includes(flag)).map(({ engine_run_id }) => engine_run_id)
	);
}
