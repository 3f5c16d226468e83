import { describe, expect, it } from 'vitest';
import { checkConstitution } from '#engine/constitution.ts';
import { directiveOf } from '#engine/directive.ts';
import { RULES, rulesWith } from './rules.ts';

/** Reflections that a careful listener might say. */
const REFLECTIONS = [
	'You wrote that you should call her.',
	'You wrote “I should call her” and then stopped.',
	'It sounds like part of you wants to stay and part of you wants to leave.',
	'You feel that you have to do everything yourself.',
	'You say you need to be perfect, and you also say you are tired.',
	'What would it be like to let both be true?',
	'What would it be like to stop for a day?',
	'When you say you have to go, what do you mean by have to?',
	'If you could say one thing to her, what would it be?',
	'You came back to the word “home” three times.',
	'There is a tension between staying and leaving.',
	"So you've been trying to quit smoking, and it hasn't been easy.",
	"You're worried about your daughter and you don't know how to reach her.",
	'On one hand you like the freedom; on the other hand you miss the structure.',
	"You've tried to stop before.",
	"You noticed the rain first, and then your father's silence.",
	'You want to change, but not because someone tells you to.',
	'You thought about calling, and you did not.',
	'Is that a question for you, or for him?',
	'You tell yourself you should be grateful.',
	"There's a voice that says you have to hurry.",
	'Should the day have been different?',
	'Rest appears twice, work four times.',
	'The day began with a call and ended with one.',
	'You are proud of what you finished, and you said so.',
	'Berlin is in Germany, and the train takes four hours.'
];

/** Advice, however it is dressed. */
const ADVICE = [
	'You should rest.',
	'You really should call her.',
	'You ought to tell him.',
	'You need to set boundaries.',
	"You've got to stop.",
	"You'd better leave.",
	'You could try a different approach.',
	'You might want to consider talking to someone.',
	"You don't have to do everything yourself.",
	'Try to sleep more.',
	'Try going for a walk.',
	'Make sure you sleep.',
	'Stop worrying about it.',
	"Don't be so hard on yourself.",
	'Be kind to yourself.',
	'Take a deep breath.',
	'Let yourself feel this.',
	'Listen to your body.',
	'Call her.',
	'Please call someone.',
	'Just breathe.',
	"Let's look at this together.",
	'If you feel tired, rest.',
	'It sounds hard, so take a break.',
	'Remember to breathe.',
	"I'd suggest a walk.",
	'I would talk to her first.',
	'It would be good to write it down.',
	"It's important to eat well.",
	'The best thing is to let it go.',
	'Leaving would be the right thing.',
	'My advice: leave.',
	'Why not call her tonight?',
	"Why don't you call her?",
	'Have you tried meditation?',
	'How about a walk?',
	"You should call her, shouldn't you?",
	'“A nap.” And you must sleep.'
];

describe('the guard against directive language', () => {
	it.each(REFLECTIONS)('lets a reflection pass: %s', (text) => {
		expect(directiveOf(text, RULES)).toMatchObject({ count: 0, ratio: 0, explicit_advice: [] });
		expect(checkConstitution(text, RULES).verdict).toBe('allowed');
	});

	it.each(ADVICE)('finds the advice in: %s', (text) => {
		const { explicit_advice, ratio } = directiveOf(text, RULES);
		expect(explicit_advice.length > 0 || ratio >= 0.15).toBe(true);
		expect(checkConstitution(text, RULES).verdict).toBe('refused');
	});

	it('measures words inside directive phrases against all words of the mirror', () => {
		expect(directiveOf('You should rest.', RULES)).toEqual({
			ratio: 2 / 3,
			count: 2,
			words: 3,
			explicit_advice: ['you should']
		});
	});

	const filler = 'The page speaks of the garden and the river and the way home';

	it('refuses 7 directive words of 39, which is .18, with no explicit advice among them', () => {
		const text = `${filler} in order to be quiet. ${filler} after the rain falls, so you can rest.`;
		const check = checkConstitution(text, RULES);
		expect(check.directive).toMatchObject({ count: 7, words: 39, explicit_advice: [] });
		expect(check.directive.ratio).toBeCloseTo(0.18, 2);
		expect(check.verdict).toBe('refused');
	});

	it('allows the same phrases below the threshold, and refuses at it', () => {
		const under = `${filler} in order to be quiet, and alone, too.`;
		expect(directiveOf(under, RULES)).toMatchObject({ count: 3, words: 21 });
		expect(checkConstitution(under, RULES).verdict).toBe('allowed');
		const at = 'The page speaks of the garden and the river, of rain, in order to be quiet at last, quietly.';
		expect(directiveOf(at, RULES)).toMatchObject({ count: 3, words: 19 });
		expect(checkConstitution(at, RULES).verdict).toBe('refused');
		const exact =
			'The page speaks of the garden and the river, of rain, in order to be quiet at last, quietly, again.';
		expect(directiveOf(exact, RULES).ratio).toBe(0.15);
		expect(checkConstitution(exact, RULES).verdict).toBe('refused');
	});

	it('never counts quoted words, neither as directive nor as words', () => {
		expect(directiveOf('You wrote “I should go, you must stay” twice.', RULES)).toMatchObject({
			count: 0,
			words: 3
		});
		expect(directiveOf('You wrote "you should go" twice.', RULES)).toMatchObject({ count: 0, words: 3 });
	});

	it('exempts only quotations found in the given texts, so that advice cannot hide between the marks', () => {
		const own = ['I should rest, I think.'];
		expect(directiveOf('There it is: “I should rest”', RULES, own).count).toBe(0);
		expect(directiveOf('There it is: “You should rest”', RULES, own).explicit_advice).toEqual(['you should']);
	});

	it('does not take a forgotten quotation mark for a quotation', () => {
		expect(directiveOf('“ And you should rest.\n\nAs you said ”', RULES).explicit_advice).toEqual([
			'you should'
		]);
	});

	it('reads commands only where a command can stand', () => {
		expect(directiveOf('I want to eat, sleep, call her and rest.', RULES).count).toBe(0);
		expect(directiveOf('Talk was cheap. Work is hard.', RULES).count).toBe(0);
		expect(directiveOf('When in doubt, ask her.', RULES).explicit_advice).toContain('ask');
	});
});

describe('the rules decide', () => {
	it('a changed phrase changes the verdict', () => {
		const text = 'The lighthouse is recommended by nobody.';
		expect(checkConstitution(text, RULES).verdict).toBe('allowed');
		const changed = rulesWith((data) => data.categories[0]?.phrases.push('the lighthouse'));
		expect(checkConstitution(text, changed).verdict).toBe('refused');
	});

	it('a removed phrase changes it back', () => {
		const without = rulesWith((data) => {
			for (const category of data.categories)
				category.phrases = category.phrases.filter((phrase) => !phrase.includes('@modal'));
		});
		expect(checkConstitution('You should rest.', without).verdict).toBe('allowed');
	});

	it('a changed threshold changes the verdict', () => {
		const text = 'The page speaks of the garden and the river and the rain in order to be quiet and alone.';
		expect(checkConstitution(text, RULES).verdict).toBe('refused');
		expect(
			checkConstitution(
				text,
				rulesWith((data) => (data.thresholds.directive = 0.5))
			).verdict
		).toBe('allowed');
	});

	it('a changed severity changes the verdict', () => {
		const soft = rulesWith((data) => {
			for (const category of data.categories)
				if (category.name === 'cross_identity') category.severity = 'soft';
		});
		const text = 'Everyone goes through this.';
		expect(checkConstitution(text, RULES).verdict).toBe('refused');
		expect(checkConstitution(text, soft)).toMatchObject({
			verdict: 'allowed',
			findings: [{ category: 'cross_identity', severity: 'soft' }]
		});
	});
});
