import type { PatternName } from '#domain/pattern.ts';
import type { Material } from '#engine/mirroring/material.ts';
import type { Evidence } from '#engine/patterns.ts';

/** Something the mirror may say: its text, the words of the entry it shows, and the pattern it names, if one. */
export interface Said {
	readonly text: string;
	readonly shows: readonly Evidence[];
	readonly pattern?: PatternName;
}

/** A way to begin: `id` is remembered so that it is not used twice in a row; null when it does not fit. */
export interface Frame {
	readonly id: string;
	readonly say: (material: Material) => Said | null;
}

/** The beginnings. Each sets one sentence of the person's before them, and says at most a fact about it. */
export const FRAMES: readonly Frame[] = [
	frame('weight', (m) => m.sentences >= 3 && `The weight of this seems to rest on one sentence: ${full(m)}`),
	frame('alone', (m) => m.sentences >= 2 && `One sentence, on its own: ${full(m)}`),
	frame(
		'went-on',
		(m) => m.sentences >= 3 && m.place !== 'last' && !m.asks && `${bare(m)}, you wrote, and went on.`
	),
	frame('began', (m) => m.place === 'first' && `You began here: ${full(m)}`),
	frame('ended', (m) => m.place === 'last' && `You ended on this: ${full(m)}`),
	frame(
		'middle',
		(m) => m.place === 'middle' && m.sentences >= 4 && `Somewhere in the middle of it: ${full(m)}`
	),
	frame(
		'short',
		(m) => m.length.own <= 7 && m.length.mean >= 11 && `A short sentence among longer ones: ${full(m)}`
	),
	frame(
		'long',
		(m) =>
			m.length.own >= 14 &&
			m.length.own === m.length.longest &&
			m.sentences >= 3 &&
			`Your longest sentence here goes like this: ${full(m)}`
	),
	frame('all', (m) => m.place === 'only' && `It all went into one sentence: ${full(m)}`),
	frame(
		'little',
		(m) => m.words < 30 && m.sentences >= 2 && `Not many words, and these among them: ${full(m)}`
	),
	frame('as-written', (m) => `As you put it: ${full(m)}`),
	frame('unchanged', (m) => `Your words, unchanged: ${full(m)}`),
	frame(
		'margin',
		(m) => m.sentences >= 3 && `If this page had a pencil mark in its margin, it would be beside ${full(m)}`
	),
	frame('read-back', (m) => m.sentences >= 3 && `Read back slowly, the page pauses here: ${full(m)}`),
	frame(
		'echo',
		(m) => m.sentences >= 3 && `After the last line, one earlier one is still audible: ${full(m)}`,
		(m) => m.place !== 'last'
	),
	frame('question', (m) => m.asks && `You put a question to the page: ${full(m)}`),
	frame(
		'question-yours',
		(m) => m.asks && `Among the statements, a question: ${full(m)}`,
		(m) => m.sentences >= 3
	),
	{
		id: 'turn',
		say: (m) => {
			const marker = quotedTension(m)?.marker;
			if (marker === undefined || !/^(?:but|yet|though|although|however)$/.test(marker)) return null;
			return said(m, `There is a hinge in this one, the word “${marker}”: ${full(m)}`, {});
		}
	},
	{
		id: 'both',
		say: (m) =>
			quotedTension(m) === null
				? null
				: said(m, `Two things in one sentence, and neither takes the other back: ${full(m)}`, {})
	},
	{
		id: 'time',
		say: (m) =>
			m.inQuote.time &&
			said(
				m,
				`There is ${/^[aeiou]/.test(m.inQuote.time.text) ? 'an' : 'a'} “${m.inQuote.time.text}” in this: ${full(m)}`,
				{ shows: [m.inQuote.time] }
			)
	},
	{
		id: 'maybe',
		say: (m) =>
			m.inQuote.maybe &&
			said(m, `You let a “${m.inQuote.maybe.text}” stand: ${full(m)}`, { shows: [m.inQuote.maybe] })
	},
	{
		id: 'named',
		say: (m) =>
			m.inQuote.feeling &&
			said(m, `It has a name here, “${m.inQuote.feeling.text}”: ${full(m)}`, { shows: [m.inQuote.feeling] })
	},
	{
		id: 'counted',
		say: (m) => {
			const found = m.patterns.get('obligation_language')?.top;
			if (found === undefined || found.times < 2 || !inside(m, found.word.text)) return null;
			return said(
				m,
				`You wrote “${found.word.text}” ${times(found.times)}. This is one of them: ${full(m)}`,
				{
					shows: [found.word],
					pattern: 'obligation_language'
				}
			);
		}
	},
	{
		id: 'returns',
		say: (m) => {
			if (m.returning === null || !inside(m, m.returning.word.text)) return null;
			return said(
				m,
				`“${m.returning.word.text}” is here ${times(m.returning.times)}, and once like this: ${full(m)}`,
				{
					shows: [m.returning.word]
				}
			);
		}
	}
];

/** Beginnings for a text that is not English: the words themselves, and no claim about them. */
export const PLAIN_FRAMES: readonly Frame[] = [
	frame('plain', (m) => full(m)),
	frame('plain-yours', (m) => `In your words: ${full(m)}`),
	frame('plain-page', (m) => `On the page: ${full(m)}`),
	frame('plain-one', (m) => m.sentences >= 2 && `One sentence of yours: ${full(m)}`),
	frame('plain-read', (m) => `Read back: ${full(m)}`)
];

/** "once", "twice", "three times". */
export function times(count: number): string {
	const words = ['never', 'once', 'twice', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
	return count <= 2 ? (words[count] ?? '') : `${words[count] ?? count} times`;
}

/** The quotation with its own end, an ellipsis outside where words were left out. */
function full({ quote }: Material): string {
	return `${quote.cutBefore ? '… ' : ''}“${quote.text}”${quote.cutAfter ? ' …' : ''}`;
}

/** The quotation without its full stop, to stand inside a sentence. */
function bare({ quote }: Material): string {
	return `${quote.cutBefore ? '… ' : ''}“${quote.text.replace(/[.,;:\s]+$/u, '')}”${quote.cutAfter ? ' …' : ''}`;
}

function inside({ quote }: Material, word: string): boolean {
	return new RegExp(
		`(?<![\\p{L}\\p{N}])${word.replace(/[^\p{L}\p{N} ]/gu, '.')}(?![\\p{L}\\p{N}])`,
		'u'
	).test(quote.text);
}

/** The entry's tension if both its sides stand inside the quotation. */
function quotedTension({ tension, quote }: Material): Material['tension'] {
	return tension !== null && tension.poles.every(({ start, end }) => start >= quote.start && end <= quote.end)
		? tension
		: null;
}

function said(
	m: Material,
	text: string,
	extra: { shows?: readonly Evidence[]; pattern?: PatternName }
): Said {
	const { text: quote, start, end } = m.quote;
	const shows = [{ text: quote, start, end }, ...(extra.shows ?? [])];
	return extra.pattern === undefined ? { text, shows } : { text, shows, pattern: extra.pattern };
}

function frame(
	id: string,
	wording: (material: Material) => string | false,
	also: (material: Material) => boolean = () => true
): Frame {
	return {
		id,
		say: (m) => {
			const found = also(m) ? wording(m) : false;
			return found === false ? null : said(m, found, {});
		}
	};
}
