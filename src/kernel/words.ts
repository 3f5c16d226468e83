import { isObject, type Json } from '#base/canonical.ts';

/** A letter, digit or mark: two of them side by side belong to one word. */
const joined = /^[\p{L}\p{N}\p{M}_]$/u;
/** Of scripts that are written without spaces: there every place is the edge of a word. */
const unspaced =
	/^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]$/u;

/** What is not seen: format characters, and what a reader may pass over, as fillers and variation selectors are. */
const unseen = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * A text in which words are found whatever their case and form of letters. Characters that are not seen are left out: an
 * agent that may not write a word could else hide one in it.
 */
export function foldedWord(text: string): string {
	return text.replace(unseen, '').normalize('NFKC').toLowerCase();
}

/** Whether a folded word or phrase stands whole in a folded text. */
export function holdsWord(text: string, word: string): boolean {
	const [first = '', last = ''] = [Array.from(word)[0], Array.from(word).at(-1)];
	for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
		const before = Array.from(text.slice(Math.max(0, at - 2), at)).at(-1) ?? '';
		const after = Array.from(text.slice(at + word.length, at + word.length + 2))[0] ?? '';
		if (isEdge(before, first) && isEdge(after, last)) return true;
	}
	return false;
}

/** Whether a word that has `own` at its edge ends there, beside `other`. */
function isEdge(other: string, own: string): boolean {
	return !joined.test(other) || !joined.test(own) || unspaced.test(own) || unspaced.test(other);
}

/** Every text in a value, keys too: what may not be said must not be said in a name either. */
export function textsIn(value: Json): string[] {
	const texts: string[] = [];
	const open: Json[] = [value];
	for (let next = open.pop(); next !== undefined; next = open.pop()) {
		if (typeof next === 'string') texts.push(next);
		else if (Array.isArray(next)) for (const item of next) open.push(item);
		else if (isObject(next)) {
			for (const [key, member] of Object.entries(next)) {
				texts.push(key);
				open.push(member);
			}
		}
	}
	return texts;
}
