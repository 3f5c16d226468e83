import type { EntryReading } from '#domain/insight.ts';
import type { PatternId } from '#domain/pattern-choices.ts';
import { columnAt, type Column } from '#ui/insight/stretch.ts';

/** Where a pattern shows. */
export interface PatternCounts {
	readonly sentences: number;
	readonly entries: number;
	/** Sentences in each column. */
	readonly columns: readonly number[];
}

/** The patterns that show in these entries, each with its counts. */
export function countPatterns(
	columns: readonly Column[],
	rows: readonly EntryReading[]
): ReadonlyMap<PatternId, PatternCounts> {
	const counted = new Map<PatternId, { sentences: number; entries: number; columns: number[] }>();
	for (const { local_date, patterns } of rows) {
		const at = columnAt(columns, local_date);
		for (const [name, count] of patterns) {
			const counts = counted.get(name) ?? { sentences: 0, entries: 0, columns: columns.map(() => 0) };
			counts.sentences += count;
			counts.entries++;
			counts.columns[at] = (counts.columns[at] ?? 0) + count;
			counted.set(name, counts);
		}
	}
	return counted;
}
