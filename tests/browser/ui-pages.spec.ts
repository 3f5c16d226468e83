import { brotliCompressSync } from 'node:zlib';
import { expect, test, type Response } from '@playwright/test';
import { read, ready } from './client.ts';
import { goTo, writeOn } from './steps.ts';

test('the ledger verifies, and says over how many entries', async ({ page }) => {
	await page.goto('/ledger');
	await ready(page);
	await page.getByRole('button', { name: 'Verify ledger' }).click();
	await expect(page.getByRole('status')).toHaveText('Ledger valid. 4 entries verified.');
	await page.getByText('As the reference sees it').click();
	await expect(page.getByText('Its own verifier comes to the same end.')).toBeVisible();
	await expect(page.getByRole('list', { name: 'Entries' }).getByRole('listitem')).toHaveCount(4);
});

test('identities are added and renamed', async ({ page }) => {
	await page.goto('/settings');
	await ready(page);
	await page.getByRole('textbox', { name: 'Name of a new identity' }).fill('Gardener');
	await page.getByRole('button', { name: 'Add identity' }).click();
	await expect(page.getByText('Gardener added.')).toBeVisible();
	const me = page.getByRole('textbox', { name: 'Name of Me' });
	await me.fill('Myself');
	await me.press('Enter');
	await expect(page.getByText('Renamed.')).toBeVisible();
	const { rows } = await read(page, 'identities.list', {});
	expect(rows.map(({ name }) => name).sort()).toEqual(['Gardener', 'Myself']);
});

test('settings say plainly what is not protected, and what the browser promised', async ({ page }) => {
	await page.goto('/settings');
	await expect(page.getByText('Your mirror is not encrypted yet.')).toBeVisible();
	await expect(page.getByText(/This browser (has promised|may clear)/)).toBeVisible();
});

test('the browser is asked once to keep the mirror: after the first entry that was saved', async ({
	page
}) => {
	const asked: string[] = [];
	await page.exposeFunction('askedToPersist', () => asked.push(page.url()));
	await page.addInitScript(() => {
		const { askedToPersist } = globalThis as unknown as { askedToPersist: () => Promise<void> };
		navigator.storage.persisted = () => Promise.resolve(false);
		navigator.storage.persist = async () => {
			await askedToPersist();
			return false;
		};
	});
	await page.goto('/');
	await ready(page);
	await page.getByRole('textbox', { name: 'Reflection' }).fill('Kept as a draft, and not saved yet.');
	await expect(page.getByText('Draft kept')).toBeVisible();
	expect(asked).toHaveLength(0);
	await writeOn(page, 'The first.');
	await expect.poll(() => asked.length).toBe(1);
	await writeOn(page, 'The second.');
	await page.reload();
	await ready(page);
	await writeOn(page, 'The third, after a new start.');
	// Settings asks only when it is told to: this press comes after whatever the entries may have asked.
	await goTo(page, 'Settings');
	await page.getByRole('button', { name: 'Ask' }).click();
	await expect.poll(() => asked.length).toBe(2);
	expect(asked.map((url) => new URL(url).pathname)).toEqual(['/', '/settings']);
});

test('a bundle goes out by a button and comes in after it was shown', async ({ page, browser }) => {
	await page.goto('/');
	await page.getByRole('textbox', { name: 'Reflection' }).fill('To be carried away.');
	await page.getByRole('button', { name: 'Save reflection' }).click();
	await expect(page.getByText('Saved', { exact: true })).toBeVisible();
	await page.getByRole('link', { name: 'Bundles' }).click();
	const downloading = page.waitForEvent('download');
	await page.getByRole('button', { name: 'Export bundle' }).click();
	const download = await downloading;
	expect(download.suggestedFilename()).toMatch(/^mirror_bundle_\d{8}_\d{6}\.zip$/);
	const file = test.info().outputPath('bundle.zip');
	await download.saveAs(file);

	const elsewhere = await browser.newContext();
	const other = await elsewhere.newPage();
	await other.goto('/bundles');
	await ready(other);
	await other.getByLabel('Import file').setInputFiles(file);
	const preview = other.getByRole('region', { name: 'Import preview' });
	await expect(preview).toContainText('1 reflection');
	expect((await read(other, 'reflections.list', {})).total).toBe(0);
	await preview.getByRole('button', { name: 'Import', exact: true }).click();
	await expect(other.getByText('Imported: 1 new reflection.')).toBeVisible();
	expect((await read(other, 'reflections.list', {})).rows[0]?.excerpt).toBe('To be carried away.');
	await elsewhere.close();
});

test('a file that is none is refused in a sentence', async ({ page }) => {
	await page.goto('/bundles');
	await ready(page);
	const file = { name: 'notes.json', mimeType: 'application/json', buffer: Buffer.from('not JSON') };
	await page.getByLabel('Import file').setInputFiles(file);
	await expect(page.getByRole('alert')).toContainText('Nothing was imported');
});

test('the composer takes a key before 90 kB of script', async ({ page }) => {
	const scripts: Response[] = [];
	page.on('response', (response) => {
		if (response.request().resourceType() === 'script') scripts.push(response);
	});
	await page.goto('/');
	await page.getByRole('textbox', { name: 'Reflection' }).press('a');
	const sizes = await Promise.all(
		scripts.map(async (script) => brotliCompressSync(await script.body()).length)
	);
	expect(sizes.length).toBeGreaterThan(0);
	expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(90_000);
});
