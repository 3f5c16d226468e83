import type { Said } from '#engine/mirroring/frames.ts';
import { times } from '#engine/mirroring/frames.ts';
import type { Material } from '#engine/mirroring/material.ts';
import type { Evidence } from '#engine/patterns.ts';

/** A line that may follow the quotation. Of each kind the mirror says at most one. */
export interface Line extends Said {
	readonly kind: 'pattern' | 'poles' | 'link' | 'returning';
}

/** Every line that fits, several wordings of a kind among them. */
export function linesOf(m: Material): Line[] {
	if (!m.english) return [];
	return [...patternLines(m), ...poleLines(m), ...linkLines(m), ...returningLines(m)];
}

/** One pattern, in words that can be counted on the page. */
function patternLines(m: Material): Line[] {
	const lines: Line[] = [];
	const add = (pattern: NonNullable<Said['pattern']>, text: string, shows: readonly Evidence[]): void => {
		lines.push({ kind: 'pattern', pattern, text, shows });
	};
	const obligation = m.patterns.get('obligation_language');
	if (obligation !== undefined) {
		const { word, times: count } = obligation.top;
		const other = obligation.evidence.find(({ text }) => text.toLowerCase() !== word.text.toLowerCase());
		if (count >= 2) add('obligation_language', `You wrote “${word.text}” ${times(count)}.`, [word]);
		else if (other !== undefined)
			add('obligation_language', `“${word.text}” is in it, and “${other.text}” too.`, [word, other]);
		else add('obligation_language', `There is one “${word.text}” in it.`, [word]);
	}
	const absolute = m.patterns.get('absolute_thinking');
	if (absolute !== undefined) {
		const { word, times: count } = absolute.top;
		add(
			'absolute_thinking',
			count >= 2
				? `“${word.text}” stands here ${times(count)}, a word without exceptions.`
				: `“${word.text}” is a word without exceptions; you used it once.`,
			[word]
		);
	}
	const [first, second, third] = m.feelings;
	if (m.patterns.has('high_emotional_intensity') && first !== undefined && second !== undefined) {
		if (third === undefined)
			add(
				'high_emotional_intensity',
				`Two feelings are called by name: “${first.text}” and “${second.text}”.`,
				[first, second]
			);
		else if (m.feelings.length === 3)
			add(
				'high_emotional_intensity',
				`Three feelings are called by name: “${first.text}”, “${second.text}” and “${third.text}”.`,
				[first, second, third]
			);
		else
			add(
				'high_emotional_intensity',
				`Several feelings are called by name, from “${first.text}” to “${m.feelings.at(-1)?.text ?? ''}”.`,
				[first, m.feelings.at(-1) ?? first]
			);
	}
	const self = m.patterns.get('self_critical');
	if (self !== undefined) {
		add('self_critical', `About yourself you wrote “${self.top.word.text}”.`, [self.top.word]);
		add('self_critical', `“${self.top.word.text}”: that one is about you.`, [self.top.word]);
	}
	const turns = m.patterns.get('internal_tension')?.top;
	if (
		turns !== undefined &&
		turns.times >= 2 &&
		/^(?:but|however|yet|though|although)$/i.test(turns.word.text)
	) {
		add('internal_tension', `The page changes direction on “${turns.word.text}” ${times(turns.times)}.`, [
			turns.word
		]);
	}
	const others = m.patterns.get('relationship_focus')?.top;
	if (
		others !== undefined &&
		others.times >= (/^(?:s?he|him|her|they|them)$/i.test(others.word.text) ? 4 : 3)
	)
		add('relationship_focus', `“${others.word.text}” is here ${times(others.times)}.`, [others.word]);
	return lines;
}

/** Two sides in the person's own words; a word between them is theirs too. */
function poleLines(m: Material): Line[] {
	if (m.tension === null) return [];
	const [a, b] = m.tension.poles;
	const shows = [a, b];
	const wordings = [
		`“${a.text}” on one side, “${b.text}” on the other.`,
		`“${a.text}”, and next to it “${b.text}”.`,
		`Both are there: “${a.text}” and “${b.text}”.`,
		`Between “${a.text}” and “${b.text}” nothing is decided yet.`
	];
	return wordings.map((text) => ({ kind: 'poles', text, shows }));
}

/** One earlier day. What it said stands in quotation marks; nothing is concluded from it. */
function linkLines(m: Material): Line[] {
	if (m.link === null) return [];
	const { when, quote, word } = m.link;
	if (quote.text === m.quote.text)
		return [{ kind: 'link', text: `The same sentence stands on ${when}, word for word.`, shows: [] }];
	const earlier = `${quote.cutBefore ? '… ' : ''}“${quote.text}”${quote.cutAfter ? ' …' : ''}`;
	if (word === null) {
		return [{ kind: 'link', text: `On ${when} this stood there too, word for word: ${earlier}`, shows: [] }];
	}
	return [
		{ kind: 'link', text: `On ${when} you wrote ${earlier}`, shows: [] },
		{ kind: 'link', text: `${when}, in your hand: ${earlier}`, shows: [] },
		{ kind: 'link', text: `A line from ${when} lies close to it: ${earlier}`, shows: [] },
		{ kind: 'link', text: `“${word.text}” was already there on ${when}: ${earlier}`, shows: [word] }
	];
}

function returningLines(m: Material): Line[] {
	if (m.returning === null) return [];
	const { word, times: count } = m.returning;
	return [{ kind: 'returning', text: `The word “${word.text}” comes back ${times(count)}.`, shows: [word] }];
}
