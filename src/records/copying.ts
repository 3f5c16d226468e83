import { areTwins, copyTable, countRows, digestOf, plainTables } from '#storage/copy.ts';
import type { CopyOptions, PlainTable, TableDigest } from '#storage/copy.ts';
import type { Database, Queryable } from '#storage/database.ts';
import { searchTable, searchTableWithWords, withWords } from '#records/search.ts';

/** What each engine says of its own schema, and what is built by other words in each. */
const leftOut = new Set(['schema_version', searchTable.name]);

export interface CopyProgress {
	/** Rows that were copied or compared, of `total`. */
	readonly done: number;
	readonly total: number;
}

/** What a mirror holds, table by table: the same on every engine. */
export type MirrorDigest = readonly TableDigest[];

/** How many rows a mirror has, in all tables that are copied. */
export async function countMirror(db: Queryable): Promise<number> {
	return countRows(db, await tablesOf(db));
}

/**
 * Copies a whole mirror into an empty one of the same schema, in one transaction. Answers with what was read, or null where
 * the two have not the same tables; then nothing was written. Nothing else may write into either meanwhile.
 *
 * @throws the signal's reason, once it is aborted; then nothing was written.
 */
export async function copyMirror(
	from: Database,
	to: Database,
	options: CopyOptions
): Promise<MirrorDigest | null> {
	const [sources, targets] = [await tablesOf(from), await tablesOf(to)];
	if (!areTwins(sources, targets)) return null;
	return to.transaction(async (tx) => {
		const digests: TableDigest[] = [];
		for (const [at, table] of sources.entries()) {
			const isIndex = table === searchTable && to.dialect === 'postgres';
			const into = isIndex ? { into: searchTableWithWords, row: withWords } : { into: targets[at]! };
			digests.push(await copyTable(from, tx, table, { ...options, ...into }));
		}
		return digests;
	}, 'schema');
}

/** What a mirror holds now. @throws the signal's reason, once it is aborted. */
export async function digestMirror(db: Queryable, options: CopyOptions): Promise<MirrorDigest> {
	const digests: TableDigest[] = [];
	for (const table of await tablesOf(db)) digests.push(await digestOf(db, table, options));
	return digests;
}

/** The index last: its rows refer to others. */
export async function tablesOf(db: Queryable): Promise<PlainTable[]> {
	return [...(await plainTables(db, leftOut)), searchTable];
}
