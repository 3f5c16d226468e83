import type { Json, JsonObject } from '#base/canonical.ts';
import type { Rule } from '#app/policy-trial.ts';
import { fromLines, toLines } from '#ui/policy/lines.ts';
import { fromWhole, toWhole } from '#ui/policy/typed-number.ts';

export const ruleKinds = [
	'hours',
	'rate',
	'params',
	'words',
	'ask'
] as const satisfies readonly Rule['kind'][];
export const patternKinds = ['values', 'prefix', 'glob', 'length', 'range'] as const;
export const units = ['second', 'minute', 'hour', 'day'] as const;
export type Unit = (typeof units)[number];
type Pattern = Extract<Rule, { kind: 'params' }>['pattern'];

/** What every rule has as it is typed; empty where it says nothing. */
interface Common {
	/** Tells it apart while it is moved. */
	id: string;
	actors: string;
	tools: string;
	reason: string;
}
export interface TypedHours extends Common {
	kind: 'hours';
	from: string;
	to: string;
	zone: string;
	/** 1 Monday to 7 Sunday. */
	days: number[];
}
export interface TypedRate extends Common {
	kind: 'rate';
	limit: string;
	window: string;
	unit: Unit;
	per: Extract<Rule, { kind: 'rate' }>['per'];
}
export interface TypedParams extends Common {
	kind: 'params';
	path: string;
	deny: boolean;
	pattern: Pattern['kind'];
	/** Of every kind of pattern but a range: what was typed for one kind stands there when another is tried. */
	text: string;
	min: string;
	max: string;
}
export interface TypedWords extends Common {
	kind: 'words';
	words: string;
	in: Extract<Rule, { kind: 'words' }>['in'];
	deny: boolean;
}
export interface TypedAsk extends Common {
	kind: 'ask';
}
/** A rule as it stands in its form: texts, whatever is in them. */
export type TypedRule = TypedHours | TypedRate | TypedParams | TypedWords | TypedAsk;

const everyDay = [1, 2, 3, 4, 5, 6, 7];
const msOf: Readonly<Record<Unit, number>> = {
	second: 1000,
	minute: 60_000,
	hour: 3_600_000,
	day: 86_400_000
};

/** A rule that begins as the one most people want of its kind. */
export function newRule(kind: Rule['kind'], id: string, zone: string): TypedRule {
	const common = { id, actors: '', tools: '', reason: '' };
	switch (kind) {
		case 'hours':
			return { ...common, kind, from: '06:00', to: '22:00', zone, days: everyDay };
		case 'rate':
			return { ...common, kind, limit: '10', window: '1', unit: 'minute', per: 'actor_and_tool' };
		case 'params':
			return { ...common, kind, path: '', deny: false, pattern: 'values', text: '', min: '', max: '' };
		case 'words':
			return { ...common, kind, words: '', in: 'intent', deny: true };
		case 'ask':
			return { ...common, kind };
	}
}

/** A rule of a policy, ready to be edited: `ruleOf` makes the same one of it. */
export function typedRule(rule: Rule, id: string): TypedRule {
	const { actors = [], tools = [], reason = '' } = rule;
	const common = { id, actors: toLines(actors), tools: toLines(tools), reason };
	switch (rule.kind) {
		case 'hours': {
			const { kind, from, to, zone, days = everyDay } = rule;
			return { ...common, kind, from, to, zone, days: [...days] };
		}
		case 'rate': {
			const { kind, limit, window_ms, per } = rule;
			const unit = units.findLast((one) => window_ms % msOf[one] === 0) ?? 'second';
			return { ...common, kind, limit: String(limit), window: String(window_ms / msOf[unit]), unit, per };
		}
		case 'params': {
			const { kind, path, deny, pattern } = rule;
			return { ...common, kind, path, deny, pattern: pattern.kind, ...typedPattern(pattern) };
		}
		case 'words': {
			const { kind, words, in: where, deny } = rule;
			return { ...common, kind, words: toLines(words), in: where, deny };
		}
		case 'ask':
			return { ...common, kind: rule.kind };
	}
}

/** What is typed, as a policy holds it: whether it can be used is not asked here, and nothing of it is lost. */
export function ruleOf(typed: TypedRule): JsonObject {
	return { kind: typed.kind, ...commonOf(typed), ...ownOf(typed) };
}

function commonOf({ actors, tools, reason }: TypedRule): JsonObject {
	const [who, what] = [fromLines(actors), fromLines(tools)];
	return {
		...(who.length === 0 ? {} : { actors: who }),
		...(what.length === 0 ? {} : { tools: what }),
		...(reason === '' ? {} : { reason })
	};
}

function ownOf(typed: TypedRule): JsonObject {
	switch (typed.kind) {
		case 'hours': {
			const { from, to, zone, days } = typed;
			return { from, to, zone, ...(days.length === everyDay.length ? {} : { days }) };
		}
		case 'rate': {
			const window = fromWhole(typed.window, 3);
			const window_ms = typeof window === 'number' ? Math.round(window * msOf[typed.unit]) : window;
			return { limit: fromWhole(typed.limit), window_ms, per: typed.per };
		}
		case 'params':
			return { path: typed.path, deny: typed.deny, pattern: patternOf(typed) };
		case 'words':
			return { words: fromLines(typed.words), in: typed.in, deny: typed.deny };
		case 'ask':
			return {};
	}
}

function typedPattern(pattern: Pattern): Pick<TypedParams, 'text' | 'min' | 'max'> {
	const none = { text: '', min: '', max: '' };
	switch (pattern.kind) {
		case 'values':
			return { ...none, text: toLines(pattern.values.map(toValueLine)) };
		case 'prefix':
			return { ...none, text: pattern.prefix };
		case 'glob':
			return { ...none, text: pattern.glob };
		case 'length':
			return { ...none, text: toWhole(pattern.max_length) };
		case 'range':
			return { ...none, min: numberText(pattern.min), max: numberText(pattern.max) };
	}
}

function patternOf({ pattern: kind, text, min, max }: TypedParams): JsonObject {
	switch (kind) {
		case 'values':
			return { kind, values: fromLines(text).map(fromValueLine) };
		case 'prefix':
			return { kind, prefix: text };
		case 'glob':
			return { kind, glob: text };
		case 'length':
			return { kind, max_length: fromWhole(text) };
		case 'range':
			return {
				kind,
				...(min.trim() === '' ? {} : { min: fromNumber(min) }),
				...(max.trim() === '' ? {} : { max: fromNumber(max) })
			};
	}
}

/** A text that looks like a number or a yes or no stands in quotes. */
function toValueLine(value: string | number | boolean): string {
	if (typeof value !== 'string') return String(value);
	return typeof fromValueLine(value) === 'string' && !value.startsWith("'") ? value : `'${value}'`;
}

function fromValueLine(line: string): string | number | boolean {
	if (line === 'true' || line === 'false') return line === 'true';
	if (line.length > 1 && line.startsWith("'") && line.endsWith("'")) return line.slice(1, -1);
	const number = fromNumber(line);
	return typeof number === 'number' ? number : line;
}

function numberText(value: number | undefined): string {
	return value === undefined ? '' : String(value);
}

/** The text itself where it is no number. */
function fromNumber(text: string): Exclude<Json, object> {
	const number = Number(text);
	return text.trim() !== '' && /^[-+\d.e]+$/i.test(text.trim()) && Number.isFinite(number) ? number : text;
}
