import type { Token } from '#engine/clauses.ts';
import { tokens } from '#engine/clauses.ts';
import type { Match } from '#engine/phrases.ts';
import { findPhrases } from '#engine/phrases.ts';
import { quotations, quoted } from '#engine/quotations.ts';
import type { Rule, Rules } from '#engine/rulebook.ts';
import type { Sentence, Word } from '#engine/sentences.ts';
import { segment } from '#engine/sentences.ts';

/** How directive a text is. `ratio` = `count` / `words`; both counts leave quotations out. */
export interface Directive {
	readonly ratio: number;
	/** Words inside directive phrases, each counted once. */
	readonly count: number;
	readonly words: number;
	/** The directive phrases as they stand in the text, without repetition; one is enough to refuse a mirrorback. */
	readonly explicit_advice: readonly string[];
}

/** A phrase of the rules found in a text: `phrase` is the slice from `start` to `end`. */
export interface RuleHit extends Rule {
	readonly phrase: string;
	readonly start: number;
	readonly end: number;
}

/** What the rules see in a text, quotations apart. */
export interface Scan {
	readonly hits: readonly RuleHit[];
	readonly directive: Directive;
}

/**
 * Measures directive language clause by clause (insight: "Guard against directive language"). Quoted words never count;
 * when `own` is given, only quotations found word for word in one of those texts are exempt, so that advice cannot hide in
 * quotation marks. Questions and reports ("you wrote that you should") pass, except question forms that advise ("why not").
 */
export function directiveOf(text: string, rules: Rules, own?: readonly string[]): Directive {
	return scan(text, rules, own).directive;
}

/** All rule hits of a text, and its directive measure. */
export function scan(text: string, rules: Rules, own?: readonly string[]): Scan {
	const hits: RuleHit[] = [];
	const seen = new Set<string>();
	let visible = 0;
	let directive = 0;
	const hidden = hiddenWords(text, own);
	for (const sentence of segment(text)) {
		const list = tokens(text, sentence, hidden);
		visible += list.length;
		const covered = new Set<number>();
		for (const match of holding(list, sentence, rules)) {
			const start = list[match.from]?.start ?? 0;
			const end = list[match.to - 1]?.end ?? 0;
			const key = `${match.value.category} ${match.value.severity} ${start} ${end}`;
			if (seen.has(key)) continue;
			seen.add(key);
			hits.push({ ...match.value, phrase: text.slice(start, end), start, end });
			if (match.value.category === 'prescription') {
				for (let index = match.from; index < match.to; index += 1) covered.add(index);
			}
		}
		directive += covered.size;
	}
	const advice = hits.filter(({ category, severity }) => category === 'prescription' && severity !== 'soft');
	return {
		hits,
		directive: {
			ratio: visible === 0 ? 0 : directive / visible,
			count: directive,
			words: visible,
			explicit_advice: [...new Set(advice.map(({ phrase }) => phrase.toLowerCase()))]
		}
	};
}

/** The matches that hold where they stand: neither reported nor asked. */
function holding(list: readonly Token[], sentence: Sentence, rules: Rules): Match<Rule>[] {
	const matches = findPhrases(rules.book, list);
	if (matches.length === 0) return matches;
	const reports = findPhrases(rules.reports, list);
	const asked = sentence.asks ? askedClauses(list) : NONE;
	const commanded = commandClauses(list);
	return matches.filter(({ value, from }) => {
		const token = list[from];
		if (token === undefined) return false;
		if (value.category !== 'prescription') return true;
		if (!value.questions && asked.has(token.clause)) return false;
		if (token.opens && !SECOND.test(token.norm) && !commanded.has(token.clause)) return value.questions;
		return !reports.some((report) => report.to <= from && leads(list, report.to, from, rules));
	});
}

function leads(list: readonly Token[], start: number, end: number, rules: Rules): boolean {
	return list.slice(start, end).every(({ norm }) => rules.links.has(norm));
}

const NONE: ReadonlySet<number> = new Set<number>();
const SECOND =
	/^(?:you|your|i|it|that|this|the|they|he|she|we|my|in|if|should|must|could|might|maybe|perhaps)(?:'|$)/;
const SUBORDINATE =
	/^(?:if|when|whenever|once|as|since|before|after|until|while|because|for|to|in|at|from|with|by|unless|although|though|even|given|personally|honestly)$/;
const INTERROGATIVE =
	/^(?:what|how|why|when|where|which|who|whose|whom|do|does|did|is|are|was|were|am|has|have|had|can|could|would|will|should|shall|may|might|isn't|aren't|don't|doesn't|didn't|won't|wouldn't|couldn't|can't)(?:'|$)/;

/** First word of each clause that is no lead-in; null for a clause of lead-ins only. */
function heads(list: readonly Token[]): Map<number, string | null> {
	const found = new Map<number, string | null>();
	list.forEach((token, index) => {
		const next = list[index + 1];
		const last = next === undefined || next.clause !== token.clause || !next.opens;
		if (!found.has(token.clause)) found.set(token.clause, null);
		if (token.opens && last) found.set(token.clause, token.norm);
	});
	return found;
}

/** Clauses under a question: from the first interrogative one on, and the "when you say …," clauses that lead up to it. */
function askedClauses(list: readonly Token[]): Set<number> {
	const asked = new Set<number>();
	let leading: number[] = [];
	for (const [clause, head] of heads(list)) {
		if (asked.size > 0 || (head !== null && INTERROGATIVE.test(head))) {
			for (const earlier of leading) asked.add(earlier);
			asked.add(clause);
		} else if (head === null || SUBORDINATE.test(head)) leading.push(clause);
		else leading = [];
	}
	return asked;
}

/**
 * Clauses in which a bare verb can be a command: the first one, and later ones as long as all before them are commands,
 * conditions or lead-ins. "I want to eat, sleep and rest" holds no command; "if you are tired, rest" does.
 */
function commandClauses(list: readonly Token[]): Set<number> {
	const found = new Set<number>();
	let stoppedIn = -1;
	let conditional = false;
	for (const [clause, head] of heads(list)) {
		const first = list.find((token) => token.clause === clause);
		if (first === undefined || (first.part === stoppedIn && !/^(?:so|but|then)$/.test(first.norm))) continue;
		found.add(clause);
		const condition: boolean =
			head === null ||
			SUBORDINATE.test(head) ||
			SUBORDINATE.test(first.norm) ||
			(conditional && /^(?:and|or)$/.test(first.norm));
		if (!condition && head !== null && SUBJECT.test(head)) stoppedIn = first.part;
		conditional = condition;
	}
	return found;
}

const SUBJECT =
	/^(?:i|you|he|she|it|we|they|there|this|that|these|those|my|your|his|her|its|our|their|the|a|an|what|who|how|some|people|someone|everyone|nothing|everything)(?:'|$)/;

/** Whether a word stands in a quotation that is exempt. */
function hiddenWords(text: string, own: readonly string[] | undefined): (word: Word) => boolean {
	const spans = quotations(text).filter((span) => own === undefined || isOwn(quoted(text, span), own));
	let at = 0;
	return (word) => {
		while (at < spans.length && (spans[at]?.end ?? 0) <= word.start) at += 1;
		const span = spans[at];
		return span !== undefined && word.start >= span.start && word.end <= span.end;
	};
}

function isOwn(quote: string, own: readonly string[]): boolean {
	const core = quote.replace(/^[\s…]+|[\s…]+$/gu, '');
	return own.some((text) => text.includes(core));
}
