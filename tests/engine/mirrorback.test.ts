import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkConstitution } from '#engine/constitution.ts';
import type { Mirrorback, MirrorInput, MirrorOutcome } from '#engine/mirrorback.ts';
import { mirror } from '#engine/mirrorback.ts';
import { FRAMES } from '#engine/mirroring/frames.ts';
import { RULES, rulesWith } from './rules.ts';

const ENTRY = [
	'Nothing much happened today, except the call about the new job.',
	'I want to go, but I feel I must stay.',
	'My mother says it is up to me, and I should know by Friday; I should have known for weeks.',
	'Everything here is still the same, and I am anxious and frustrated, and a little hopeful.',
	'Maybe the apartment is only an apartment.',
	'What if none of it matters?'
].join(' ');

const HISTORY = [
	{
		id: 'a',
		date: '2025-03-03',
		text: 'The call about the job came early. I want to go, I wrote on the back of the envelope, and left it on the table of the apartment.'
	},
	{ id: 'b', date: '2024-11-20T08:00:00.000Z', text: 'Swam in the lake. The water was cold and very clear.' },
	{
		id: 'c',
		date: '2025-02-01',
		text: 'I want to die in that apartment, I cannot stand the call about the job any longer. I want to die.'
	}
];

const give = (text: string, more: Partial<MirrorInput> = {}): MirrorOutcome =>
	mirror({ text, history: [], seed: 1, previousFrame: null, rules: RULES, ...more });

function said(text: string, more: Partial<MirrorInput> = {}): Mirrorback {
	const outcome = give(text, more);
	if (outcome.kind !== 'mirrorback') throw new Error(`expected words, got ${JSON.stringify(outcome)}`);
	return outcome;
}

/** The mirror's own words. */
const unquoted = (text: string): string => text.replace(/“[^“”]*”/gu, '');
const quotes = (text: string): string[] => [...text.matchAll(/“([^“”]*)”/gu)].map((match) => match[1] ?? '');
const seeds = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const all = (text: string, count: number, more: Partial<MirrorInput> = {}): Mirrorback[] =>
	seeds(count).map((seed) => said(text, { seed, ...more }));

describe('the manual mirrorback', () => {
	it('quotes the person word for word and anchors each quotation in the entry', () => {
		for (const { text, anchors } of all(ENTRY, 60)) {
			expect(anchors.length).toBeGreaterThan(0);
			for (const { quote, start, end } of anchors) {
				expect(ENTRY.slice(start, end)).toBe(quote);
				expect(text).toContain(quote);
			}
			for (const quote of quotes(text)) expect(ENTRY).toContain(quote);
		}
	});

	it('is small: one quotation, at most two lines, at most one question, at its end', () => {
		for (const { text, question } of all(ENTRY, 60)) {
			const paragraphs = text.split('\n\n');
			expect(paragraphs.length).toBeLessThanOrEqual(3);
			expect(unquoted(text).split('?').length - 1).toBe(question === null ? 0 : 1);
			if (question !== null) expect(text.endsWith(question)).toBe(true);
		}
	});

	it('shows over its seeds the sentence of two minds, both poles, a counted pattern, and the returning words', () => {
		const texts = all(ENTRY, 80).map(({ text }) => text);
		expect(texts.some((text) => text.includes('“I want to go, but I feel I must stay.”'))).toBe(true);
		expect(
			texts.some((text) => text.includes('“I want to go”') && text.includes('“I feel I must stay”'))
		).toBe(true);
		expect(texts.some((text) => text.includes('You wrote “should” twice'))).toBe(true);
		expect(new Set(all(ENTRY, 80).map(({ pattern }) => pattern)).size).toBeGreaterThan(2);
	});

	it('names at most one pattern, and shows its words', () => {
		for (const { pattern, text } of all(ENTRY, 60)) {
			if (pattern === 'obligation_language') expect(text).toMatch(/“(?:should|must)”/);
			if (pattern === 'high_emotional_intensity') expect(text).toContain('“anxious”');
		}
	});

	it('varies: many frames and questions over seeds, the same text for the same seed', () => {
		const many = all(ENTRY, 120);
		expect(new Set(many.map(({ frame }) => frame)).size).toBeGreaterThanOrEqual(10);
		expect(new Set(many.map(({ question }) => question)).size).toBeGreaterThanOrEqual(12);
		expect(said(ENTRY, { seed: 7 })).toEqual(said(ENTRY, { seed: 7 }));
	});

	it('never uses the frame of the time before', () => {
		let previous: string | null = null;
		for (const seed of seeds(80)) {
			const { frame } = said(ENTRY, { seed, previousFrame: previous });
			expect(frame).not.toBe(previous);
			previous = frame;
		}
		for (const text of ['I sat by the window for an hour.', 'Heute war ich den ganzen Tag unruhig.']) {
			for (const seed of seeds(12)) {
				const first = said(text, { seed });
				expect(said(text, { seed, previousFrame: first.frame }).frame).not.toBe(first.frame);
			}
		}
	});

	it('has at least twelve frames', () => {
		expect(new Set(FRAMES.map(({ id }) => id)).size).toBe(FRAMES.length);
		expect(FRAMES.length).toBeGreaterThanOrEqual(12);
	});

	it('cuts a long sentence at a clause, with the ellipsis outside the quotation', () => {
		const long = `I walked along the river past the mill and the second bridge and the field with the two horses, and I was afraid of the letter, and later, after the rain had stopped and the light came back over the roofs, I went up to the house where nobody had lived since the spring.`;
		for (const { text, anchors } of all(long, 12)) {
			const quote = anchors[0]?.quote ?? '';
			expect(quote.split(' ').length).toBeLessThan(34);
			expect(long).toContain(quote);
			expect(quote).not.toContain('…');
			expect(text).toMatch(/… “|” …/);
		}
	});

	it('does not quote what others said, or text that would break out of the marks', () => {
		const text = 'She said "you never listen" and left the room. I sat there and felt ashamed for an hour.';
		for (const { anchors } of all(text, 20))
			expect(anchors.map(({ quote }) => quote).join()).not.toContain('listen');
		const link = 'See https://example.org/a?b=c for the rest. I was glad to have found it at last.';
		for (const outcome of all(link, 20)) expect(outcome.text).not.toContain('example.org');
	});
});

describe('memory', () => {
	const linked = all(ENTRY, 60, { history: HISTORY, today: '2025-06-01' });

	it('links at most one earlier day, by its date and its words', () => {
		const shown = linked.filter(({ link }) => link !== null);
		expect(shown.length).toBeGreaterThan(0);
		for (const { text, link } of shown) {
			expect(link?.id).toBe('a');
			expect(HISTORY[0]?.text).toContain(link?.quote ?? '?');
			expect(text.match(/3 March(?! \d)/g)?.length).toBeGreaterThanOrEqual(1);
			expect(text).not.toContain('November');
		}
	});

	it('says the year of another year', () => {
		const texts = all(ENTRY, 40, { history: HISTORY, today: '2026-01-05' }).filter(
			({ link }) => link !== null
		);
		for (const { text } of texts) expect(text).toContain('3 March 2025');
	});

	it('never brings back a sentence that spoke of a danger', () => {
		const only = HISTORY.filter(({ id }) => id === 'c');
		for (const { link, text } of all(ENTRY, 40, { history: only })) {
			expect(link).toBeNull();
			expect(text).not.toContain('die');
		}
	});

	it('says so when the very sentence stood there before', () => {
		const same = [{ id: 's', date: '2025-05-05', text: 'I want to go, but I feel I must stay.' }];
		const texts = all('I want to go, but I feel I must stay.', 40, {
			history: [...same, { id: 't', date: '2025-05-04', text: 'Rain.' }].map((item) => ({
				...item,
				text: `${item.text} Tea.`
			}))
		}).map(({ text }) => text);
		expect(texts.some((text) => text.includes('5 May, word for word'))).toBe(true);
	});

	it('leaves a date that cannot be read unsaid', () => {
		const undated = HISTORY.map((item) => ({ ...item, date: 'someday' }));
		for (const { link } of all(ENTRY, 20, { history: undated })) expect(link).toBeNull();
	});
});

describe('silence', () => {
	it.each([
		['', 'empty'],
		[' \n 🙂 … ', 'empty'],
		['ok', 'too_short'],
		['Today.', 'too_short'],
		['# Monday\n\n> Somebody else wrote all of this.\n\n```\nlet mine = false\n```', 'not_prose'],
		['Milk, bread, eggs, coffee, cheese.', 'nothing_carries'],
		['Today was fine.', 'nothing_carries']
	])('%j: %s', (text, reason) => {
		expect(give(text)).toEqual({ kind: 'silent', reason });
	});

	it('is the last resort when the rules refuse every wording', () => {
		const strict = rulesWith((data) =>
			data.categories.push({ name: 'praise', severity: 'hard', phrases: ['_'] })
		);
		const plain = give('Heute war ich den ganzen Tag unruhig.', { rules: strict, seed: 3 });
		expect(give(ENTRY, { rules: strict })).toEqual({ kind: 'silent', reason: 'refused' });
		expect(
			plain.kind === 'silent' || quotes(plain.kind === 'mirrorback' ? plain.text : '').length === 1
		).toBe(true);
	});

	it('takes another wording when the rules refuse one', () => {
		const noQuestions = rulesWith((data) =>
			data.categories.push({
				name: 'coercion',
				severity: 'hard',
				phrases: ['what', 'which', 'whose', 'who', 'how', 'is', 'if', 'in', 'since']
			})
		);
		const found = all(ENTRY, 20, { rules: noQuestions });
		for (const { question } of found) expect(question).toBeNull();
	});
});

describe('other languages', () => {
	it('get their own words back and no claim about them', () => {
		const text =
			'Heute war ich unruhig, aber am Abend wurde es still. Ich habe lange an meine Mutter gedacht.';
		for (const outcome of all(text, 20)) {
			expect(outcome).toMatchObject({ pattern: null, question: null, link: null });
			expect(text).toContain(quotes(outcome.text)[0]);
		}
	});

	it('work without spaces between words', () => {
		const text = '今日は良い天気でしたが、私は家にいました。明日は海へ行きたいです。';
		expect(text).toContain(quotes(said(text).text)[0]);
	});
});

describe('whatever is written', () => {
	const piece = fc.oneof(
		fc.string({ unit: 'binary', maxLength: 20 }),
		fc.constantFrom(
			'I should ',
			'I want to go but I must stay. ',
			'never ',
			'you must rest ',
			'Why? ',
			'\n',
			'\n\n',
			'“',
			'”',
			'"',
			'> ',
			'- ',
			'`',
			'**',
			"I'm not good enough. ",
			'my mother ',
			'I felt anxious and sad about it. ',
			'👩‍👩‍👧 ',
			'Ich war müde und ging nach Hause. ',
			'今日は寒い。',
			'try to be kind, ',
			'i was alone again… '
		)
	);
	const text = fc.array(piece, { maxLength: 25 }).map((parts) => parts.join(''));
	const history = fc.array(
		fc.record({
			id: fc.uuid(),
			text,
			date: fc.constantFrom('2025-03-03', '2024-12-31T23:00:00.000Z', 'x', '')
		}),
		{ maxLength: 4 }
	);

	it('every mirrorback passes guard and constitution, quotes truly, asks at most once, and is the same again', () => {
		fc.assert(
			fc.property(text, history, fc.integer(), (entry, earlier, seed) => {
				const input = { text: entry, history: earlier, seed, previousFrame: null, rules: RULES };
				const outcome = mirror(input);
				expect(mirror(input)).toEqual(outcome);
				if (outcome.kind !== 'mirrorback') return;
				const check = checkConstitution(outcome.text, RULES, [entry, ...earlier.map((item) => item.text)]);
				expect(check.verdict).toBe('allowed');
				expect(check.directive.explicit_advice).toEqual([]);
				expect(unquoted(outcome.text).split('?').length - 1).toBeLessThanOrEqual(1);
				for (const { quote, start, end } of outcome.anchors) expect(entry.slice(start, end)).toBe(quote);
				for (const quote of quotes(outcome.text))
					expect([entry, ...earlier.map((item) => item.text)].some((source) => source.includes(quote))).toBe(
						true
					);
			}),
			{ numRuns: 400 }
		);
	});
});
