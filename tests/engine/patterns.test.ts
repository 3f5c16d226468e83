import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { read } from '#engine/reading.ts';
import type { OwnTension } from '#engine/tensions.ts';

const patterns = (text: string): Record<string, string[]> =>
	Object.fromEntries(
		read(text).patterns.map(({ pattern, evidence }) => [pattern, evidence.map((place) => place.text)])
	);
const names = (text: string): string[] => Object.keys(patterns(text));
const own = (text: string): OwnTension[] =>
	read(text).tensions.flatMap((tension) => (tension.kind === 'own' ? [tension] : []));
const poles = (text: string): string[] => own(text)[0]?.poles.map((pole) => pole.text) ?? [];

describe('patterns', () => {
	it('shows each with the words that carry it', () => {
		expect(patterns('I should call her, and I have to, but I never do.')).toEqual({
			obligation_language: ['should', 'have to'],
			absolute_thinking: ['never'],
			internal_tension: ['but'],
			relationship_focus: ['her']
		});
	});

	it('finds obligation in its forms, and not in other uses of the same words', () => {
		for (const text of [
			'I must go now.',
			'I ought to go.',
			'I was supposed to go.',
			'I needed to go.',
			"I've got to go.",
			'We had to go.'
		]) {
			expect(names(text)).toContain('obligation_language');
		}
		for (const text of [
			'It must have been the rain I heard.',
			'I have two dogs to walk.',
			'That has to do with the weather, I think.'
		]) {
			expect(names(text)).not.toContain('obligation_language');
		}
	});

	it('does not find words inside words', () => {
		expect(names('The other theory and the weather are nothing to me.')).toEqual([]);
	});

	it('leaves idioms alone', () => {
		expect(names('Never mind, I am as always at the window.')).not.toContain('absolute_thinking');
		expect(names('There was nothing but rain, I thought.')).not.toContain('internal_tension');
	});

	it('finds a turn only where somebody is of two minds', () => {
		expect(names('I am tired but I am lighter.')).toContain('internal_tension');
		expect(names('Tired but lighter.')).toContain('internal_tension');
		expect(names('The train was late but warm.')).not.toContain('internal_tension');
	});

	it('finds intensity in two strong feelings, or one extreme, and not in denied or quiet ones', () => {
		expect(names('I was anxious and frustrated.')).toContain('high_emotional_intensity');
		expect(names('I am terrified of the letter.')).toContain('high_emotional_intensity');
		expect(names('I was anxious in the morning.')).not.toContain('high_emotional_intensity');
		expect(names('I was not anxious and not angry at all.')).not.toContain('high_emotional_intensity');
		expect(names('I was calm and grateful.')).not.toContain('high_emotional_intensity');
	});

	it('finds sentences against oneself, and not every sentence with "I am not"', () => {
		for (const text of [
			"I'm not good enough for this.",
			'I failed again.',
			'I hate myself for it.',
			'I feel so stupid.',
			'I’m such a mess.'
		]) {
			expect(names(text)).toContain('self_critical');
		}
		for (const text of [
			"I'm not in Berlin this week.",
			"I don't like coffee.",
			'It is not my fault this time.',
			"I can't wait to see them."
		]) {
			expect(names(text)).not.toContain('self_critical');
		}
	});

	it('finds questions asked and questions carried', () => {
		expect(patterns('Why do I come back? I wonder whether she knows.')['open_question']).toEqual([
			'Why do I come back',
			'I wonder whether'
		]);
		expect(names('I sat by the window.')).not.toContain('open_question');
	});

	it('says nothing about a text that is not English', () => {
		expect(read('Heute war ich unruhig, aber am Abend wurde es still.')).toMatchObject({
			english: false,
			patterns: [],
			tensions: []
		});
		expect(read('Oggi ero triste, ma poi il sole è tornato e io sono uscita.')).toMatchObject({
			english: false,
			patterns: []
		});
		expect(read('Je voulais partir, mais je suis restée avec elle toute la nuit.')).toMatchObject({
			english: false
		});
	});

	it('takes no pattern from the words of others', () => {
		expect(names('“You should never give up,” he said to me and I laughed.')).not.toContain(
			'obligation_language'
		);
	});

	it('gives evidence as slices of the text', () => {
		const piece = fc.constantFrom(
			'I should ',
			'but ',
			'never ',
			'he ',
			"I'm not good enough. ",
			'👩‍👩‍👧 ',
			'anxious and sad ',
			'Why? ',
			'\n\n',
			'“quoted” ',
			'the plan, '
		);
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 20 }), (parts) => {
				const text = parts.join('');
				const { patterns: found, tensions } = read(text);
				const places = [
					...found.flatMap(({ evidence }) => evidence),
					...tensions.flatMap((tension) => (tension.kind === 'own' ? tension.poles : tension.evidence))
				];
				for (const place of places) expect(text.slice(place.start, place.end)).toBe(place.text);
			})
		);
	});
});

describe('tensions in the person’s own words', () => {
	const cases: [string, string[]][] = [
		['I want to go but I feel I must stay.', ['I want to go', 'I feel I must stay']],
		[
			'I want to let go, but I also want to control how it ends.',
			['I want to let go', 'I also want to control how it ends']
		],
		['Although I love the noise, I miss the quiet.', ['I love the noise', 'I miss the quiet']],
		[
			"I can't explain it to anyone, although I tried with my friend.",
			["I can't explain it to anyone", 'I tried with my friend']
		],
		[
			'I need to slow down, however the list keeps growing.',
			['I need to slow down', 'the list keeps growing']
		],
		[
			'Part of me wants stability and part of me wants to run.',
			['Part of me wants stability', 'part of me wants to run']
		],
		['On the one hand I like the work, on the other hand I am tired.', ['I like the work', 'I am tired']],
		['I feel stuck between the plan and the person I was.', ['the plan', 'the person I was']]
	];

	it.each(cases)('finds both sides of: %s', (text, expected) => {
		expect(poles(text)).toEqual(expected);
	});

	it.each([
		'The train was late but warm.',
		'I sat for a while and read.',
		'I want nothing but sleep.',
		'As though I knew.',
		'I stayed.'
	])('finds none in: %s', (text) => {
		expect(own(text)).toEqual([]);
	});
});

describe('seed tensions', () => {
	const seeds = (text: string) =>
		read(text).tensions.flatMap((tension) => (tension.kind === 'seed' ? [tension] : []));

	it('places a text between two named poles', () => {
		expect(seeds('I want to control the day, and then I want to surrender to it.')).toMatchObject([
			{ id: 'control_vs_surrender', name: 'Control/Surrender', position: 0, intensity: 0.7 }
		]);
	});

	it('raises intensity by strong words and words of conflict, to at most 1', () => {
		const text =
			'I am really, really torn: control or surrender, a fight, a struggle, a conflict, very much so.';
		expect(seeds(text)[0]?.intensity).toBe(1);
	});

	it('knows all five, and needs two different words', () => {
		const all: [string, string][] = [
			['I planned it and then I let it go.', 'control_vs_surrender'],
			['I am certain and I wonder.', 'certainty_vs_openness'],
			['I was with friends and I felt alone.', 'connection_vs_solitude'],
			['I am busy and I need rest.', 'action_vs_rest'],
			['My routine and my chaos.', 'structure_vs_flow']
		];
		for (const [text, id] of all) expect(seeds(text).map((tension) => tension.id)).toContain(id);
		expect(seeds('My routine is my routine.')).toEqual([]);
	});

	it('puts one-sided texts at the end of the axis', () => {
		expect(seeds('There is a routine now, a structure for my week.')[0]).toMatchObject({
			id: 'structure_vs_flow',
			position: -1,
			intensity: 0.4
		});
	});
});

describe('against the original', () => {
	const vectors = JSON.parse(
		readFileSync(new URL('../vectors/mirror/engine.json', import.meta.url), 'utf8')
	) as {
		inputs: { text: string; patterns: string[] }[];
	};

	it('finds its obligations and absolutes, and its turns where the text is English', () => {
		for (const { text, patterns: theirs } of vectors.inputs) {
			if (!read(text).english) continue;
			for (const pattern of ['obligation_language', 'absolute_thinking', 'high_emotional_intensity']) {
				if (theirs.includes(pattern))
					expect([text, names(text)]).toEqual([text, expect.arrayContaining([pattern])]);
			}
		}
	});

	it('does not see a person in "the", as the original did', () => {
		const texts = vectors.inputs.filter(
			({ text }) =>
				read(text).english &&
				!/\b(?:s?he|they|them|her|him|friends?|family|mother|father|sister|partner)\b/i.test(text)
		);
		expect(texts.some(({ patterns: theirs }) => theirs.includes('relationship_focus'))).toBe(true);
		for (const { text } of texts)
			expect([text, names(text)]).toEqual([text, expect.not.arrayContaining(['relationship_focus'])]);
	});
});
