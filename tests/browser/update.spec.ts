import { expect, test, type Page } from '@playwright/test';
import { dispatch, newId, read, ready } from './client.ts';
import { Build, Host } from './host.ts';
import { comeBack, generation, publish } from './newer-build.ts';
import { Profile } from './profile.ts';

declare global {
	/** What the page under test was told, and how often it kept its drafts. */
	var told: { ready: number; kept: number };
}

async function listen(page: Page): Promise<void> {
	await page.evaluate(() => {
		globalThis.told = { ready: 0, kept: 0 };
		globalThis.mirror.update(() => globalThis.told.ready++);
		globalThis.mirror.beforeRestart(() => {
			const kept = Number(sessionStorage.getItem('kept') ?? 0) + 1;
			sessionStorage.setItem('kept', String(kept));
			return Promise.resolve();
		});
	});
}

function countLoads(page: Page): { loads: number } {
	const counter = { loads: 0 };
	page.on('load', () => counter.loads++);
	return counter;
}

/** The kept copies of the page: one for each version whose files are there. */
function keptPages(page: Page): Promise<number> {
	return page.evaluate(async () => {
		let pages = 0;
		for (const name of await caches.keys()) {
			const keys = await (await caches.open(name)).keys();
			pages += keys.filter(({ url }) => new URL(url).pathname === '/index.html').length;
		}
		return pages;
	});
}

async function write(page: Page, content: string): Promise<void> {
	const id = newId();
	const created_at = new Date().toISOString();
	const data = { id, identity_id: null, content, created_at, local_date: created_at.slice(0, 10) };
	expect((await dispatch(page, 'reflection.create', data, id)).code).toBe('accepted');
}

for (const count of [1, 2]) {
	test(`a new version waits until somebody agrees, then ${count} open tab${count > 1 ? 's change' : ' changes'}, once`, async () => {
		const build = new Build();
		const server = await Host.start(['--folder', build.folder]);
		const profile = new Profile();
		const pages: Page[] = [];
		for (let n = 0; n < count; n++) {
			const page = await profile.open(`${server.origin}/`);
			await ready(page);
			await listen(page);
			pages.push(page);
		}
		const [page] = pages as [Page];
		await write(page, 'before the new version');
		expect(await keptPages(page)).toBe(1);
		const counters = pages.map(countLoads);

		publish(build, 'two');
		for (const each of pages) await comeBack(each);
		for (const each of pages) await expect.poll(() => each.evaluate(() => globalThis.told.ready)).toBe(1);
		// It waits: nothing was loaded anew, and a tab that is loaded now is still of the version before.
		expect(counters.map(({ loads }) => loads)).toEqual(pages.map(() => 0));
		expect(await keptPages(page)).toBe(2);
		await page.reload();
		await ready(page);
		expect(await generation(page)).toBeNull();
		await listen(page);
		await expect.poll(() => page.evaluate(() => globalThis.told.ready)).toBe(1);
		expect(await keptPages(page)).toBe(2);
		counters[0]!.loads = 0;

		await page.evaluate(() => globalThis.mirror.activateUpdate());
		for (const each of pages) {
			await expect.poll(() => generation(each).catch(() => null)).toBe('two');
			await ready(each);
		}
		await expect.poll(() => keptPages(page)).toBe(1);
		expect(counters.map(({ loads }) => loads)).toEqual(pages.map(() => 1));
		for (const each of pages) {
			expect(await each.evaluate(() => Number(sessionStorage.getItem('kept')))).toBeGreaterThan(0);
			expect((await read(each, 'reflections.list', { limit: 10, after: null })).rows).toHaveLength(1);
		}
		await write(page, 'after it');
		// And without its host, the new version is the one that is kept.
		await server.stop();
		await page.reload();
		await ready(page);
		expect(await generation(page)).toBe('two');
		expect((await read(page, 'reflections.list', { limit: 10, after: null })).rows).toHaveLength(2);
		await profile.remove();
		build.remove();
	});
}

test('"Restart" brings the new version, and what was being written is there', async () => {
	const build = new Build();
	const [server, profile] = [await Host.start(['--folder', build.folder]), new Profile()];
	const page = await profile.open(`${server.origin}/`);
	await ready(page);
	await expect(page.getByText('A new version is ready.')).toBeHidden();
	publish(build, 'two');
	await comeBack(page);
	await expect(page.getByText('A new version is ready.')).toBeVisible();
	// Typed and not waited for: what is pressed next keeps it.
	await page.getByRole('textbox', { name: 'Title' }).fill('Half a title');
	await page.getByRole('textbox', { name: 'Reflection' }).fill('Half a sentence, because');
	expect(await generation(page)).toBeNull();
	await page.getByRole('button', { name: 'Restart' }).click();
	await expect.poll(() => generation(page).catch(() => null)).toBe('two');
	await ready(page);
	await expect(page.getByRole('textbox', { name: 'Title' })).toHaveValue('Half a title');
	await expect(page.getByRole('textbox', { name: 'Reflection' })).toHaveValue('Half a sentence, because');
	await expect(page.getByText('A new version is ready.')).toBeHidden();
	await profile.remove();
	await server.stop();
	build.remove();
});
