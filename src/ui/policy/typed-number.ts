/** A number as a field shows it. */
export function toWhole(value: number): string {
	return String(value);
}

/** The number that was typed, with so many digits behind the point at most; the text itself where it is none. */
export function fromWhole(text: string, digits = 0): number | string {
	const shape = digits === 0 ? /^\d{1,15}$/ : /^\d{1,12}(?:\.\d{1,3})?$/;
	return shape.test(text.trim()) ? Number(text.trim()) : text;
}
