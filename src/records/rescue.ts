import { readMetadata } from '#records/reflection.ts';
import { rowsOf, sql } from '#records/sql.ts';
import type { Queryable } from '#storage/database.ts';

/** A reflection as plain text: all that a person needs to take it elsewhere. */
export interface PlainReflection {
	readonly id: string;
	readonly created_at: string;
	readonly title: string | null;
	readonly tags: readonly string[];
	readonly content: string;
}

/** Every reflection that can be read, newest first, from the specification's own table and nothing derived. */
export async function plainReflections(db: Queryable): Promise<PlainReflection[]> {
	const rows = await rowsOf(
		db,
		sql
			.selectFrom('reflections')
			.select(['id', 'created_at', 'content', 'metadata'])
			.orderBy('created_at', 'desc')
			.orderBy('id', 'desc')
	);
	return rows.map(({ id, created_at, content, metadata }) => {
		const { title = null, tags = [] } = readMetadata(metadata);
		return { id, created_at, title, tags, content };
	});
}
