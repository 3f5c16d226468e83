import { expect, test } from '@playwright/test';
import { dispatch, read, ready } from './client.ts';
import { diaryOf } from './make-files.ts';
import { goTo, importFile, settled, writeOn } from './steps.ts';

test('where the browser has no service workers, as in some private windows, everything works but being offline', async ({
	page
}) => {
	await page.addInitScript(() => {
		delete (Navigator.prototype as { serviceWorker?: unknown }).serviceWorker;
	});
	await page.goto('/');
	await ready(page);
	expect(await page.evaluate(() => 'serviceWorker' in navigator)).toBe(false);
	await writeOn(page, 'Without one.');
	await settled(page);
	await goTo(page, 'Bundles');
	await importFile(page, diaryOf([{ date: '2024-02-29', text: 'From elsewhere.' }]), 1);
	expect(await dispatch(page, 'storage.switch', { engine: 'postgres' })).toMatchObject({ code: 'accepted' });
	await page.reload();
	await ready(page);
	const [health] = (await read(page, 'system.health', {})).rows;
	expect(health).toMatchObject({ engine: 'postgres', reflections: 2 });
});
