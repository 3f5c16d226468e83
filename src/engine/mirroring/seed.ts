/** A stream of choices that is the same for the same seed and text: the mirror varies, and can be replayed. */
export interface Choices {
	/** A number in [0, 1). */
	next(): number;
	/** The items in a seeded order. */
	shuffled<T>(items: readonly T[]): T[];
	/** One of the items, or null when there are none. */
	one<T>(items: readonly T[]): T | null;
}

/** Choices from a seed and the text they are about (FNV-1a for the start, mulberry32 for the stream). */
export function choicesOf(seed: number, text: string): Choices {
	let state = fnv1a(`${seed}\n${text.slice(0, 4_000)}\n${text.length}`);
	const next = (): number => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
	const shuffled = <T>(items: readonly T[]): T[] => {
		const keyed = items.map((item) => ({ item, key: next() }));
		return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
	};
	return { next, shuffled, one: (items) => shuffled(items)[0] ?? null };
}

function fnv1a(text: string): number {
	let hash = 0x811c9dc5;
	for (let index = 0; index < text.length; index += 1)
		hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
	return hash | 0;
}
