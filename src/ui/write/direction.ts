const rightToLeft =
	/[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;

/** Beyond this `dir="auto"` costs a layout of the whole text with each key: 3 s at 1 MB, against 50 ms without (measured). */
const longText = 10_000;

/**
 * The `dir` of a field: the browser's own finding, for each paragraph, while that is cheap; for a long text the direction
 * of its first letter.
 */
export function directionOf(text: string): 'auto' | 'ltr' | 'rtl' {
	if (text.length <= longText) return 'auto';
	const letter = /\p{L}/u.exec(text.slice(0, longText))?.[0] ?? '';
	return rightToLeft.test(letter) ? 'rtl' : 'ltr';
}
