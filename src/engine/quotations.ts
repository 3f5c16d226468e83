/** A stretch of a text between quotation marks, marks included: `text.slice(start, end)`. */
export interface Quotation {
	readonly start: number;
	readonly end: number;
}

const CLOSING: Readonly<Record<string, string>> = { '“': '”', '„': '“', '«': '»', '"': '"' };

/** A quotation longer than this is taken for a forgotten mark. */
const LONGEST = 2_000;

/** The quotations of a text, in order; a mark that is not closed in its paragraph opens nothing. One pass. */
export function quotations(text: string): Quotation[] {
	const found: Quotation[] = [];
	let open: { mark: string; start: number } | null = null;
	for (const { 0: mark, index } of text.matchAll(/[“”„«»"]|\n[^\S\n]*\n/gu)) {
		if (mark.startsWith('\n')) open = null;
		else if (open !== null && CLOSING[open.mark] === mark && index - open.start <= LONGEST) {
			found.push({ start: open.start, end: index + 1 });
			open = null;
		} else if (mark in CLOSING) open = { mark, start: index };
	}
	return found;
}

/** Whether a place stands in a quotation of a text. To be asked from the text's beginning to its end. */
export function quotedIn(text: string): (place: { readonly start: number }) => boolean {
	const spans = quotations(text);
	let at = 0;
	return ({ start }) => {
		while (at < spans.length && (spans[at]?.end ?? 0) <= start) at += 1;
		return start >= (spans[at]?.start ?? Infinity);
	};
}

/** What stands between the marks. */
export function quoted(text: string, quotation: Quotation): string {
	return text.slice(quotation.start + 1, quotation.end - 1);
}
