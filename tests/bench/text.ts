/** How many reflections a measured mirror holds. */
export const reflections = 10_000;
/** How many characters each of them has. */
const characters = 600;

const consonants = 'bdfghklmnprstv';
const vowels = 'aeiou';
/** The commonest words are short, as in every language; all others have six letters, so that none begins another. */
const vocabulary: readonly string[] = Array.from({ length: 4000 }, (_, rank) =>
	rank < 20 ? syllable(rank) : syllable(rank) + syllable(Math.floor(rank / 70)) + syllable(rank * 37 + 11)
);

/** Words to search for, with about how many of the reflections hold them. */
export const searched = { rare: wordAt(2700), middle: wordAt(700), common: wordAt(20) };

function syllable(number: number): string {
	const vowel = Math.floor(number / consonants.length) % vowels.length;
	return `${consonants[number % consonants.length]}${vowels[vowel]}`;
}

function wordAt(rank: number): string {
	return vocabulary[rank] ?? '';
}

/**
 * The text of one entry, the same in Node, page and worker. The frequency of a word falls with its rank as in language
 * (Zipf), so that a search meets rare and common words.
 */
export function textOf(seed: number, length = characters): string {
	let state = (Math.imul(seed + 1, 0x9e3779b1) ^ 0x5bd1e995) >>> 0;
	const draw = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
	let text = `${seed}`;
	for (let word = 1; text.length < length; word++) {
		const next = wordAt(Math.floor(vocabulary.length ** draw()) - 1);
		text += word % 11 === 0 ? `. ${next.charAt(0).toUpperCase()}${next.slice(1)}` : ` ${next}`;
	}
	return text.slice(0, length);
}

/** The text of a save: with a tag, so that every table that a save touches gets a row. */
export function savedText(index: number, length: number): string {
	return `${textOf(1_000_000 + index, length - 9)} #evening`;
}

/** A diary as a JSON array of `{date, text}`, as the page imports it. */
export function diary(): string {
	const start = Date.UTC(1999, 0, 1, 7);
	const entries = Array.from({ length: reflections }, (_, index) => ({
		date: new Date(start + index * 86_413_000).toISOString(),
		text: textOf(index)
	}));
	return JSON.stringify(entries);
}
