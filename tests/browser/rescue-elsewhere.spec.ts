import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { unpackCopy } from '#app/rescue/copy.ts';
import { ready } from './client.ts';
import { Build, Host } from './host.ts';
import { writeOn } from './steps.ts';

/** The build in a browser that hands no worker the private file system, as in some private windows. */
function withoutFiles(): Build {
	const build = new Build();
	const refuse = `StorageManager.prototype.getDirectory = () => Promise.reject(new DOMException('not here', 'SecurityError'));\n`;
	for (const folder of ['workers', 'rescue']) {
		for (const name of readdirSync(join(build.folder, '_app/immutable', folder))) {
			if (/\.worker-.*\.js$/.test(name))
				build.change(`_app/immutable/${folder}/${name}`, (text) => refuse + text);
		}
	}
	return build;
}

async function copied(page: Page) {
	const downloading = page.waitForEvent('download');
	await page.getByRole('button', { name: 'Download rescue copy' }).click();
	const unpacked = unpackCopy(await readFile(await (await downloading).path()));
	if (!unpacked.ok) throw new Error(unpacked.error.message);
	return unpacked.value;
}

const words = 'The heron stood in the shallow water.';

test('a mirror in IndexedDB is read and copied, with the drafts', async ({ page }) => {
	const build = withoutFiles();
	const server = await Host.start(['--folder', build.folder]);
	await page.goto(`${server.origin}/`);
	await ready(page);
	await writeOn(page, words);
	await page.getByRole('textbox', { name: 'Reflection' }).fill('not saved yet');
	await expect(page.getByText('Draft kept')).toBeVisible();

	await page.goto(`${server.origin}/rescue.html`);
	await expect(page.locator('#reason')).toHaveText(
		'The store is whole: 1 reflections can be read. Try again.'
	);
	await page.getByRole('button', { name: 'Open read-only' }).click();
	await expect(page.getByRole('list', { name: 'Reflections' }).locator('p')).toHaveText(words);
	const copy = await copied(page);
	expect(copy.drafts.map(({ text }) => text)).toEqual(['not saved yet']);
	expect(copy.contents.snap0.length).toBeGreaterThan(0);

	const fresh = page.getByRole('button', { name: 'fresh' });
	await fresh.click();
	await fresh.click();
	await expect(page.locator('#outcome')).toContainText('Your mirror is kept in IndexedDB');
	await server.stop();
	build.remove();
});
