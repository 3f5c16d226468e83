import type { Spoken } from '#engine/crisis-sense.ts';
import { holds } from '#engine/crisis-sense.ts';
import type { CrisisIssue, CrisisRule } from '#engine/lexicon/crisis.ts';
import { CRISIS_CLASSES, CRISIS_ELSEWHERE, CRISIS_PHRASES } from '#engine/lexicon/crisis.ts';
import { compile, findPhrases } from '#engine/phrases.ts';
import { quotations } from '#engine/quotations.ts';
import type { Sentence } from '#engine/sentences.ts';
import { segment } from '#engine/sentences.ts';

/** Where a text speaks of a danger to the writer or by the writer, now. */
export interface CrisisFinding {
	readonly issue: CrisisIssue;
	/** UTF-16 offsets of the sentence in the text. */
	readonly start: number;
	readonly end: number;
}

/**
 * The first crisis sentence of a text, or null. Narrow: first person and now. Denials, idioms, fiction, the words of
 * others and what lies years back are left alone (the original took the word "today" for an emergency). It reads the whole
 * text, and nothing of it leaves this function but a place and an issue.
 */
export function findCrisis(text: string): CrisisFinding | null {
	for (const [from, to] of windows(text)) {
		const slice = text.slice(from, to);
		const finding = findIn(slice);
		if (finding !== null) return { ...finding, start: finding.start + from, end: finding.end + from };
	}
	return null;
}

/** Stretches that are read on their own, with an overlap in which a sentence and its neighbours fit. */
function* windows(text: string): Generator<[number, number]> {
	for (let from = 0; from < text.length || from === 0; from += STRETCH - OVERLAP) {
		yield [from, Math.min(text.length, from + STRETCH)];
		if (from + STRETCH >= text.length) return;
	}
}

const STRETCH = 20_000;
const OVERLAP = 1_000;

function findIn(text: string): CrisisFinding | null {
	const hidden = othersWords(text);
	const sentences = segment(text).filter(({ kind }) => kind !== 'quoted');
	const read = sentences.map((sentence) => spoken(text, sentence, hidden));
	for (const [index, list] of read.entries()) {
		const sentence = sentences[index];
		const matches = findPhrases(BOOK, list);
		if (sentence === undefined || matches.length === 0) continue;
		const around = [...(read[index - 1] ?? []), ...list, ...(read[index + 1] ?? [])];
		const match = matches.find(({ value, from, to }) => holds(value, { list, from, to, around }));
		if (match !== undefined) return { issue: match.value.issue, start: sentence.start, end: sentence.end };
	}
	return null;
}

const BOOK = compile<CrisisRule>([...CRISIS_PHRASES, ...CRISIS_ELSEWHERE], CRISIS_CLASSES);

const SPELLINGS: Readonly<Record<string, string>> = {
	wanna: 'want to',
	wana: 'want to',
	wnna: 'want to',
	gonna: 'going to',
	gunna: 'going to',
	gona: 'going to',
	tryna: 'trying to',
	imma: 'im going to',
	ima: 'im going to',
	killmyself: 'kill myself',
	endmylife: 'end my life',
	kil: 'kill',
	kll: 'kill',
	unalive: 'kill',
	unaliving: 'killing',
	miself: 'myself',
	mysef: 'myself',
	myslef: 'myself',
	mysel: 'myself',
	dieing: 'dying',
	husbend: 'husband',
	anymor: 'anymore',
	dnt: 'dont',
	cannot: 'cant',
	dosent: 'doesnt'
};

/** The words of a sentence as crisis phrases spell them: no apostrophes, one spelling, "want 2" as "want to". */
function spoken(text: string, sentence: Sentence, hidden: (start: number) => boolean): Spoken[] {
	const found: { norm: string; text: string; closes: boolean }[] = [];
	let end = sentence.start;
	for (const word of sentence.words) {
		const last = found.at(-1);
		if (last !== undefined && PAUSE.test(text.slice(end, word.start))) last.closes = true;
		end = word.end;
		if (hidden(word.start)) {
			if (last !== undefined) last.closes = true;
			continue;
		}
		const bare = word.norm.replaceAll("'", '');
		const joined = last === undefined || last.closes ? undefined : JOINED[`${last.norm} ${bare}`];
		if (last !== undefined && joined !== undefined) {
			last.norm = joined;
			continue;
		}
		for (const norm of spelled(bare, last?.norm).split(' '))
			found.push({ norm, text: word.text, closes: false });
	}
	const last = found.at(-1);
	if (last !== undefined) last.closes = true;
	return found.map((word) => ({ ...word, clause: 0, opens: false }));
}

const PAUSE = /[,;:.!?…()—–]|\s-\s/u;

function spelled(bare: string, before: string | undefined): string {
	if (bare === '2' && before !== undefined && TO_AFTER.has(before)) return 'to';
	return kms(bare, before) ?? SPELLINGS[bare] ?? suicide(bare) ?? bare;
}

const JOINED: Readonly<Record<string, string>> = {
	'my self': 'myself',
	'do not': 'dont',
	'did not': 'didnt',
	'does not': 'doesnt',
	'can not': 'cant',
	'will not': 'wont',
	'would not': 'wouldnt',
	'is not': 'isnt',
	'was not': 'wasnt',
	'any more': 'anymore'
};

/** "sucidal", "suicidle", "suiside": the word is hard to spell. */
function suicide(bare: string): string | null {
	if (/^su[iy]?[csz]{1,2}[iey]{0,2}d[aei]{0,2}l[e]?$/.test(bare)) return 'suicidal';
	return /^su[iy]?[csz]{1,2}[iey]{0,2}de?$/.test(bare) ? 'suicide' : null;
}

const TO_AFTER = new Set(['want', 'going', 'need', 'have', 'trying', 'planning', 'ready', 'wanted']);

/** "kms" is "kill myself" unless a number stands before it. */
function kms(bare: string, before: string | undefined): string | null {
	return bare === 'kms' && before !== undefined && !/^\d|^(?:few|many|some|several|of|more)$/.test(before)
		? 'kill myself'
		: null;
}

/** Words inside quotation marks are somebody else's, unless the writer says that the thought is theirs. */
function othersWords(text: string): (start: number) => boolean {
	const spans = quotations(text).filter(({ start }) => {
		const before = text.slice(Math.max(0, start - 60), start);
		return !OWN_THOUGHT.test(before) || READ_ALOUD.test(before);
	});
	let at = 0;
	return (start) => {
		while (at < spans.length && (spans[at]?.end ?? 0) <= start) at += 1;
		return start >= (spans[at]?.start ?? Infinity);
	};
}

const OWN_THOUGHT = /(?:^|[\s"“(])(?:i|i['’]m|i['’]ve|my (?:head|mind|brain))\b[^.!?\n"“]{0,30}$/i;
const READ_ALOUD = /\b(?:read|saw|heard|sang|sing|quote|watched|wrote about)\b[^.!?\n]{0,30}$/i;
