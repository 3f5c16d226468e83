/** Lists as people type them: one item in each line. Every list of texts comes back from its lines as it was. */

/** An item that a line could not hold as it is stands in quotes. */
export function toLines(items: readonly string[]): string {
	return items.map((item) => (isPlain(item) ? item : JSON.stringify(item))).join('\n');
}

/** Without lines that are empty or stand there twice. */
export function fromLines(text: string): string[] {
	const lines = text.split('\n').map((line) => line.trim());
	return [...new Set(lines.filter((line) => line !== '').map(unquoted))];
}

function isPlain(item: string): boolean {
	return item !== '' && item === item.trim() && !item.includes('\n') && !item.startsWith('"');
}

function unquoted(line: string): string {
	if (!line.startsWith('"')) return line;
	try {
		const value: unknown = JSON.parse(line);
		return typeof value === 'string' ? value : line;
	} catch {
		return line;
	}
}
