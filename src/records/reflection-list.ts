import { sql as raw, type SelectQueryBuilder } from 'kysely';
import { daysLater, isLeapYear, monthsLater } from '#base/calendar.ts';
import type { EarlierItem, ReflectionItem, Span } from '#domain/reflection.ts';
import type { ViewParams } from '#domain/view.ts';
import { excerptOf, hitSpans } from '#records/excerpt.ts';
import { parseQuery, type SearchQuery, type Term } from '#records/query.ts';
import { readMetadata, reflectionRow } from '#records/reflection.ts';
import { found } from '#records/search.ts';
import { firstOf, rowsOf, sql } from '#records/sql.ts';
import { foldName } from '#records/tokens.ts';
import type { Tables } from '#records/tables.ts';
import type { Dialect, Queryable } from '#storage/database.ts';
import type { Page } from '#records/work.ts';

type Params = ViewParams<'reflections.list'>;
// The builder's type after two joins is a page long and says nothing; the columns are checked where rows are read.
type Listed = SelectQueryBuilder<Tables, 'reflections' | 'reflection_index', object>;

interface ItemRow {
	readonly id: string;
	readonly identity_id: string | null;
	readonly created_at: string;
	readonly metadata: string | null;
	readonly local_date: string;
	readonly pinned: number;
	readonly beginning: string;
}

/** Newest first, one page. */
export async function listReflections(db: Queryable, params: Params): Promise<Page<'reflections.list'>> {
	const wanted = filtered(base(), params);
	return {
		rows: await items(db, wanted, params, [], 400),
		total: await count(db, filtered(countable(params), { ...params, after: null }))
	};
}

/** Newest first among those that a search finds; hits are marked. A search for nothing lists everything. */
export async function searchReflections(
	db: Queryable,
	{ query: typed, ...params }: ViewParams<'reflections.search'>
): Promise<Page<'reflections.search'>> {
	const query = parseQuery(typed);
	const named = {
		identity: await identityNamed(db, query.identity),
		without: await identityNamed(db, query.withoutIdentity)
	};
	const among = (from: Listed): Listed =>
		matching(filtered(from, { ...params, after: null }), query, { ...named, dialect: db.dialect });
	const wanted = params.after === null ? among(base()) : afterRow(among(base()), params.after);
	const rows = await items(db, wanted, params, query.terms, 100_000);
	// A first page that is not full holds all of them.
	if (params.after === null && rows.length < params.limit) return { rows, total: rows.length };
	const counted = countable({ identity_id: named.identity ?? named.without ?? params.identity_id });
	return { rows, total: await count(db, among(counted)) };
}

/** The words of one reflection that a search hits, each form of them once. */
export async function reflectionHits(
	db: Queryable,
	{ id, query }: ViewParams<'reflections.hits'>
): Promise<Page<'reflections.hits'>> {
	const row = await reflectionRow(db, id);
	if (row === null) return { rows: [] };
	const { terms } = parseQuery(query);
	const words = hitSpans(row.content, terms).map(([start, end]) => row.content.slice(start, end));
	return { rows: [...new Set(words)].map((word) => ({ word })) };
}

/**
 * Reflections that a day recalls, newest first. In a year without a 29th of February, those of that day are recalled on
 * the 28th.
 */
export async function onThisDay(
	db: Queryable,
	{ date, ago, identity_id, limit }: ViewParams<'reflections.on_this_day'>
): Promise<Page<'reflections.on_this_day'>> {
	const near = daysAgo(date, ago);
	const among = filtered(base(), { identity_id, tag: undefined, after: null });
	const wanted = among.where((eb) => {
		const years = eb.and([eb('month_day', 'in', monthDaysOf(date)), eb('local_date', '<', date)]);
		const days = [...near.keys()].map((day) => eb('local_date', '=', day));
		return eb.or(ago.includes('years') ? [years, ...days] : days);
	});
	const rows = await items(db, wanted, { limit }, [], 400);
	return { rows: rows.map((row) => ({ ...row, ago: near.get(row.local_date) ?? 'years' })) };
}

/** The days that are recalled by how long ago they were, and not by their name. */
function daysAgo(date: string, ago: readonly EarlierItem['ago'][]): Map<string, EarlierItem['ago']> {
	const days = [
		[daysLater(date, -7), 'week'],
		[monthsLater(date, -1), 'month'],
		[monthsLater(date, -6), 'half_year']
	] as const;
	return new Map(days.filter(([, span]) => ago.includes(span)));
}

function monthDaysOf(date: string): string[] {
	const monthDay = date.slice(5);
	const isLast = monthDay === '02-28' && !isLeapYear(Number(date.slice(0, 4)));
	return isLast ? [monthDay, '02-29'] : [monthDay];
}

export async function tagCounts(db: Queryable): Promise<Page<'reflections.tags'>> {
	const rows = await rowsOf(
		db,
		sql
			.selectFrom('reflection_tags')
			.select((eb) => [
				eb.fn.min('tag').as('tag'),
				eb.fn.count<number>('reflection_id').distinct().as('count')
			])
			.groupBy('folded')
			.orderBy('count', 'desc')
			.orderBy('tag')
	);
	return { rows };
}

function base(): Listed {
	return toListed(
		sql
			.selectFrom('reflections')
			.innerJoin('reflection_index', 'reflection_index.reflection_id', 'reflections.id')
	);
}

/** What is counted: the index alone, where nothing is asked that only the rows themselves can tell. */
function countable({ identity_id }: Pick<Params, 'identity_id'>): Listed {
	return identity_id === undefined ? toListed(sql.selectFrom('reflection_index')) : base();
}

/** The one place where a builder becomes a `Listed`. */
function toListed(query: unknown): Listed {
	return query as Listed;
}

function filtered(
	query: Listed,
	{ identity_id, tag, after }: Pick<Params, 'identity_id' | 'tag' | 'after'>
): Listed {
	let wanted = query;
	if (identity_id !== undefined)
		wanted = wanted.where('identity_id', identity_id === null ? 'is' : '=', identity_id);
	if (tag !== undefined) wanted = tagged(wanted, tag);
	return after === null ? wanted : afterRow(wanted, after);
}

function tagged(query: Listed, tag: string, sign: 'in' | 'not in' = 'in'): Listed {
	return query.where('reflection_index.reflection_id', sign, (eb) =>
		eb
			.selectFrom('reflection_tags')
			.select('reflection_tags.reflection_id')
			.where('folded', '=', foldName(tag))
	);
}

function afterRow(
	query: Listed,
	{ created_at, id }: { readonly created_at: string; readonly id: string }
): Listed {
	return query.where(raw<boolean>`(reflections.created_at, reflections.id) < (${created_at}, ${id})`);
}

/** Ids of the identities that a search names; undefined where it names none. And which search it is. */
interface Named {
	readonly identity: string | undefined;
	readonly without: string | undefined;
	readonly dialect: Dialect;
}

function matching(query: Listed, search: SearchQuery, { identity, without, dialect }: Named): Listed {
	let wanted = query;
	if (search.terms.length > 0) wanted = wanted.where(raw<boolean>`docid IN ${found(search.terms, dialect)}`);
	for (const term of search.without)
		wanted = wanted.where(raw<boolean>`docid NOT IN ${found([term], dialect)}`);
	for (const tag of search.tags) wanted = tagged(wanted, tag);
	for (const tag of search.withoutTags) wanted = tagged(wanted, tag, 'not in');
	if (identity !== undefined) wanted = wanted.where('identity_id', '=', identity);
	if (without !== undefined)
		wanted = wanted.where((eb) => eb.or([eb('identity_id', '!=', without), eb('identity_id', 'is', null)]));
	if (search.before !== null) wanted = wanted.where('local_date', '<', search.before);
	if (search.after !== null) wanted = wanted.where('local_date', '>=', search.after);
	return search.pinned === null ? wanted : wanted.where('pinned', '=', search.pinned ? 1 : 0);
}

/** The id of the identity with that name; undefined where no one was asked for. An unknown name finds nothing. */
async function identityNamed(db: Queryable, name: string | null): Promise<string | undefined> {
	if (name === null) return undefined;
	const rows = await rowsOf(db, sql.selectFrom('identities').select(['id', 'metadata']));
	const folded = foldName(name);
	return rows.find(({ metadata }) => foldName(String(readMetadata(metadata)['name'])) === folded)?.id ?? '';
}

async function count(db: Queryable, wanted: Listed): Promise<number> {
	const row = await firstOf(
		db,
		wanted.select((eb) => eb.fn.countAll<number>().as('count'))
	);
	return Number(row?.count ?? 0);
}

async function items(
	db: Queryable,
	wanted: Listed,
	{ limit }: { readonly limit: number },
	terms: readonly Term[],
	characters: number
): Promise<ReflectionItem[]> {
	const rows: ItemRow[] = await rowsOf(
		db,
		wanted
			.select([
				'reflections.id',
				'identity_id',
				'reflections.created_at',
				'reflections.metadata',
				'local_date',
				'pinned'
			])
			.select(raw<string>`substr(content, 1, ${characters})`.as('beginning'))
			.orderBy('reflections.created_at', 'desc')
			.orderBy('reflections.id', 'desc')
			.limit(limit)
	);
	return rows.map((row) => toItem(row, terms));
}

/** Reflections as a list shows them, by their ids; those that are not there are left out. */
export async function itemsById(db: Queryable, ids: readonly string[]): Promise<Map<string, ReflectionItem>> {
	if (ids.length === 0) return new Map();
	const found = await items(db, base().where('reflections.id', 'in', ids), { limit: ids.length }, [], 400);
	return new Map(found.map((item) => [item.id, item]));
}

/** By name, and not by what is left of the row: fifty such copies take longer than their query. */
function toItem(row: ItemRow, terms: readonly Term[]): ReflectionItem {
	const metadata = readMetadata(row.metadata);
	const title = metadata.title ?? null;
	const excerpt = excerptOf(row.beginning, terms);
	const titleHits: readonly Span[] = title === null ? [] : hitSpans(title, terms);
	return {
		id: row.id,
		identity_id: row.identity_id,
		created_at: row.created_at,
		local_date: row.local_date,
		title,
		tags: metadata.tags ?? [],
		pinned: row.pinned === 1,
		excerpt: excerpt.text,
		hits: { excerpt: excerpt.hits, title: titleHits }
	};
}
