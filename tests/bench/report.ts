/** How long both sides took in one round, in milliseconds. */
export interface Round {
	readonly app: number;
	readonly floor: number;
}

/** One line of the report. */
export interface Figure {
	readonly name: string;
	readonly value: number | boolean;
	/** `x`: times the floor of the same run. */
	readonly unit: 'x' | 'bytes' | 'is so';
	/** At most; for `is so` what it has to be. */
	readonly bound: number | boolean;
	readonly within: boolean;
	/** Of a ratio: what the other side did, and the medians of both, in milliseconds. */
	readonly floor?: string;
	readonly app_ms?: number;
	readonly floor_ms?: number;
	readonly rounds?: readonly Round[];
	readonly detail?: Detail;
}

export type Detail = Readonly<Record<string, number | string | boolean | readonly (number | string)[]>>;

export interface RatioOptions {
	readonly name: string;
	readonly floor: string;
	readonly bound: number;
	readonly rounds: readonly Round[];
	readonly detail?: Detail;
}

/** The median of the rounds' ratios: what disturbs one round disturbs both of its sides. */
export function ratio({ name, floor, bound, rounds, detail }: RatioOptions): Figure {
	const value = rounded(median(rounds.map(({ app, floor }) => app / floor)));
	return {
		name,
		value,
		unit: 'x',
		bound,
		within: value <= bound,
		floor,
		app_ms: rounded(median(rounds.map(({ app }) => app))),
		floor_ms: rounded(median(rounds.map(({ floor }) => floor))),
		rounds: rounds.map(({ app, floor }) => ({ app: rounded(app), floor: rounded(floor) })),
		...(detail === undefined ? {} : { detail })
	};
}

export function size(name: string, bytes: number, bound: number, detail: Detail): Figure {
	return { name, value: bytes, unit: 'bytes', bound, within: bytes <= bound, detail };
}

export function truth(name: string, isSo: boolean, detail: Detail): Figure {
	return { name, value: isSo, unit: 'is so', bound: true, within: isSo, detail };
}

export function median(values: readonly number[]): number {
	return percentile(values, 50);
}

/** The value below or at which so many percent of all lie (nearest rank; of an even number of values the median is the mean). */
export function percentile(values: readonly number[], percent: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length / 2;
	if (percent === 50 && Number.isInteger(middle))
		return ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
	return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? NaN;
}

export function rounded(value: number): number {
	return Number(value.toPrecision(4));
}

/** For a person: one line for each figure. */
export function table(figures: readonly Figure[]): string {
	const head = ['figure', 'value', 'bound', 'within', 'app', 'floor', 'beside'];
	const rows = figures.map(({ name, value, unit, bound, within, app_ms, floor_ms, floor }) => [
		name,
		shown(value, unit),
		shown(bound, unit),
		within ? 'yes' : 'NO',
		app_ms === undefined ? '' : `${app_ms} ms`,
		floor_ms === undefined ? '' : `${floor_ms} ms`,
		floor ?? ''
	]);
	const lines = [head, ...rows];
	const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
	return lines
		.map((line) =>
			line
				.map((cell, column) => cell.padEnd(widths[column] ?? 0))
				.join('  ')
				.trimEnd()
		)
		.join('\n');
}

function shown(value: number | boolean, unit: Figure['unit']): string {
	if (typeof value === 'boolean') return value ? 'yes' : 'no';
	return unit === 'x' ? `${value.toFixed(2)} x` : `${(value / 1000).toFixed(1)} kB`;
}
