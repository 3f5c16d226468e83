import { findCrisis } from '#engine/crisis.ts';
import { isContent, quoteOf, stem } from '#engine/mirroring/weigh.ts';
import type { Quote } from '#engine/mirroring/weigh.ts';
import { tokens } from '#engine/clauses.ts';
import type { Evidence } from '#engine/patterns.ts';
import type { Reading } from '#engine/reading.ts';
import { segment } from '#engine/sentences.ts';

/** An earlier entry. `date` is ISO 8601, a day or a full time. */
export interface Earlier {
	readonly id: string;
	readonly text: string;
	readonly date: string;
}

/** An earlier entry that speaks of the same, with the sentence of it to show. */
export interface Link {
	readonly id: string;
	/** "3 March", with the year when it is another year than the newest known. */
	readonly when: string;
	readonly quote: Quote;
	/** A word that both entries hold, as written in the present one; null when a whole sentence is the same. */
	readonly word: Evidence | null;
}

/** What earlier entries tell: their words, and the entry nearest to this one. */
export interface Memory {
	readonly known: ReadonlySet<string>;
	readonly link: Link | null;
}

/** Newest entries only, and the beginning of each: bounds the work to some ten milliseconds. */
const ENTRIES = 200;
const UNITS = 1_200;

/** Reads the newest entries of the history (in any order), at most `most` of them, against the present one. */
export function remember(
	reading: Reading,
	history: readonly Earlier[],
	today: string | null,
	most = ENTRIES
): Memory {
	const items = [...history]
		.filter(({ text }) => text !== reading.text)
		.sort((a, b) => (a.date < b.date ? 1 : a.date > b.date ? -1 : 0))
		.slice(0, Math.min(most, ENTRIES))
		.map((earlier) => ({ earlier, stems: stemsOf(earlier.text.slice(0, UNITS)) }));
	const spread = new Map<string, number>();
	for (const { stems } of items) for (const word of stems) spread.set(word, (spread.get(word) ?? 0) + 1);
	const known = new Set(spread.keys());
	if (!reading.english) return { known, link: null };
	const rarity = (word: string): number => Math.log(1 + (items.length + 1) / ((spread.get(word) ?? 0) + 0.5));
	const now = new Map<string, Evidence>();
	for (const token of reading.sentences.flatMap((sentence) => sentence.tokens)) {
		const before = now.get(stem(token.norm));
		const lower =
			token.text === token.norm && before !== undefined && before.text !== before.text.toLowerCase();
		if (isContent(token.norm) && (before === undefined || lower)) now.set(stem(token.norm), token);
	}
	const ranked = items
		.map((item) => ({ ...item, shared: [...now.keys()].filter((word) => item.stems.has(word)) }))
		.filter(({ shared }) => shared.length >= LEAST_SHARED)
		.map((item) => ({
			...item,
			score: item.shared.reduce((sum, word) => sum + rarity(word), 0) / Math.sqrt(8 + item.stems.size)
		}))
		.sort((a, b) => b.score - a.score);
	const year = (today ?? items[0]?.earlier.date ?? '').slice(0, 4);
	for (const { earlier } of items) {
		const link = sameSentence(earlier, reading, year);
		if (link !== null) return { known, link };
	}
	for (const { earlier, shared } of ranked.slice(0, 3)) {
		const link = linkTo(earlier, { shared, rarity, now, year });
		if (link !== null) return { known, link };
	}
	return { known, link: null };
}

/** The newest entry that holds one of these sentences word for word. */
function sameSentence(earlier: Earlier, reading: Reading, year: string): Link | null {
	const text = earlier.text.slice(0, UNITS);
	const same = reading.sentences
		.slice(0, 60)
		.find(({ text: sentence, words }) => words.length >= 5 && text.includes(sentence));
	const when = dayOf(earlier.date, year);
	if (same === undefined || when === null) return null;
	const quote = quoteOf(reading.text, same, LONGEST_LINK);
	const start = text.indexOf(same.text);
	if (quote === null || quote.cutBefore || quote.cutAfter || findCrisis(text) !== null) return null;
	return { id: earlier.id, when, quote: { ...quote, start, end: start + quote.text.length }, word: null };
}

/** One word in common is chance: the entries share two, and so do the entry and the sentence that is shown. */
const LEAST_SHARED = 2;
const LONGEST_LINK = 26;

interface Shared {
	shared: readonly string[];
	rarity: (word: string) => number;
	now: ReadonlyMap<string, Evidence>;
	year: string;
}

/** The sentence of an earlier entry that shares most, unless it speaks of a danger: such a sentence is never brought back. */
function linkTo(earlier: Earlier, { shared, rarity, now, year }: Shared): Link | null {
	const when = dayOf(earlier.date, year);
	if (when === null) return null;
	const text = earlier.text.slice(0, UNITS);
	if (findCrisis(text) !== null) return null;
	const wanted = new Set(shared);
	let best: { quote: Quote; word: string; score: number } | null = null;
	for (const sentence of segment(text)) {
		if (sentence.kind !== 'prose' || sentence.end === UNITS || sentence.words.length < 4) continue;
		const hits = [...new Set(sentence.words.map(({ norm }) => stem(norm)))].filter((word) =>
			wanted.has(word)
		);
		const score = hits.reduce((sum, word) => sum + rarity(word), 0);
		const word = hits.sort((a, b) => rarity(b) - rarity(a))[0];
		if (word === undefined || hits.length < LEAST_SHARED || (best !== null && score <= best.score)) continue;
		const quote = quoteOf(text, { ...sentence, tokens: tokens(text, sentence) }, LONGEST_LINK);
		if (quote !== null) best = { quote, word, score };
	}
	const word = best === null ? undefined : now.get(best.word);
	if (best === null || word === undefined) return null;
	return {
		id: earlier.id,
		when,
		quote: best.quote,
		word: { text: word.text, start: word.start, end: word.end }
	};
}

function stemsOf(text: string): Set<string> {
	const found = new Set<string>();
	for (const word of text
		.toLowerCase()
		.replaceAll('’', "'")
		.match(/[\p{L}\p{N}\p{M}']{3,40}/gu) ?? []) {
		if (isContent(word)) found.add(stem(word));
	}
	return found;
}

const MONTHS = 'January February March April May June July August September October November December'.split(
	' '
);

/** "3 March" or "3 March 2024"; null when the date cannot be read. */
function dayOf(date: string, year: string): string | null {
	const parts = /^(\d{4})-(\d{2})-(\d{2})(?:$|[T ])/.exec(date);
	const month = MONTHS[Number(parts?.[2]) - 1];
	const day = Number(parts?.[3]);
	if (parts === null || month === undefined || day < 1 || day > 31) return null;
	return parts[1] === year ? `${day} ${month}` : `${day} ${month} ${parts[1]}`;
}
