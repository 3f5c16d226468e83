import type { Page } from '@playwright/test';
import type { Hasher } from './browser/hashing.ts';
import { median, ratio, rounded, type Detail, type Figure, type Round } from './report.ts';
import type { Origin } from './session.ts';

const rounds = 5;
const hashers: readonly Hasher[] = [
	'own WebAssembly (#base/sha256.ts)',
	'WebCrypto, all at once',
	'WebCrypto, one after the other',
	'@noble/hashes'
];

/**
 * A ledger and the rows that it proves, verified in memory and from the database, beside the fastest SHA-256 of the same
 * messages. Of 100,000 entries most are packed.
 */
export function verifyFigures(
	origin: Origin,
	entriesIn: '10,000 entries' | '100,000 entries'
): Promise<Figure[]> {
	return origin.beside(async (page) => {
		const bytes = await page.evaluate((wasm) => globalThis.bench.prepareLedger(wasm), origin.wasm);
		const { fastest, speeds } = await race(page, bytes.chain);
		const entries = {
			floor: `SHA-256 of its entries: ${fastest}`,
			hash: () => hashing(page, fastest, 'chain')
		};
		const everything = {
			floor: `SHA-256 of entries, tree, requests and rows: ${fastest}`,
			hash: () => hashing(page, fastest, 'everything')
		};
		const unpacking = () => page.evaluate(() => globalThis.bench.unpack());
		const replay = () => page.evaluate(() => globalThis.bench.replay());
		const replayStored = () => page.evaluate(() => globalThis.bench.replayStored());
		const verify = () => page.evaluate(() => globalThis.bench.verify());
		return [
			ratio({
				name: `ledger verified from memory, ${entriesIn}`,
				bound: 2.5,
				floor: entries.floor,
				rounds: await pairs(replay, entries.hash),
				detail: { ...bytes, ...speeds }
			}),
			ratio({
				name: `ledger verified from the database, its chain alone, ${entriesIn}`,
				bound: 4,
				floor: entries.floor,
				rounds: await pairs(replayStored, entries.hash),
				detail: {
					'unpacking alone, ms': rounded(median([await unpacking(), await unpacking(), await unpacking()]))
				}
			}),
			ratio({
				name: `ledger.verify: the chain, every request and every row, ${entriesIn}`,
				bound: 4,
				floor: everything.floor,
				rounds: await pairs(verify, everything.hash)
			})
		];
	});
}

async function pairs(app: () => Promise<number>, floor: () => Promise<number>): Promise<Round[]> {
	await app();
	await floor();
	const measured: Round[] = [];
	for (let round = 0; round < rounds; round++) measured.push({ app: await app(), floor: await floor() });
	return measured;
}

function hashing(page: Page, hasher: Hasher, what: 'chain' | 'everything'): Promise<number> {
	return page.evaluate((of) => globalThis.bench.hash(of.hasher, of.what), { hasher, what });
}

/** Every SHA-256 over the same messages, in turn. `speeds`: megabytes a second, by name. */
async function race(page: Page, bytes: number): Promise<{ fastest: Hasher; speeds: Detail }> {
	const took = new Map<Hasher, number[]>(hashers.map((hasher) => [hasher, []]));
	const whole: number[] = [];
	for (let round = -1; round < rounds; round++) {
		for (const hasher of hashers) {
			const ms = await hashing(page, hasher, 'chain');
			if (round >= 0) took.get(hasher)?.push(ms);
		}
		const ms = await page.evaluate(() => globalThis.bench.hashWhole());
		if (round >= 0) whole.push(ms);
	}
	const speed = (ms: readonly number[]) => rounded(bytes / 1000 / median(ms));
	const named = [...took].map(([hasher, ms]) => [hasher, speed(ms)] as const);
	const [fastest] = [...named].sort((a, b) => b[1] - a[1])[0] ?? [hashers[0]!];
	const speeds = Object.fromEntries(named.map(([hasher, mbs]) => [`${hasher}, MB/s`, mbs]));
	return { fastest, speeds: { ...speeds, 'WebCrypto, all as one message, MB/s': speed(whole) } };
}
