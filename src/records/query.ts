import { tokensOf, type Token } from '#records/tokens.ts';

/** What a person typed into the search field, understood. */
export interface SearchQuery {
	/** All of these must stand in the reflection. */
	readonly terms: readonly Term[];
	/** None of these may. */
	readonly without: readonly Term[];
	readonly tags: readonly string[];
	readonly identity: string | null;
	/** Local days, `YYYY-MM-DD`: strictly before, and that day or later. */
	readonly before: string | null;
	readonly after: string | null;
	readonly pinned: boolean;
}

/** One word, or several that must follow each other; `prefix` where the last may go on. */
export interface Term {
	readonly words: readonly string[];
	readonly prefix: boolean;
}

const piece = /(-?)(?:"([^"]*)"?|(tag|identity|before|after|is):(?:"([^"]*)"?|(\S*))|(\S+))/g;
const day = /^\d{4}(-\d\d(-\d\d)?)?$/;

/**
 * Reads `word`, `"a phrase"`, `word*`, `-word`, `tag:x`, `#x`, `identity:x`, `before:2026-03`, `after:2026`, `is:pinned`.
 * The last word may go on, because people see results while they type. What means nothing is left out: there is no
 * malformed query.
 */
export function parseQuery(typed: string): SearchQuery {
	const query = {
		terms: [] as Term[],
		without: [] as Term[],
		tags: [] as string[],
		identity: null as string | null,
		before: null as string | null,
		after: null as string | null,
		pinned: false
	};
	const pieces = [...typed.matchAll(piece)];
	pieces.forEach(([, minus, phrase, field, quoted, value, word], index) => {
		const into = minus === '-' ? query.without : query.terms;
		if (phrase !== undefined) return addTerm(into, phrase, false);
		if (field !== undefined) return addField(query, field, (quoted ?? value ?? '').trim());
		if (word === undefined) return;
		if (word.startsWith('#') && word.length > 1) return void query.tags.push(word.slice(1));
		const last = index === pieces.length - 1 && minus !== '-' && !/\s$/.test(typed);
		addTerm(into, word, last || word.endsWith('*'));
	});
	return query;
}

function addField(
	query: {
		tags: string[];
		identity: string | null;
		before: string | null;
		after: string | null;
		pinned: boolean;
	},
	field: string,
	value: string
) {
	if (value === '') return;
	if (field === 'tag') query.tags.push(value.replace(/^#/, ''));
	if (field === 'identity') query.identity = value;
	if (field === 'is' && value === 'pinned') query.pinned = true;
	if (field === 'before' && day.test(value)) query.before = value;
	if (field === 'after' && day.test(value)) query.after = value;
}

/** A piece without spaces can still be several tokens ("well-known", 東京): then they must follow each other. */
function addTerm(into: Term[], text: string, prefix: boolean) {
	const tokens = [...tokensOf(text)].filter((token) => token.text !== '');
	const last = tokens.at(-1);
	if (last !== undefined)
		into.push({ words: tokens.map((token) => token.text), prefix: prefix && !last.cjk });
}

/** Which of a text's tokens a term hits, as [first, end) indexes into `tokens`. */
export function* hitsOf(
	tokens: readonly Token[],
	term: Term
): Generator<readonly [first: number, end: number]> {
	const { words, prefix } = term;
	for (let at = 0; at + words.length <= tokens.length; at++) {
		const hit = words.every((word, n) => {
			const text = tokens[at + n]?.text ?? '';
			return prefix && n === words.length - 1 ? text.startsWith(word) : text === word;
		});
		if (hit) yield [at, at + words.length];
	}
}
