import * as v from 'valibot';
import { isDay } from '#base/clock.ts';
import {
	isoTimestamp,
	localDate,
	longestContent,
	newId,
	pageLimit,
	rowId,
	shortText,
	wellFormed
} from '#domain/common.ts';
import { command } from '#domain/define.ts';
import { utf8 } from '#base/bytes.ts';

export const contentTypes = ['text', 'markdown', 'audio_transcript'] as const;
export const visibilities = ['local_only', 'sync_summary', 'sync_full_private', 'sync_full_public'] as const;
export const sources = ['direct', 'import', 'integration'] as const;
export type ContentType = (typeof contentTypes)[number];
export type Visibility = (typeof visibilities)[number];
export type Source = (typeof sources)[number];

/** What the app keeps in `reflections.metadata` beyond the specification's columns; other keys are kept as they came. */
export interface ReflectionMetadata {
	readonly title?: string;
	readonly tags?: readonly string[];
	readonly pinned?: boolean;
	/** IANA name of the zone at writing, or how far its clock was ahead of UTC: `±HH:mm`. */
	readonly time_zone?: string;
	/** The day that is shown. */
	readonly local_date?: string;
	/** False where only a day was known: `created_at` is then noon UTC of it. */
	readonly time_known?: boolean;
	readonly edited_at?: string;
	readonly word_count?: number;
	readonly [key: string]: unknown;
}

/** Most tags of a reflection: all that are shown can be sent back with an edit. */
const mostTags = 1000;

/** Text as `wellFormed` means it, of bounded length and not blank. */
function isText(value: unknown, longest: number): value is string {
	return (
		typeof value === 'string' &&
		value.length <= longest &&
		value.trim() !== '' &&
		value.isWellFormed() &&
		!value.includes('\0') &&
		!value.startsWith('\ufeff')
	);
}

const flag = (value: unknown) => (typeof value === 'boolean' ? value : undefined);
const time = /^\d{4}-\d\d-\d\dT[\d:.]{5,20}(?:Z|[+-]\d\d:?\d\d)?$/;
/**
 * What of a value fits under its name: the value itself, the part of it that does, or nothing. By hand, and not by a schema:
 * this is asked of every row of every list.
 */
const fitting: ReadonlyMap<string, (value: unknown) => unknown> = new Map(
	Object.entries({
		title: (value: unknown) => (isText(value, 500) ? value : undefined),
		tags: fittingTags,
		pinned: flag,
		time_zone: (value: unknown) => (isText(value, 100) ? value : undefined),
		local_date: (value: unknown) => (typeof value === 'string' && isDay(value) ? value : undefined),
		time_known: flag,
		edited_at: (value: unknown) => (typeof value === 'string' && time.test(value) ? value : undefined),
		word_count: (value: unknown) => (Number.isFinite(value) ? value : undefined)
	})
);

function fittingTags(value: unknown): unknown {
	if (!Array.isArray(value)) return undefined;
	// As they are in almost every row: few, good, and each once.
	if (value.length < 20 && value.every((tag, at) => isText(tag, 100) && value.indexOf(tag) === at))
		return value;
	const tags = [...new Set(value.filter((tag) => isText(tag, 100)))].slice(0, mostTags);
	if (tags.length === value.length) return value;
	return tags.length === 0 ? undefined : tags;
}

/**
 * Metadata as another program may have written it, such that what the app knows by a name is what an edit could have put
 * there. A value that is not stands as it came under `original_` and its name, so that nothing is lost and nothing breaks
 * over it; of a list of tags those that fit stay.
 */
export function fittingMetadata(given: Readonly<Record<string, unknown>>): ReflectionMetadata {
	let fits: Record<string, unknown> | null = null;
	for (const name of Object.keys(given)) {
		const value = given[name];
		const fit = fitting.get(name)?.(value);
		if (fit === value || !fitting.has(name)) continue;
		fits ??= { ...given };
		if (fit === undefined) delete fits[name];
		else fits[name] = fit;
		fits[freeName(name, given)] = value;
	}
	return fits ?? given;
}

/** A name that nothing in the metadata has yet: another mirror may have put an odd value aside before. */
function freeName(name: string, given: Readonly<Record<string, unknown>>): string {
	let free = `original_${name}`;
	while (Object.hasOwn(given, free)) free = `original_${free}`;
	return free;
}

/** Raw input from the person (specification, section 2). */
export interface Reflection {
	readonly id: string;
	readonly identity_id: string | null;
	readonly content: string;
	readonly content_type: ContentType;
	readonly visibility: Visibility;
	readonly created_at: string;
	readonly source: Source;
	readonly metadata: ReflectionMetadata;
	/** How many states it has had; an edit names the one it began from. */
	readonly version: number;
}

/** A reflection in a list: enough to recognise it by. */
export interface ReflectionItem {
	readonly id: string;
	readonly identity_id: string | null;
	readonly created_at: string;
	readonly local_date: string;
	readonly title: string | null;
	readonly tags: readonly string[];
	readonly pinned: boolean;
	/** The beginning, or the surroundings of the first hit. */
	readonly excerpt: string;
	/** Where the searched words stand in `excerpt` and `title`, as [start, end) offsets in UTF-16 units. */
	readonly hits: { readonly excerpt: readonly Span[]; readonly title: readonly Span[] };
}

/** How long before a day an entry was written: its day a week, a month or half a year before, or in an earlier year. */
export const spansAgo = ['week', 'month', 'half_year', 'years'] as const;

/** A reflection of an earlier day that a day recalls. */
export interface EarlierItem extends ReflectionItem {
	readonly ago: (typeof spansAgo)[number];
}

export type Span = readonly [start: number, end: number];

/** An earlier state of a reflection. */
export interface ReflectionVersion {
	readonly reflection_id: string;
	readonly version: number;
	readonly content: string;
	readonly content_type: ContentType;
	readonly created_at: string;
	readonly metadata: ReflectionMetadata;
	readonly replaced_at: string;
}

export interface TrashItem {
	readonly id: string;
	readonly entity: string;
	readonly trashed_at: string;
	readonly title: string | null;
	readonly excerpt: string;
	readonly local_date: string;
}

const content = v.pipe(
	wellFormed,
	v.check((text) => text.trim().length > 0, 'must not be empty'),
	v.check(
		(text) => text.length <= longestContent && utf8(text).length <= longestContent,
		'must be at most 1 MiB'
	)
);
const tag = v.pipe(wellFormed, v.minLength(1), v.maxLength(100));
const title = v.nullable(v.pipe(shortText, v.trim()));

const written = {
	content,
	content_type: v.optional(v.picklist(contentTypes), 'markdown'),
	title: v.optional(title, null),
	tags: v.optional(v.pipe(v.array(tag), v.maxLength(mostTags)), []),
	created_at: isoTimestamp,
	local_date: localDate,
	time_zone: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(100))), null)
};

export const reflectionCommands = {
	'reflection.create': command(
		'Save a reflection',
		v.pipe(
			v.strictObject({
				id: newId,
				identity_id: v.nullable(rowId),
				visibility: v.optional(v.picklist(visibilities), 'local_only'),
				...written
			}),
			v.forward(
				v.check(
					(data) => data.identity_id !== null || data.visibility === 'local_only',
					'must be local_only without an identity'
				),
				['visibility']
			)
		)
	),
	'reflection.edit': command(
		'Change a reflection',
		v.strictObject({ id: rowId, pinned: v.optional(v.boolean()), ...written })
	),
	/** How far each of these may go; what belongs to nobody goes nowhere. */
	'reflection.share': command(
		'Change how far reflections may go',
		v.strictObject({
			ids: v.pipe(v.array(rowId), v.minLength(1), v.maxLength(1000)),
			visibility: v.picklist(visibilities)
		})
	),
	'reflection.trash': command('Move a reflection to the trash', v.strictObject({ id: rowId })),
	'reflection.restore': command('Bring a reflection back from the trash', v.strictObject({ id: rowId })),
	'reflection.purge': command(
		'Erase trashed reflections for good',
		v.strictObject({ ids: v.pipe(v.array(rowId), v.minLength(1), v.maxLength(1000)) })
	)
};

/** Continue after the row with this time and id: pages stay right while rows come and go. */
const after = v.optional(v.nullable(v.strictObject({ created_at: isoTimestamp, id: rowId })), null);
const filters = {
	identity_id: v.optional(v.nullable(rowId)),
	tag: v.optional(tag),
	after,
	limit: pageLimit
};
const watched = ['reflections'] as const;

export const reflectionViews = {
	'reflections.list': { params: v.strictObject(filters), topics: watched },
	'reflections.search': {
		params: v.strictObject({ query: v.pipe(v.string(), v.maxLength(500)), ...filters }),
		topics: watched
	},
	'reflections.get': { params: v.strictObject({ id: rowId }), topics: watched },
	/** The words of a reflection that a search hits, as they stand in it: what its page marks. */
	'reflections.hits': {
		params: v.strictObject({ id: rowId, query: v.pipe(v.string(), v.maxLength(500)) }),
		topics: watched
	},
	'reflections.versions': { params: v.strictObject({ id: rowId }), topics: watched },
	'reflections.on_this_day': {
		params: v.strictObject({
			date: localDate,
			identity_id: v.optional(v.nullable(rowId)),
			/** What is recalled: earlier years unless more is asked for. */
			ago: v.optional(v.array(v.picklist(spansAgo)), ['years']),
			limit: pageLimit
		}),
		topics: watched
	},
	'reflections.tags': { params: v.strictObject({}), topics: watched },
	'trash.list': {
		params: v.strictObject({
			/** Continue after the item that was moved here then. */
			after: v.optional(v.nullable(v.strictObject({ trashed_at: isoTimestamp, id: rowId })), null),
			limit: pageLimit
		}),
		topics: ['trash']
	}
} as const;

export interface ReflectionRows {
	'reflections.list': ReflectionItem;
	'reflections.search': ReflectionItem;
	'reflections.get': Reflection;
	'reflections.hits': { readonly word: string };
	'reflections.versions': ReflectionVersion;
	'reflections.on_this_day': EarlierItem;
	'reflections.tags': { readonly tag: string; readonly count: number };
	'trash.list': TrashItem;
}
