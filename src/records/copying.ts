import { areTwins, copyTable, countRows, digestOf, plainTables } from '#storage/copy.ts';
import type { CopyOptions, TableDigest } from '#storage/copy.ts';
import type { Database, Queryable } from '#storage/database.ts';
import { searchTable, searchTableWithWords, withWords } from '#records/search.ts';

/** What each engine says of its own schema, and what is built by other words in each. */
const leftOut = new Set(['schema_version', searchTable.name]);

export interface CopyProgress {
	/** Rows that were copied or compared, of `total`. */
	readonly done: number;
	readonly total: number;
}

export interface MirrorCopyOptions {
	readonly onProgress: (progress: CopyProgress) => void;
	readonly signal: AbortSignal;
}

/** What a mirror holds, table by table: the same on every engine. */
export type MirrorDigest = readonly TableDigest[];

/**
 * Copies a whole mirror into an empty one of the same schema, in one transaction, and reads it back.
 * Answers with what was copied, or null where the two databases have not the same tables or what was read back is not what
 * was written; then it is not to be used. Nothing else may write into either meanwhile.
 *
 * @throws the signal's reason, once it is aborted; then nothing was written.
 */
export async function copyMirror(
	from: Database,
	to: Database,
	{ onProgress, signal }: MirrorCopyOptions
): Promise<MirrorDigest | null> {
	const [sources, targets] = [await plainTables(from, leftOut), await plainTables(to, leftOut)];
	if (!areTwins(sources, targets)) return null;
	// Each row is written once and read back once.
	const total = 2 * (await countRows(from, [...sources, searchTable]));
	let done = 0;
	const options: CopyOptions = {
		onRows: (count) => onProgress({ done: (done += count), total }),
		signal
	};
	const digests = await to.transaction(async (tx) => {
		const copied: TableDigest[] = [];
		for (const [at, table] of sources.entries())
			copied.push(await copyTable(from, tx, table, { ...options, into: targets[at]! }));
		const into =
			to.dialect === 'sqlite' ? { into: searchTable } : { into: searchTableWithWords, row: withWords };
		copied.push(await copyTable(from, tx, searchTable, { ...options, ...into }));
		return copied;
	}, 'schema');
	const written = await digestMirror(to, options);
	return JSON.stringify(written) === JSON.stringify(digests) ? digests : null;
}

/** What a mirror holds now. */
export async function digestMirror(db: Queryable, options: CopyOptions): Promise<MirrorDigest> {
	const digests: TableDigest[] = [];
	for (const table of [...(await plainTables(db, leftOut)), searchTable])
		digests.push(await digestOf(db, table, options));
	return digests;
}
