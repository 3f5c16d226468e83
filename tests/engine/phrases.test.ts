import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokens } from '#engine/clauses.ts';
import { compile, findPhrases, phraseFault } from '#engine/phrases.ts';
import { segment } from '#engine/sentences.ts';

const CLASSES = { adverb: ['really', 'just'] };

function found(phrase: string, text: string): string[] {
	const book = compile([{ phrase, value: true }], CLASSES);
	return segment(text).flatMap((sentence) => {
		const list = tokens(text, sentence);
		return findPhrases(book, list).map(({ from, to }) => text.slice(list[from]?.start, list[to - 1]?.end));
	});
}

describe('the phrase language', () => {
	it('matches whole words, whatever their case', () => {
		expect(found('he', 'The other thing. He came.')).toEqual(['He']);
	});

	it('knows alternatives, classes, endings, optional words and any word', () => {
		expect(found('you @adverb? should|must', 'You really must. You should.')).toEqual([
			'You really must',
			'You should'
		]);
		expect(found('stop *ing', 'Stop running. Stop it.')).toEqual(['Stop running']);
		expect(found('my|@adverb _ house', 'my old house')).toEqual(['my old house']);
	});

	it('takes the longest match of a phrase at each place', () => {
		expect(found('try to?', 'try to rest')).toEqual(['try to']);
	});

	it('is anchored to clauses by ^ and $', () => {
		expect(found('^rest', 'So, rest. I need rest.')).toEqual(['rest']);
		expect(found('rest$', 'I rest, and then rest a bit.')).toEqual(['rest']);
	});

	it('does not match across a clause end', () => {
		expect(found('you should', 'I told you, should it rain.')).toEqual([]);
	});

	it('names what is wrong with a phrase', () => {
		expect(phraseFault('you  should', CLASSES)).toContain('empty word');
		expect(phraseFault('a|@missing b', CLASSES)).toContain('@missing');
		expect(phraseFault('really? just?', CLASSES)).toContain('optional');
		expect(phraseFault('you @adverb? should', CLASSES)).toBeNull();
	});

	it('finds a phrase of plain words exactly where it stands', () => {
		const word = fc
			.stringMatching(/^[a-z]{2,6}$/)
			.filter((text) => !['and', 'but', 'or', 'if'].includes(text));
		fc.assert(
			fc.property(fc.array(word, { minLength: 1, maxLength: 12 }), fc.nat(), fc.nat(), (list, a, b) => {
				const from = a % list.length;
				const to = from + 1 + (b % (list.length - from));
				const phrase = list.slice(from, to).join(' ');
				expect(found(phrase, list.join(' '))).toContain(phrase);
			})
		);
	});
});
