import type { TextReading } from '#domain/insight.ts';
import { readingsSince } from '#domain/schema.ts';
import { isApplied } from '#records/applied.ts';
import { rowsOf, sql, write } from '#records/sql.ts';
import type { Queryable, Transaction } from '#storage/database.ts';

/** A reading as it is kept: what was found in a text. */
export interface StoredReading extends TextReading {
	readonly id: string;
	/** SHA-256 of the text that was read. */
	readonly hash: string;
	/** Which engine read it, and in which form it is kept: of another one nothing may be taken for granted. */
	readonly engine_version: string;
}

/** Whether this database has a place for them: a mirror that is held below their version has none. */
export async function keepsReadings(db: Queryable): Promise<boolean> {
	return isApplied(db, readingsSince);
}

/** What is kept of some reflections; nothing of those that are still to be read. */
export async function storedReadings(db: Queryable, ids: readonly string[]): Promise<StoredReading[]> {
	const rows = await rowsOf(
		db,
		sql.selectFrom('reflection_readings').selectAll().where('reflection_id', 'in', ids)
	);
	return rows.flatMap(({ reflection_id, text_hash, engine_version, words, english, patterns }) => {
		if (text_hash === null || engine_version === null || words === null || patterns === null) return [];
		return [
			{
				...{ id: reflection_id, hash: text_hash, engine_version, words, english: english === 1 },
				sentences: JSON.parse(patterns) as TextReading['sentences']
			}
		];
	});
}

/** Some of the reflections that are still to be read: those that were noted, and those that were not come by since. */
export async function unreadReflections(db: Queryable, limit: number): Promise<string[]> {
	const noted = sql.selectFrom('reflection_readings').select('reflection_id').where('text_hash', 'is', null);
	const found = await rowsOf(db, noted.limit(limit));
	if (found.length > 0) return found.map(({ reflection_id }) => reflection_id);
	const rows = await rowsOf(
		db,
		sql
			.selectFrom('reflections')
			.select('id')
			.where(({ not, exists, selectFrom }) =>
				not(
					exists(
						selectFrom('reflection_readings')
							.select('reflection_id')
							.whereRef('reflection_id', '=', 'reflections.id')
					)
				)
			)
			.limit(limit)
	);
	return rows.map(({ id }) => id);
}

/** Keeps a reading in place of the one before it. */
export async function putReading(tx: Transaction, reading: StoredReading): Promise<void> {
	const { id, hash, engine_version, words, english, sentences } = reading;
	const values = {
		...{ text_hash: hash, engine_version, words, english: english ? 1 : 0 },
		patterns: JSON.stringify(sentences)
	};
	await write(
		tx,
		sql
			.insertInto('reflection_readings')
			.values({ reflection_id: id, ...values })
			.onConflict((conflict) => conflict.column('reflection_id').doUpdateSet(values))
	);
}
