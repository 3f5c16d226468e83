import { tokensOf, type Token } from '#records/tokens.ts';

/** What a person typed into the search field, understood. */
export interface SearchQuery {
	/** All of these must stand in the reflection. */
	readonly terms: readonly Term[];
	/** None of these may. */
	readonly without: readonly Term[];
	readonly tags: readonly string[];
	readonly withoutTags: readonly string[];
	readonly identity: string | null;
	readonly withoutIdentity: string | null;
	/** Local days, `YYYY-MM-DD`: strictly before, and that day or later. */
	readonly before: string | null;
	readonly after: string | null;
	/** Null: whether or not. */
	readonly pinned: boolean | null;
}

/** One word, or several that must follow each other; `prefix` where the last may go on. */
export interface Term {
	readonly words: readonly string[];
	readonly prefix: boolean;
}

const piece = /(-?)(?:"([^"]*)"?|(tag|identity|before|after|is):(?:"([^"]*)"?|(\S*))|(\S+))/g;
const day = /^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/;

/**
 * Reads `word`, `"a phrase"`, `word*`, `tag:x`, `#x`, `identity:x`, `is:pinned`, each with `-` before it for what must not
 * be, and `before:2026-03`, `after:2026`.
 * The last word may go on, because people see results while they type. What means nothing is left out: there is no
 * malformed query.
 */
export function parseQuery(typed: string): SearchQuery {
	const query = {
		terms: [] as Term[],
		without: [] as Term[],
		tags: [] as string[],
		withoutTags: [] as string[],
		identity: null as string | null,
		withoutIdentity: null as string | null,
		before: null as string | null,
		after: null as string | null,
		pinned: null as boolean | null
	};
	const pieces = [...typed.matchAll(piece)];
	pieces.forEach(([, minus, phrase, field, quoted, value, word], index) => {
		const isWithout = minus === '-';
		const into = isWithout ? query.without : query.terms;
		if (phrase !== undefined) return addTerm(into, phrase, false);
		if (field !== undefined)
			return addField(query, field, (quoted ?? value ?? '').trim(), isWithout ? 'without' : 'with');
		if (word === undefined) return;
		if (word.startsWith('#') && word.length > 1)
			return addField(query, 'tag', word, isWithout ? 'without' : 'with');
		const last = index === pieces.length - 1 && !isWithout && !/\s$/.test(typed);
		addTerm(into, word, last || word.endsWith('*'));
	});
	return query;
}

type Writable = { -readonly [Name in keyof SearchQuery]: SearchQuery[Name] } & {
	readonly tags: string[];
	readonly withoutTags: string[];
};

/** A day that is not to be before means nothing. */
function addField(query: Writable, field: string, value: string, sign: 'with' | 'without') {
	const isWith = sign === 'with';
	if (value === '') return;
	if (field === 'tag') query[isWith ? 'tags' : 'withoutTags'].push(value.replace(/^#/, ''));
	if (field === 'identity') query[isWith ? 'identity' : 'withoutIdentity'] = value;
	if (field === 'is' && value === 'pinned') query.pinned = isWith;
	if (field === 'before' && isWith && day.test(value)) query.before = value;
	if (field === 'after' && isWith && day.test(value)) query.after = value;
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
