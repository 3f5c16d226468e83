import type { SqlJsStatic } from 'sql.js';
import { fromUtf8 } from '#base/bytes.ts';
import { ok, type Result } from '#base/result.ts';
import type { OriginalFormat } from '#domain/bundle.ts';
import { readDiary } from '#bundle/diary.ts';
import { refuseFile, type ImportFailure } from '#bundle/import-failure.ts';
import { readJson, readJsonFile } from '#bundle/json-file.ts';
import { originalTables } from '#bundle/original/shape.ts';
import { stageDatabase, stageExport } from '#bundle/original/stage.ts';
import { databaseOfBundle, readBundleFiles, stageBundle } from '#bundle/read.ts';
import type { StagedImport } from '#bundle/staged.ts';
import { isZip, readZip } from '#bundle/unzip.ts';
import { readForeignTables, type ForeignTables } from '#records/foreign.ts';
import { SqliteEngine } from '#storage/sqlite/engine.ts';
import { bundlePaths, entityTables, importLimits } from '#wire/bundle-manifest.ts';

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
	if (isZip(bytes)) return readZipFile(bytes, sql);
	if (isSqlite(bytes)) return readDatabase(bytes, 'original_database', sql);
	const json = readJsonFile(bytes);
	if (!json.ok) return json;
	return stageExport(json.value, 'original_export') ?? readDiary(json.value, today);
}

/** Where the original puts its database, and its export, in a backup. */
const originalPaths = { database: 'mirror.db', export: 'export.json' } as const;

/** A bundle, or a backup of the original: there the database holds more than the export beside it, which is not read then. */
async function readZipFile(
	bytes: Uint8Array,
	sql: ReadImportDependencies['sql']
): Promise<Result<StagedImport, ImportFailure>> {
	const files = readZip(bytes);
	if (!files.ok) return files;
	const database = files.value.get(originalPaths.database);
	const exported = files.value.get(originalPaths.export);
	if (!files.value.has(bundlePaths.manifest)) {
		if (database !== undefined) return readDatabase(database, 'original_backup', sql);
		const staged = exported === undefined ? null : stageExport(readJson(exported), 'original_backup');
		if (staged !== null) return staged;
	}
	const bundle = readBundleFiles(files.value);
	if (!bundle.ok) return bundle;
	const foreign = openForeign(await sql(), bundle.value.database);
	return foreign.ok ? stageBundle(bundle.value, foreign.value) : foreign;
}

async function readDatabase(
	image: Uint8Array,
	format: OriginalFormat,
	sql: ReadImportDependencies['sql']
): Promise<Result<StagedImport, ImportFailure>> {
	const wanted = [...entityTables, ...originalTables];
	const foreign = openForeign(await sql(), image, { what: 'This database', wanted });
	if (!foreign.ok) return foreign;
	const staged = stageDatabase(foreign.value, format);
	if (!staged.ok || image[18] !== writeAhead) return staged;
	return ok({ ...staged.value, notices: [besideIt, ...staged.value.notices] });
}

/** How the head of an SQLite file says that changes go to a second file first. */
const writeAhead = 2;
const besideIt =
	'This database may keep its newest changes in a second file beside it, whose name ends in -wal: where that is there, end the program that wrote it and choose the database again.';

function isSqlite(bytes: Uint8Array): boolean {
	return fromUtf8(bytes.subarray(0, 16)) === 'SQLite format 3\0';
}

interface Wanted {
	/** How refusals name it. */
	readonly what: string;
	readonly wanted: readonly string[];
}

/** Opened, asked and closed. Whatever SQLite answers to a damaged file is one refusal. */
export function openForeign(
	sql: SqlJsStatic,
	image: Uint8Array,
	{ what, wanted }: Wanted = { what: databaseOfBundle, wanted: entityTables }
): Result<ForeignTables, ImportFailure> {
	let engine: SqliteEngine | null = null;
	try {
		const opened = new SqliteEngine({ sql, image, functions: [] });
		engine = opened;
		const ask = (text: string) => opened.execute(text, [], 'read').rows;
		return ok(readForeignTables(ask, wanted, importLimits.rowsPerTable));
	} catch {
		return refuseFile('damaged', `${what} is damaged or is not an SQLite file.`);
	} finally {
		engine?.close();
	}
}
