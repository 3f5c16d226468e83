import { patternNames } from '#domain/pattern.ts';
import { seedTensions } from '#domain/tension.ts';
import { axisKey, type TensionRow } from '#records/tension.ts';

/** What the anonymised summary is made of. */
export interface SummedUp {
	/** How many reflections may be counted. */
	readonly reflections: number;
	/** Of each of them that was mirrored, the names of the patterns of its newest run. */
	readonly patterns: readonly (readonly string[])[];
	readonly tensions: readonly Pick<TensionRow, 'axis_a' | 'axis_b' | 'position'>[];
}

/**
 * The anonymised summary, version 1, as JSON text: `n` reflections, `m` of them mirrored, `p` for each pattern the number of
 * reflections that show it, `t` for each seed tension how many stand [nearer to its first end, in the middle, nearer to its
 * second, nowhere yet], `x` tensions of other names. Numbers and codes of one letter: no word, name, id or date, so that
 * nothing in it can be a word of anybody's.
 */
export function summaryText({ reflections, patterns, tensions }: SummedUp): string {
	const p = patternNames.map((name) => patterns.filter((names) => names.includes(name)).length);
	const t = seedTensions.map(() => [0, 0, 0, 0]);
	let x = 0;
	for (const tension of tensions) {
		const { seed, isTurned } = seedOf(tension);
		const places = t[seed];
		if (places === undefined) x++;
		else places[placeOf(tension.position, isTurned)]! += 1;
	}
	return JSON.stringify({
		v: 1,
		n: reflections,
		m: patterns.length,
		p: coded(p, (count) => count > 0),
		t: coded(t, (places) => places.some((count) => count > 0)),
		x
	});
}

/** By letters in the order of the list, which grows at its end only: a letter means the same for ever. */
function coded<T>(values: readonly T[], isTold: (value: T) => boolean): Readonly<Record<string, T>> {
	return Object.fromEntries(
		values
			.map((value, at) => [String.fromCharCode(97 + at), value] as const)
			.filter(([, value]) => isTold(value))
	);
}

/** The seed whose poles a tension has, in either order; -1 where it has others. */
function seedOf({ axis_a, axis_b }: Pick<TensionRow, 'axis_a' | 'axis_b'>): {
	seed: number;
	isTurned: boolean;
} {
	const [a, b] = [axisKey(null, axis_a), axisKey(null, axis_b)];
	const keys = seedTensions.map(([left, right]) => [axisKey(null, left), axisKey(null, right)]);
	const seed = keys.findIndex((poles) => poles.includes(a) && poles.includes(b) && a !== b);
	return { seed, isTurned: keys[seed]?.[0] === b };
}

/** Index into [first end, middle, second end, nowhere yet]. */
function placeOf(position: number | null, isTurned: boolean): number {
	if (position === null) return 3;
	const towards = isTurned ? -position : position;
	if (Math.abs(towards) < 1 / 3) return 1;
	return towards < 0 ? 0 : 2;
}
