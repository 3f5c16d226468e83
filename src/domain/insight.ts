import * as v from 'valibot';
import { localDate, rowId } from '#domain/common.ts';
import { patternNames, type PatternName } from '#domain/pattern.ts';
import { ownPatternId, type PatternId } from '#domain/pattern-choices.ts';
import type { Span } from '#domain/reflection.ts';
import type { TensionPoint } from '#domain/tension.ts';

/** How many there were on a day. Days without any are left out. */
export type DayCount = readonly [day: string, count: number];

/** What the engine found in one entry: names and counts, and no word of it. */
export interface EntryReading {
	readonly id: string;
	readonly local_date: string;
	/** Of running text: no headings, block quotes or code. */
	readonly words: number;
	/** Whether enough English stands in it for patterns to be looked for. */
	readonly english: boolean;
	/**
	 * In how many sentences each pattern shows, as the person has them shown: a sentence in which several show that are shown
	 * as one counts once. Those that are hidden or do not show are left out.
	 */
	readonly patterns: readonly (readonly [pattern: PatternId, count: number])[];
}

/** What is found in a text, whatever entry it is of, and however its patterns are shown. */
export interface TextReading extends Pick<EntryReading, 'words' | 'english'> {
	/** In how many sentences just these patterns show; sentences in which none does are left out. */
	readonly sentences: readonly (readonly [patterns: readonly PatternName[], count: number])[];
}

/** A sentence in which a pattern shows, shortened where it is very long, with the words that show it. */
export interface Quote {
	readonly text: string;
	/** In order and apart, as [start, end) offsets in UTF-16 units. */
	readonly marks: readonly Span[];
}

/** An entry in which a pattern shows. */
export interface QuotedEntry {
	readonly id: string;
	readonly local_date: string;
	readonly title: string | null;
	/** In how many sentences it shows: what the reading of the entry counts. */
	readonly count: number;
	/** The first of them. */
	readonly quotes: readonly Quote[];
}

/** What happened to a thread or a tension between two days. Those to which nothing did are left out. */
export type Activity = ThreadActivity | TensionActivity;

export interface ThreadActivity {
	readonly kind: 'thread';
	readonly id: string;
	readonly title: string | null;
	/** How many reflections were added to it, and stand in it still. */
	readonly days: readonly DayCount[];
}

export interface TensionActivity {
	readonly kind: 'tension';
	readonly id: string;
	readonly name: string;
	readonly axis_a: string;
	readonly axis_b: string;
	/** How many points its path got. */
	readonly days: readonly DayCount[];
	readonly first: TensionPoint;
	readonly last: TensionPoint;
}

/** From the first day to the last, both included; of one identity, of nobody (null), or of all. */
const stretch = {
	from: v.optional(localDate),
	to: v.optional(localDate),
	identity_id: v.optional(v.nullable(rowId))
};
/** Pages in the order of time. One may hold fewer than `limit`: `next` says where to continue, null at the end. */
const paged = {
	...stretch,
	after: v.optional(v.nullable(v.strictObject({ local_date: localDate, id: rowId })), null),
	limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(50)), 20)
};

export const insightViews = {
	'insight.days': { params: v.strictObject(stretch), topics: ['reflections'] },
	/** `total`, on the first page, is how many entries there are. */
	'insight.readings': { params: v.strictObject(paged), topics: ['reflections', 'settings'] },
	'insight.quotes': {
		params: v.strictObject({ pattern: v.union([v.picklist(patternNames), ownPatternId]), ...paged }),
		topics: ['reflections', 'settings']
	},
	'insight.activity': {
		params: v.strictObject(stretch),
		topics: ['threads', 'thread_reflections', 'tensions']
	}
} as const;

export interface InsightRows {
	'insight.days': { readonly local_date: string; readonly count: number };
	'insight.readings': EntryReading;
	'insight.quotes': QuotedEntry;
	'insight.activity': Activity;
}
