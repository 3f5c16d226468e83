import type { Rule } from '#app/policy-trial.ts';
import { number, plural } from '#ui/format.ts';
import { policy } from '#ui/texts/policy.ts';

/** What a rule does, in a sentence. */
export function ruleInWords(rule: Rule): string {
	const { actors = [], tools = [] } = rule;
	const whom = [actors.map(policy.actor).join(', '), tools.join(', ')].filter((part) => part !== '');
	return `${ownWords(rule)}${whom.length === 0 ? '' : ` (${whom.join('; ')})`}.`;
}

function ownWords(rule: Rule): string {
	switch (rule.kind) {
		case 'hours': {
			const { from, to, zone, days: on = [] } = rule;
			const names = on.map((day) => policy.rules.dayNames[day - 1] ?? '').join(', ');
			return `Only from ${from} until ${to}, ${zone}${names === '' ? '' : `, on ${names}`}`;
		}
		case 'rate':
			return `At most ${plural(rule.limit, { one: '# request', other: '# requests' })} in ${span(rule.window_ms)} for each ${policy.rules.pers[rule.per]}`;
		case 'params': {
			const { path, pattern, deny } = rule;
			return `The parameter “${path}” must ${deny ? 'not ' : ''}be ${patternInWords(pattern)}`;
		}
		case 'words': {
			const { words, deny } = rule;
			const list = words.map((word) => `“${word}”`).join(', ');
			return `${deny ? 'None' : 'One'} of ${list} ${deny ? 'may' : 'must'} stand in ${policy.rules.ins[rule.in]}`;
		}
		case 'ask':
			return 'You are asked first';
	}
}

function patternInWords(pattern: Extract<Rule, { kind: 'params' }>['pattern']): string {
	switch (pattern.kind) {
		case 'values':
			return `one of ${pattern.values.map((value) => (typeof value === 'string' ? `“${value}”` : value)).join(', ')}`;
		case 'prefix':
			return `text that begins with “${pattern.prefix}”`;
		case 'glob':
			return `text like “${pattern.glob}”`;
		case 'length':
			return `text of at most ${number(pattern.max_length)} characters`;
		case 'range': {
			const { min, max } = pattern;
			if (min === undefined) return `a number of at most ${max}`;
			return max === undefined ? `a number of at least ${min}` : `a number from ${min} to ${max}`;
		}
	}
}

/** Milliseconds in the largest unit that takes them whole. */
function span(ms: number): string {
	const spans = [
		[86_400_000, 'day', 'days'],
		[3_600_000, 'hour', 'hours'],
		[60_000, 'minute', 'minutes'],
		[1000, 'second', 'seconds']
	] as const;
	const [size, one, other] = spans.find(([length]) => ms % length === 0) ?? [
		1,
		'millisecond',
		'milliseconds'
	];
	return plural(ms / size, { one: `# ${one}`, other: `# ${other}` });
}
