import { fittingMetadata } from '#domain/reflection.ts';
import type { ExpressionBuilder } from 'kysely';
import type {
	ContentType,
	Reflection,
	ReflectionMetadata,
	ReflectionVersion,
	Source,
	Visibility
} from '#domain/reflection.ts';
import { firstOf, rowsOf, sql, write } from '#records/sql.ts';
import type { Tables } from '#records/tables.ts';
import type { Work } from '#records/work.ts';
import { forgetInSearch, putInSearch } from '#records/search.ts';
import { foldName } from '#records/tokens.ts';
import type { Queryable } from '#storage/database.ts';

export type ReflectionRow = Tables['reflections'];
export type VersionRow = Tables['reflection_versions'];

/** Adds a reflection and everything that is derived from it. */
export async function insertReflection(work: Work, row: ReflectionRow): Promise<void> {
	await write(work.tx, sql.insertInto('reflections').values(row));
	work.changes.push({ entity: 'reflections', id: row.id, before: null, row: { ...row } });
	await indexReflection(work, row);
}

/** Replaces a reflection; what stood before is kept as `version`. */
export async function updateReflection(work: Work, row: ReflectionRow, before: VersionRow): Promise<void> {
	await insertVersion(work, before);
	await replaceReflection(work, row);
}

/** Replaces a reflection, with nothing kept of what stood before: for what is no edit of the person's words. */
export async function replaceReflection(work: Work, row: ReflectionRow): Promise<void> {
	const { id, ...columns } = row;
	const before = await reflectionRow(work.tx, id);
	await write(work.tx, sql.updateTable('reflections').set(columns).where('id', '=', id));
	work.changes.push({ entity: 'reflections', id, before, row: { ...row } });
	const isIndexed = (['content', 'metadata', 'created_at'] as const).every(
		(column) => before?.[column] === row[column]
	);
	if (isIndexed) return;
	await unindexReflection(work, id);
	await indexReflection(work, row);
}

export async function insertVersion(work: Work, row: VersionRow): Promise<void> {
	await write(work.tx, sql.insertInto('reflection_versions').values(row));
	work.changes.push({ entity: 'reflection_versions', id: versionId(row), before: null, row: { ...row } });
}

/** Removes an earlier state, by the name of the version. */
export async function deleteVersion(work: Work, name: string): Promise<void> {
	const before = await versionRow(work.tx, name);
	if (before === null) return;
	const { reflection_id, version } = before;
	await write(
		work.tx,
		sql
			.deleteFrom('reflection_versions')
			.where('reflection_id', '=', reflection_id)
			.where('version', '=', version)
	);
	work.changes.push({ entity: 'reflection_versions', id: name, before, row: null });
}

export function versionRow(db: Queryable, name: string): Promise<VersionRow | null> {
	const end = name.lastIndexOf(':');
	return firstOf(
		db,
		sql
			.selectFrom('reflection_versions')
			.selectAll()
			.where('reflection_id', '=', name.slice(0, end))
			.where('version', '=', Number(name.slice(end + 1)))
	);
}

/** How a version is named where one name is needed. */
export function versionId(row: { readonly reflection_id: string; readonly version: number }): string {
	return `${row.reflection_id}:${row.version}`;
}

/** Removes a reflection with what is derived from it. Its children go with it (ON DELETE CASCADE). */
export async function deleteReflection(work: Work, id: string): Promise<void> {
	const before = await reflectionRow(work.tx, id);
	await unindexReflection(work, id);
	await write(work.tx, sql.deleteFrom('reflections').where('id', '=', id));
	work.changes.push({ entity: 'reflections', id, before, row: null });
}

/** Of one identity, in the order of their ids. */
export function reflectionsOwnedBy(db: Queryable, identityId: string): Promise<ReflectionRow[]> {
	return rowsOf(
		db,
		sql.selectFrom('reflections').selectAll().where('identity_id', '=', identityId).orderBy('id')
	);
}

export function reflectionRow(db: Queryable, id: string): Promise<ReflectionRow | null> {
	return firstOf(db, sql.selectFrom('reflections').selectAll().where('id', '=', id));
}

/** Earlier states, oldest first, as rows. */
export function versionRows(db: Queryable, id: string): Promise<VersionRow[]> {
	return rowsOf(
		db,
		sql.selectFrom('reflection_versions').selectAll().where('reflection_id', '=', id).orderBy('version')
	);
}

/** How many states a reflection has had, the present one included. */
export async function currentVersion(db: Queryable, id: string): Promise<number> {
	const row = await firstOf(
		db,
		sql
			.selectFrom('reflection_versions')
			.select((eb: ExpressionBuilder<Tables, 'reflection_versions'>) => eb.fn.max('version').as('last'))
			.where('reflection_id', '=', id)
	);
	return Number(row?.last ?? 0) + 1;
}

export async function getReflection(db: Queryable, id: string): Promise<Reflection | null> {
	const row = await reflectionRow(db, id);
	if (row === null) return null;
	return {
		...row,
		content_type: row.content_type as ContentType,
		visibility: row.visibility as Visibility,
		source: row.source as Source,
		metadata: readMetadata(row.metadata),
		version: await currentVersion(db, id)
	};
}

export function toVersion(row: VersionRow): ReflectionVersion {
	return { ...row, content_type: row.content_type as ContentType, metadata: readMetadata(row.metadata) };
}

/** Metadata as an object whose known parts fit. The schema guarantees JSON; another program may have stored anything in it. */
export function readMetadata(text: string | null): ReflectionMetadata {
	const value: unknown = text === null ? {} : JSON.parse(text);
	return typeof value === 'object' && value !== null && !Array.isArray(value)
		? fittingMetadata(value as Record<string, unknown>)
		: {};
}

async function indexReflection({ tx }: Work, row: ReflectionRow): Promise<void> {
	const metadata = readMetadata(row.metadata);
	const local_date = metadata.local_date ?? row.created_at.slice(0, 10);
	await write(
		tx,
		sql.insertInto('reflection_index').values({
			reflection_id: row.id,
			local_date,
			month_day: local_date.slice(5),
			pinned: metadata.pinned === true ? 1 : 0
		})
	);
	const tags = Array.isArray(metadata.tags) ? metadata.tags.map(String) : [];
	for (const tag of new Set(tags))
		await write(
			tx,
			sql.insertInto('reflection_tags').values({ tag, folded: foldName(tag), reflection_id: row.id })
		);
	await putInSearch(tx, row.id, [metadata.title ?? '', row.content, tags.join(' ')].join('\n'));
}

async function unindexReflection({ tx }: Work, id: string): Promise<void> {
	await forgetInSearch(tx, id);
	await write(tx, sql.deleteFrom('reflection_index').where('reflection_id', '=', id));
	await write(tx, sql.deleteFrom('reflection_tags').where('reflection_id', '=', id));
}
