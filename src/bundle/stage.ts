import type { ImportFormat, RowFinding } from '#domain/bundle.ts';
import type { ForeignTables } from '#records/foreign.ts';
import { refuseFile } from '#bundle/import-failure.ts';
import { parseTables, type RawRow } from '#bundle/parse.ts';
import { byTable, type StagedImport } from '#bundle/staged.ts';
import { importLimits } from '#wire/bundle-manifest.ts';

/** Rows for the 13 tables as a file holds them, and what is to be said of the file. */
export interface FoundRows {
	readonly format: ImportFormat;
	readonly tables: ReadonlyMap<string, readonly RawRow[]>;
	readonly notices: readonly string[];
	readonly changed?: readonly RowFinding[];
	readonly skipped?: StagedImport['skipped'];
}

/** Parses rows of any file into rows that could be imported. */
export function stageRows({ format, tables, notices, changed = [], skipped = [] }: FoundRows): StagedImport {
	const { rows, quarantined, changed: parsed, lost } = parseTables(tables);
	const loss = `These columns have no place here and would be lost: ${[...lost].join(', ')}.`;
	return {
		format,
		rows,
		versions: [],
		ledgers: [],
		crisis_card: null,
		patterns: null,
		found: byTable((table) => tables.get(table)?.length ?? 0),
		notices: lost.size > 0 ? [...notices, loss] : notices,
		quarantined,
		changed: [...changed, ...parsed],
		skipped,
		questions: []
	};
}

/** Refuses a database whose rows cannot be relied on, or are too many; null where it can be read. */
export function checkForeign({ damage, tooLong }: ForeignTables, what: string) {
	if (damage.length > 0)
		return refuseFile('damaged', `${what} is damaged: SQLite finds errors in its pages.`);
	const [long] = tooLong;
	return long === undefined ? null : refuseTooLong(long);
}

export function refuseTooLong(table: string) {
	return refuseFile('too_many_rows', `The table ${table} holds more than ${importLimits.rowsPerTable} rows.`);
}

/** What of a database is not read, in a sentence; none where that is nothing to speak of. */
export function notRead(ignored: readonly string[]): string[] {
	return ignored.length > 0 ? [`Not read: ${ignored.slice(0, 20).join(', ')}.`] : [];
}
