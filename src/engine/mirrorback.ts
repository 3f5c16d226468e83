import type { PatternName } from '#domain/pattern.ts';
import { checkConstitution } from '#engine/constitution.ts';
import { findCrisis } from '#engine/crisis.ts';
import type { Directive } from '#engine/directive.ts';
import type { Frame, Said } from '#engine/mirroring/frames.ts';
import { FRAMES, PLAIN_FRAMES } from '#engine/mirroring/frames.ts';
import type { Line } from '#engine/mirroring/lines.ts';
import { linesOf } from '#engine/mirroring/lines.ts';
import type { Material } from '#engine/mirroring/material.ts';
import { materialOf } from '#engine/mirroring/material.ts';
import type { Earlier } from '#engine/mirroring/memory.ts';
import { remember } from '#engine/mirroring/memory.ts';
import type { Question } from '#engine/mirroring/questions.ts';
import { questionsOf } from '#engine/mirroring/questions.ts';
import type { Choices } from '#engine/mirroring/seed.ts';
import { choicesOf } from '#engine/mirroring/seed.ts';
import type { Candidate } from '#engine/mirroring/weigh.ts';
import { weigh } from '#engine/mirroring/weigh.ts';
import { shippedConfig, type EngineConfig } from '#domain/engine-config.ts';
import type { Reading } from '#engine/reading.ts';
import { read } from '#engine/reading.ts';
import type { Rules } from '#engine/rulebook.ts';

/** What the mirror is given. The same input gives the same mirrorback. */
export interface MirrorInput {
	readonly text: string;
	/** Earlier entries, in any order; the newest 200 are read. */
	readonly history: readonly Earlier[];
	/** Any integer; another one gives another mirrorback of the same text. */
	readonly seed: number;
	/** The frame of the mirrorback before this one: it is not used again. */
	readonly previousFrame: string | null;
	readonly rules: Rules;
	/** What of its manner was set; without it, as shipped. */
	readonly config?: EngineConfig;
	/** What the person said of earlier answers; without it nothing is known. */
	readonly remembered?: {
		/** The mirrorback is the quotation alone. */
		readonly brief: boolean;
		/** Quotations of this entry that were not it: they are not shown again. */
		readonly notIt: readonly string[];
	};
	/** ISO date of the entry, so that dates of the same year go without it. */
	readonly today?: string;
}

/** Words of the entry that the mirrorback shows: `quote` is the slice of the text from `start` to `end` (UTF-16 units). */
export interface Anchor {
	readonly quote: string;
	readonly start: number;
	readonly end: number;
}

/**
 * Why nothing is said: no words; fewer than three; only other people's words, headings or code; no sentence that carries
 * anything; every wording refused by the guard.
 */
export type Silence = 'empty' | 'too_short' | 'not_prose' | 'nothing_carries' | 'refused';

export interface Mirrorback {
	readonly kind: 'mirrorback';
	/** Plain text, paragraphs divided by a blank line, quotations in “ ”. */
	readonly text: string;
	readonly anchors: readonly Anchor[];
	/** The question it ends with, if any. */
	readonly question: string | null;
	readonly frame: string;
	/** The one pattern it names, if any. */
	readonly pattern: PatternName | null;
	/** The earlier entry it quotes, if any. */
	readonly link: { readonly id: string; readonly quote: string } | null;
	readonly directive: Directive;
}

export type MirrorOutcome =
	Mirrorback | { readonly kind: 'silent'; readonly reason: Silence } | { readonly kind: 'crisis' };

/**
 * The manual mirrorback: the sentence that carries most in the person's own words, at most one pattern with its evidence,
 * one pair of poles, one earlier day, one open question; never advice, praise, diagnosis or score. Every text passed the
 * guard and the constitution before it is returned. A crisis gets no mirrorback.
 */
export function mirror(input: MirrorInput): MirrorOutcome {
	return findCrisis(input.text) === null ? mirrorReading(read(input.text), input) : { kind: 'crisis' };
}

/** As `mirror`, for an entry that was read already and is no crisis. */
export function mirrorReading(reading: Reading, input: MirrorInput): MirrorOutcome {
	const silence = silenceOf(reading);
	if (silence !== null) return { kind: 'silent', reason: silence };
	const choices = choicesOf(input.seed, input.text);
	const config = input.config ?? shippedConfig;
	const { known, link } = remember(reading, input.history, input.today ?? null, config.earlier);
	const notIt = new Set(input.remembered?.notIt);
	const candidates = weigh(reading, known).filter(({ quote }) => !notIt.has(quote.text));
	const candidate = chosen(candidates, choices);
	if (candidate === null) return { kind: 'silent', reason: 'nothing_carries' };
	const material = materialOf(reading, candidate, link);
	const earlier = input.history.find(({ id }) => id === link?.id);
	const own = earlier === undefined ? [input.text] : [input.text, earlier.text];
	for (const frame of framesFor(material, input.previousFrame, choices)) {
		const wordy = drafts(material, frame, choices, config);
		for (const draft of input.remembered?.brief === true ? wordy.slice(-1) : wordy) {
			const { verdict, directive } = checkConstitution(draft.text, input.rules, own);
			if (verdict === 'allowed' && directive.ratio < config.directive_threshold)
				return { kind: 'mirrorback', ...draft, directive };
		}
	}
	return { kind: 'silent', reason: 'refused' };
}

function silenceOf(reading: Reading): Silence | null {
	if (reading.words >= 3) return null;
	if (reading.words > 0) return 'too_short';
	return /[\p{L}\p{N}]/u.test(reading.text) ? 'not_prose' : 'empty';
}

/** One of the candidates that are nearly as good as the best. */
function chosen(candidates: readonly Candidate[], choices: Choices): Candidate | null {
	const best = candidates[0]?.score ?? 0;
	return choices.one(candidates.filter(({ score }) => score >= best - 0.45).slice(0, 4));
}

/** Frames that fit, in seeded order: those that say something of this sentence before those that would fit any. */
function framesFor(
	material: Material,
	previous: string | null,
	choices: Choices
): { id: string; said: Said }[] {
	const fitting = (frames: readonly Frame[]): { id: string; said: Said }[] =>
		frames.flatMap(({ id, say }) => {
			const said = id === previous ? null : say(material);
			return said === null ? [] : [{ id, said }];
		});
	if (!material.english) return choices.shuffled(fitting(PLAIN_FRAMES));
	const keyed = choices.shuffled(fitting(FRAMES));
	const particular = new Set([
		'turn',
		'both',
		'time',
		'maybe',
		'named',
		'counted',
		'returns',
		'question',
		'short',
		'ended'
	]);
	const lead = choices.next() < 0.6 ? keyed.filter(({ id }) => particular.has(id)) : [];
	return [...lead, ...keyed.filter((frame) => !lead.includes(frame))];
}

type Draft = Omit<Mirrorback, 'kind' | 'directive'>;

/** The mirrorback with everything, and barer ones should the guard refuse a line of it. */
function drafts(
	material: Material,
	frame: { id: string; said: Said },
	choices: Choices,
	config: EngineConfig
): Draft[] {
	const lines = linesFor(material, frame.said, choices).slice(0, config.lines);
	const question = config.questions ? questionFor(material, lines, frame.said, choices) : null;
	const whole = draftOf(material, frame, lines, question);
	return [whole, draftOf(material, frame, lines, null), draftOf(material, frame, [], null)];
}

/** At most two lines, of different kinds, and no pattern when the frame named one. */
function linesFor(material: Material, frame: Said, choices: Choices): Line[] {
	const most = choices.next() < 0.45 ? 2 : 1;
	const kinds = new Set<Line['kind']>();
	const kept: Line[] = [];
	const poles = material.tension !== null && material.words > 20;
	const ranked = choices
		.shuffled(linesOf(material))
		.sort((a, b) => Number(b.kind === 'link') - Number(a.kind === 'link'));
	for (const line of ranked) {
		if (kept.length === most || kinds.has(line.kind) || kept.some((other) => sameWords(other, line)))
			continue;
		if (line.kind === 'pattern' && (frame.pattern !== undefined || repeats(line, frame))) continue;
		if (line.kind === 'poles' && (!poles || repeats(line, frame))) continue;
		if (line.kind === 'returning' && repeats(line, frame)) continue;
		if (line.kind === 'link' && choices.next() < 0.25) continue;
		kinds.add(line.kind);
		kept.push(line);
	}
	return kept;
}

function sameWords(a: Said, b: Said): boolean {
	return a.shows.some(({ start }) => b.shows.some((other) => other.start === start));
}

/** Whether a line would only say again what the quotation shows whole. */
function repeats(line: Said, frame: Said): boolean {
	const quote = frame.shows[0];
	if (quote === undefined) return false;
	const inside = line.shows.every(({ start, end }) => start >= quote.start && end <= quote.end);
	return (
		(inside && line.shows.reduce((sum, { text }) => sum + text.length, 0) > quote.text.length * 0.5) ||
		(inside && frame.shows.length > 1)
	);
}

/** A question that goes with what stands on the page, in five of six; always when nothing but a quotation does. */
function questionFor(
	material: Material,
	lines: readonly Line[],
	frame: Said,
	choices: Choices
): Question | null {
	if (lines.length > 0 && choices.next() < 1 / 6) return null;
	const kinds = new Set(lines.map(({ kind }) => kind));
	const named =
		lines.find(({ kind }) => kind === 'pattern')?.shows[0]?.text ??
		(frame.pattern === undefined ? null : frame.shows[1]?.text);
	const fits = questionsOf(material).filter(({ about, shows }) => {
		if (about === 'link') return kinds.has('link');
		if (about === 'poles') return kinds.has('poles') || shows.length > 0;
		if (about === 'pattern') return named === null || named === undefined || shows[0]?.text === named;
		return true;
	});
	return choices.one(fits);
}

function draftOf(
	material: Material,
	frame: { id: string; said: Said },
	lines: readonly Line[],
	question: Question | null
): Draft {
	const parts = [frame.said, ...lines, ...(question === null ? [] : [question])];
	const link = lines.some(({ kind }) => kind === 'link') && material.link !== null ? material.link : null;
	const middle = lines.map(({ text }) => text).join(' ');
	return {
		text: [frame.said.text, middle, question?.text ?? ''].filter((part) => part !== '').join('\n\n'),
		anchors: anchorsOf(parts),
		question: question?.text ?? null,
		frame: frame.id,
		pattern: parts.find(({ pattern }) => pattern !== undefined)?.pattern ?? null,
		link: link === null ? null : { id: link.id, quote: link.quote.text }
	};
}

function anchorsOf(parts: readonly Said[]): Anchor[] {
	const found = new Map<string, Anchor>();
	for (const { text, start, end } of parts.flatMap(({ shows }) => shows))
		found.set(`${start} ${end}`, { quote: text, start, end });
	return [...found.values()];
}
