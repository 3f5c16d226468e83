import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyze } from '#engine/analyze.ts';
import { ENGINE_VERSION, runMirror } from '#engine/run.ts';
import { RULES } from './rules.ts';

const input = (text: string) => ({ text, history: [], seed: 1, previousFrame: null, rules: RULES });
const ticking = (step: number) => {
	let now = 1_000;
	return () => (now += step);
};

describe('the record of a run', () => {
	it('holds versions, mode, names and lengths', () => {
		const { outcome, run } = runMirror(
			input('I want to control how it ends, but I also want to let go. I should know by now.'),
			ticking(7)
		);
		expect(outcome.kind).toBe('mirrorback');
		expect(run).toEqual({
			config_version: ENGINE_VERSION,
			engine_mode: 'manual',
			model_name: null,
			patterns: ['obligation_language', 'internal_tension'],
			tensions_surfaced: ['control_vs_surrender'],
			mirrorback_length: outcome.kind === 'mirrorback' ? [...outcome.text].length : null,
			duration_ms: 7,
			flags: { rules: '1.0.0' }
		});
		expect(ENGINE_VERSION).toMatch(/^\d+\.\d+\.\d+$/);
	});

	it('takes at least a millisecond', () => {
		expect(runMirror(input('I sat by the window for an hour.'), () => 5).run.duration_ms).toBe(1);
	});

	it('says why nothing was said', () => {
		expect(runMirror(input('ok'), ticking(1)).run).toMatchObject({
			mirrorback_length: null,
			flags: { silent: 'too_short' }
		});
	});

	it('holds mode and duration only for a crisis', () => {
		const { outcome, run } = runMirror(
			input('I should never have come back, and I am anxious and sad. I want to die.'),
			ticking(3)
		);
		expect(outcome).toEqual({ kind: 'crisis' });
		expect(run).toMatchObject({
			engine_mode: 'manual',
			duration_ms: 3,
			patterns: [],
			tensions_surfaced: [],
			mirrorback_length: null,
			flags: {}
		});
	});

	it('holds no word of the entry', () => {
		const word = fc.stringMatching(/^[a-z]{6,12}$/).map((text) => `q${text}z`);
		fc.assert(
			fc.property(fc.array(word, { minLength: 3, maxLength: 12 }), (words) => {
				const { run } = runMirror(
					input(`I feel I should ${words.join(' ')}, but I never did. Why?`),
					ticking(2)
				);
				for (const own of words) expect(JSON.stringify(run)).not.toContain(own);
			})
		);
	});
});

describe('analyze', () => {
	it('reads a text as an entry and as a mirrorback', () => {
		const text = 'You should rest. I want to go but I must stay.';
		expect(analyze(text, RULES)).toMatchObject({
			patterns: ['obligation_language', 'internal_tension'],
			evidence: { internal_tension: [{ text: 'but', start: 30, end: 33 }] },
			tensions: [{ kind: 'own', marker: 'but', poles: [{ text: 'I want to go' }, { text: 'I must stay' }] }],
			directive: { count: 2, explicit_advice: ['you should'] },
			constitution: { verdict: 'refused' }
		});
	});

	it('finds nothing in nothing', () => {
		expect(analyze('', RULES)).toEqual({
			patterns: [],
			evidence: {},
			tensions: [],
			directive: { ratio: 0, count: 0, words: 0, explicit_advice: [] },
			constitution: { verdict: 'allowed', findings: [] }
		});
	});

	it('answers for anything that can be typed', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
				const { directive } = analyze(text, RULES);
				expect(directive.count).toBeLessThanOrEqual(directive.words);
			})
		);
	});
});

describe('bounded work', () => {
	const comesBack = (text: string): void => {
		const started = performance.now();
		runMirror(input(text), () => 0);
		analyze(text, RULES);
		expect(performance.now() - started).toBeLessThan(20_000);
	};

	it.each(['a ', 'i ', 'but ', '“', '= \n', '今日'])('comes back from a megabyte of %j', (piece) => {
		comesBack(piece.repeat((1 << 20) / piece.length));
	});

	it.each([
		'I want to ',
		'should you ',
		'"',
		"'’",
		'a.b.',
		', ',
		'((',
		'\u0301',
		'😀',
		'> ',
		'# a\n',
		'you really just '
	])('comes back from a long row of %j', (piece) => {
		comesBack(piece.repeat(60_000 / piece.length));
	});

	it('reads a page of a thousand words in tens of milliseconds', () => {
		const page =
			'I went to the market, but I felt I should have stayed, and the rain was still on the roofs. '.repeat(
				50
			);
		runMirror(input(page), () => 0);
		const started = performance.now();
		for (let turn = 0; turn < 5; turn += 1) runMirror({ ...input(page), seed: turn }, () => 0);
		expect((performance.now() - started) / 5).toBeLessThan(200);
	});
});
