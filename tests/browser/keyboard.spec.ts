import { expect, test, type Locator, type Page } from '@playwright/test';
import { heldBy, previewOf, settled, tabTo } from './steps.ts';
import { ready } from './client.ts';
import { diaryOf } from './make-files.ts';

function heading(page: Page, name: string): Locator {
	return page.getByRole('heading', { level: 1, name, exact: true });
}

test('the whole of the main job is done without a mouse', async ({ page }) => {
	await page.goto('/');
	await ready(page);

	// Written and saved: the field has the focus at the start.
	await expect(page.getByRole('textbox', { name: 'Reflection' })).toBeFocused();
	await page.keyboard.type('The heron stood alone in the shallow water, and I am afraid of winter.');
	await page.keyboard.press('Control+s');
	await expect(page.getByText('Saved', { exact: true })).toBeVisible();
	await page.keyboard.press('Control+Enter');
	const mirrorback = page.getByRole('region', { name: 'Mirrorback' }).locator('blockquote');
	await expect(mirrorback).toContainText('heron');
	await page.keyboard.type('A quiet evening with tea.');
	await page.keyboard.press('Control+s');
	await expect(page.getByText('Saved', { exact: true })).toBeVisible();
	await settled(page);

	// In the field a slash is a slash; outside of it, it leads to the search.
	await page.keyboard.press('Tab');
	await page.keyboard.press('/');
	await expect(page.getByRole('searchbox', { name: 'Search reflections' })).toBeFocused();
	await page.keyboard.type('heron');
	await expect(page.getByRole('status')).toHaveText('1 reflection found');
	await tabTo(page, page.getByRole('list', { name: 'Reflections' }).getByRole('link'));
	await page.keyboard.press('Enter');
	await expect(page.locator('.prose')).toContainText('The heron stood');
	await expect(page.locator('main h1')).toBeFocused();

	await page.keyboard.press('e');
	await expect(page.getByRole('textbox', { name: 'Reflection' })).toBeFocused();
	await page.keyboard.press('Control+End');
	await page.keyboard.type(' It flew.');
	await page.keyboard.press('Control+s');
	await expect(page.locator('.prose')).toContainText('winter. It flew.');
	await expect(page.locator('main h1')).toBeFocused();

	await page.keyboard.press('g');
	await page.keyboard.press('l');
	await expect(heading(page, 'Ledger')).toBeFocused();
	await tabTo(page, page.getByRole('button', { name: 'Verify ledger' }));
	await page.keyboard.press('Enter');
	const { entries } = await heldBy(page);
	await expect(page.getByRole('status')).toHaveText(`Ledger valid. ${entries} entries verified.`);

	// Bundles has no letter: back to the navigation.
	const navigation = page.getByRole('navigation', { name: 'Main' });
	await tabTo(page, navigation.getByRole('link', { name: 'Bundles' }), 'Shift+Tab');
	await page.keyboard.press('Enter');
	await expect(heading(page, 'Bundles')).toBeFocused();
	await tabTo(page, page.getByRole('button', { name: 'Export bundle' }));
	const downloading = page.waitForEvent('download');
	await page.keyboard.press('Space');
	expect((await downloading).suggestedFilename()).toMatch(/^mirror_bundle_\d{8}_\d{6}\.zip$/);

	// Listened for before the page is asked anything else: a key alone may come before the browser knows that somebody listens.
	const choosing = page.waitForEvent('filechooser');
	await tabTo(page, page.getByLabel('Import file'));
	await page.keyboard.press('Enter');
	await (await choosing).setFiles(diaryOf([{ date: '2024-02-29', text: 'Cormorants on the jetty.' }]));
	await tabTo(page, previewOf(page).getByRole('button', { name: 'Import', exact: true }));
	await page.keyboard.press('Enter');
	await expect(page.getByText('Imported: 1 new reflection.')).toBeVisible();
	// The button that was pressed is gone; one goes on from the field above it.
	await expect(page.getByLabel('Import file')).toBeFocused();
	await page.keyboard.press('Tab');
	await expect(page.getByRole('link', { name: 'See them' })).toBeFocused();
	expect(await heldBy(page)).toMatchObject({ reflections: 3 });
});
