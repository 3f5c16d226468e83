import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { commands } from '#domain/command.ts';
import { views } from '#domain/view.ts';

const bin = fileURLToPath(new URL('../../src/cli/mirror.js', import.meta.url));

function mirror(words: readonly string[], input = '') {
	const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...words], {
		encoding: 'utf8',
		input
	});
	return { status, out: stdout, complaint: stderr };
}

/** What a command answers to lines of JSON. */
function answers(words: readonly string[], ...lines: readonly object[]): Record<string, unknown>[] {
	const { status, out } = mirror(words, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
	expect(status).toBe(0);
	return out
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const entry = 'I want to go, but I feel I must stay. The call about the job came again this morning.';

describe('mirror engine', () => {
	test('analyze says what it sees in a text, and how it would judge it as a mirrorback', () => {
		const [seen, advice] = answers(
			['engine', 'analyze'],
			{ id: 'a', text: entry },
			{ id: 2, text: 'You should rest.' }
		);
		expect(seen).toMatchObject({
			id: 'a',
			patterns: ['obligation_language', 'internal_tension'],
			tensions: [{ kind: 'own', marker: 'but' }],
			directive: { count: 0, ratio: 0, explicit_advice: [] }
		});
		expect(advice).toMatchObject({
			id: 2,
			directive: { words: 3, explicit_advice: [expect.stringMatching(/should/i)] },
			constitution: { verdict: 'refused' }
		});
	});

	test('mirror quotes the entry at its anchors, and is the same each time', () => {
		const asked = { id: 1, text: entry, history: ['The job again.', { text: 'Rain.', date: '2024-01-01' }] };
		const [first, second] = answers(['engine', 'mirror'], asked, asked);
		expect(second).toEqual(first);
		const { anchors, mirrorback } = first as {
			anchors: { quote: string; start: number; end: number }[];
			mirrorback: string;
		};
		expect(anchors.length).toBeGreaterThan(0);
		for (const { quote, start, end } of anchors) expect(entry.slice(start, end)).toBe(quote);
		expect(mirrorback).toContain(anchors[0]?.quote);
	});

	test('a crisis gets no words and no question', () => {
		expect(answers(['engine', 'mirror'], { id: 1, text: 'I want to die.' })).toEqual([
			{ id: 1, mirrorback: null, anchors: [], question: null, directive: null, silence: 'crisis' }
		]);
	});

	test('a line that cannot be read is named, and the others are answered', () => {
		const { status, out, complaint } = mirror(
			['engine', 'mirror'],
			`{"id":1}\n${JSON.stringify({ id: 2, text: entry })}\n`
		);
		const [broken, good] = out.trim().split('\n');
		expect(status).toBe(2);
		expect(JSON.parse(broken ?? '')).toMatchObject({ line: 1, error: { code: 'invalid_request' } });
		expect(JSON.parse(good ?? '')).toMatchObject({ id: 2 });
		expect(complaint).toContain('line 1');
	});
});

describe('mirror commands', () => {
	test('prints every kind and view with the shape of what it takes', () => {
		const { status, out } = mirror(['commands', '--json']);
		const described = JSON.parse(out) as {
			commands: { kind: string; intent: string; data: { properties: object } }[];
			views: { view: string; params: { type: string } }[];
		};
		expect(status).toBe(0);
		expect(described.commands.map(({ kind }) => kind)).toEqual(Object.keys(commands).sort());
		expect(described.views.map(({ view }) => view)).toEqual(Object.keys(views).sort());
		const create = described.commands.find(({ kind }) => kind === 'reflection.create');
		expect(create?.intent).toBe('Save a reflection');
		expect(Object.keys(create?.data.properties ?? {})).toEqual(
			expect.arrayContaining(['id', 'content', 'visibility'])
		);
	});

	test('in words it is a list', () => {
		expect(mirror(['commands']).out).toMatch(/reflection\.create: Save a reflection\n/);
	});
});
