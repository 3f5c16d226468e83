/** A stretch of text that two versions share, or that only one of them has. */
export interface Part {
	readonly kind: 'same' | 'added' | 'removed';
	readonly text: string;
}

/**
 * Edits beyond this are not looked for: the texts have then so little in common that saying "all of it" helps more, and
 * the search would take the square of it (Myers 1986, "An O(ND) difference algorithm").
 */
const mostEdits = 300;

/**
 * What became of a text: first by lines, then, where lines were replaced by lines, by words. Joining all that is not
 * `added` gives `before`; joining all that is not `removed` gives `after`.
 */
export function diffTexts(before: string, after: string): Part[] {
	const parts: Part[] = [];
	let removed = '';
	let added = '';
	const settle = () => {
		if (removed !== '' && added !== '') parts.push(...diffPieces(wordsOf(removed), wordsOf(added)));
		else if (removed !== '') parts.push({ kind: 'removed', text: removed });
		else if (added !== '') parts.push({ kind: 'added', text: added });
		removed = added = '';
	};
	for (const part of diffPieces(linesOf(before), linesOf(after))) {
		if (part.kind === 'removed') removed += part.text;
		else if (part.kind === 'added') added += part.text;
		else {
			settle();
			parts.push(part);
		}
	}
	settle();
	return joined(parts);
}

function linesOf(text: string): string[] {
	return text.match(/[^\n]*\n|[^\n]+/g) ?? [];
}

/** Words with the space that follows them, so that nothing is lost between them. */
function wordsOf(text: string): string[] {
	return text.match(/\s+|[^\s\p{P}\p{S}]+|[\p{P}\p{S}]/gu) ?? [];
}

function diffPieces(before: readonly string[], after: readonly string[]): Part[] {
	let start = 0;
	while (start < before.length && start < after.length && before[start] === after[start]) start++;
	let end = 0;
	while (
		end < before.length - start &&
		end < after.length - start &&
		before[before.length - 1 - end] === after[after.length - 1 - end]
	)
		end++;
	return joined([
		...before.slice(0, start).map(same),
		...shortestEdit(before.slice(start, before.length - end), after.slice(start, after.length - end)),
		...before.slice(before.length - end).map(same)
	]);
}

/** Goes forward along diagonals, remembering how far each step came, and walks back from the end. */
function shortestEdit(before: readonly string[], after: readonly string[]): Part[] {
	const [n, m] = [before.length, after.length];
	if (n === 0 || m === 0) return [...before.map(removedPart), ...after.map(addedPart)];
	const reached: Map<number, number>[] = [];
	const furthest = new Map<number, number>([[1, 0]]);
	for (let edits = 0; edits <= Math.min(n + m, mostEdits); edits++) {
		reached.push(new Map(furthest));
		for (let k = -edits; k <= edits; k += 2) {
			const down = k === -edits || (k !== edits && at(furthest, k - 1) < at(furthest, k + 1));
			let x = down ? at(furthest, k + 1) : at(furthest, k - 1) + 1;
			while (x < n && x - k < m && before[x] === after[x - k]) x++;
			furthest.set(k, x);
			if (x >= n && x - k >= m) return walkBack(reached, before, after);
		}
	}
	return [...before.map(removedPart), ...after.map(addedPart)];
}

function walkBack(
	reached: readonly Map<number, number>[],
	before: readonly string[],
	after: readonly string[]
): Part[] {
	const parts: Part[] = [];
	let [x, y] = [before.length, after.length];
	for (let edits = reached.length - 1; edits >= 0; edits--) {
		const furthest = reached[edits] ?? new Map<number, number>();
		const k = x - y;
		const down = k === -edits || (k !== edits && at(furthest, k - 1) < at(furthest, k + 1));
		const fromX = edits === 0 ? 0 : at(furthest, down ? k + 1 : k - 1);
		const fromY = edits === 0 ? 0 : fromX - (down ? k + 1 : k - 1);
		for (; x > fromX && y > fromY; y--) parts.push(same(before[--x] ?? ''));
		if (edits === 0) break;
		if (down) parts.push(addedPart(after[--y] ?? ''));
		else parts.push(removedPart(before[--x] ?? ''));
	}
	return parts.reverse();
}

function at(furthest: ReadonlyMap<number, number>, k: number): number {
	return furthest.get(k) ?? -1;
}

function same(text: string): Part {
	return { kind: 'same', text };
}

function addedPart(text: string): Part {
	return { kind: 'added', text };
}

function removedPart(text: string): Part {
	return { kind: 'removed', text };
}

/** Neighbours of one kind become one part; of neighbours that replace each other, what was removed comes first. */
function joined(parts: readonly Part[]): Part[] {
	const result: Part[] = [];
	let removed = '';
	let added = '';
	const settle = () => {
		if (removed !== '') result.push(removedPart(removed));
		if (added !== '') result.push(addedPart(added));
		removed = added = '';
	};
	for (const { kind, text } of parts) {
		if (kind === 'removed') removed += text;
		else if (kind === 'added') added += text;
		else {
			settle();
			const last = result.at(-1);
			if (last?.kind === 'same') result[result.length - 1] = same(last.text + text);
			else result.push(same(text));
		}
	}
	settle();
	return result;
}
