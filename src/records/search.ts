import type { Transaction } from '#storage/database.ts';
import type { Term } from '#records/query.ts';
import { tokenStream } from '#records/tokens.ts';

/** Full-text search on SQLite: FTS4 over the token stream, one row for each row of `reflection_index`. */

/** Indexes a reflection that stands in `reflection_index`. The stream is a parameter, so that a replay is the same. */
export async function putInSearch(tx: Transaction, reflectionId: string, text: string): Promise<void> {
	await tx.run(
		'INSERT INTO reflection_search (docid, tokens) SELECT docid, ? FROM reflection_index WHERE reflection_id = ?',
		[tokenStream(text), reflectionId]
	);
}

/** Takes a reflection out of the index, before its row in `reflection_index` goes. */
export async function forgetInSearch(tx: Transaction, reflectionId: string): Promise<void> {
	await tx.run(
		'DELETE FROM reflection_search WHERE docid = (SELECT docid FROM reflection_index WHERE reflection_id = ?)',
		[reflectionId]
	);
}

/** Merges the index into one piece, so that no word of a deleted row stays in an older one. */
export async function optimizeSearch(tx: Transaction): Promise<void> {
	await tx.run("INSERT INTO reflection_search (reflection_search) VALUES ('optimize')");
}

/**
 * The MATCH expression for terms that must all be there. Built of tokens, which hold letters, digits and marks only:
 * what a person typed never reaches the query language.
 */
export function matchExpression(terms: readonly Term[]): string {
	return terms
		.map(({ words, prefix }) =>
			words.length === 1 && prefix ? `${words[0]}*` : `"${words.join(' ')}${prefix ? '*' : ''}"`
		)
		.join(' ');
}
