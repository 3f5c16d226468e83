import { expect, test, type Page } from '@playwright/test';
import { dispatch, newId, read, ready } from './client.ts';
import { expectAboveBar } from './steps.ts';

const words = 'I keep saying that I should call my sister, and then I sit by the window and watch the rain.';
const crisis = 'I want to kill myself tonight. I have the pills here.';

async function ask(page: Page, content: string): Promise<void> {
	await page.getByRole('textbox', { name: 'Reflection' }).fill(content);
	await page.keyboard.press('Control+Enter');
}

function region(page: Page) {
	return page.getByRole('region', { name: 'Mirrorback' });
}

test.beforeEach(async ({ page }) => {
	await page.goto('/');
	await ready(page);
});

test('"Mirror it" saves, then answers with the words of the person', async ({ page }) => {
	await ask(page, words);
	await expect(page.getByText('Saved', { exact: true })).toBeVisible();
	await expect(region(page).locator('blockquote')).toContainText(/“.+”/s);
	for (const name of ['Not it', 'Less', 'Helpful', 'Say nothing']) {
		await expect(region(page).getByRole('button', { name })).toBeVisible();
	}
	await region(page).getByRole('button', { name: 'Helpful' }).click();
	await expect(region(page).getByText('Noted.')).toBeVisible();
	await region(page).getByRole('button', { name: 'Say nothing' }).click();
	await expect(region(page).locator('blockquote')).toHaveCount(0);
});

test('more can be said of it: flags, how well it mirrored, and words; nothing at all is not kept', async ({
	page
}) => {
	await ask(page, words);
	await region(page).getByText('Say more').click();
	await region(page).getByRole('button', { name: 'Keep this' }).click();
	await expect(region(page).getByRole('alert')).toContainText('Choose something');
	await region(page).getByRole('checkbox', { name: 'Could be said to anybody' }).check();
	await region(page).getByRole('radio', { name: 'Partly' }).check();
	await region(page).getByLabel('In your words').fill('The rain was not the point.');
	await region(page).getByRole('button', { name: 'Keep this' }).click();
	await expect(region(page).getByText('Noted.')).toBeVisible();
	const { rows } = await read(page, 'engine_runs.list', {});
	expect(rows[0]?.feedback).toMatchObject([
		{ rating: 3, flags: ['too_generic'], notes: 'The rain was not the point.' }
	]);
});

test('an entry keeps what the mirror said to it', async ({ page }) => {
	await ask(page, words);
	const said = await region(page).locator('blockquote').innerText();
	await page.getByRole('link', { name: 'Open it' }).click();
	await expect(page.locator('blockquote').filter({ hasText: said })).toBeVisible();
});

test('on a phone the answer comes into view, and one that was there before moves nothing', async ({
	page
}) => {
	await page.setViewportSize({ width: 390, height: 844 });
	await ask(page, words);
	await expect(region(page).locator('blockquote')).toBeVisible();
	await expectAboveBar(page, region(page));
	await page.getByRole('link', { name: 'Open it' }).click();
	await page.getByRole('link', { name: 'Write', exact: true }).click();
	await expect(region(page).locator('blockquote')).toBeVisible();
	expect(await page.evaluate(() => scrollY)).toBe(0);

	const id = newId();
	const [created_at, local_date] = ['2026-03-04T12:00:00.000Z', '2026-03-04'];
	const content = `${words}\n\n${'And so it went on. '.repeat(30)}`;
	await dispatch(page, 'reflection.create', { id, identity_id: null, content, created_at, local_date });
	await page.goto(`/reflections/${id}`);
	await page.getByRole('button', { name: 'Mirror it' }).click();
	await expect(region(page).locator('blockquote')).toBeVisible();
	await expectAboveBar(page, region(page));
	expect((await read(page, 'mirrorbacks.list', { reflection_id: id })).rows).toHaveLength(1);
});

test('in danger the mirror shows a card instead, and it can be the own one', async ({ page }) => {
	await ask(page, crisis);
	await expect(region(page)).toContainText('findahelpline.com');
	await expect(region(page).locator('blockquote')).toHaveCount(0);
	await expect(region(page)).not.toContainText('kill');
	const value = 'Call Anna. She knows.';
	expect((await dispatch(page, 'settings.change', { key: 'crisis_card', value })).code).toBe('accepted');
	await expect(region(page)).toContainText(value);
	await expect(region(page)).not.toContainText('findahelpline.com');
});
