/**
 * Sentences and words with their places in the original text. Every offset is a UTF-16 code unit index (what `slice`
 * takes) and never falls inside a surrogate pair, so `text.slice(start, end)` is always what the person wrote.
 */

/** A word as written, and `norm`: lower case, with typographic apostrophes made straight. */
export interface Word {
	readonly text: string;
	readonly norm: string;
	readonly start: number;
	readonly end: number;
}

/** `prose` is the person's running text (list items too); the other kinds are Markdown that is no sentence of theirs. */
type SentenceKind = 'prose' | 'heading' | 'quoted' | 'code';

/** One sentence: `text` is the slice from `start` to `end`, without surrounding space and leading markup. */
export interface Sentence {
	readonly text: string;
	readonly start: number;
	readonly end: number;
	readonly kind: SentenceKind;
	/** Whether it ends in a question mark. */
	readonly asks: boolean;
	readonly words: readonly Word[];
}

interface Block {
	start: number;
	end: number;
	kind: SentenceKind;
}

/** Beyond this many code units of one entry nothing is read by patterns and mirror: about 35,000 words. */
export const READ_LIMIT = 200_000;

/** The sentences of the first `READ_LIMIT` code units, in order. */
export function segment(text: string): Sentence[] {
	const sentences: Sentence[] = [];
	for (const block of blocks(text, Math.min(text.length, READ_LIMIT))) {
		if (block.kind === 'code' || !/[\p{L}\p{N}]/u.test(text.slice(block.start, block.end))) continue;
		for (const [start, end] of sentenceSpans(text, block)) {
			const slice = text.slice(start, end);
			const found = words(text, start, end);
			if (found.length === 0) continue;
			sentences.push({
				text: slice,
				start,
				end,
				kind: block.kind,
				asks: ASKS.test(slice.slice(-8)),
				words: found
			});
		}
	}
	return sentences;
}

/** The words between two offsets. Scripts that are written without spaces are cut by `Intl.Segmenter`. */
export function words(text: string, start = 0, end = text.length): Word[] {
	const found: Word[] = [];
	// On the slice: a search over the whole text for each wordless sentence would be quadratic.
	for (const match of text.slice(start, end).matchAll(RUN)) {
		const at = start + match.index;
		if (match[0] >= FIRST_UNSPACED && UNSPACED.test(match[0])) found.push(...unspacedWords(match[0], at));
		else addWord(found, text, at, at + match[0].length);
	}
	return found;
}

const RUN = /[\p{L}\p{N}\p{M}]{1,400}(?:['’][\p{L}\p{M}]{1,40}){0,3}/gu;
/** Letters of scripts that are written without spaces between words. */
export const UNSPACED =
	/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
/** Words that begin below the first Thai letter need no closer look. */
const FIRST_UNSPACED = '\u0e00';
const ASKS = /[?？؟][\s"'”’»)\]*_]*$/u;
const CLITIC = /^(?:d|ll|re|ve|m|s)$/;

/** Joins what tokenised text tears apart ("do n't", "I ’d"), so that both spellings read alike. */
function addWord(found: Word[], text: string, start: number, end: number): void {
	const piece = text.slice(start, end);
	const norm = normal(piece);
	const last = CLITIC.test(norm) || norm === "n't" ? found.at(-1) : undefined;
	if (last !== undefined) {
		const gap = text.slice(last.end, start);
		const apostrophe = CLITIC.test(norm) && (gap === ' ’' || gap === " '");
		if (apostrophe || (norm === "n't" && gap === ' ')) {
			const joined = apostrophe ? `${last.norm}'${norm}` : last.norm + norm;
			found[found.length - 1] = { text: text.slice(last.start, end), norm: joined, start: last.start, end };
			return;
		}
	}
	found.push({ text: piece, norm, start, end });
}

function normal(word: string): string {
	return word.toLowerCase().replaceAll('’', "'");
}

let wordSegmenter: Intl.Segmenter | undefined;

function unspacedWords(piece: string, offset: number): Word[] {
	wordSegmenter ??= new Intl.Segmenter(undefined, { granularity: 'word' });
	const found: Word[] = [];
	for (const part of wordSegmenter.segment(piece)) {
		if (part.isWordLike !== true) continue;
		const start = offset + part.index;
		found.push({ text: part.segment, norm: normal(part.segment), start, end: start + part.segment.length });
	}
	return found;
}

const FENCE = /^ {0,3}(?:```|~~~)/;
const HEADING = /^ {0,3}#{1,6}\s+/;
const QUOTED = /^ {0,3}>[>\s]*/;
const ITEM = /^\s{0,12}(?:[-*+•]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?/;
const TABLE = /^ {0,3}\|/;
const RULE = /^ {0,3}(?:[-*_=]\s*){3,}$/;

/**
 * Blocks of Markdown-ish text. A single line break inside a paragraph is a soft wrap when the next line goes on in lower
 * case or the line is as long as wrapped lines are; otherwise it ends the sentence, as in a diary of short lines.
 */
function blocks(text: string, limit: number): Block[] {
	const found: Block[] = [];
	let fenced = false;
	let open: Block | null = null;
	for (let at = 0; at < limit;) {
		const newline = text.indexOf('\n', at);
		const end = newline === -1 || newline > limit ? limit : newline;
		const line = text.slice(at, Math.min(end, at + 400));
		const next = end + 1;
		if (FENCE.test(line)) {
			fenced = !fenced;
			open = null;
		} else if (fenced || TABLE.test(line)) {
			found.push({ start: at, end, kind: 'code' });
			open = null;
		} else if (line.trim() === '' || RULE.test(line)) {
			open = null;
		} else {
			const marker = HEADING.exec(line) ?? QUOTED.exec(line) ?? ITEM.exec(line);
			const kind = HEADING.test(line) ? 'heading' : QUOTED.test(line) ? 'quoted' : 'prose';
			const wrapped: boolean =
				open !== null && marker === null && kind === open.kind && goesOn(text, open, line.trimStart());
			if (open !== null && wrapped) open.end = end;
			else {
				open = { start: at + (marker?.[0].length ?? 0), end, kind };
				found.push(open);
			}
			if (kind === 'heading') open = null;
		}
		at = next;
	}
	return found;
}

function goesOn(text: string, open: Block, next: string): boolean {
	const before = text.slice(Math.max(open.start, open.end - 400), open.end).trimEnd();
	if (/[.!?…:;][\s"'”’)*_]*$/u.test(before.slice(-8))) return false;
	const lineLength = before.length - (before.lastIndexOf('\n') + 1);
	return /^[\p{Ll}(]/u.test(next) || lineLength >= 56 || UNFINISHED.test(before.slice(-12));
}

const UNFINISHED = /(?:^|\s)(?:to|and|but|or|the|a|an|of|my|i|that|with|for|in|at|is|was|want|not)$/i;

/** `Intl.Segmenter` takes time quadratic in the length of its input (measured on ICU 74), so it gets short pieces. */
const PIECE = 3_000;
let sentenceSegmenter: Intl.Segmenter | undefined;

function sentenceSpans(text: string, block: Block): [number, number][] {
	sentenceSegmenter ??= new Intl.Segmenter('en', { granularity: 'sentence' });
	const spans: [number, number][] = [];
	for (let at = block.start; at < block.end;) {
		const end = pieceEnd(text, at, block.end);
		// Line breaks would end a sentence for the segmenter; inside a block they are soft wraps.
		const piece = text.slice(at, end).replace(/[\n\r\u2028\u2029\u0085]/g, ' ');
		let open: [number, number] | null = null;
		for (const part of sentenceSegmenter.segment(piece)) {
			const start: number = at + part.index;
			const stop: number = start + part.segment.length;
			if (open !== null && joins(text.slice(open[0], open[1]), part.segment)) open[1] = stop;
			else {
				open = [start, stop];
				spans.push(open);
			}
			for (const match of part.segment.matchAll(LOWER)) {
				if (ABBREVIATION.test(match[0].trimEnd())) continue;
				const cut: number = start + match.index + match[0].length;
				open[1] = cut;
				open = [cut, stop];
				spans.push(open);
			}
		}
		at = end;
	}
	return spans.map(([start, end]) => trimmed(text, start, end));
}

function pieceEnd(text: string, start: number, end: number): number {
	if (end - start <= PIECE) return end;
	const space = text.lastIndexOf(' ', start + PIECE);
	if (space > start + PIECE / 2) return space + 1;
	const cut = start + PIECE;
	const unit = text.charCodeAt(cut);
	return unit >= 0xdc00 && unit <= 0xdfff ? cut - 1 : cut;
}

const TITLE = /(?:^|[\s(])(?:mr|mrs|ms|dr|prof|st|mt|[A-HJ-Z])\.\s*$/i;

/** Whether the segmenter cut inside a sentence: after a title or an initial, or before a lower-case letter. */
function joins(before: string, next: string): boolean {
	const end = before.slice(-8);
	if (TITLE.test(end)) return /^\p{Lu}/u.test(next) && !/\s[a-z]\.\s*$/.test(end);
	return /^[\p{Ll}\d]/u.test(next) && ABBREVIATION.test(before.slice(-12));
}

/** A full stop before a lower-case word: the segmenter goes on, people who write in lower case do not. */
const LOWER = /[\p{L}\d]{2,20}\.\s+(?=\p{Ll})/gu;
const ABBREVIATION = /(?:^|[\s(])(?:vs|etc|e\.g|i\.e|approx|ca|p\.m|a\.m|\p{L})\.\s*$/iu;

function trimmed(text: string, from: number, to: number): [number, number] {
	let start = from;
	let end = to;
	while (start < end && /[\s*_~#>|]/.test(text.charAt(start))) start += 1;
	while (end > start && /[\s*_~|]/.test(text.charAt(end - 1))) end -= 1;
	return [start, end];
}
