import type { Page } from '@playwright/test';
import { ratio, type Figure, type Round } from './report.ts';
import type { Session } from './session.ts';

/** Which side is measured first. */
type Side = 'app' | 'floor';

const rounds = { open: 5, copy: 5, operation: 200 };

/** PostgreSQL beside the bare PGlite, over the mirror of 10,000 imported reflections. */
export async function postgresFigures(session: Session): Promise<Figure[]> {
	const origin = await session.origin();
	return origin.alone(async (page) => {
		await page.evaluate((wasm) => globalThis.bench.postgres.prepare('diary', wasm), origin.wasm);
		return [await firstOpen(page), ...(await copies(page)), ...(await operations(page))];
	});
}

async function firstOpen(page: Page): Promise<Figure> {
	const measured = await inRounds(rounds.open, async (first) => {
		const open = (isPrepared: boolean) =>
			page.evaluate((prepared) => globalThis.bench.postgres.firstOpen(prepared), isPrepared);
		if (first === 'app') return { app: await open(true), floor: await open(false) };
		const floor = await open(false);
		return { app: await open(true), floor };
	});
	return ratio({
		name: 'PostgreSQL first opened from the prepared directory',
		floor: 'first opened without one, and migrated',
		bound: 0.75,
		rounds: measured
	});
}

async function copies(page: Page): Promise<Figure[]> {
	const [there, back]: [Round[], Round[]] = [[], []];
	for (let round = -1; round < rounds.copy; round++) {
		const first: Side = round % 2 === 0 ? 'app' : 'floor';
		await page.evaluate(() => globalThis.bench.postgres.layDown());
		const to = await page.evaluate((side) => globalThis.bench.postgres.copyBoth(side), first);
		const from = await page.evaluate((side) => globalThis.bench.postgres.copyBackBoth(side), first);
		if (round < 0) continue;
		there.push(to);
		back.push(from);
	}
	const what = 'the same rows inserted in bulk, nothing read';
	return [
		ratio({ name: 'mirror of 10,000 copied to PostgreSQL', floor: what, bound: 2, rounds: there }),
		ratio({ name: 'mirror of 10,000 copied to SQLite', floor: what, bound: 2, rounds: back })
	];
}

async function operations(page: Page): Promise<Figure[]> {
	const figures: Figure[] = [];
	await page.evaluate(() => globalThis.bench.postgres.reopen());
	for (const what of ['read', 'write'] as const) {
		const measured = await inRounds(rounds.operation, (first) =>
			page.evaluate((of) => globalThis.bench.postgres.both(of.what, of.first), { what, first })
		);
		const name = what === 'read' ? 'PostgreSQL: newest 50 of 10,000' : 'PostgreSQL: one row in a transaction';
		figures.push(ratio({ name, floor: 'the same statements by PGlite', bound: 1.5, rounds: measured }));
	}
	await page.evaluate(() => globalThis.bench.postgres.close());
	return figures.map(({ rounds: _single, ...figure }) => figure);
}

async function inRounds(count: number, measure: (first: Side) => Promise<Round>): Promise<Round[]> {
	const measured: Round[] = [];
	for (let round = -1; round < count; round++) {
		const both = await measure(round % 2 === 0 ? 'app' : 'floor');
		if (round >= 0) measured.push(both);
	}
	return measured;
}
