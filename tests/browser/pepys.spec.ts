import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { unzipSync } from 'fflate';
import { entryCount, longDiary } from '../long-diary.ts';
import { dispatch, read, ready } from './client.ts';
import { Host } from './host.ts';
import { tablesOf } from './make-files.ts';
import { agree, chooseFile, exportBundle, goTo, heldBy } from './steps.ts';
import { Profile } from './profile.ts';

/** In the words of the list. */
const dayInWords = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeZone: 'UTC' });

interface Seen {
	/** By place in the list: the day as the list says it, and as machines read it. */
	readonly days: readonly (readonly [said: string, date: string])[];
	/** How many entries stood in the page at once, at most. */
	readonly most: number;
	/** Milliseconds of the tasks that kept the page from answering: those over 50 (Long Tasks API). */
	readonly long: readonly number[];
}

/** Large files take their time; how much is not looked at. */
const patience = { timeout: 60_000 };

async function importAll(page: Page, file: string): Promise<void> {
	await chooseFile(page, file);
	await agree(page);
	await expect(page.getByText('Imported: 3,412 new reflections.')).toBeVisible(patience);
}

/** Scrolls from the first entry to the last, a screen at a time, as fast as the page draws. */
function scrollThrough(page: Page): Promise<Seen> {
	return page.evaluate(async () => {
		const long: number[] = [];
		const observer = new PerformanceObserver((list) => {
			for (const { duration } of list.getEntries()) long.push(duration);
		});
		observer.observe({ type: 'longtask' });
		const days: [string, string][] = [];
		let most = 0;
		const frame = () => new Promise(requestAnimationFrame);
		for (;;) {
			const items = [...document.querySelectorAll<HTMLElement>('[role=listitem]')];
			most = Math.max(most, items.length);
			for (const item of items) {
				const time = item.querySelector('time');
				const at = Number(item.getAttribute('aria-posinset')) - 1;
				days[at] ??= [time?.textContent ?? '', time?.dateTime ?? ''];
			}
			const last = items.at(-1);
			if (last?.getAttribute('aria-posinset') === last?.getAttribute('aria-setsize')) break;
			window.scrollBy(0, innerHeight);
			await frame();
			await frame();
		}
		for (const entry of observer.takeRecords()) long.push(entry.duration);
		observer.disconnect();
		return { days, most, long };
	});
}

/** How many reflections a bundle's database holds, by the sqlite3 of the system where there is one. */
async function countIn(database: Uint8Array): Promise<number> {
	const folder = mkdtempSync(join(tmpdir(), 'mirror-bundle-'));
	const file = join(folder, 'mirror_os.db');
	writeFileSync(file, database);
	try {
		return Number(execFileSync('sqlite3', [file, 'SELECT count(*) FROM reflections']));
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
		return (await tablesOf(database)).get('reflections')?.length ?? 0;
	} finally {
		rmSync(folder, { recursive: true });
	}
}

function databaseIn(bundle: string): Uint8Array {
	return unzipSync(new Uint8Array(readFileSync(bundle)))['mirror_os.db']!;
}

test('a diary of ten years is imported, read, searched, mirrored, verified, exported and imported again', async () => {
	const entries = longDiary();
	expect(entries).toHaveLength(entryCount);
	const path = test.info().outputPath('diary.json');
	writeFileSync(path, JSON.stringify(entries));
	const [server, profile, fresh] = [await Host.start(), new Profile(), new Profile()];
	const page = await profile.open(`${server.origin}/bundles`);
	await ready(page);
	await importAll(page, path);

	await goTo(page, 'Reflections');
	await expect(page.getByRole('status')).toHaveText('3,412 reflections');
	const list = page.getByRole('list', { name: 'Reflections' });
	await expect(list.getByRole('listitem').first()).toHaveAttribute('aria-setsize', String(entryCount));
	const seen = await scrollThrough(page);
	// What a list costs is what of it stands in the page: never more than what is near the screen.
	expect(seen.most).toBeLessThan(400);
	// Told, not asserted: a busy machine makes every task longer.
	test.info().annotations.push({ type: 'tasks over 50 ms in scrolling', description: seen.long.join(', ') });
	const newestFirst = entries.map(({ date }) => date).sort((a, b) => (a < b ? 1 : -1));
	expect(seen.days.map(([, date]) => date)).toEqual(newestFirst);
	expect(seen.days.map(([said]) => said.replace(/^\w{3}, /, ''))).toEqual(
		newestFirst.map((date) => dayInWords.format(Date.parse(`${date}T12:00:00Z`)))
	);

	const found = entries.filter(({ text }) => /\bplagues?\b/i.test(text)).length;
	await page.getByRole('searchbox', { name: 'Search reflections' }).fill('plague');
	await expect(page.getByRole('status')).toHaveText(`${found} reflections found`);
	await expect(list.locator('mark').first()).toHaveText(/^plagu/i);
	await list.getByRole('link').first().click();
	await expect(page.locator('.prose mark').first()).toHaveText(/^plagu/i);

	await page.getByRole('button', { name: 'Mirror it' }).click();
	const said = page.getByRole('region', { name: 'Mirrorback' }).locator('blockquote');
	await expect(said).toBeVisible();
	const id = new URL(page.url()).pathname.split('/')[2]!;
	const [entry] = (await read(page, 'reflections.get', { id })).rows;
	const quoted = [...(await said.innerText()).matchAll(/“([^”]+)”/g)].map(([, words]) => words!);
	// It may set a line of another day beside it; nothing that it quotes is not Pepys'.
	expect(quoted.filter((words) => entry!.content.includes(words)).length).toBeGreaterThan(0);
	expect(quoted.filter((words) => !entries.some(({ text }) => text.includes(words)))).toEqual([]);

	await goTo(page, 'Ledger');
	await page.getByRole('button', { name: 'Verify ledger' }).click();
	const held = await heldBy(page);
	expect(held.reflections).toBe(entryCount);
	await expect(page.getByRole('status')).toHaveText(`Ledger valid. ${held.entries} entries verified.`);
	await goTo(page, 'Bundles');
	const bundle = await exportBundle(page);
	const database = databaseIn(bundle);
	expect(await countIn(database)).toBe(entryCount);

	const other = await fresh.open(`${server.origin}/bundles`);
	await ready(other);
	await importAll(other, bundle);
	const again = databaseIn(await exportBundle(other));
	expect(await tablesOf(again)).toEqual(await tablesOf(database));
	await fresh.remove();

	// To the other engine and back: each change compares every row by its hash before it counts.
	for (const engine of ['postgres', 'sqlite'] as const) {
		expect(await dispatch(page, 'storage.switch', { engine })).toMatchObject({ code: 'accepted' });
		expect((await heldBy(page)).reflections).toBe(entryCount);
		expect(await tablesOf(databaseIn(await exportBundle(page)))).toEqual(await tablesOf(database));
	}

	await server.stop();
	await page.goto(`${server.origin}/reflections`);
	await page.reload();
	await ready(page);
	await expect(page.getByRole('status')).toHaveText('3,412 reflections');
	await profile.remove();
});
