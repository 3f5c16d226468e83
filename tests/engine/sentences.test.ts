import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { READ_LIMIT, segment, words } from '#engine/sentences.ts';

const texts = (text: string): string[] => segment(text).map((sentence) => sentence.text);
const norms = (text: string): string[] => words(text).map(({ norm }) => norm);

describe('segment', () => {
	it('cuts prose into sentences', () => {
		expect(texts('I went home. It rained! Why? I slept.')).toEqual([
			'I went home.',
			'It rained!',
			'Why?',
			'I slept.'
		]);
	});

	it('keeps titles, initials and abbreviations inside a sentence', () => {
		expect(texts('I met Dr. Smith at 3 p.m. and we talked. It was e.g. fine.')).toEqual([
			'I met Dr. Smith at 3 p.m. and we talked.',
			'It was e.g. fine.'
		]);
	});

	it('cuts after a full stop for people who write in lower case', () => {
		expect(texts('i want to go. i cannot.')).toEqual(['i want to go.', 'i cannot.']);
	});

	it('takes a line break for a soft wrap when the line goes on, and for an end in a diary of short lines', () => {
		expect(texts('I want to\nsee her again.')).toEqual(['I want to\nsee her again.']);
		expect(texts('Tired today\nWent to work')).toEqual(['Tired today', 'Went to work']);
	});

	it('knows headings, lists, block quotes and code', () => {
		const found = segment(
			'# Week\n\n- call mum\n- [ ] rest\n\n> early bird\n\n```\nlet a = 1\n```\n\nEnough now.'
		);
		expect(found.map(({ kind, text }) => [kind, text])).toEqual([
			['heading', 'Week'],
			['prose', 'call mum'],
			['prose', 'rest'],
			['quoted', 'early bird'],
			['prose', 'Enough now.']
		]);
	});

	it('knows a question by its end, also before closing marks', () => {
		expect(segment('What now? “Who?” Nothing.').map(({ asks }) => asks)).toEqual([true, true, false]);
	});

	it('cuts scripts without spaces', () => {
		const found = segment('今日は良い天気です。明日も。');
		expect(found).toHaveLength(2);
		expect(found[0]?.words.length).toBeGreaterThan(2);
	});

	it('reads no further than its limit', () => {
		const last = segment('I am here. '.repeat(60_000)).at(-1);
		expect(last?.end).toBeLessThanOrEqual(READ_LIMIT);
	});
});

describe('words', () => {
	it('keeps contractions whole and makes apostrophes straight', () => {
		expect(norms('I don’t, it’s rock ’n’ roll')).toEqual(['i', "don't", "it's", 'rock', 'n', 'roll']);
	});

	it('joins what tokenised text tears apart', () => {
		expect(norms("do n't I ’d")).toEqual(["don't", "i'd"]);
	});
});

describe('offsets', () => {
	const mixed = fc
		.array(
			fc.oneof(
				fc.string({ unit: 'binary' }),
				fc.constantFrom('I am. ', '\n', '\n\n', '👩‍👩‍👧', '> ', '# ', '```', '今日。', "don't ", '“so” ')
			),
			{ maxLength: 30 }
		)
		.map((parts) => parts.join(''));

	it('are slices of the original, in order and without overlap', () => {
		fc.assert(
			fc.property(mixed, (text) => {
				let end = 0;
				for (const sentence of segment(text)) {
					expect(text.slice(sentence.start, sentence.end)).toBe(sentence.text);
					expect(sentence.start).toBeGreaterThanOrEqual(end);
					end = sentence.end;
					let at = sentence.start;
					for (const word of sentence.words) {
						expect(text.slice(word.start, word.end)).toBe(word.text);
						expect(word.start).toBeGreaterThanOrEqual(at);
						at = word.end;
					}
					expect(at).toBeLessThanOrEqual(sentence.end);
				}
			}),
			{ numRuns: 300 }
		);
	});

	it('never fall inside a surrogate pair', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
				for (const { start, end } of segment(text)) {
					for (const at of [start, end])
						expect(
							/^[\udc00-\udfff]/.test(text.slice(at)) && /[\ud800-\udbff]$/.test(text.slice(0, at))
						).toBe(false);
				}
			})
		);
	});
});
