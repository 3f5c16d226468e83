import { expect, test } from 'vitest';
import { intensityInWords, positionInWords } from '#ui/texts/tensions.ts';

const poles = { axis_a: 'Control', axis_b: 'Surrender' };

test.each([
	[null, 'not placed yet'],
	[-1, 'at Control'],
	[-0.8, 'close to Control'],
	[-0.4, 'nearer to Control'],
	[-0.1, 'a little nearer to Control'],
	[-0.05, 'in the middle'],
	[0, 'in the middle'],
	[0.05, 'in the middle'],
	[0.1, 'a little nearer to Surrender'],
	[0.75, 'nearer to Surrender'],
	[0.95, 'close to Surrender'],
	[1, 'at Surrender']
])('%d is said as "%s"', (position, words) => {
	expect(positionInWords(position, poles)).toBe(words);
});

test('both ends are spoken of in the same words: neither is the better one', () => {
	const turned = { axis_a: 'Surrender', axis_b: 'Control' };
	for (let step = -20; step <= 20; step++)
		expect(positionInWords(step / 20, poles)).toBe(positionInWords(-step / 20, turned));
});

test('no word of a place judges, and none is a number', () => {
	const judging = /good|bad|better|worse|high|low|too|only|score|percent|%|\d/i;
	for (let step = 0; step <= 20; step++) {
		expect(positionInWords(step / 10 - 1, poles)).not.toMatch(judging);
		expect(intensityInWords(step / 20)).not.toMatch(judging);
	}
	expect(intensityInWords(null)).not.toMatch(judging);
});
