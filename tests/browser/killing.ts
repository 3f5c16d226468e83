import { expect, test, type Page } from '@playwright/test';
import { read, ready, writeLoop } from './client.ts';
import type { Profile } from './profile.ts';

/** Pauses before a kill are drawn from here, so that a failing run can be repeated. */
export function draws(seed: number): (below: number) => number {
	let state = seed;
	return (below) => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return (state / 2 ** 32) * below;
	};
}

/** Every acknowledged id, reported by the page the moment its receipt came. */
export async function listen(page: Page, acked: Set<string>): Promise<void> {
	await page.exposeFunction('acked', (id: string) => void acked.add(id));
}

/** After a kill: it opens, every acknowledged reflection is there, and everything verifies. */
export async function expectWhole(page: Page, acked: ReadonlySet<string>): Promise<void> {
	await ready(page);
	const missing = await page.evaluate(
		async (ids) => {
			const found = new Set<string>();
			let after: { created_at: string; id: string } | null = null;
			for (;;) {
				const page: readonly { created_at: string; id: string }[] = (
					await globalThis.mirror.read('reflections.list', { limit: 200, after })
				).rows;
				const last = page.at(-1);
				if (last === undefined) break;
				for (const row of page) found.add(row.id);
				after = { created_at: last.created_at, id: last.id };
			}
			return ids.filter((id) => !found.has(id));
		},
		[...acked]
	);
	expect(missing).toEqual([]);
	const [report] = (await read(page, 'ledger.verify', {})).rows;
	expect(report?.errors).toEqual([]);
	expect(report?.entries_verified).toBeGreaterThanOrEqual(acked.size + 4);
}

/** As it ends in real life: now and then the whole browser, more often its tab alone. */
export function end(profile: Profile, round: number): Promise<void> {
	return round % 4 === 0 ? profile.kill() : profile.crash();
}

/** Time in which the browser does what is to be interrupted: what happens is checked, never how fast. */
export function elapse(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What the browser says of a tab that nobody sees, or sees again: the first tidies at once. */
export function show(page: Page, visibility: DocumentVisibilityState): Promise<void> {
	return page.evaluate((state) => {
		Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
		document.dispatchEvent(new Event('visibilitychange'));
	}, visibility);
}

/** Writes so much that the next idle moment compacts it: at one stroke, so that one compaction is enough for it. */
export function fill(page: Page): Promise<void> {
	return writeLoop(page, { count: 1, text: 'x'.repeat(700_000) });
}

/** For whoever reads the report: where the kills came. */
export function note(what: string): void {
	test.info().annotations.push({ type: 'killed', description: what });
}
