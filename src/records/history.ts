import { sql as raw } from 'kysely';
import { readMetadata, type ReflectionRow } from '#records/reflection.ts';
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
