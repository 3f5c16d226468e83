import fc from 'fast-check';
import { expect, test } from 'vitest';
import { piecesOf } from '#ui/entry/pieces.ts';

const block = fc.constantFrom(
	'word '.repeat(30),
	'\n\n',
	'```\n',
	'~~~\n',
	'    indented\n',
	'- item\n',
	'\n',
	'# head\n'
);

test('the pieces of a text are the text', () => {
	fc.assert(
		fc.property(fc.array(block, { maxLength: 200 }), (blocks) => {
			const text = blocks.join('');
			expect(piecesOf(text, 300).join('')).toBe(text);
		})
	);
});

test('a short text stays whole', () => {
	expect(piecesOf('one\n\ntwo\n\nthree')).toHaveLength(1);
});

test('a long text is cut at blank lines, and never inside of fenced code', () => {
	const code = `\`\`\`\n${'line\n\n'.repeat(100)}\`\`\`\n\n`;
	const pieces = piecesOf(`${'Some words.\n\n'.repeat(40)}${code}${'More words.\n\n'.repeat(40)}`, 100);
	expect(pieces.length).toBeGreaterThan(4);
	for (const piece of pieces) expect((piece.match(/```/g) ?? []).length % 2).toBe(0);
	for (const piece of pieces.slice(0, -1)) expect(piece.endsWith('\n\n')).toBe(true);
});

test('a paragraph or a fence without an end is cut all the same', () => {
	for (const text of ['word '.repeat(4000), `\`\`\`\n${'line\n'.repeat(4000)}`, 'x'.repeat(20_000)]) {
		const pieces = piecesOf(text, 100);
		expect(pieces.join('')).toBe(text);
		expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(1600);
	}
});
