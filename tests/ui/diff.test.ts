import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffTexts, type Part } from '#ui/diff/diff.ts';

const text = fc
	.array(fc.constantFrom('a', 'the ', 'river ', 'é', '今日', '.', '\n', '\n\n', '👩‍👧 ', '  '), {
		maxLength: 60
	})
	.map((pieces) => pieces.join(''));

function without(kind: Part['kind'], parts: readonly Part[]): string {
	return parts
		.filter((part) => part.kind !== kind)
		.map((part) => part.text)
		.join('');
}

test('both texts can be read off a diff', () => {
	fc.assert(
		fc.property(text, text, (before, after) => {
			const parts = diffTexts(before, after);
			expect(without('added', parts)).toBe(before);
			expect(without('removed', parts)).toBe(after);
		})
	);
});

test('neighbours differ in kind, and equal texts have no difference', () => {
	fc.assert(
		fc.property(text, text, (before, after) => {
			const kinds = diffTexts(before, after).map(({ kind }) => kind);
			expect(kinds.some((kind, at) => kind === kinds[at - 1])).toBe(false);
			expect(diffTexts(before, before).every(({ kind }) => kind === 'same')).toBe(true);
		})
	);
});

test('a changed word is a difference of that word, not of its line', () => {
	expect(diffTexts('I went to the river.\nIt was cold.', 'I went to the sea.\nIt was cold.')).toEqual([
		{ kind: 'same', text: 'I went to the ' },
		{ kind: 'removed', text: 'river' },
		{ kind: 'added', text: 'sea' },
		{ kind: 'same', text: '.\nIt was cold.' }
	]);
});

test('two long texts that share nothing are still told apart', () => {
	const [before, after] = ['a', 'b'].map((letter) => `${letter} line\n`.repeat(20_000));
	const parts = diffTexts(before ?? '', after ?? '');
	expect(without('added', parts)).toBe(before);
	expect(without('removed', parts)).toBe(after);
});
