import { median, ratio, rounded, truth, type Figure, type Round } from './report.ts';
import type { Origin } from './session.ts';
import type { Kept } from './mirrors.ts';

const rounds = 5;

/** Whether one can type before the database is open, on a visit like every other. */
export async function typingFigure(origin: Origin): Promise<Figure> {
	const typed: number[] = [];
	const ready: number[] = [];
	for (let round = 0; round < rounds; round++) {
		await origin.alone((page) => page.evaluate(() => globalThis.bench.clearDrafts()));
		await origin.app(
			async (page, seen) => {
				const kept = await page.locator('textarea').first().inputValue();
				if (seen.typed === null || kept !== 'x') throw new Error('what was typed at the start was not kept');
				typed.push(rounded(seen.typed));
				ready.push(rounded(seen.ready));
			},
			await origin.typing()
		);
	}
	await origin.alone((page) => page.evaluate(() => globalThis.bench.clearDrafts()));
	const isSo = typed.every((ms, round) => ms < (ready[round] ?? 0));
	return truth('typing before the database is open', isSo, { typed_ms: typed, ready_ms: ready });
}

/** From the moment that the page asks for its database to the moment that it answers. */
export async function readyFigure(origin: Origin, { bytes }: Kept): Promise<Figure> {
	const measured: Round[] = [];
	const sinceNavigation: number[] = [];
	const quiet: number[] = [];
	for (let round = 0; round < rounds; round++) {
		const seen = await origin.app((_page, started) => Promise.resolve(started));
		measured.push({ app: seen.ready - seen.connected, floor: await origin.bare() });
		quiet.push(
			await origin.alone((page) => page.evaluate((wasm) => globalThis.bench.openBare(wasm), origin.wasm))
		);
		sinceNavigation.push(rounded(seen.ready));
	}
	return ratio({
		name: 'database ready',
		floor: 'bare sql.js open of the same bytes, in the same place',
		bound: 2,
		rounds: measured,
		detail: {
			database_bytes: bytes,
			ready_after_navigation_ms: sinceNavigation,
			bare_open_in_an_empty_page_ms: quiet.map(rounded),
			beside_that: rounded(median(measured.map(({ app }, round) => app / (quiet[round] ?? NaN))))
		}
	});
}

/** The same start with ten times as many ledger entries, and as many reflections. Here the smaller one is the floor. */
export async function growthFigure(
	{ small, large }: { readonly small: Origin; readonly large: Origin },
	bytes: { readonly small: number; readonly large: number }
): Promise<Figure> {
	const measured: Round[] = [];
	for (let round = 0; round < rounds; round++) {
		const [app, floor] = [await startOf(large), await startOf(small)];
		measured.push({ app, floor });
	}
	return ratio({
		name: 'start-up with 100,000 ledger entries',
		floor: 'start-up with 10,000 ledger entries',
		bound: 1.3,
		rounds: measured,
		detail: { database_bytes: [bytes.small, bytes.large] }
	});
}

function startOf(origin: Origin): Promise<number> {
	return origin.app((_page, { ready, connected }) => Promise.resolve(ready - connected));
}
