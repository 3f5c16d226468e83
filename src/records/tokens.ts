import type { Span } from '#domain/reflection.ts';

/** A word as search sees it, and where it stands in the text it came from (UTF-16 offsets). */
export interface Token {
	readonly text: string;
	readonly span: Span;
	/** Of a script that writes no spaces: one character is one token, and a run of them is searched as a phrase. */
	readonly cjk: boolean;
}

const words = /[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{M}]+)*/gu;
const cjkCharacter =
	/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]\p{M}*/gu;
const ascii = /^[\n\r\t -~]*$/;
const asciiWords = /[A-Za-z0-9]+(?:'[A-Za-z]+)*/g;
const plain = /^[a-z0-9]+$/;
/** Letters that Unicode does not decompose, as people type them without their mark. */
const letters: Readonly<Record<string, string>> = {
	ß: 'ss',
	ł: 'l',
	ø: 'o',
	đ: 'd',
	ð: 'd',
	þ: 'th',
	æ: 'ae',
	œ: 'oe',
	ı: 'i'
};

/** Marks that people leave out when they type: Latin, Greek and Cyrillic accents, Hebrew points, Arabic vowel signs. */
const leftOut = /[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]+/g;

/**
 * Case, accents and compatibility forms folded away: what is equal after folding is the same word to a search.
 * Unicode NFKC without the marks above, lower case, and the letters above; only letters, digits and marks remain.
 */
function fold(text: string): string {
	const lower = text.toLowerCase();
	if (plain.test(lower)) return lower;
	return lower
		.normalize('NFKD')
		.replace(leftOut, '')
		.toLowerCase()
		.replace(/[ßłøđðþæœı]/g, (letter) => letters[letter] ?? letter)
		.replace(/[^\p{L}\p{N}\p{M}]+/gu, '')
		.normalize('NFC');
}

/** A name as search sees it: names that are equal after folding are the same. Of signs alone nothing would be left. */
export function foldName(name: string): string {
	const words = [...tokensOf(name)].map(({ text }) => text).filter((text) => text !== '');
	return words.length === 0 ? name.trim() : words.join(' ');
}

/**
 * The words of a text in order. The same everywhere: it depends on nothing but the text (no ICU word lists), so that an
 * index written by one browser answers the queries of another.
 */
export function* tokensOf(text: string): Generator<Token> {
	if (ascii.test(text)) return yield* asciiTokens(text);
	for (const match of text.matchAll(words)) {
		const start = match.index;
		let at = 0;
		for (const character of match[0].matchAll(cjkCharacter)) {
			if (character.index > at) yield token(match[0].slice(at, character.index), start + at, false);
			yield token(character[0], start + character.index, true);
			at = character.index + character[0].length;
		}
		if (at < match[0].length) yield token(match[0].slice(at), start + at, false);
	}
}

/** The same for plain English and code, several times as fast. */
function* asciiTokens(text: string): Generator<Token> {
	for (const match of text.matchAll(asciiWords)) {
		const word = match[0].toLowerCase();
		const span: Span = [match.index, match.index + word.length];
		yield { text: word.includes("'") ? word.replaceAll("'", '') : word, span, cjk: false };
	}
}

function token(text: string, start: number, cjk: boolean): Token {
	return { text: fold(text), span: [start, start + text.length], cjk };
}

/** The text that the index holds: tokens separated by single spaces. */
export function tokenStream(text: string): string {
	let stream = '';
	for (const { text: word } of tokensOf(text)) if (word !== '') stream += stream === '' ? word : ` ${word}`;
	return stream;
}
