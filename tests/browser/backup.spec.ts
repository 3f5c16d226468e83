import { expect, test } from '@playwright/test';
import { ready } from './client.ts';
import { diaryOf } from './make-files.ts';
import { exportBundle, goTo, importFile, writeOn } from './steps.ts';

test('after 20 new entries a copy is suggested, until there is one', async ({ page }) => {
	await page.goto('/bundles');
	await ready(page);
	const entries = Array.from({ length: 19 }, (_, at) => ({ date: '2026-01-01', text: `Entry ${at}.` }));
	await importFile(page, diaryOf(entries), 19);
	await goTo(page, 'Write');
	const link = page.getByRole('main').getByRole('link', { name: 'Export a bundle' });
	await expect(link).toHaveCount(0);
	await writeOn(page, 'The twentieth.');
	await expect(link).toBeVisible();
	await link.click();
	await expect(page.getByText('The bundle is not encrypted yet')).toBeVisible();
	await exportBundle(page);
	await goTo(page, 'Write');
	await writeOn(page, 'The twenty-first.');
	await expect(link).toHaveCount(0);
});
