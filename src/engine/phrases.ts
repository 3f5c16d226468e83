/**
 * A small phrase language, so that rules are data and matching is linear in the text: no regular expression of a rule's
 * can run away. A phrase is words with one space between; each word is one of
 * `word`, `this|that` (either), `@name` (any word of that class), `*ing` (ends so), `_` (any word), each optional with `?`;
 * `^` before the first word: only at the start of a clause; `$` after the last: only at its end.
 */

/** What matching needs to know about a word. */
export interface Matchable {
	readonly norm: string;
	readonly clause: number;
	readonly opens: boolean;
	readonly closes: boolean;
	/** Whether its clause begins here with a conjunction and without a mark: a phrase that holds that word goes on. */
	readonly soft?: boolean;
}

/** Named lists of words that phrases refer to as `@name`. */
export type WordClasses = Readonly<Record<string, readonly string[]>>;

/** A match of a phrase: tokens `from` to `to` (exclusive), and what the phrase was filed under. */
export interface Match<T> {
	readonly value: T;
	readonly from: number;
	readonly to: number;
}

interface Element {
	/** Null for any word. */
	readonly words: ReadonlySet<string> | null;
	readonly suffixes: readonly string[];
	readonly optional: boolean;
}

/** Phrases share their beginnings: one node for each different word after the same start. */
interface Node<T> {
	readonly element: Element;
	readonly next: Map<string, Node<T>>;
	readonly ends: { readonly value: T; readonly closes: boolean }[];
}

/** Phrases ready to be matched, indexed by the words they can begin with. */
export interface PhraseBook<T> {
	/** Nodes of phrases that may begin with this word. */
	readonly byWord: ReadonlyMap<string, readonly { readonly node: Node<T>; readonly opens: boolean }[]>;
	/** Nodes of phrases that may begin with any word. */
	readonly byAny: readonly { readonly node: Node<T>; readonly opens: boolean }[];
}

/** What is wrong with a phrase, or null: a class that is not there, an empty word, a phrase of optional words only. */
export function phraseFault(phrase: string, classes: WordClasses): string | null {
	const parts = split(phrase).parts;
	if (parts.some((part) => part === '' || part === '?')) return `"${phrase}" has an empty word`;
	const named = parts
		.flatMap((part) => part.replace(/\?$/, '').split('|'))
		.filter((word) => word.startsWith('@'));
	const missing = named.find((word) => !Object.hasOwn(classes, word.slice(1)));
	if (missing !== undefined) return `"${phrase}" names the unknown class ${missing}`;
	return parts.every((part) => part.endsWith('?')) ? `"${phrase}" has only optional words` : null;
}

/** Compiles phrases that `phraseFault` finds no fault with. */
export function compile<T>(
	entries: Iterable<{ readonly phrase: string; readonly value: T }>,
	classes: WordClasses = {}
): PhraseBook<T> {
	const roots = { opening: new Map<string, Node<T>>(), anywhere: new Map<string, Node<T>>() };
	for (const { phrase, value } of entries) {
		const { parts, opens, closes } = split(phrase);
		let level = opens ? roots.opening : roots.anywhere;
		let node: Node<T> | undefined;
		for (const part of parts) {
			node = level.get(part) ?? { element: element(part, classes), next: new Map(), ends: [] };
			level.set(part, node);
			level = node.next;
		}
		node?.ends.push({ value, closes });
	}
	const byWord = new Map<string, { node: Node<T>; opens: boolean }[]>();
	const byAny: { node: Node<T>; opens: boolean }[] = [];
	for (const [root, opens] of [[roots.opening, true] as const, [roots.anywhere, false] as const]) {
		for (const node of root.values()) {
			const firsts = firstWords(node);
			if (firsts === null) byAny.push({ node, opens });
			else for (const word of firsts) byWord.set(word, [...(byWord.get(word) ?? []), { node, opens }]);
		}
	}
	return { byWord, byAny };
}

/** All matches in one sentence's tokens, each the longest for its phrase and place; a match stays within one clause. */
export function findPhrases<T>(book: PhraseBook<T>, sentence: readonly Matchable[]): Match<T>[] {
	const matches: Match<T>[] = [];
	sentence.forEach((token, from) => {
		const ends = new Map<Node<T>['ends'][number], number>();
		for (const starts of [book.byWord.get(token.norm) ?? [], book.byAny]) {
			for (const { node, opens } of starts)
				if (!opens || token.opens) walk(node, { sentence, from, ends }, from);
		}
		for (const [{ value }, to] of ends) matches.push({ value, from, to });
	});
	return matches;
}

interface Walk<T> {
	readonly sentence: readonly Matchable[];
	readonly from: number;
	/** The furthest end found for each phrase. */
	readonly ends: Map<Node<T>['ends'][number], number>;
}

function walk<T>(node: Node<T>, state: Walk<T>, at: number): void {
	const { sentence, from } = state;
	const token = sentence[at];
	if (token !== undefined && matches(node.element, token.norm)) {
		const before = at === from ? token : sentence[at - 1];
		const joined = token.clause === before?.clause || (token.soft === true && node.element.words !== null);
		if (joined) follow(node, state, at + 1);
	}
	if (node.element.optional) follow(node, state, at);
}

function follow<T>(node: Node<T>, state: Walk<T>, at: number): void {
	if (at > state.from) {
		for (const end of node.ends) {
			if (end.closes && state.sentence[at - 1]?.closes !== true) continue;
			if ((state.ends.get(end) ?? 0) < at) state.ends.set(end, at);
		}
	}
	for (const next of node.next.values()) walk(next, state, at);
}

function matches(wanted: Element, norm: string): boolean {
	if (wanted.words === null || wanted.words.has(norm)) return true;
	return wanted.suffixes.some((suffix) => norm.length > suffix.length + 1 && norm.endsWith(suffix));
}

function split(phrase: string): { parts: string[]; opens: boolean; closes: boolean } {
	const opens = phrase.startsWith('^');
	const closes = phrase.endsWith('$');
	return { parts: phrase.slice(opens ? 1 : 0, closes ? -1 : undefined).split(' '), opens, closes };
}

function element(part: string, classes: WordClasses): Element {
	const optional = part.endsWith('?');
	const core = optional ? part.slice(0, -1) : part;
	if (core === '_') return { words: null, suffixes: [], optional };
	const alternatives = core
		.split('|')
		.flatMap((word) => (word.startsWith('@') ? (classes[word.slice(1)] ?? []) : [word]));
	const suffixes = alternatives.filter((word) => word.startsWith('*')).map((word) => word.slice(1));
	return { words: new Set(alternatives.filter((word) => !word.startsWith('*'))), suffixes, optional };
}

/** The words that phrases from this node on can begin with, or null when any word may do. */
function firstWords<T>(node: Node<T>): Set<string> | null {
	const { words, suffixes, optional } = node.element;
	if (words === null || suffixes.length > 0) return null;
	const firsts = new Set(words);
	if (!optional) return firsts;
	for (const next of node.next.values()) {
		const more = firstWords(next);
		if (more === null) return null;
		for (const word of more) firsts.add(word);
	}
	return firsts;
}
