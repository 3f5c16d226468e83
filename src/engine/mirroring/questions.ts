import type { Said } from '#engine/mirroring/frames.ts';
import type { Material } from '#engine/mirroring/material.ts';
import type { Evidence } from '#engine/patterns.ts';

/** A question that may end the mirrorback. `about` says what it needs on the page to make sense. */
export interface Question extends Said {
	readonly id: string;
	readonly about: 'quote' | 'poles' | 'pattern' | 'link';
}

/** Every question form that fits the material: open, built on the person's words, with nothing to comply with. */
export function questionsOf(m: Material): Question[] {
	if (!m.english) return [];
	return [...ofPoles(m), ...ofPatterns(m), ...ofWords(m), ...ofQuote(m), ...ofLink(m)];
}

function ask(id: string, about: Question['about'], text: string, shows: readonly Evidence[]): Question {
	return { id, about, text, shows };
}

function ofPoles({ tension }: Material): Question[] {
	if (tension === null) return [];
	const [a, b] = tension.poles;
	const found = [ask('poles-easier', 'poles', 'Which of the two was easier to write?', [])];
	if (/^(?:but|although|though|however|yet)$/.test(tension.marker)) {
		found.push(ask('poles-without', 'poles', `How does it read without the “${tension.marker}”?`, []));
	}
	if (a.text.length + b.text.length > TWICE) return found;
	return [
		...found,
		ask(
			'poles-beside',
			'poles',
			`What would it be like to let “${a.text}” and “${b.text}” stand side by side for a while?`,
			[a, b]
		),
		ask('poles-first', 'poles', `Which was there first, “${a.text}” or “${b.text}”?`, [a, b]),
		ask('poles-third', 'poles', `Is there a third thing between “${a.text}” and “${b.text}”?`, [a, b])
	];
}

/** Two sides longer than this together are not said twice on one page. */
const TWICE = 76;

function ofPatterns(m: Material): Question[] {
	const found: Question[] = [];
	const obligation = m.patterns.get('obligation_language')?.top.word;
	if (obligation !== undefined) {
		found.push(
			ask('must-whose', 'pattern', `Whose “${obligation.text}” is it?`, [obligation]),
			ask('must-voice', 'pattern', `In whose voice do you hear that “${obligation.text}”?`, [obligation]),
			ask('must-nobody', 'pattern', `What would be left of “${obligation.text}” if nobody were watching?`, [
				obligation
			])
		);
	}
	const absolute = m.patterns.get('absolute_thinking')?.top.word;
	if (absolute !== undefined) {
		const people = /^(?:everyone|everybody|no one|nobody)$/i.test(absolute.text);
		found.push(
			ask('always-out', 'pattern', `What does “${absolute.text}” leave out?`, [absolute]),
			people
				? ask('always-who', 'pattern', `Who is inside that “${absolute.text}”?`, [absolute])
				: ask('always-since', 'pattern', `Since when is it “${absolute.text}”?`, [absolute])
		);
	}
	const self = m.patterns.get('self_critical')?.top.word;
	if (self !== undefined) {
		found.push(
			ask('self-who', 'pattern', `Whose sentence was “${self.text}” before it was yours?`, [self]),
			ask('self-untold', 'pattern', `What does “${self.text}” not mention?`, [self])
		);
	}
	if (m.other !== null) {
		found.push(
			ask('other-page', 'pattern', `What would your “${m.other.text}” say is missing from this page?`, [
				m.other
			])
		);
	}
	return found;
}

function ofWords({ inQuote }: Material): Question[] {
	const found: Question[] = [];
	const { feeling, time, maybe, thing } = inQuote;
	if (feeling !== null) {
		found.push(
			ask('feeling-made', 'quote', `What is “${feeling.text}” made of, this time?`, [feeling]),
			ask('feeling-before', 'quote', `What was there just before “${feeling.text}”?`, [feeling])
		);
	}
	if (time !== null) {
		const text =
			time.text.toLowerCase() === 'finally'
				? `How long did “${time.text}” take to arrive?`
				: `How far back does that “${time.text}” reach?`;
		found.push(ask('time-reach', 'quote', text, [time]));
	}
	if (maybe !== null)
		found.push(ask('maybe-open', 'quote', `What is the “${maybe.text}” holding open?`, [maybe]));
	if (thing !== null) {
		found.push(
			ask('thing-instead', 'quote', `What did you almost write in place of “${thing.text}”?`, [thing]),
			ask('thing-mean', 'quote', `What else is inside the word “${thing.text}”?`, [thing]),
			ask('thing-frame', 'quote', `What is just outside the picture, next to “${thing.text}”?`, [thing])
		);
	}
	return found;
}

/** Longer than this, a sentence is not said twice on one page. */
const SHORT = 40;

function ofQuote(m: Material): Question[] {
	const { text, start, cutBefore, cutAfter } = m.quote;
	if (m.asks && !cutAfter) {
		return [
			ask('asks-company', 'quote', `Is your question looking for an answer, or for company?`, []),
			ask('asks-whom', 'quote', `Who is the question addressed to?`, []),
			ask('asks-older', 'quote', `How old is this question?`, [])
		];
	}
	const bare = text.replace(/[.,;:!\s]+$/u, '');
	if (bare.length > SHORT || cutBefore || cutAfter || /[?!…\n]/u.test(bare)) return [];
	const shows = [{ text: bare, start, end: start + bare.length }];
	return [
		ask('quote-letter', 'quote', `If “${bare}” were the first line of a letter, who would it be for?`, shows),
		ask('quote-next', 'quote', `What is the sentence after “${bare}”?`, shows),
		ask('quote-around', 'quote', `What was around you while you wrote “${bare}”?`, shows)
	];
}

function ofLink({ link }: Material): Question[] {
	if (link === null) return [];
	return [
		ask('link-changed', 'link', `What has moved since ${link.when}, and what has not?`, []),
		ask('link-reader', 'link', `What would the one who wrote on ${link.when} recognise here?`, [])
	];
}
