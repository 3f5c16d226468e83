import type { PatternName } from '#domain/pattern.ts';
import type { Token } from '#engine/clauses.ts';
import { FAINT, FEELINGS } from '#engine/lexicon/feelings.ts';
import type { Link } from '#engine/mirroring/memory.ts';
import type { Candidate, Quote } from '#engine/mirroring/weigh.ts';
import { isContent, stem } from '#engine/mirroring/weigh.ts';
import type { Evidence, PatternFinding } from '#engine/patterns.ts';
import type { Reading } from '#engine/reading.ts';
import type { OwnTension } from '#engine/tensions.ts';

/** A word of the entry with how often it stands there. */
interface Counted {
	readonly word: Evidence;
	readonly times: number;
}

/** Everything a frame, a line or a question may speak about; each part is the person's own words or a fact about them. */
export interface Material {
	readonly english: boolean;
	readonly quote: Quote;
	/** Where the quoted sentence stands. */
	readonly place: 'only' | 'first' | 'middle' | 'last';
	readonly asks: boolean;
	readonly words: number;
	readonly sentences: number;
	/** Words of the quoted sentence, and of the longest and the average one. */
	readonly length: { readonly own: number; readonly longest: number; readonly mean: number };
	readonly tension: OwnTension | null;
	/** Patterns with a count of their most frequent word. */
	readonly patterns: ReadonlyMap<
		PatternName,
		{ readonly top: Counted; readonly evidence: readonly Evidence[] }
	>;
	readonly feelings: readonly Evidence[];
	/** Inside the quote: a feeling, a word of time, a "maybe", a noun. */
	readonly inQuote: {
		readonly feeling: Evidence | null;
		readonly time: Evidence | null;
		readonly maybe: Evidence | null;
		readonly thing: Evidence | null;
	};
	/** A word of topic that stands three times or more. */
	readonly returning: Counted | null;
	readonly link: Link | null;
	/** Somebody the entry calls "my …", or "she", "he", "they" if named twice. */
	readonly other: Evidence | null;
}

/** Collects the material for one chosen sentence. */
export function materialOf(reading: Reading, candidate: Candidate, link: Link | null): Material {
	const { sentence, index, quote } = candidate;
	const total = reading.sentences.length;
	const lengths = reading.sentences.map(({ words }) => words.length);
	const inside = sentence.tokens.filter(({ start, end }) => start >= quote.start && end <= quote.end);
	const find = (test: (token: Token, at: number) => boolean): Evidence | null => {
		const token = reading.english ? inside.find(test) : undefined;
		return token === undefined ? null : evidence(token);
	};
	return {
		english: reading.english,
		quote,
		place: total === 1 ? 'only' : index === 0 ? 'first' : index === total - 1 ? 'last' : 'middle',
		asks: sentence.asks,
		words: reading.words,
		sentences: total,
		length: { own: sentence.words.length, longest: Math.max(...lengths), mean: reading.words / total },
		tension: tensionOf(reading, candidate),
		patterns: new Map(reading.patterns.map((finding) => [finding.pattern, counted(finding)])),
		feelings: distinct(
			reading.patterns.find(({ pattern }) => pattern === 'high_emotional_intensity')?.evidence ?? []
		),
		inQuote: {
			// "She surprised me" names what she did.
			feeling: find(
				({ norm }, at) => FEELINGS.has(norm) && !FAINT.has(norm) && !OBJECT.test(inside[at + 1]?.norm ?? '')
			),
			time: find(({ norm }) => /^(?:still|again|anymore|finally)$/.test(norm)),
			maybe: find(({ norm }) => /^(?:maybe|perhaps)$/.test(norm)),
			thing: find(
				({ norm }, at) =>
					isContent(norm) &&
					!FEELINGS.has(norm) &&
					!KIN.test(norm) &&
					!/(?:ly|ing|ed)$/.test(norm) &&
					noun(inside, at)
			)
		},
		returning: reading.english ? returningWord(reading) : null,
		link,
		other: reading.english ? otherPerson(reading) : null
	};
}

const OBJECT = /^(?:me|him|her|us|them|you|my|the|a|by)$/;

/** A tension of the quoted sentence, else the first of the entry. */
function tensionOf(reading: Reading, candidate: Candidate): OwnTension | null {
	return (
		candidate.sentence.tension ?? reading.sentences.find(({ tension }) => tension !== null)?.tension ?? null
	);
}

/** After an article or possessive and before no other noun: "the apartment". */
function noun(inside: readonly Token[], at: number): boolean {
	const before = inside[at - 1]?.norm ?? '';
	const after = inside[at + 1];
	if (!/^(?:the|a|an|my|our|this|that|his|her|their)$/.test(before)) return false;
	return after === undefined || after.clause !== inside[at]?.clause || !isContent(after.norm);
}

function counted({ evidence: places }: PatternFinding): { top: Counted; evidence: readonly Evidence[] } {
	const groups = new Map<string, Evidence[]>();
	for (const place of places) {
		const key = place.text.toLowerCase().replaceAll('’', "'");
		groups.set(key, [...(groups.get(key) ?? []), place]);
	}
	const top = [...groups.values()].sort((a, b) => b.length - a.length)[0] ?? [];
	const word = top.find(({ text }) => text === text.toLowerCase()) ??
		top[0] ?? { text: '', start: 0, end: 0 };
	return { top: { word, times: top.length }, evidence: places };
}

function distinct(places: readonly Evidence[]): Evidence[] {
	const seen = new Map<string, Evidence>();
	for (const place of places) {
		const key = place.text.toLowerCase();
		if (!seen.has(key) && !FAINT.has(key)) seen.set(key, place);
	}
	return [...seen.values()];
}

function returningWord(reading: Reading): Counted | null {
	const groups = new Map<string, Token[]>();
	for (const token of reading.sentences.flatMap(({ tokens }) => tokens)) {
		if (isContent(token.norm) && token.norm.length > 3 && !FEELINGS.has(token.norm)) {
			groups.set(stem(token.norm), [...(groups.get(stem(token.norm)) ?? []), token]);
		}
	}
	const top = [...groups.values()].sort((a, b) => b.length - a.length)[0] ?? [];
	// The count is of one spelling, so that it can be checked by eye.
	const spelled = top.filter(({ norm }) => norm === top[0]?.norm);
	const word = spelled.find(({ text }) => text === text.toLowerCase()) ?? spelled[0];
	return word !== undefined && spelled.length >= 3 ? { word: evidence(word), times: spelled.length } : null;
}

const KIN =
	/^(?:mother|father|mom|mum|dad|parents?|sister|brother|son|daughter|kids?|child|children|baby|partner|husband|wife|fiance|fiancee|girlfriend|boyfriend|grandmother|grandfather|grandma|grandpa|aunt|uncle|cousin|friends?|boss|family)$/;

/** Nobody is asked what the dead or the dying would say. */
const LOSS = /^(?:died|dead|death|dying|funeral|buried|grave|grief|grieving|cancer|hospital|ashes|passed)$/;

function otherPerson(reading: Reading): Evidence | null {
	const all = reading.sentences.flatMap(({ tokens }) => tokens);
	if (all.some(({ norm }) => LOSS.test(norm))) return null;
	const kin = all.find(
		({ norm }, at) =>
			KIN.test(norm) &&
			!/^(?:parents|kids?|child|children|baby|friends|family)$/.test(norm) &&
			all[at - 1]?.norm === 'my'
	);
	return kin === undefined ? null : evidence(kin);
}

function evidence({ text, start, end }: Token): Evidence {
	return { text, start, end };
}
