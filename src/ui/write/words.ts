/** How many words a text has, and how long it takes to read. */
export interface Length {
	readonly words: number;
	/** Rounded; 0 for less than half a minute. */
	readonly minutes: number;
}

/** Adults read English prose at about 238 words a minute (Brysbaert 2019). */
const wordsPerMinute = 238;
/** Characters that are counted without a pause: a few milliseconds. */
const stretch = 8000;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });

/**
 * Counts in short stretches and lets the page breathe between them, so that a long text never holds up a key. Null when
 * the signal came first.
 */
export async function measure(text: string, signal: AbortSignal): Promise<Length | null> {
	let words = 0;
	for (let from = 0; from < text.length;) {
		const to = endOfStretch(text, from);
		words += countIn(text.slice(from, to));
		from = to;
		if (from < text.length) await new Promise((resolve) => setTimeout(resolve, 0));
		if (signal.aborted) return null;
	}
	return { words, minutes: Math.round(words / wordsPerMinute) };
}

function countIn(text: string): number {
	let count = 0;
	for (const { isWordLike } of segmenter.segment(text)) if (isWordLike === true) count++;
	return count;
}

/** Ends where a word ends, if one does soon. */
function endOfStretch(text: string, from: number): number {
	const end = from + stretch;
	if (end >= text.length) return text.length;
	const space = text.slice(end, end + 200).search(/\s/);
	return space === -1 ? end : end + space;
}
