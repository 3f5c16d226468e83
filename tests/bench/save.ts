import type { Page } from '@playwright/test';
import type { Pairs } from './browser/page.ts';
import { saves, type Kept } from './mirrors.ts';
import { percentile, ratio, rounded, type Figure } from './report.ts';
import type { Origin } from './session.ts';

const rounds = 5;
/** Saves of each size that are made before any is measured. */
const warmUp = { 600: 60, 100_000: 8 } as const;

/** Saves of both sizes, one after the other, each followed by its floor: the same rows, a record as long, flushed. */
export function saveFigures(origin: Origin, { identity }: Kept): Promise<Figure[]> {
	return origin.beside(async (page) => {
		await page.evaluate((wasm) => globalThis.bench.prepare(wasm), origin.wasm);
		await page.evaluate(() => globalThis.bench.prepareSaves());
		const figures: Figure[] = [];
		let first = 0;
		for (const { length, count } of saves) {
			figures.push(...(await figuresOf(page, { identity, length, count, first })));
			first += count;
		}
		return figures;
	});
}

interface Size {
	readonly identity: string;
	readonly length: 600 | 100_000;
	readonly count: number;
	readonly first: number;
}

async function figuresOf(page: Page, { identity, length, count, first }: Size): Promise<Figure[]> {
	const each = Math.floor((count - warmUp[length]) / rounds);
	const measured: Pairs[] = [];
	let done = 0;
	for (let round = -1; round < rounds; round++) {
		const now = round < 0 ? warmUp[length] : each;
		const options = { first: first + done, text: done, count: now, length, identity };
		const pairs = await page.evaluate((asked) => globalThis.bench.saves(asked), options);
		if (round >= 0) measured.push(pairs);
		done += now;
	}
	const floor = 'the same rows, a record as long appended and flushed';
	const detail = { saves: each * rounds, characters: length };
	return ([50, 95] as const).map((percent) =>
		ratio({
			name: `save of ${length} characters, p${percent}`,
			floor,
			bound: percent === 50 ? 2 : 3,
			rounds: measured.map(({ app, floor }) => ({
				app: percentile(app, percent),
				floor: percentile(floor, percent)
			})),
			detail: { ...detail, over_all_rounds: rounded(overAll(measured, percent)) }
		})
	);
}

/** The ratio of the percentiles over all rounds together. */
function overAll(measured: readonly Pairs[], percent: number): number {
	const of = (side: 'app' | 'floor') =>
		percentile(
			measured.flatMap((pairs) => pairs[side]),
			percent
		);
	return of('app') / of('floor');
}
