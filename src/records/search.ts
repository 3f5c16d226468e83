import { sql as raw, type RawBuilder } from 'kysely';
import { utf8 } from '#base/bytes.ts';
import type { PlainRow, PlainTable } from '#storage/copy.ts';
import type { Dialect, Transaction } from '#storage/database.ts';
import type { Term } from '#records/query.ts';
import { tokenStream } from '#records/tokens.ts';

/**
 * Full-text search over the token stream, one row for each row of `reflection_index`. SQLite: FTS4. PostgreSQL: the words
 * in a tsvector, without places, for a tsvector forgets those beyond 16,383; what must stand in order is then looked up in
 * the stream. Both find the same reflections.
 */

/** Indexes a reflection that stands in `reflection_index`. The stream is a parameter, so that a replay is the same. */
export async function putInSearch(tx: Transaction, reflectionId: string, text: string): Promise<void> {
	const stream = tokenStream(text);
	if (tx.dialect === 'sqlite') {
		await tx.run(
			'INSERT INTO reflection_search (docid, tokens) SELECT docid, ? FROM reflection_index WHERE reflection_id = ?',
			[stream, reflectionId]
		);
		return;
	}
	await tx.run(
		`INSERT INTO reflection_search (docid, tokens, words)
		SELECT docid, ?, CAST(CAST(? AS text) AS tsvector) FROM reflection_index WHERE reflection_id = ?`,
		[stream, wordsOf(stream), reflectionId]
	);
}

/** Takes a reflection out of the index, before its row in `reflection_index` goes. */
export async function forgetInSearch(tx: Transaction, reflectionId: string): Promise<void> {
	await tx.run(
		'DELETE FROM reflection_search WHERE docid = (SELECT docid FROM reflection_index WHERE reflection_id = ?)',
		[reflectionId]
	);
}

/** The index as both engines have it, to be copied: its words are PostgreSQL's own. */
export const searchTable: PlainTable = {
	name: 'reflection_search',
	columns: [
		{ name: 'docid', type: 'bigint', isCounted: false },
		{ name: 'tokens', type: 'text', isCounted: false }
	],
	key: ['docid']
};

export const searchTableWithWords: PlainTable = {
	...searchTable,
	columns: [...searchTable.columns, { name: 'words', type: 'tsvector', isCounted: false }]
};

/** A row of the index with its words. */
export function withWords(row: PlainRow): PlainRow {
	return [...row, wordsOf(String(row[1]))];
}

/** Merges the index into one piece, so that no word of a deleted row stays in an older one. PostgreSQL does so in `scrub`. */
export async function optimizeSearch(tx: Transaction): Promise<void> {
	if (tx.dialect === 'sqlite')
		await tx.run("INSERT INTO reflection_search (reflection_search) VALUES ('optimize')");
}

/**
 * The docids of reflections in which all of these terms are. Built of tokens, which hold letters, digits and marks only:
 * what a person typed never reaches a query language.
 */
export function found(terms: readonly Term[], dialect: Dialect): RawBuilder<unknown> {
	if (dialect === 'sqlite')
		return raw`(SELECT docid FROM reflection_search WHERE tokens MATCH ${matchExpression(terms)})`;
	const isIn = raw`(words IS NULL OR words @@ CAST(${wordQuery(terms)} AS tsquery))`;
	const inOrder = terms
		.filter(({ words }) => words.length > 1 || words.some(isLong))
		.map(
			({ words, prefix }) =>
				raw` AND ' ' || tokens || ' ' LIKE ${`% ${words.join(' ')}${prefix ? '' : ' '}%`}`
		);
	// Where there are too many words for the index, the stream tells.
	const unindexed = terms
		.filter(({ words }) => words.length === 1)
		.map(
			({ words, prefix }) =>
				raw` AND (words IS NOT NULL OR ' ' || tokens || ' ' LIKE ${`% ${words[0] ?? ''}${prefix ? '' : ' '}%`})`
		);
	return raw`(SELECT docid FROM reflection_search WHERE ${isIn}${raw.join([...inOrder, ...unindexed], raw``)})`;
}

function matchExpression(terms: readonly Term[]): string {
	return terms
		.map(({ words, prefix }) =>
			words.length === 1 && prefix ? `${words[0]}*` : `"${words.join(' ')}${prefix ? '*' : ''}"`
		)
		.join(' ');
}

/** Characters of a word that a tsvector takes (2046 bytes) whatever they are, and bytes of all of them (1 MB). */
const longestWord = 500;
const mostBytes = 1_000_000;

/** Whether the index holds perhaps no more than its beginning. */
function isLong(word: string): boolean {
	return word.length >= longestWord;
}

function cutWord(word: string): string {
	return isLong(word) ? word.slice(0, longestWord).toWellFormed() : word;
}

/** Each word of a stream once, as a tsvector is written; null where there are more than one holds. */
function wordsOf(stream: string): string | null {
	const words = [...new Set(stream.split(' ').map(cutWord))].join(' ');
	return utf8(words).length > mostBytes ? null : words;
}

function wordQuery(terms: readonly Term[]): string {
	return terms
		.flatMap(({ words, prefix }) =>
			words.map((word, at) => `'${cutWord(word)}'${prefix && at === words.length - 1 ? ':*' : ''}`)
		)
		.join(' & ');
}
