import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCrisis } from '#engine/crisis.ts';
import { mirror } from '#engine/mirrorback.ts';
import { CALM, CRISIS } from './crisis-sentences.ts';
import { RULES } from './rules.ts';

const outcome = (text: string): string =>
	mirror({ text, history: [], seed: 1, previousFrame: null, rules: RULES }).kind;

describe('crisis sentences', () => {
	it('are sixty, beside at least a hundred calm ones, all different', () => {
		expect(new Set(CRISIS).size).toBe(60);
		expect(new Set(CALM).size).toBeGreaterThanOrEqual(100);
	});

	it.each(CRISIS)('shows the card: %s', (text) => {
		expect(findCrisis(text)).not.toBeNull();
		expect(outcome(text)).toBe('crisis');
	});

	it.each(CALM)('does not: %s', (text) => {
		expect(findCrisis(text)).toBeNull();
		expect(outcome(text)).not.toBe('crisis');
	});

	it('is found with typographic or missing apostrophes alike', () => {
		for (const text of CRISIS) {
			expect(findCrisis(text.replaceAll("'", '’'))).not.toBeNull();
			expect(findCrisis(text.replaceAll("'", ''))).not.toBeNull();
		}
		for (const text of CALM) expect(findCrisis(text.replaceAll("'", '’'))).toBeNull();
	});

	it('is found in any case, and over a line break', () => {
		for (const text of CRISIS) expect(findCrisis(text.toUpperCase())).not.toBeNull();
		expect(findCrisis('I want to\nkill myself')).not.toBeNull();
		expect(findCrisis('i want\nto die')).not.toBeNull();
	});

	it('is found wherever it stands in an entry, also at the end of a megabyte', () => {
		const calm = 'It rained all day and the tea went cold. ';
		fc.assert(
			fc.property(fc.constantFrom(...CRISIS), fc.nat(40), fc.nat(40), (text, before, after) => {
				const entry = `${calm.repeat(before)}${text}\n\n${calm.repeat(after)}`;
				const found = findCrisis(entry);
				expect(found).not.toBeNull();
				expect(entry.slice(found?.start, found?.end).length).toBeGreaterThan(5);
			}),
			{ numRuns: 200 }
		);
		expect(findCrisis(`${calm.repeat(25_000)}I want to die.`)).not.toBeNull();
	});

	it('is not made by calm sentences standing together', () => {
		fc.assert(
			fc.property(fc.array(fc.constantFrom(...CALM), { maxLength: 12 }), (sentences) => {
				expect(findCrisis(sentences.join('\n\n'))).toBeNull();
			}),
			{ numRuns: 200 }
		);
	});

	it('is left alone in a block quote, and in quotation marks that are somebody else’s', () => {
		expect(findCrisis('> I want to die\n\nThat is how the poem begins.')).toBeNull();
		expect(findCrisis('He whispered “I want to die” and laughed.')).toBeNull();
		expect(findCrisis('I keep thinking “I want to die”.')).not.toBeNull();
	});

	it('names the issue', () => {
		const issues = [
			'I want to die.',
			'I cut myself again.',
			"I'm going to kill him.",
			'My dad is beating me.'
		].map((text) => findCrisis(text)?.issue);
		expect(issues).toEqual(['suicide', 'self_harm', 'violence', 'abuse']);
	});

	it('never throws', () => {
		fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => void findCrisis(text)));
	});
});
