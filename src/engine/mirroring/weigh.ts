import type { Token } from '#engine/clauses.ts';
import { COMMON } from '#engine/lexicon/common.ts';
import { FEELINGS } from '#engine/lexicon/feelings.ts';
import type { PatternFinding } from '#engine/patterns.ts';
import type { Reading, ReadingSentence } from '#engine/reading.ts';

/** A stretch of the entry that can be quoted: a slice, and whether words of the sentence were left out around it. */
export interface Quote {
	readonly text: string;
	readonly start: number;
	readonly end: number;
	readonly cutBefore: boolean;
	readonly cutAfter: boolean;
}

/** A sentence that carries something, with the part of it to quote. */
export interface Candidate {
	readonly sentence: ReadingSentence;
	readonly index: number;
	readonly quote: Quote;
	readonly score: number;
}

/** A quotation longer than this is cut at a clause. */
const LONGEST_QUOTE = 34;

/** Sentences under this carry nothing worth showing back. */
const LEAST_SCORE = 0.9;

/**
 * The sentences that carry most, best first: a turn between two things, feeling, the writer in it, a question, and what
 * earlier entries did not hold (insight: "What the manual mirrorback is").
 */
export function weigh(reading: Reading, known: ReadonlySet<string>): Candidate[] {
	const total = reading.sentences.length;
	const found: Candidate[] = [];
	reading.sentences.forEach((sentence, index) => {
		const quote = quoteOf(reading.text, sentence);
		if (quote === null || isList(sentence)) return;
		const place = total > 2 && index >= total * 0.66 ? 0.3 : 0;
		const own = reading.english
			? scoreOf(sentence, reading.patterns, known)
			: 0.6 + lengthFit(sentence.words.length);
		const score = own + place - (/[*_~#]/.test(quote.text) ? 1 : 0);
		if (score >= LEAST_SCORE) found.push({ sentence, index, quote, score });
	});
	return found.sort((a, b) => b.score - a.score || a.index - b.index);
}

const SELF = /^(?:i|me|my|mine|myself)(?:'|$)/;
const TURNING =
	/^(?:realise|realised|realize|realized|noticed|notice|wonder|wondered|suddenly|finally|still|anymore|somehow|maybe|perhaps|instead|used|wish|wished|miss|missed|remember|remembered|forgot|afraid|want|wanted|need)$/;

function scoreOf(
	sentence: ReadingSentence,
	patterns: readonly PatternFinding[],
	known: ReadonlySet<string>
): number {
	const { tokens, words, tension, asks } = sentence;
	const content = tokens.filter(({ norm }) => isContent(norm));
	const common = words.filter(({ norm }) => COMMON.has(norm)).length;
	const feelings = tokens.filter(({ norm }) => FEELINGS.has(norm)).length;
	const fresh = content.filter(({ norm }) => !known.has(stem(norm))).length / Math.max(1, content.length);
	const inside = patterns.filter(
		({ pattern, evidence }) =>
			pattern !== 'relationship_focus' &&
			evidence.some(({ start }) => start >= sentence.start && start < sentence.end)
	).length;
	return (
		(tension === null ? 0 : 2) +
		Math.min(2, feelings) * 0.8 +
		(tokens.some(({ norm }) => SELF.test(norm)) ? 0.8 : 0) +
		Math.min(2, tokens.filter(({ norm }) => TURNING.test(norm)).length) * 0.4 +
		Math.min(2, inside) * 0.4 +
		(asks ? 0.8 : 0) +
		fresh * 0.6 * Math.min(1, content.length / 3) +
		lengthFit(words.length) -
		(common < 2 && words.length > 4 ? 0.8 : 0)
	);
}

/** "Milk, bread, eggs": clauses of a word each. */
function isList({ tokens, words }: ReadingSentence): boolean {
	const clauses = (tokens.at(-1)?.clause ?? 0) + 1;
	return clauses >= 3 && words.length < clauses * 2;
}

function lengthFit(words: number): number {
	if (words < 3) return -2;
	if (words < 5) return 0;
	if (words <= 30) return 0.4;
	return words <= 60 ? 0 : -0.6;
}

/** A word that carries a topic. */
export function isContent(norm: string): boolean {
	return norm.length > 2 && !COMMON.has(norm) && !/^\d+$/.test(norm);
}

/** Rough singular: enough to see that "letter's", "letters" and "letter" are one word. */
export function stem(norm: string): string {
	const bare = norm.replace(/'s?$|'s$/, '');
	return bare.length > 4 && bare.endsWith('s') && !bare.endsWith('ss') ? bare.slice(0, -1) : bare;
}

/** What a quotation is taken from. */
export type Quotable = Pick<ReadingSentence, 'start' | 'end' | 'tokens' | 'words'>;

/** The part of a sentence to quote, or null when nothing of it can stand between quotation marks. */
export function quoteOf(text: string, sentence: Quotable, longest = LONGEST_QUOTE): Quote | null {
	const { start, end, tokens, words } = sentence;
	if (words.length <= longest && quotable(text.slice(start, end))) {
		return { text: text.slice(start, end), start, end, cutBefore: false, cutAfter: false };
	}
	const runs = clauseRuns(text, tokens, longest - 6);
	const best = runs.sort((a, b) => worth(b) - worth(a) || (a[0]?.start ?? 0) - (b[0]?.start ?? 0))[0];
	const from = best?.[0];
	const to = best?.at(-1);
	if (from === undefined || to === undefined) return null;
	const ends = to === tokens.at(-1) && quotable(text.slice(from.start, end)) ? end : to.end;
	return {
		text: text.slice(from.start, ends),
		start: from.start,
		end: ends,
		cutBefore: text.slice(start, from.start).trim() !== '',
		cutAfter: /[\p{L}\p{N}]/u.test(text.slice(ends, end))
	};
}

/** Text that would break out of quotation marks, or is no prose: links, code, markup of tables. */
function quotable(slice: string): boolean {
	return !/["“”„«»`|<>[\]{}\\]|https?:|www\.|\S@\S|\n\s*\n/u.test(slice);
}

/** Runs of whole neighbouring clauses that can be quoted and are neither too short nor too long. */
function clauseRuns(text: string, tokens: readonly Token[], longest: number): (readonly Token[])[] {
	const clauses: Token[][] = [];
	for (const token of tokens) {
		const last = clauses.at(-1);
		if (last?.[0]?.clause === token.clause) last.push(token);
		else clauses.push([token]);
	}
	const runs: Token[][] = [];
	for (let from = 0; from < Math.min(clauses.length, 200); from += 1) {
		let run: Token[] = [];
		for (let to = from; to < Math.min(clauses.length, from + 8); to += 1) {
			run = [...run, ...(clauses[to] ?? [])];
			if (run.length > longest) break;
			const slice = text.slice(run[0]?.start, run.at(-1)?.end);
			if (!quotable(slice)) break;
			if (slice.split('(').length !== slice.split(')').length) continue;
			if (run.length >= 4 && !DANGLING.test(run.at(-1)?.norm ?? '')) runs.push(run);
		}
	}
	return runs;
}

const DANGLING = /^(?:and|but|or|so|because|that|the|a|to|of|if|when|with|who|which|as|said|says)$/;

function worth(run: readonly Token[]): number {
	const marks = run.filter(({ norm }) => FEELINGS.has(norm) || TURNING.test(norm) || SELF.test(norm)).length;
	return marks + Math.min(run.length, 16) / 8;
}
