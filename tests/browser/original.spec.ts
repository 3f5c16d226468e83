import { expect, test } from '@playwright/test';
import { read, ready } from './client.ts';
import { vectorPath } from './make-files.ts';
import { agree, chooseFile, goTo, heldBy, importFile, previewOf } from './steps.ts';

test('a mirror of the original comes in from its database, and its export adds nothing', async ({ page }) => {
	await page.goto('/bundles');
	await ready(page);
	for (const ending of ['.zip', '.json', '.db', '.sqlite'])
		await expect(page.getByLabel('Import file')).toHaveAttribute('accept', new RegExp(`\\${ending}(?:,|$)`));

	await chooseFile(page, vectorPath('core001-ana.db'));
	const preview = previewOf(page);
	await expect(preview).toContainText('Mirror OS, original: database');
	await expect(preview).toContainText('60 reflections');
	await expect(preview.getByRole('row', { name: /^Mirrorbacks/ })).toContainText('91');
	await expect(preview).toContainText('Settings of the original, which are not imported: 5.');
	await agree(page);
	await expect(page.getByText('Imported: 60 new reflections.')).toBeVisible();

	await chooseFile(page, vectorPath('core001-ana.export.json'));
	await expect(preview).toContainText('Mirror OS, original: JSON export');
	await expect(preview).toContainText('Everything in this file is here already.');
	await page.getByRole('button', { name: 'Do not import' }).click();
	await importFile(page, vectorPath('mirrors-dario.zip'), 52);
	expect(await heldBy(page)).toMatchObject({ reflections: 112, identities: 3 });

	await goTo(page, 'Reflections');
	const entry = page.getByRole('list', { name: 'Reflections' }).getByRole('link').first();
	await entry.click();
	await expect(page.locator('.prose[aria-busy="false"]')).not.toBeEmpty();
	expect((await read(page, 'tensions.list', {})).rows.length).toBe(9);
});
