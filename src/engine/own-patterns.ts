import type { EntryReading } from '#domain/insight.ts';
import type { OwnPattern, OwnPatternId } from '#domain/pattern-choices.ts';
import type { Evidence } from '#engine/patterns.ts';
import { quotedIn } from '#engine/quotations.ts';
import { segment, UNSPACED, type Sentence } from '#engine/sentences.ts';

/** A pattern of the person's own, ready to be looked for. */
export interface SoughtPattern {
	readonly id: OwnPatternId;
	/** Its phrases, in any order: two patterns of the same phrases find the same. */
	readonly phrases: RegExp;
}

/** A sentence in which a pattern shows, with the places that show it. */
export interface Showing {
	readonly sentence: Sentence;
	readonly evidence: readonly Evidence[];
}

/**
 * Phrases as they are looked for: whole words in any language, whatever the case of their letters, the kind of apostrophe or
 * space, and however accents are encoded. Every phrase stands there letter by letter: matching is linear in the text.
 */
export function soughtPattern({ id, phrases }: OwnPattern): SoughtPattern {
	const forms = new Set(
		phrases.flatMap((phrase) => [phrase.normalize('NFC'), phrase.normalize('NFD')]).toSorted(longestFirst)
	);
	return { id, phrases: new RegExp([...forms].map(sourceOf).join('|'), 'giu') };
}

/** Whether a text holds one of the phrases at all: seldom what has to be read closely. */
export function holds(text: string, { phrases }: SoughtPattern): boolean {
	return text.search(phrases) >= 0;
}

/** In how many sentences of a text each of them shows; those that do not show are left out. */
export function ownCounts(text: string, sought: readonly SoughtPattern[]): EntryReading['patterns'] {
	const held = sought.filter((each) => holds(text, each));
	const sentences = held.length === 0 ? [] : segment(text);
	return held
		.map((each) => [each.id, showingOwn(text, each, sentences).length] as const)
		.filter(([, count]) => count > 0);
}

/** The sentences of the person's own running text in which it shows. What others said, in quotation marks, shows nothing. */
export function showingOwn(
	text: string,
	{ phrases }: SoughtPattern,
	sentences: readonly Sentence[] = segment(text)
): Showing[] {
	const isQuoted = quotedIn(text);
	return sentences.flatMap((sentence) => {
		if (sentence.kind !== 'prose') return [];
		const evidence = [...sentence.text.matchAll(phrases)]
			.map(({ 0: found, index }) => {
				const start = sentence.start + index;
				return { text: found, start, end: start + found.length };
			})
			.filter((place) => !isQuoted(place));
		return evidence.length === 0 ? [] : [{ sentence, evidence }];
	});
}

function longestFirst(a: string, b: string): number {
	return b.length - a.length || (a < b ? -1 : 1);
}

const LETTER = '[\\p{L}\\p{N}\\p{M}]';

function sourceOf(phrase: string): string {
	const words = phrase
		.replace(/[$()*+./?[\\\]^{|}]/g, '\\$&')
		.replace(/['’]/g, "['’]")
		.replace(/\s+/g, '\\s+');
	const [first = '', last = ''] = [[...phrase][0], [...phrase].at(-1)];
	return `${isJoined(first) ? `(?<!${LETTER})` : ''}${words}${isJoined(last) ? `(?!${LETTER})` : ''}`;
}

/** Whether a letter beside it would make another word of it: not so where words are written without spaces. */
function isJoined(letter: string): boolean {
	return /[\p{L}\p{N}\p{M}]/u.test(letter) && !UNSPACED.test(letter);
}
