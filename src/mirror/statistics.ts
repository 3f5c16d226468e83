import type { LedgerStatistics, NamedCount } from '#domain/ledger.ts';
import { ledgerNumbers } from '#kernel/statistics.ts';
import type { EntryFacts } from '#records/timeline.ts';

/** What entries come to, counted by actor, tool and day. */
export function statisticsOf(
	entries: readonly EntryFacts[],
	localDay: (ms: number) => string
): LedgerStatistics {
	const done = entries.filter(({ decision }) => decision === 'ALLOW');
	return {
		...ledgerNumbers(entries),
		by_actor: mostFirst(counted(entries.map(({ actor }) => actor))),
		by_tool: mostFirst(counted(done.flatMap(({ tool_name }) => tool_name ?? []))),
		by_day: byDay(entries, localDay)
	};
}

/** A quarter of an hour, in milliseconds: no zone begins its days in the middle of one. */
const quarter = 15 * 60 * 1000;

/** A calendar is slow: it is asked once for each quarter of an hour. */
function byDay(entries: readonly EntryFacts[], localDay: (ms: number) => string): NamedCount[] {
	const quarters = new Map<number, number>();
	for (const { ts_ms } of entries) {
		const at = Math.floor(ts_ms / quarter);
		quarters.set(at, (quarters.get(at) ?? 0) + 1);
	}
	const days = new Map<string, number>();
	for (const [at, count] of quarters) {
		const day = localDay(at * quarter);
		days.set(day, (days.get(day) ?? 0) + count);
	}
	return namedCounts(days).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function counted(names: readonly string[]): NamedCount[] {
	const counts = new Map<string, number>();
	for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
	return namedCounts(counts);
}

function namedCounts(counts: ReadonlyMap<string, number>): NamedCount[] {
	return [...counts].map(([name, entries]) => ({ name, entries }));
}

/** Those that are as frequent as each other in the order of their names. */
function mostFirst(counts: NamedCount[]): NamedCount[] {
	return counts.sort((a, b) => b.entries - a.entries || (a.name < b.name ? -1 : 1));
}
