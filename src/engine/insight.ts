import { sha256Hex, textDigest } from '#base/hash.ts';
import type { EntryReading, Quote, QuotedEntry, TextReading } from '#domain/insight.ts';
import type { PatternName } from '#domain/pattern.ts';
import type { Span } from '#domain/reflection.ts';
import type { ViewParams } from '#domain/view.ts';
import type { KeptReadings } from '#engine/kept-readings.ts';
import type { Evidence } from '#engine/patterns.ts';
import { read, type Reading, type ReadingSentence } from '#engine/reading.ts';
import { ENGINE_VERSION } from '#engine/run.ts';
import { READ_LIMIT } from '#engine/sentences.ts';
import { shortened } from '#records/excerpt.ts';
import { countWithin, textsInTime, type EntryText } from '#records/insight.ts';
import { keepsReadings, storedReadings } from '#records/readings.ts';
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
	const rows: EntryReading[] = [];
	let unread = 0;
	for (const { id, local_date, text, hash } of texts) {
		let reading = kept.get(hash);
		if (reading === null) {
			if (unread >= mostUnread) break;
			unread += text.length;
			reading = summed(read(text));
			kept.put(hash, reading);
		}
		rows.push({ id, local_date, ...reading });
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
	const rows: QuotedEntry[] = [];
	let { after } = params;
	let unread = 0;
	for (let scanned = 0; scanned < mostScanned;) {
		const texts = (await textsInTime(db, { ...params, after, limit: 50 }, READ_LIMIT)).map(withHash);
		await recall(db, texts, kept);
		for (const entry of texts) {
			after = placeOf(entry);
			const known = kept.get(entry.hash);
			if (known?.patterns.some(([name]) => name === pattern) === false) continue;
			unread += entry.text.length;
			const reading = read(entry.text);
			kept.put(entry.hash, summed(reading));
			const row = quotedEntry(entry, showing(reading, pattern));
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
		if (hashes.get(id) === hash && engine_version === ENGINE_VERSION) kept.put(hash, reading);
		else kept.noteUnfit(id);
	}
}

function placeOf(row: Pick<EntryReading, 'id' | 'local_date'> | undefined) {
	return row === undefined ? null : { local_date: row.local_date, id: row.id };
}

/** What is kept of a reading. */
export function summed(reading: Reading): TextReading {
	const patterns = reading.patterns.map(
		({ pattern }) => [pattern, showing(reading, pattern).length] as const
	);
	return { words: reading.words, english: reading.english, patterns };
}

interface Showing {
	readonly sentence: ReadingSentence;
	readonly evidence: readonly Evidence[];
}

/** The sentences in which a pattern shows: what is counted, and what is quoted. */
function showing({ sentences, patterns }: Reading, wanted: PatternName): Showing[] {
	const evidence = patterns.find(({ pattern }) => pattern === wanted)?.evidence ?? [];
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
