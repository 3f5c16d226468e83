import { ok, type Result } from '#base/result.ts';
import type { OriginalFormat } from '#domain/bundle.ts';
import { bundleTables } from '#records/bundle-rows.ts';
import type { ForeignTables } from '#records/foreign.ts';
import { refuseFile, type ImportFailure } from '#bundle/import-failure.ts';
import { fromCore } from '#bundle/original/core.ts';
import { readExport, refuseOddExport } from '#bundle/original/export.ts';
import { fromMirrors } from '#bundle/original/mirrors.ts';
import { Remarks } from '#bundle/original/remarks.ts';
import { rowsOf, shapeOf, type OriginalTables } from '#bundle/original/shape.ts';
import { withKnownWords, withWholeJson } from '#bundle/original/words.ts';
import { stageUnpacked } from '#bundle/read.ts';
import { checkForeign, notRead, stageRows } from '#bundle/stage.ts';
import type { StagedImport } from '#bundle/staged.ts';

/** Parses an SQLite database of which nothing is known but what it holds: of this app, or of the original in any of its shapes. */
export function stageDatabase(
	foreign: ForeignTables,
	format: OriginalFormat
): Result<StagedImport, ImportFailure> {
	const refusal = checkForeign(foreign, 'This database');
	if (refusal !== null) return refusal;
	const shape = shapeOf(foreign);
	if (shape === null) {
		const why =
			'This SQLite database is not one of Mirror OS: it has no table of reflections that is known here.';
		return refuseFile('unknown_format', why);
	}
	if (shape === 'published') return stageUnpacked(foreign);
	const read = shape === 'core' ? fromCore : fromMirrors;
	// Its own triggers are no data; of whatever else is in there the person should know.
	const ignored = foreign.ignored.filter((what) => !what.startsWith('trigger '));
	return ok(stageOriginal({ format, tables: foreign.tables, read, notices: notRead(ignored) }));
}

/** Parses JSON that the original exported; null where it is something else. */
export function stageExport(
	json: unknown,
	format: OriginalFormat
): Result<StagedImport, ImportFailure> | null {
	const tables = readExport(json);
	if (tables === null) return refuseOddExport(json);
	if (!tables.ok) return tables;
	return ok(stageOriginal({ format, tables: tables.value, read: fromCore, notices: [] }));
}

interface Original {
	readonly format: OriginalFormat;
	readonly tables: OriginalTables;
	readonly read: (tables: OriginalTables, remarks: Remarks) => OriginalTables;
	readonly notices: readonly string[];
}

/** The way of all of them: rows of our tables, words that are known, JSON that can be read, and then as from a bundle. */
function stageOriginal({ format, tables, read, notices }: Original): StagedImport {
	const remarks = new Remarks();
	const rows = read(tables, remarks);
	const ready = bundleTables.map((table) => {
		const whole = rowsOf(rows, table).map((row) => withWholeJson(table, row));
		return [table, whole.map((row) => withKnownWords(table, row, remarks))] as const;
	});
	return stageRows({
		format,
		tables: new Map(ready),
		notices: [...notices, ...remarks.notices],
		changed: remarks.changed,
		skipped: remarks.skipped
	});
}
