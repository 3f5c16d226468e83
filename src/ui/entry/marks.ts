/** Scripts without spaces between words: there a hit may stand inside of a run of letters. */
const unspaced =
	/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Wraps each occurrence of the words below `root` in a `<mark>`; text is moved, never parsed. */
export function markWords(root: Node, words: readonly string[]): void {
	if (words.length === 0) return;
	const pattern = new RegExp(words.map(patternOf).join('|'), 'giu');
	const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
	const texts: Text[] = [];
	while (walker.nextNode() !== null) texts.push(walker.currentNode as Text);
	for (const text of texts) markIn(text, pattern);
}

function markIn(text: Text, pattern: RegExp): void {
	const matches = [...text.data.matchAll(pattern)];
	// From the end, so that offsets before stay right.
	for (const match of matches.reverse()) {
		const hit = text.splitText(match.index);
		hit.splitText(match[0].length);
		const mark = document.createElement('mark');
		hit.replaceWith(mark);
		mark.append(hit);
	}
}

function patternOf(word: string): string {
	const literal = word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&').replace(/\s+/g, '\\s+');
	return unspaced.test(word) ? literal : `(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`;
}
