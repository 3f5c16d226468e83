import type { Token } from '#engine/clauses.ts';
import { SEED_AXES } from '#engine/lexicon/axes.ts';
import { FEELINGS } from '#engine/lexicon/feelings.ts';
import type { Evidence } from '#engine/patterns.ts';
import { compile, findPhrases } from '#engine/phrases.ts';

/** Two sides of one sentence in the person's own words: each pole is a slice of the entry. */
export interface OwnTension {
	readonly kind: 'own';
	/** The turning word as written: "but", "although", "part of me". */
	readonly marker: string;
	readonly poles: readonly [Evidence, Evidence];
}

/** One of the five seed tensions, found by words of its two sides. */
export interface SeedTension {
	readonly kind: 'seed';
	readonly id: string;
	readonly name: string;
	/** -1 = the first pole alone, 1 = the second alone: (b - a) / (a + b). */
	readonly position: number;
	/** 0 to 1: 0.7 both poles named, 0.4 one, 0.2 none; + 0.05 for each strong word (at most 0.2), + 0.1 for each word of conflict (at most 0.3). */
	readonly intensity: number;
	readonly evidence: readonly Evidence[];
}

export type Tension = OwnTension | SeedTension;

/** A pole is a thought, not a word and not a paragraph. */
const POLE_WORDS = { least: 2, most: 13 };

/** The pole pair of a sentence, or null. Someone has to be of two minds: an "I" or a feeling stands in it. */
export function ownTension(text: string, tokens: readonly Token[]): OwnTension | null {
	if (tokens.length > LONGEST) return null;
	if (!tokens.some(({ norm }) => OWN.test(norm) || FEELINGS.has(norm))) return null;
	return betweenPair(text, tokens) ?? twiceParted(text, tokens) ?? turned(text, tokens);
}

/** A sentence of more words is a list or a torrent; it has no two sides. */
const LONGEST = 150;
const OWN = /^(?:i|me|my|myself|we|us|our)(?:'|$)/;
const TURNS = new Set(['but', 'however', 'yet', 'whereas', 'while', 'although', 'though']);
const FRONTED = new Set(['although', 'though', 'while', 'whereas']);

/** "A but B", "although A, B", "A, however, B". */
function turned(text: string, tokens: readonly Token[]): OwnTension | null {
	for (let at = 0; at < tokens.length; at += 1) {
		const marker = tokens[at];
		if (marker === undefined || !TURNS.has(marker.norm) || idiomatic(tokens, at)) continue;
		const head = leadIn(tokens, at);
		const comma = tokens.findIndex(
			(token, index) => index > at && /,/.test(text.slice(tokens[index - 1]?.end, token.start))
		);
		const pair =
			FRONTED.has(marker.norm) && head
				? comma > at + 1 && pairOf(text, tokens.slice(at + 1, comma), tokens.slice(comma))
				: !head && pairOf(text, tokens.slice(0, at), tokens.slice(at + 1));
		if (pair) return { kind: 'own', marker: marker.text.toLowerCase(), poles: pair };
	}
	return null;
}

function idiomatic(tokens: readonly Token[], at: number): boolean {
	const before = tokens[at - 1]?.norm ?? '';
	const after = tokens[at + 1]?.norm ?? '';
	const marker = tokens[at]?.norm;
	if (marker === 'but') return /^(?:nothing|all|anything|none|everything|last|cannot|can't)$/.test(before);
	if (marker === 'yet') return !/^(?:and|but)$/.test(before) && !OWN.test(after);
	if (marker === 'though') return before === 'as' || before === 'even' ? before === 'as' : false;
	// "While" in the middle of a sentence is mostly a time.
	if (marker === 'while') return at > 0;
	return false;
}

/** Whether only lead-ins stand before the marker: then it opens the sentence. */
function leadIn(tokens: readonly Token[], at: number): boolean {
	return tokens.slice(0, at).every(({ norm }) => /^(?:and|but|so|even|then|well)$/.test(norm));
}

/** "part of me A and part of me B"; "on one hand A, on the other (hand) B". */
function twiceParted(text: string, tokens: readonly Token[]): OwnTension | null {
	const parts = findPhrases(
		PARTS,
		tokens.map((token) => ({ ...token, clause: 0 }))
	);
	const first = parts[0];
	const second = parts.find(
		({ from, value }) => first !== undefined && from >= first.to && value === first.value
	);
	if (first === undefined || second === undefined) return null;
	const start = first.value === 'part' ? first.from : first.to;
	const rest = second.value === 'part' ? second.from : second.to;
	const pair = pairOf(text, tokens.slice(start, second.from), tokens.slice(rest));
	return pair
		? { kind: 'own', marker: first.value === 'part' ? 'part of me' : 'on one hand', poles: pair }
		: null;
}

const PARTS = compile<'part' | 'hand'>([
	{ phrase: 'part|half of me', value: 'part' },
	{ phrase: 'another|other part|half of? me?', value: 'part' },
	{ phrase: 'on the? one|other hand?', value: 'hand' }
]);

/** "torn between A and B". */
function betweenPair(text: string, tokens: readonly Token[]): OwnTension | null {
	const match = findPhrases(BETWEEN, tokens)[0];
	if (match === undefined) return null;
	const rest = tokens.slice(match.to);
	const and = rest.findIndex(({ norm }) => norm === 'and');
	if (and < 1) return null;
	const stop = rest.findIndex((token, index) => index > and && token.clause !== rest[and]?.clause);
	const pair = pairOf(text, rest.slice(0, and), rest.slice(and + 1, stop === -1 ? undefined : stop), 1);
	const marker = tokens[match.from]?.text.toLowerCase() ?? '';
	return pair ? { kind: 'own', marker: `${marker} between`, poles: pair } : null;
}

const BETWEEN = compile<true>([
	{ phrase: 'torn|stuck|caught|split|choose|choosing|decide|somewhere between', value: true }
]);

/** Two poles as slices, cut at the clause next to the turn; null when one of them is no thought or holds a quotation mark. */
function pairOf(
	text: string,
	before: readonly Token[],
	after: readonly Token[],
	least = POLE_WORDS.least
): readonly [Evidence, Evidence] | null {
	const a = pole(text, nearest(before), least);
	const b = pole(text, first(after), least);
	return a === null || b === null ? null : [a, b];
}

/** The clauses next to the turn, as many as fit. */
function nearest(tokens: readonly Token[]): readonly Token[] {
	let kept = stripped(tokens);
	while (kept.length > POLE_WORDS.most) {
		const clause = kept[0]?.clause;
		const next = kept.findIndex((token) => token.clause !== clause);
		if (next === -1) return [];
		kept = stripped(kept.slice(next));
		if (LEANING.test(kept[0]?.norm ?? '')) return [];
	}
	return kept;
}

/** What is left of a long side must stand by itself: "when I got it" does not. */
const LEANING = /^(?:when|whenever|if|because|since|while|until|unless|which|who|that|where|as|to)$/;

function first(tokens: readonly Token[]): readonly Token[] {
	const kept = stripped(tokens);
	let end = 0;
	for (let at = 1; at <= Math.min(kept.length, POLE_WORDS.most); at += 1)
		if (at === kept.length || kept[at]?.clause !== kept[at - 1]?.clause) end = at;
	const part = kept.findIndex((token) => token.part !== kept[0]?.part);
	return kept.slice(0, part === -1 ? end : Math.min(end, part));
}

/** Without "and", "so", "then" at its start and a dangling conjunction at its end. */
function stripped(tokens: readonly Token[]): readonly Token[] {
	let start = 0;
	let end = tokens.length;
	while (start < end && LEADING.has(tokens[start]?.norm ?? '')) start += 1;
	while (end > start && TRAILING.has(tokens[end - 1]?.norm ?? '')) end -= 1;
	return tokens.slice(start, end);
}

const LEADING = new Set(['and', 'but', 'so', 'then', 'or', 'yet', 'that', 'because', 'also']);
const TRAILING = new Set(['and', 'but', 'so', 'or', 'yet', 'even', 'still', 'then']);

function pole(text: string, tokens: readonly Token[], least: number): Evidence | null {
	const start = tokens[0]?.start;
	const end = tokens.at(-1)?.end;
	if (start === undefined || end === undefined || tokens.length < least) return null;
	const slice = text.slice(start, end);
	return /["“”„«»\n*_[\]`<>#|?]/u.test(slice) ? null : { text: slice, start, end };
}

/** The seed tensions of a text: at least two different words of an axis, counted over all sentences (spec: "Seed tensions"). */
export function seedTensions(text: string, sentences: readonly (readonly Token[])[]): SeedTension[] {
	const hits = new Map<
		string,
		{ side: 'a' | 'b' | 'strong' | 'conflict'; named: boolean; evidence: Evidence }[]
	>();
	for (const tokens of sentences) {
		for (const { value, from, to } of findPhrases(AXES, tokens)) {
			const start = tokens[from]?.start ?? 0;
			const end = tokens[to - 1]?.end ?? start;
			const hit = {
				side: value.side,
				named: value.named,
				evidence: { text: text.slice(start, end), start, end }
			};
			const all = hits.get(value.axis) ?? [];
			all.push(hit);
			hits.set(value.axis, all);
		}
	}
	const heat = hits.get('') ?? [];
	const strong = Math.min(0.2, heat.filter(({ side }) => side === 'strong').length * 0.05);
	const conflict = Math.min(0.3, heat.filter(({ side }) => side === 'conflict').length * 0.1);
	return SEED_AXES.flatMap(({ id, name }) => {
		const found = hits.get(id) ?? [];
		if (new Set(found.map(({ evidence }) => evidence.text.toLowerCase())).size < 2) return [];
		const b = found.filter(({ side }) => side === 'b');
		const a = found.filter(({ side }) => side === 'a');
		const poles = Number(a.some(({ named }) => named)) + Number(b.some(({ named }) => named));
		const base = poles === 2 ? 0.7 : poles === 1 ? 0.4 : 0.2;
		return [
			{
				kind: 'seed' as const,
				id,
				name,
				position: (b.length - a.length) / found.length,
				intensity: Math.round(Math.min(1, base + strong + conflict) * 100) / 100,
				evidence: found.map(({ evidence }) => evidence)
			}
		];
	});
}

const AXES = compile<{ axis: string; side: 'a' | 'b' | 'strong' | 'conflict'; named: boolean }>([
	...SEED_AXES.flatMap(({ id, a, b }) => [...side(id, 'a', a), ...side(id, 'b', b)]),
	...'very|really|so|extremely|deeply|completely|totally|desperately|intensely'
		.split('|')
		.map((phrase) => ({ phrase, value: { axis: '', side: 'strong' as const, named: false } })),
	...'but|torn|conflict|conflicted|struggle|struggling|tension|fight|fighting|versus|against|stuck'
		.split('|')
		.map((phrase) => ({ phrase, value: { axis: '', side: 'conflict' as const, named: false } }))
]);

function side(axis: string, which: 'a' | 'b', words: { name: readonly string[]; family: readonly string[] }) {
	return [
		...words.name.map((phrase) => ({ phrase, value: { axis, side: which, named: true } })),
		...words.family.map((phrase) => ({ phrase, value: { axis, side: which, named: false } }))
	];
}
