import type { Sentence, Word } from '#engine/sentences.ts';

/** A word that knows its clause: the unit in which directive language and patterns are read. */
export interface Token extends Word {
	/** Index of the clause within its sentence. */
	readonly clause: number;
	/** Index of the part between semicolons, colons, dashes and brackets: within one, clauses lean on each other. */
	readonly part: number;
	/** Whether only lead-in words ("so", "and", "just", "please") stand before it in its clause. */
	readonly opens: boolean;
	/** Whether it is the last word of its clause. */
	readonly closes: boolean;
	/** Whether only a conjunction, and no mark, divides it from the clause before. */
	readonly soft: boolean;
}

const CONJUNCTIONS = new Set(
	'and but or because since although though while whereas unless until if when whenever'.split(' ')
);

/** Words that may stand before an imperative without changing what it is. */
const LEAD_INS = new Set(
	(
		'and but or so then yet just please maybe perhaps also first second third finally next instead otherwise ' +
		'well ok okay yes yeah yep no hey honestly seriously personally definitely simply always anyway plus ' +
		'meanwhile either basically obviously absolutely really sometimes again now'
	).split(' ')
);

const PART = /[;:()[\]{}—–…\n]|\s-\s|\s--\s?/u;
const BOUNDARY = /[,;:.!?…()[\]{}—–\n]|\s-\s|\s--\s?/u;

/**
 * Cuts a sentence into clauses at punctuation and before conjunctions. `hidden` says which words are out of sight
 * (quotations); a hidden word ends the clause, so that no phrase is read across a quotation.
 */
export function tokens(
	text: string,
	sentence: Sentence,
	hidden: (word: Word) => boolean = () => false
): Token[] {
	const found: { word: Word; clause: number; part: number; opens: boolean; soft: boolean }[] = [];
	let clause = 0;
	let part = 0;
	let leading = true;
	let end = sentence.start;
	let broken = false;
	for (const word of sentence.words) {
		if (hidden(word)) {
			broken = true;
			end = word.end;
			continue;
		}
		const conjunction = CONJUNCTIONS.has(word.norm);
		const gap = text.slice(end, word.start);
		const plain = gap === ' ';
		const cut = broken || (!plain && BOUNDARY.test(gap));
		if (found.length > 0 && !plain && PART.test(gap)) part += 1;
		if (found.length > 0 && (cut || (conjunction && !leading))) {
			clause += 1;
			leading = true;
		}
		found.push({ word, clause, part, opens: leading, soft: conjunction && !cut });
		if (!LEAD_INS.has(word.norm)) leading = false;
		broken = false;
		end = word.end;
	}
	return found.map(({ word, clause: own, part: within, opens, soft }, index) => ({
		...word,
		clause: own,
		part: within,
		opens,
		soft,
		closes: found[index + 1]?.clause !== own
	}));
}
