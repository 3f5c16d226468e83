import { ratio, rounded, type Figure, type Round } from './report.ts';
import type { Origin, Session } from './session.ts';

const rounds = 5;

/** 10,000 entries of a JSON diary into an empty mirror, again and again, the floor after it or before it in turn. */
export async function importFigure(session: Session): Promise<Figure> {
	const origin = await session.origin();
	await origin.install('empty');
	const measured: Round[] = [];
	const staged: number[] = [];
	for (let round = -1; round < rounds; round++) {
		await origin.alone((page) => page.evaluate(() => globalThis.bench.install('empty')));
		const { app, floor, ...more } = await importOnce(origin, round % 2 === 0 ? 'app' : 'floor');
		if (round < 0) continue;
		measured.push({ app, floor });
		staged.push(rounded(more.staged));
	}
	return ratio({
		name: '10,000 entries imported',
		floor: 'bare inserts of the same rows in one transaction, no file',
		bound: 3,
		rounds: measured,
		detail: { reading_and_previewing_before_ms: staged }
	});
}

function importOnce(origin: Origin, first: 'app' | 'floor'): Promise<Round & { staged: number }> {
	return origin.beside(async (page) => {
		await page.evaluate(() => globalThis.bench.prepareImport());
		return page.evaluate((of) => globalThis.bench.import(of.wasm, of.first), { wasm: origin.wasm, first });
	});
}
