import type { Page } from '@playwright/test';
import { median, ratio, rounded, type Figure, type Round } from './report.ts';
import type { Origin } from './session.ts';
import { searched } from './text.ts';

const rounds = 5;
const asksEachRound = 40;

interface Question {
	readonly name: string;
	/** What is typed into the search; null: the newest, without a search. */
	readonly typed: string | null;
}

const asked: readonly Question[] = [
	{ name: 'newest 50', typed: null },
	{ name: 'search for a rare word', typed: searched.rare },
	{ name: 'search for a middling word', typed: searched.middle },
	{ name: 'search for a common word', typed: searched.common }
];

/** One page of a list and of searches, each followed by the bare query: the statement of the app itself. */
export function readFigures(origin: Origin): Promise<Figure[]> {
	return origin.beside(async (page) => {
		await page.evaluate((wasm) => globalThis.bench.prepare(wasm), origin.wasm);
		const figures: Figure[] = [];
		for (const question of asked) figures.push(await figureOf(page, question));
		return figures;
	});
}

async function figureOf(page: Page, { name, typed }: Question): Promise<Figure> {
	await page.evaluate((of) => globalThis.bench.prepareQuestion(of.name, of.typed), { name, typed });
	await roundOf(page, { name, typed }, 'total');
	const measured: Round[] = [];
	const withTotal: Round[] = [];
	for (let round = 0; round < rounds; round++) {
		measured.push(await roundOf(page, { name, typed }, 'rows'));
		withTotal.push(await roundOf(page, { name, typed }, 'total'));
	}
	const ratios = withTotal.map(({ app, floor }) => app / floor);
	return ratio({
		name,
		floor: 'the bare query of its rows',
		bound: 1.5,
		rounds: measured,
		detail: { beside_rows_and_total: rounded(median(ratios)) }
	});
}

async function roundOf(page: Page, { name, typed }: Question, what: 'rows' | 'total'): Promise<Round> {
	const { app, floor } = await page.evaluate(
		(of) => globalThis.bench.reads(of.name, of.typed, of.count, of.what),
		{ name, typed, count: asksEachRound, what }
	);
	return { app: median(app), floor: median(floor) };
}
