import type { Token } from '#engine/clauses.ts';
import { tokens } from '#engine/clauses.ts';
import { ENGLISH } from '#engine/lexicon/common.ts';
import type { PatternFinding } from '#engine/patterns.ts';
import { findPatterns } from '#engine/patterns.ts';
import { quotedIn } from '#engine/quotations.ts';
import type { Sentence } from '#engine/sentences.ts';
import { segment } from '#engine/sentences.ts';
import type { OwnTension, Tension } from '#engine/tensions.ts';
import { ownTension, seedTensions } from '#engine/tensions.ts';

/** A sentence of the person's own running text, with what was found in it. */
export interface ReadingSentence extends Sentence {
	readonly tokens: readonly Token[];
	readonly tension: OwnTension | null;
}

/** One entry, read once: everything that mirror, telemetry and the command line say about it comes from here. */
export interface Reading {
	readonly text: string;
	/** Prose only: no headings, block quotes or code. */
	readonly sentences: readonly ReadingSentence[];
	readonly words: number;
	/** Whether enough English function words stand in it for patterns to mean anything. */
	readonly english: boolean;
	/** Empty unless English. */
	readonly patterns: readonly PatternFinding[];
	readonly tensions: readonly Tension[];
}

/** Reads an entry. Other people's words in quotation marks show no patterns of the writer's. */
export function read(text: string): Reading {
	const prose = segment(text).filter(({ kind }) => kind === 'prose');
	const words = prose.reduce((sum, sentence) => sum + sentence.words.length, 0);
	const english = isEnglish(prose, words);
	const hidden = quotedIn(text);
	const sentences = prose.map((sentence) => {
		const list = tokens(text, sentence, hidden);
		return { ...sentence, tokens: list, tension: english ? ownTension(text, list) : null };
	});
	if (!english) return { text, sentences, words, english, patterns: [], tensions: [] };
	const own = sentences.flatMap(({ tension }) => (tension === null ? [] : [tension]));
	const seeds = seedTensions(
		text,
		sentences.map(({ tokens: list }) => list)
	);
	return {
		text,
		sentences,
		words,
		english,
		patterns: findPatterns(text, sentences),
		tensions: [...own, ...seeds]
	};
}

/** Share of function words that few other languages have; about .35 in English prose, under .05 in German or Italian. */
const ENGLISH_SHARE = 0.14;

function isEnglish(sentences: readonly Sentence[], words: number): boolean {
	let known = 0;
	for (const sentence of sentences) for (const { norm } of sentence.words) if (ENGLISH.has(norm)) known += 1;
	return words > 0 && known / words >= ENGLISH_SHARE;
}
