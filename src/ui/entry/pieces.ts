/** Text of this length is set in a few milliseconds. */
const piece = 4000;

const fence = /^ {0,3}(`{3,}|~{3,})/;

/** A paragraph without an end is cut all the same, at this many pieces: a page that stands still helps nobody. */
const longest = 8;

/** Cuts a long text at blank lines that stand in no fenced code; what belongs together across them is text of its own. */
export function piecesOf(text: string, size = piece): string[] {
	if (text.length <= size * 2) return [text];
	const pieces: string[] = [];
	let current = '';
	let open: string | null = null;
	for (const line of linesOf(text, size * longest)) {
		const mark = fence.exec(line)?.[1];
		if (open === null && mark !== undefined) open = mark;
		else if (open !== null && mark?.startsWith(open) === true) open = null;
		current += line;
		const isBetween = current.length >= size && open === null && line.trim() === '';
		if (!isBetween && current.length < size * longest) continue;
		pieces.push(current);
		current = '';
	}
	return current === '' ? pieces : [...pieces, current];
}

/** Lines with their ends; one that is longer than `most` in parts that end after a space, if there is one. */
function linesOf(text: string, most: number): string[] {
	const lines = text.match(/[^\n]*\n|[^\n]+/g) ?? [];
	return lines.flatMap((line) => {
		const parts: string[] = [];
		let rest = line;
		while (rest.length > most) {
			const space = rest.lastIndexOf(' ', most - 1);
			const end = space === -1 ? most : space + 1;
			parts.push(rest.slice(0, end));
			rest = rest.slice(end);
		}
		return [...parts, rest];
	});
}
