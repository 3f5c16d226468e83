import { activity, dayCounts, type DayOf } from '#records/insight.ts';
import type { ViewMap } from '#records/work.ts';

/** `dayOf` is the calendar here: what was done, and not written, has only a time. */
export function insightViewMap(dayOf: DayOf): ViewMap<'insight.days' | 'insight.activity'> {
	return {
		'insight.days': dayCounts,
		'insight.activity': (db, stretch) => activity(db, stretch, dayOf)
	};
}
