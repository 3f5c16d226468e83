import type { LedgerStatistics, NamedCount } from '#domain/ledger.ts';
import { ledgerNumbers } from '#kernel/statistics.ts';
import type { EntryFacts } from '#records/timeline.ts';

/** What entries come to, counted by actor, tool and day. */
export function statisticsOf(
	entries: readonly EntryFacts[],
	localDay: (ms: number) => string
): LedgerStatistics {
	const done = entries.filter(({ decision }) => decision === 'ALLOW');
	const days = counted(entries.map(({ ts_ms }) => localDay(ts_ms)));
	return {
		...ledgerNumbers(entries),
		by_actor: mostFirst(counted(entries.map(({ actor }) => actor))),
		by_tool: mostFirst(counted(done.flatMap(({ tool_name }) => tool_name ?? []))),
		by_day: days.sort((a, b) => (a.name < b.name ? -1 : 1))
	};
}

function counted(names: readonly string[]): NamedCount[] {
	const counts = new Map<string, number>();
	for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
	return [...counts].map(([name, entries]) => ({ name, entries }));
}

/** Those that are as frequent as each other in the order of their names. */
function mostFirst(counts: NamedCount[]): NamedCount[] {
	return counts.sort((a, b) => b.entries - a.entries || (a.name < b.name ? -1 : 1));
}
