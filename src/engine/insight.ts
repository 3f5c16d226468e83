import { sha256Hex, textDigest } from '#base/hash.ts';
import type { EntryReading, Quote, QuotedEntry, TextReading } from '#domain/insight.ts';
import { patternNames, type PatternName } from '#domain/pattern.ts';
import {
	isKnownPattern,
	shownAs,
	shownTogether,
	type PatternChoices,
	type PatternId
} from '#domain/pattern-choices.ts';
import type { Span } from '#domain/reflection.ts';
import type { ViewParams } from '#domain/view.ts';
import type { KeptReadings } from '#engine/kept-readings.ts';
import { holds, ownCounts, showingOwn, soughtPattern, type Showing } from '#engine/own-patterns.ts';
import { read, type Reading } from '#engine/reading.ts';
import { ENGINE_VERSION } from '#engine/run.ts';
import { READ_LIMIT, type Sentence } from '#engine/sentences.ts';
import { shortened } from '#records/excerpt.ts';
import { countWithin, textsInTime, type EntryText } from '#records/insight.ts';
import { keepsReadings, storedReadings } from '#records/readings.ts';
import { readSettings } from '#records/setting.ts';
import type { Page, Queryable } from '#records/work.ts';

/**
 * How much text one answer reads anew, in UTF-16 units: some tenth of a second of work, for a command may wait behind it. An
 * entry is read whole, however long it is.
 */
const mostUnread = 40_000;
/** How many entries one answer goes through in search of quotes. */
const mostScanned = 500;
/** Quotes of one entry; the entry itself shows the rest. */
const mostQuotes = 12;

/** What a kept reading is marked with: the engine that read, and the form in which it is kept. */
export const READING_VERSION = `${ENGINE_VERSION}/2`;

export const hashOf = textDigest(sha256Hex);

/** One page of readings in the order of time. What was read before, in this session or one whose readings are kept, is not read again. */
export async function readings(
	db: Queryable,
	params: ViewParams<'insight.readings'>,
	kept: KeptReadings
): Promise<Page<'insight.readings'>> {
	const total = params.after === null ? { total: await countWithin(db, params) } : {};
	const texts = (await textsInTime(db, params, READ_LIMIT)).map(withHash);
	await recall(db, texts, kept);
	const { patterns: choices } = await readSettings(db);
	const sought = choices.own.map(soughtPattern);
	const soughtHash = hashOf(JSON.stringify(choices.own));
	const rows: EntryReading[] = [];
	let unread = 0;
	for (const { id, local_date, text, hash } of texts) {
		const key = `${soughtHash} ${hash}`;
		const [known, knownOwn] = [kept.get(hash), sought.length === 0 ? [] : kept.own.get(key)];
		if (known === null || knownOwn === null) {
			if (unread >= mostUnread) break;
			unread += text.length;
		}
		const reading = known ?? summed(read(text));
		const own = knownOwn ?? ownCounts(text, sought);
		if (known === null) kept.put(hash, reading);
		if (knownOwn === null) kept.own.put(key, own);
		const { words, english } = reading;
		rows.push({ id, local_date, words, english, patterns: [...shownCounts(reading, choices), ...own] });
	}
	const isEnd = rows.length === texts.length && texts.length < params.limit;
	return { rows, ...total, next: isEnd ? null : placeOf(rows.at(-1)) };
}

/** One page of the entries in which a pattern shows, in the order of time. It may be empty, and yet not the last. */
export async function quotes(
	db: Queryable,
	{ pattern, limit, ...params }: ViewParams<'insight.quotes'>,
	kept: KeptReadings
): Promise<Page<'insight.quotes'>> {
	const { patterns: choices } = await readSettings(db);
	const look = lookFor(pattern, choices, kept);
	const rows: QuotedEntry[] = [];
	let { after } = params;
	let unread = 0;
	for (let scanned = 0; scanned < mostScanned;) {
		const texts = (await textsInTime(db, { ...params, after, limit: 50 }, READ_LIMIT)).map(withHash);
		await recall(db, texts, kept);
		for (const entry of texts) {
			after = placeOf(entry);
			const found = look(entry);
			if (found === null) continue;
			unread += entry.text.length;
			const row = quotedEntry(entry, found);
			if (row !== null) rows.push(row);
			if (rows.length === limit || unread >= mostUnread) return { rows, next: after };
		}
		if (texts.length < 50) return { rows, next: null };
		scanned += texts.length;
	}
	return { rows, next: after };
}

interface HashedText extends EntryText {
	readonly hash: string;
}

function withHash(entry: EntryText): HashedText {
	return { ...entry, hash: hashOf(entry.text) };
}

/** Takes over what the database keeps of these texts, and notes of which it keeps something else. */
async function recall(db: Queryable, texts: readonly HashedText[], kept: KeptReadings): Promise<void> {
	const hashes = new Map(texts.map(({ id, hash }) => [id, hash]));
	const unknown = texts.filter(({ hash }) => kept.get(hash) === null).map(({ id }) => id);
	if (unknown.length === 0 || !(await keepsReadings(db))) return;
	for (const { id, hash, engine_version, ...reading } of await storedReadings(db, unknown)) {
		if (hashes.get(id) === hash && engine_version === READING_VERSION) kept.put(hash, reading);
		else kept.noteUnfit(id);
	}
}

function placeOf(row: Pick<EntryReading, 'id' | 'local_date'> | undefined) {
	return row === undefined ? null : { local_date: row.local_date, id: row.id };
}

/** What is kept of a reading: patterns may come to be shown as one, so it is known which of them show in one sentence. */
export function summed(reading: Reading): TextReading {
	const shown = new Map<Sentence, PatternName[]>();
	for (const { pattern } of reading.patterns)
		for (const { sentence } of showing(reading, [pattern]))
			shown.set(sentence, [...(shown.get(sentence) ?? []), pattern]);
	const counts = new Map<string, readonly [readonly PatternName[], number]>();
	for (const patterns of shown.values()) {
		const key = patterns.join();
		counts.set(key, [patterns, (counts.get(key)?.[1] ?? 0) + 1]);
	}
	return { words: reading.words, english: reading.english, sentences: [...counts.values()] };
}

/** In how many sentences each pattern shows, as the person has them shown. */
function shownCounts({ sentences }: TextReading, choices: PatternChoices): EntryReading['patterns'] {
	const counts = new Map<PatternName, number>();
	for (const [patterns, count] of sentences) {
		// Those that are shown as one are there once.
		for (const shown of new Set(patterns.map((pattern) => shownAs(choices, pattern))))
			if (shown !== null) counts.set(shown, (counts.get(shown) ?? 0) + count);
	}
	return patternNames.flatMap((pattern) => {
		const count = counts.get(pattern);
		return count === undefined ? [] : [[pattern, count] as const];
	});
}

/** Looks for a pattern in an entry; null where it is known without reading that it does not show there. */
type Look = (entry: HashedText) => readonly Showing[] | null;

function lookFor(wanted: PatternId, choices: PatternChoices, kept: KeptReadings): Look {
	if (isKnownPattern(wanted)) {
		const together = shownTogether(choices, wanted);
		const isAmong = (pattern: PatternName) => together.includes(pattern);
		return ({ text, hash }) => {
			if (kept.get(hash)?.sentences.some(([patterns]) => patterns.some(isAmong)) === false) return null;
			const reading = read(text);
			kept.put(hash, summed(reading));
			return showing(reading, together);
		};
	}
	const own = choices.own.find(({ id }) => id === wanted);
	if (own === undefined) return () => null;
	const sought = soughtPattern(own);
	return ({ text }) => (holds(text, sought) ? showingOwn(text, sought) : null);
}

/** The sentences in which one of some patterns shows: what is counted, and what is quoted. */
function showing({ sentences, patterns }: Reading, wanted: readonly PatternName[]): Showing[] {
	const evidence = patterns
		.filter(({ pattern }) => wanted.includes(pattern))
		.flatMap((found) => found.evidence)
		.toSorted((a, b) => a.start - b.start);
	// Both are in the order of the text.
	let at = 0;
	return sentences.flatMap((sentence) => {
		const from = at;
		while (at < evidence.length && (evidence[at]?.start ?? 0) < sentence.end) at++;
		return at === from ? [] : [{ sentence, evidence: evidence.slice(from, at) }];
	});
}

function quotedEntry({ id, local_date, title }: EntryText, found: readonly Showing[]): QuotedEntry | null {
	if (found.length === 0) return null;
	return { id, local_date, title, count: found.length, quotes: found.slice(0, mostQuotes).map(quoteOf) };
}

function quoteOf({ sentence, evidence }: Showing): Quote {
	const marks = apart(evidence.map(({ start, end }): Span => [start - sentence.start, end - sentence.start]));
	const { text, hits } = shortened(sentence.text, marks);
	return { text, marks: hits };
}

/** Stretches that overlap become one. */
function apart(spans: readonly Span[]): Span[] {
	const joined: Span[] = [];
	for (const [start, end] of spans.toSorted((a, b) => a[0] - b[0])) {
		const last = joined.at(-1);
		if (last !== undefined && start < last[1]) joined[joined.length - 1] = [last[0], Math.max(last[1], end)];
		else joined.push([start, end]);
	}
	return joined;
}
