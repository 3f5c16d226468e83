import { expect, test, type Page } from '@playwright/test';
import { read, ready } from './client.ts';
import { bundleOf } from './make-files.ts';
import { agree, chooseFile, goTo, importFile, previewOf } from './steps.ts';

async function settingsOf(page: Page) {
	return (await read(page, 'settings.get', {})).rows[0];
}

test('card and patterns of a file are shown in their own words, and are taken only when ticked', async ({
	page
}) => {
	const card = 'Call <b>Mallory</b>,\n0900 555 555.';
	const patterns = { known: { self_critical: { name: 'Stern <i>words</i>', shown: 'hidden' } }, own: [] };
	const bundle = await bundleOf({}, '', { 'config.json': { crisis_card: card, patterns } });
	await page.goto('/bundles');
	await ready(page);
	const taking = page.getByRole('checkbox', { name: 'Use these words as my crisis card' });
	const takingNames = page.getByRole('checkbox', { name: 'Use these names and words here' });
	const done = page.getByText('Imported: 0 new reflections.');

	await chooseFile(page, bundle);
	await expect(previewOf(page).getByText('Call <b>Mallory</b>, 0900 555 555.')).toBeVisible();
	await expect(
		previewOf(page).getByText('I failed, my fault, called “Stern <i>words</i>”: not shown.')
	).toBeVisible();
	await expect(taking).not.toBeChecked();
	await expect(takingNames).not.toBeChecked();
	await expect(previewOf(page)).not.toContainText('changes nothing');
	await agree(page);
	await expect(done).toBeVisible();
	await expect(page.getByLabel('Import file')).toBeFocused();
	expect(await settingsOf(page)).toMatchObject({ crisis_card: null, patterns: { known: {} } });

	// A tick is for the file that was shown: the next one is asked about anew.
	await chooseFile(page, bundle);
	await taking.check();
	await chooseFile(page, bundle);
	await expect(taking).not.toBeChecked();
	await taking.check();
	await takingNames.check();
	await agree(page);
	await expect(done).toBeVisible();
	expect(await settingsOf(page)).toMatchObject({ crisis_card: card, patterns });

	// Who has some is not asked.
	await chooseFile(page, bundle);
	await expect(previewOf(page)).toContainText('What importing bundle.zip would do');
	await expect(taking).toHaveCount(0);
	await expect(takingNames).toHaveCount(0);
	await page.getByRole('button', { name: 'Do not import' }).click();
	await expect(page.getByLabel('Import file')).toBeFocused();
});

test('an entry whose metadata has no known shape is on every page like any other', async ({ page }) => {
	const broken: string[] = [];
	page.on('pageerror', ({ message }) => broken.push(message));
	page.on('console', (message) => {
		if (message.type() === 'error') broken.push(message.text());
	});
	const time = '2024-02-29T10:00:00.000Z';
	const shapes = [
		...[{ local_date: 5, title: 7, tags: 'work', edited_at: 1e300, time_zone: {}, pinned: 'yes' }, [1], null],
		...[{ tags: ['work', 'work', 5], title: ' ', local_date: '2024-99-99', edited_at: 'then' }, 'text']
	];
	const reflections = shapes.map((metadata, at) => ({
		...{ id: `r${at}`, content: `The heron, number ${at}.`, created_at: time },
		metadata: JSON.stringify(metadata)
	}));
	await page.goto('/bundles');
	await ready(page);
	await importFile(page, await bundleOf({ reflections }), shapes.length);

	await goTo(page, 'Reflections');
	await expect(page.getByRole('list', { name: 'Reflections' }).getByRole('link')).toHaveCount(shapes.length);
	for (const { id, content } of reflections) {
		await page.goto(`/reflections/${id}`);
		await expect(page.locator('.prose[aria-busy="false"]')).toContainText(content);
		await expect(page.getByRole('heading', { level: 1 })).toContainText('29');
		await page.getByRole('button', { name: 'Edit' }).click();
		await page.getByRole('textbox', { name: 'Reflection' }).fill(`${content} It flew.`);
		await page.keyboard.press('Control+s');
		await expect(page.locator('.prose[aria-busy="false"]')).toContainText('It flew.');
		await page.goto(`/reflections/${id}/versions`);
		await page.getByText('Its text').click();
		await expect(page.locator('main').getByText(content, { exact: true })).toBeVisible();
	}
	expect(broken).toEqual([]);
});
