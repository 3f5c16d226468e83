import { patternNames, type PatternName } from '#domain/pattern.ts';
import type { Token } from '#engine/clauses.ts';
import { FAINT, FEELINGS, QUIET, STRONG } from '#engine/lexicon/feelings.ts';
import type { Match, PhraseBook } from '#engine/phrases.ts';
import { compile, findPhrases } from '#engine/phrases.ts';

/** The words that show it: `text` is the slice of the entry from `start` to `end`. */
export interface Evidence {
	readonly text: string;
	readonly start: number;
	readonly end: number;
}

/** A pattern with every place where it shows, in order. */
export interface PatternFinding {
	readonly pattern: PatternName;
	readonly evidence: readonly Evidence[];
}

/** A sentence's tokens with what patterns ask about it. */
export interface ReadSentence {
	readonly tokens: readonly Token[];
	readonly asks: boolean;
}

/** The patterns of an English text, each with its evidence; whole words and clauses, never parts of words. */
export function findPatterns(text: string, sentences: readonly ReadSentence[]): PatternFinding[] {
	const found = new Map<PatternName, Evidence[]>();
	for (const sentence of sentences) {
		for (const [pattern, evidence] of sentencePatterns(text, sentence)) {
			const all = found.get(pattern) ?? [];
			for (const place of evidence) all.push(place);
			found.set(pattern, all);
		}
	}
	return patternNames.flatMap((pattern) => {
		const evidence = found.get(pattern);
		return evidence !== undefined && enough(pattern, evidence) ? [{ pattern, evidence }] : [];
	});
}

/** The patterns of one sentence, before thresholds that need the whole text. */
function sentencePatterns(text: string, { tokens, asks }: ReadSentence): Map<PatternName, Evidence[]> {
	const found = new Map<PatternName, Evidence[]>();
	const add = (pattern: PatternName, from: number, to: number): void => {
		const start = tokens[from]?.start;
		const end = tokens[to - 1]?.end;
		if (start === undefined || end === undefined) return;
		const all = found.get(pattern) ?? [];
		all.push({ text: text.slice(start, end), start, end });
		found.set(pattern, all);
	};
	// Patterns run over clause ends ("nothing but", "I should, and must"), so the whole sentence counts as one clause.
	const matches = findPhrases(
		BOOK,
		tokens.map((token) => ({ ...token, clause: 0 }))
	);
	const idioms = matches.filter(({ value }) => value === 'idiom').slice(0, 50);
	const own = tokens.some(({ norm }) => FIRST_PERSON.test(norm)) || elliptical(tokens);
	for (const match of longest(matches)) {
		const { value, from, to } = match;
		if (value === 'idiom' || idioms.some((idiom) => idiom.from < to && from < idiom.to)) continue;
		if (value === 'internal_tension' && !own) continue;
		if (value === 'self_critical' && NEGATED.test(tokens[from - 1]?.norm ?? '')) continue;
		add(value, from, to);
	}
	tokens.forEach((token, index) => {
		if (FEELINGS.has(token.norm) && !negated(tokens, index))
			add('high_emotional_intensity', index, index + 1);
	});
	if (asks && tokens.length > 1) add('open_question', 0, tokens.length);
	return found;
}

function enough(pattern: PatternName, evidence: readonly Evidence[]): boolean {
	if (pattern !== 'high_emotional_intensity') return true;
	const words = evidence.map(({ text }) => text.toLowerCase());
	const named = new Set(words.filter((word) => !FAINT.has(word) && !QUIET.has(word)));
	return [...named].reduce((sum, word) => sum + (STRONG.has(word) ? 2 : 1), 0) >= 2;
}

/** Of matches of the same pattern that overlap, the longest; matches come in order of their beginnings. */
function longest(matches: readonly Match<PatternName | 'idiom'>[]): Match<PatternName | 'idiom'>[] {
	const kept = new Map<string, Match<PatternName | 'idiom'>[]>();
	for (const match of matches) {
		const same = kept.get(match.value) ?? [];
		kept.set(match.value, same);
		const last = same.at(-1);
		if (last === undefined || last.to <= match.from) same.push(match);
		else if (match.to - match.from > last.to - last.from) same[same.length - 1] = match;
	}
	return [...kept.values()].flat();
}

const FIRST_PERSON = /^(?:i|me|my|mine|myself|we|us|our|ourselves)(?:'|$)/;
const THIRD_PERSON = /^(?:he|she|it|they|you|the|this|that|there|these|those)(?:'|$)/;
const NEGATED = /^(?:not|isn't|never|no|wasn't|hardly)$/;

/** "Tired but lighter": a diary leaves the I out. */
function elliptical(tokens: readonly Token[]): boolean {
	return (
		tokens.length <= 8 &&
		tokens.some(({ norm }) => FEELINGS.has(norm)) &&
		!tokens.some(({ norm }) => THIRD_PERSON.test(norm))
	);
}

function negated(tokens: readonly Token[], index: number): boolean {
	return tokens
		.slice(Math.max(0, index - 3), index)
		.some(
			({ norm, clause }) => clause === tokens[index]?.clause && (NEGATED.test(norm) || norm.endsWith("n't"))
		);
}

const FAULT =
	'good|smart|strong|brave|kind|pretty|thin|clever|enough|worthy|lovable|capable|able|cut|worth|normal';
const BLAME =
	'bad|stupid|lazy|useless|worthless|pathetic|weak|selfish|hopeless|ridiculous|idiotic|dumb|incompetent|inadequate|unlovable|disgusting|terrible|awful|broken';

const BOOK: PhraseBook<PatternName | 'idiom'> = compile<PatternName | 'idiom'>(
	[
		...file('obligation_language', [
			"should|shouldn't|should've|ought|oughtn't",
			'supposed|obliged|obligated|expected to',
			"have|has|had|having|haven't|hasn't to",
			"i've|they've|we've|you've|he's|she's got to",
			'need|needs|needed|needing to',
			"must|mustn't",
			'gotta'
		]),
		...file('absolute_thinking', [
			'always|never|everyone|everybody|nobody|constantly|forever',
			'no one',
			'all the time',
			'every single _',
			'every time',
			'not once',
			'nothing|everything ever|always|i'
		]),
		...file('internal_tension', [
			'but|however|although|though|yet',
			'on the? one hand',
			'part|half of me',
			'torn|stuck|caught|split between',
			'at the same time',
			'and|but still',
			'even though|so'
		]),
		...file('relationship_focus', [
			'he|she|him|her|they|them|himself|herself|themselves',
			"he's|she's|they're|he'd|she'd|they'd|he'll|she'll|they'll|they've",
			'friend|friends|family|partner|husband|wife|boyfriend|girlfriend|fiancé|fiancée|spouse',
			"mother|father|mom|mum|dad|mama|papa|mother's|father's|mom's|mum's|dad's|parents|parent|sister|brother|siblings",
			'son|daughter|kids|children|grandmother|grandfather|grandma|grandpa|aunt|uncle|cousin|nephew|niece',
			'colleague|colleagues|neighbour|neighbor|roommate|flatmate|ex|lover'
		]),
		...file('self_critical', [
			`i'm|i not|never @quite? ${FAULT}`,
			`i am|was not|never @quite? ${FAULT}`,
			`i wasn't|haven't @quite? ${FAULT}`,
			`i'm|i am|was|feel|felt? @quite? ${BLAME}`,
			"i'm|i am|was? such? a|an @quite? failure|idiot|mess|coward|fraud|burden|loser|fool|disaster|bad|terrible|horrible|disappointment",
			"i can't|cannot|couldn't do|even|seem|manage|cope|handle|keep|finish|get|ever",
			"i'm|i am? failing|useless",
			'i @quite? failed|blew|ruined|ruin',
			'i @quite? mess|messed|screw|screwed|mess up',
			'i let everyone|them|him|her|everybody|people|my _? down',
			'hate|hated|blame|despise|loathe myself',
			'ashamed|disappointed of|in|with myself',
			'my own? fault',
			"what's wrong with me",
			'what is wrong with me',
			"i don't|didn't deserve",
			'i should have|never|know known|done|seen|said',
			"i'm|i am? to blame"
		]),
		...file('open_question', [
			'i wonder|wondered|wondering|ask|asked if|whether|why|what|how|who|when|where',
			'i @quite? wonder|ask myself|if|whether|why|what|how|who|when|where',
			"i don't|didn't know|understand if|whether|why|what|how|who|when|where",
			"i'm|i am? not sure if|whether|why|what|how|who|when|where"
		]),
		...file('idiom', [
			'never mind',
			'as always|though',
			'nothing|all|anything|none but',
			'last but not least',
			'must have',
			"must've",
			'have|has|had to do with'
		])
	],
	{
		quite: [
			'really',
			'quite',
			'just',
			'so',
			'very',
			'always',
			'still',
			'ever',
			'even',
			'sometimes',
			'often',
			'completely',
			'totally',
			'simply'
		]
	}
);

function file(
	value: PatternName | 'idiom',
	phrases: readonly string[]
): { phrase: string; value: PatternName | 'idiom' }[] {
	return phrases.map((phrase) => ({ phrase, value }));
}
