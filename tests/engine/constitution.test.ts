import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkConstitution } from '#engine/constitution.ts';
import { MACHINE_RULES } from '#engine/constitution/rules.ts';
import { CONSTITUTION_TEXTS } from '#engine/constitution/texts.ts';
import { loadRules } from '#engine/rulebook.ts';
import { RULES } from './rules.ts';

const VECTORS = JSON.parse(
	readFileSync(new URL('../vectors/mirror/engine.json', import.meta.url), 'utf8')
) as {
	outputs: { text: string; passed?: boolean }[];
};

describe('fail closed', () => {
	const codeOf = (data: unknown, texts = CONSTITUTION_TEXTS): string => {
		const loaded = loadRules(data, texts);
		return loaded.ok ? 'ok' : loaded.error.code;
	};

	it('has rules with the whole constitution', () => {
		expect(codeOf(MACHINE_RULES)).toBe('ok');
	});

	it('has none when a text is missing or blank', () => {
		expect(codeOf(MACHINE_RULES, [])).toBe('constitution_missing');
		for (const { name } of CONSTITUTION_TEXTS) {
			expect(
				codeOf(
					MACHINE_RULES,
					CONSTITUTION_TEXTS.filter((text) => text.name !== name)
				)
			).toBe('constitution_missing');
			const blank = CONSTITUTION_TEXTS.map((text) => (text.name === name ? { name, text: ' \n' } : text));
			expect(codeOf(MACHINE_RULES, blank)).toBe('constitution_missing');
		}
	});

	const broken: [string, unknown][] = [
		['nothing', null],
		['no object', 'rules'],
		['no threshold', { ...MACHINE_RULES, thresholds: {} }],
		['a threshold above 1', { ...MACHINE_RULES, thresholds: { directive: 15 } }],
		['an unknown key', { ...MACHINE_RULES, disabled: true }],
		['no categories', { ...MACHINE_RULES, categories: [] }],
		[
			'no hard prescription rule',
			{ ...MACHINE_RULES, categories: MACHINE_RULES.categories.filter(({ name }) => name !== 'prescription') }
		],
		[
			'an unknown category',
			{
				...MACHINE_RULES,
				categories: [...MACHINE_RULES.categories, { name: 'taste', severity: 'hard', phrases: ['x'] }]
			}
		],
		[
			'a category without phrases',
			{
				...MACHINE_RULES,
				categories: [...MACHINE_RULES.categories, { name: 'praise', severity: 'hard', phrases: [] }]
			}
		],
		['a phrase that names no class', { ...MACHINE_RULES, reports: ['you @nothing'] }]
	];

	it.each(broken)('has none when the rules hold %s', (_, data) => {
		expect(codeOf(data)).toBe('rules_invalid');
	});
});

describe('the constitution', () => {
	it('has six texts of one to two pages, with a heading each and LF line ends', () => {
		expect(CONSTITUTION_TEXTS.map(({ name }) => name)).toEqual([
			'00_manifesto',
			'01_sovereignty',
			'02_reflection',
			'03_safety',
			'04_corruption',
			'05_governance'
		]);
		for (const { text } of CONSTITUTION_TEXTS) {
			expect(text).toMatch(/^# \S.*\n\n/);
			expect(text).not.toContain('\r');
			expect(text.endsWith('\n')).toBe(true);
			const words = text.split(/\s+/).length;
			expect(words).toBeGreaterThan(150);
			expect(words).toBeLessThan(350);
		}
	});

	const cases: [string, string][] = [
		['diagnosis', 'You have depression.'],
		['diagnosis', 'You seem depressed.'],
		['diagnosis', 'These are symptoms of burnout.'],
		['cross_identity', 'Most people feel this way.'],
		['cross_identity', 'This is completely normal.'],
		['cross_identity', 'Users like you usually stop.'],
		['coercion', "You'll regret this."],
		['coercion', 'It is now or never.'],
		['teleology', 'Everything happens for a reason.'],
		['teleology', 'This is the only way.'],
		['masquerade', 'I understand how hard this is.'],
		['masquerade', "I'm here."],
		['optimisation', "You're on a seven day streak."],
		['optimisation', 'Your mood score went up.'],
		['praise', 'Well done for writing this.'],
		['praise', 'You are so brave.'],
		['complicity', 'This is how to hurt someone.']
	];

	it.each(cases)('refuses %s: %s', (category, text) => {
		const { verdict, findings } = checkConstitution(text, RULES);
		expect(verdict).toBe('refused');
		expect(findings.map((finding) => finding.category)).toContain(category);
		for (const { phrase, start, end } of findings) expect(text.slice(start, end)).toBe(phrase);
	});

	it.each(cases)('lets %s pass as words of the person: %s', (_, text) => {
		expect(checkConstitution(`One sentence: “${text}”`, RULES, [text]).verdict).toBe('allowed');
	});

	it('agrees with the original on what passes and what does not, where the original does not crash', () => {
		for (const { text, passed } of VECTORS.outputs) {
			if (passed === undefined) continue;
			expect([text, checkConstitution(text, RULES).verdict]).toEqual([text, passed ? 'allowed' : 'refused']);
		}
	});
});
