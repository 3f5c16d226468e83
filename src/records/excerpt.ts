import type { Span } from '#domain/reflection.ts';
import { hitsOf, type Term } from '#records/query.ts';
import { tokensOf } from '#records/tokens.ts';

/** Length of an excerpt in a list, in UTF-16 units. */
const excerptLength = 220;
/** How far back from its end a word is looked for that is not cut in two. */
const lastWord = 40;
/** How far into an entry hits are looked for; the entry page marks them all. */
const searched = 100_000;

/** What begins a heading, a quotation or an item of a list in Markdown: lines are joined, and it would say nothing. */
const blockMarks = /^[ \t]*(?:(?:>|[-*+]|#{1,6}|\d{1,9}[.)])[ \t]+)+/gm;

export interface Excerpt {
	readonly text: string;
	readonly hits: readonly Span[];
}

/** Where the terms stand in a text, in order and without overlaps. */
export function hitSpans(text: string, terms: readonly Term[]): Span[] {
	if (terms.length === 0) return [];
	const pattern = simple.test(text) ? patternOf(terms) : null;
	if (pattern !== null)
		return Array.from(text.matchAll(pattern), ({ index, 0: hit }): Span => [index, index + hit.length]);
	const tokens = [...tokensOf(text)].filter((token) => token.text !== '');
	const spans: Span[] = [];
	for (const term of terms) {
		for (const [first, end] of hitsOf(tokens, term)) {
			const from = tokens[first];
			const to = tokens[end - 1];
			if (from !== undefined && to !== undefined) spans.push([from.span[0], to.span[1]]);
		}
	}
	spans.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
	const apart: Span[] = [];
	for (const span of spans) if (span[0] >= (apart.at(-1)?.[1] ?? 0)) apart.push(span);
	return apart;
}

/** ASCII without apostrophes, and the sign of omission: there a word is what no letter and no digit stands beside. */
const simple = /^[\n\r\t !-&(-~…]*$/;
const patterns = new WeakMap<readonly Term[], RegExp | null>();

/** The terms as one pattern for simple text: twenty times as fast as looking at every word. Null: they are not simple. */
function patternOf(terms: readonly Term[]): RegExp | null {
	const known = patterns.get(terms);
	if (known !== undefined) return known;
	const isSimple = terms.every(({ words }) => words.every((word) => /^[a-z0-9]+$/.test(word)));
	// The longest first: of terms that begin at one place the whole one is marked.
	const longestFirst = [...terms].sort((a, b) => b.words.length - a.words.length);
	const parts = longestFirst.map(
		({ words, prefix }) => `${words.join('[^a-z0-9]+')}${prefix ? '[a-z0-9]*' : '(?![a-z0-9])'}`
	);
	const pattern = isSimple ? new RegExp(`(?<![a-z0-9])(?:${parts.join('|')})`, 'gi') : null;
	patterns.set(terms, pattern);
	return pattern;
}

/** The beginning of a text on one line, or the surroundings of the first hit, with its hits. */
export function excerptOf(content: string, terms: readonly Term[]): Excerpt {
	const first = hitSpans(content.slice(0, searched), terms)[0];
	const from =
		first === undefined || first[1] < excerptLength - lastWord
			? 0
			: startNear(content, Math.max(0, first[0] - 60));
	let text = wholeCharacters(content.slice(from, endNear(content, from + excerptLength)))
		.replace(blockMarks, '')
		.replace(/\s+/g, ' ')
		.trim();
	if (from + excerptLength < content.length) text += '…';
	if (from > 0) text = `…${text}`;
	return { text, hits: hitSpans(text, terms) };
}

/** Longest sentence that is quoted whole. */
const longestQuote = 400;

/** A sentence with marks; of a very long one the surroundings of the first mark, and the marks that fall into them. */
export function shortened(text: string, marks: readonly Span[]): Excerpt {
	if (text.length <= longestQuote) return { text, hits: marks };
	const first = marks[0]?.[0] ?? 0;
	const from = first < excerptLength - lastWord ? 0 : startNear(text, first - 60);
	const to = Math.min(text.length, endNear(text, from + longestQuote));
	// Half a character at either end is shown as a sign of its own, and so no offset moves.
	const cut = text.slice(from, to).toWellFormed();
	const [before, behind] = [from > 0 ? '…' : '', to < text.length ? '…' : ''];
	const moved = (offset: number) => Math.min(Math.max(offset - from, 0), cut.length) + before.length;
	const hits = marks
		.map(([start, end]): Span => [moved(start), moved(end)])
		.filter(([start, end]) => start < end);
	return { text: before + cut + behind, hits };
}

/** Begins at a word, so that no word and no character is cut in two. */
function startNear(content: string, at: number): number {
	const space = content.slice(at, at + 40).search(/\s/);
	return space === -1 ? at : at + space + 1;
}

/** Ends after a word, where one ends near: scripts that write no spaces are cut between characters. */
function endNear(content: string, at: number): number {
	if (at >= content.length || /\s/.test(content.charAt(at))) return at;
	const space = content.slice(at - lastWord, at).search(/\s\S*$/);
	return space === -1 ? at : at - lastWord + space;
}

function wholeCharacters(text: string): string {
	return text.toWellFormed().replace(/^\ufffd|\ufffd$/g, '');
}
