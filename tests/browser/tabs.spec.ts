import { expect, test, type Page } from '@playwright/test';
import type { Standing } from '#app/protocol.ts';
import { read, ready, stopWriting, writeLoop } from './client.ts';
import { Profile } from './profile.ts';

declare global {
	var stands: Standing['kind'][];
}

const text = 'written while another tab writes';

/** Two pages of one profile, the first of them the owner, and the renderer process of the first. */
async function openTwo(profile: Profile) {
	const first = await profile.open();
	await ready(first);
	const second = await profile.open();
	await ready(second);
	for (const page of [first, second]) {
		await page.evaluate(() => {
			globalThis.stands = [];
			globalThis.mirror.standing(({ kind }) => globalThis.stands.push(kind));
		});
	}
	expect(await stands(first)).toEqual(['owner']);
	expect(await stands(second)).toEqual(['follower']);
	// Pages of one site may share a process: then one could not be stopped without the other.
	const [pidOfFirst, pidOfSecond] = [await profile.rendererOf(first), await profile.rendererOf(second)];
	expect(pidOfFirst).not.toBe(pidOfSecond);
	return { first, second, pidOfFirst };
}

function stands(page: Page): Promise<string[]> {
	return page.evaluate(() => globalThis.stands);
}

/** Every acknowledged id, whichever page it came from. */
async function listen(acked: Set<string>, ...pages: Page[]): Promise<void> {
	for (const page of pages) await page.exposeFunction('acked', (id: string) => void acked.add(id));
}

/** Waits until each page was told of more than so many entries. */
function wrote(acked: readonly ReadonlySet<string>[], least: number): Promise<void> {
	return expect
		.poll(() => Math.min(...acked.map(({ size }) => size)), { timeout: 60_000 })
		.toBeGreaterThan(least);
}

/** All that is stored: each acknowledged entry once, one chain over all of it, no text twice from one tab. */
async function expectWhole(page: Page, acked: ReadonlySet<string>): Promise<number> {
	const found = await page.evaluate(async () => {
		const ids: string[] = [];
		let after: { created_at: string; id: string } | null = null;
		for (;;) {
			const page = await globalThis.mirror.read('reflections.list', { limit: 200, after });
			const rows: readonly { readonly id: string; readonly created_at: string }[] = page.rows;
			const last = rows.at(-1);
			if (last === undefined) return ids;
			ids.push(...rows.map(({ id }) => id));
			after = { created_at: last.created_at, id: last.id };
		}
	});
	expect(new Set(found).size).toBe(found.length);
	expect([...acked].filter((id) => !found.includes(id))).toEqual([]);
	const [report] = (await read(page, 'ledger.verify', {})).rows;
	expect(report?.errors).toEqual([]);
	// The succession and the identity "Me" come first; then one entry for each reflection, none twice.
	expect(report?.entries_verified).toBe(found.length + 4);
	return found.length;
}

test('two tabs write 100 entries each at once: 200 entries in one chain', async () => {
	const [profile, acked] = [new Profile(), new Set<string>()];
	const { first, second } = await openTwo(profile);
	await listen(acked, first, second);
	await Promise.all([first, second].map((page) => writeLoop(page, { count: 100, text })));
	await expect.poll(() => acked.size).toBe(200);
	expect(await expectWhole(second, acked)).toBe(200);
	expect(await expectWhole(first, acked)).toBe(200);
	await profile.remove();
});

test('the owner dies while both write: the other takes over, nothing is lost or doubled', async () => {
	const profile = new Profile();
	const { first, second, pidOfFirst } = await openTwo(profile);
	const [ofFirst, ofSecond] = [new Set<string>(), new Set<string>()];
	await listen(ofFirst, first);
	await listen(ofSecond, second);
	const dying = writeLoop(first, { text, isTold: true }).catch(() => undefined);
	const writing = writeLoop(second, { text });
	await wrote([ofFirst, ofSecond], 20);
	process.kill(pidOfFirst, 'SIGKILL');
	await expect.poll(() => stands(second), { timeout: 30_000 }).toContain('owner');
	await wrote([ofSecond], ofSecond.size + 50);
	await stopWriting(second);
	await writing;
	const acked = new Set([...ofFirst, ...ofSecond]);
	// What the dead tab had saved and could not be told of may be there too: at most the one that was on its way.
	const total = await expectWhole(second, acked);
	expect(total - acked.size).toBeGreaterThanOrEqual(0);
	expect(total - acked.size).toBeLessThanOrEqual(1);
	await profile.remove();
	await dying;
});

test('the owner is stopped for longer than three seconds: the other waits and says so, then nothing is missing', async () => {
	const profile = new Profile();
	const { first, second, pidOfFirst } = await openTwo(profile);
	const [ofFirst, ofSecond] = [new Set<string>(), new Set<string>()];
	await listen(ofFirst, first);
	await listen(ofSecond, second);
	const writing = [first, second].map((page) => writeLoop(page, { text }));
	await wrote([ofFirst, ofSecond], 20);
	process.kill(pidOfFirst, 'SIGSTOP');
	await expect.poll(() => stands(second), { timeout: 30_000 }).toContain('waiting');
	process.kill(pidOfFirst, 'SIGCONT');
	await wrote([ofFirst, ofSecond], Math.max(ofFirst.size, ofSecond.size) + 50);
	await Promise.all([first, second].map(stopWriting));
	await Promise.all(writing);
	expect((await stands(second)).at(-1)).not.toBe('waiting');
	const stored = async () => (await read(first, 'reflections.list', {})).total;
	await expect.poll(async () => ofFirst.size + ofSecond.size === (await stored())).toBe(true);
	const acked = new Set([...ofFirst, ...ofSecond]);
	expect(await expectWhole(first, acked)).toBe(acked.size);
	expect(await expectWhole(second, acked)).toBe(acked.size);
	await profile.remove();
});
