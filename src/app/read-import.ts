import type { SqlJsStatic } from 'sql.js';
import { ok, type Result } from '#base/result.ts';
import { readDiary } from '#bundle/diary.ts';
import { refuseFile, type ImportFailure } from '#bundle/import-failure.ts';
import { readBundleFiles, stageBundle } from '#bundle/read.ts';
import type { StagedImport } from '#bundle/staged.ts';
import { isZip, readZip } from '#bundle/unzip.ts';
import { readForeignTables, type ForeignTables } from '#records/foreign.ts';
import { SqliteEngine } from '#storage/sqlite/engine.ts';
import { entityTables, importLimits } from '#wire/bundle-manifest.ts';

export interface ReadImportDependencies {
	readonly sql: () => Promise<SqlJsStatic>;
	/** The day it is for the person, `YYYY-MM-DD`. */
	readonly today: string;
}

/**
 * Reads a file that somebody else may have made: by what it holds, not by its name, within limits. A database in it is
 * opened in memory, asked for plain rows and closed; nothing of it is ever adopted. Runs in the import worker, and in
 * Node for the command line.
 */
export async function readImport(
	bytes: Uint8Array,
	{ sql, today }: ReadImportDependencies
): Promise<Result<StagedImport, ImportFailure>> {
	if (bytes.length === 0) return refuseFile('empty', 'This file is empty.');
	if (bytes.length > importLimits.file)
		return refuseFile('too_large', 'This file has more than 200 MB, which is the most that is read.');
	if (!isZip(bytes)) return readDiary(bytes, today);
	const files = readZip(bytes);
	if (!files.ok) return files;
	const bundle = readBundleFiles(files.value);
	if (!bundle.ok) return bundle;
	const foreign = openForeign(await sql(), bundle.value.database);
	return foreign.ok ? stageBundle(bundle.value, foreign.value) : foreign;
}

/** Opened, asked and closed. Whatever SQLite answers to a damaged file is one refusal. */
export function openForeign(sql: SqlJsStatic, image: Uint8Array): Result<ForeignTables, ImportFailure> {
	let engine: SqliteEngine | null = null;
	try {
		const opened = new SqliteEngine({ sql, image, functions: [] });
		engine = opened;
		const ask = (text: string) => opened.execute(text, [], 'read').rows;
		return ok(readForeignTables(ask, entityTables, importLimits.rowsPerTable));
	} catch {
		return refuseFile('damaged', 'The database of this bundle is damaged or is not an SQLite file.');
	} finally {
		engine?.close();
	}
}
