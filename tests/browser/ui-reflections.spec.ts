import { expect, test, type Page } from '@playwright/test';
import { dispatch, newId, ready } from './client.ts';

async function write(page: Page, contents: readonly string[]): Promise<void> {
	const receipts = await Promise.all(
		contents.map((content, at) => {
			const created_at = new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString();
			const data = {
				id: newId(),
				identity_id: null,
				content,
				created_at,
				local_date: created_at.slice(0, 10)
			};
			return dispatch(page, 'reflection.create', data);
		})
	);
	expect(receipts.filter(({ code }) => code !== 'accepted')).toEqual([]);
}

function list(page: Page) {
	return page.getByRole('list', { name: 'Reflections' });
}

test.beforeEach(async ({ page }) => {
	await page.goto('/reflections');
	await ready(page);
});

test('search marks what it finds, says how many, and keeps it for the way back', async ({ page }) => {
	await write(page, ['The river was high.', 'A quiet day. #rest', 'Rivers and roads.']);
	await page.locator('main h1').focus();
	await page.keyboard.press('/');
	await expect(page.getByRole('searchbox', { name: 'Search reflections' })).toBeFocused();
	await page.keyboard.type('river');
	await expect(page.getByRole('status')).toHaveText('2 reflections found');
	await expect(page.locator('mark')).toHaveText(['Rivers', 'river']);
	expect(page.url()).not.toContain('river');
	await list(page).getByRole('link').last().click();
	await expect(page.locator('.prose mark')).toHaveText('river');
	await page.goBack();
	await expect(page.getByRole('searchbox')).toHaveValue('river');
	await expect(page.getByRole('status')).toHaveText('2 reflections found');
	await page.getByRole('searchbox').fill('nothing of the kind');
	await expect(page.getByRole('status')).toHaveText('Nothing found.');
	await page.getByRole('button', { name: 'Show everything' }).click();
	await expect(page.getByRole('status')).toHaveText('3 reflections');
});

test('tags filter', async ({ page }) => {
	await write(page, ['One. #rest', 'Two. #work', 'Three. #rest']);
	const tag = page.getByRole('button', { name: '#rest' });
	await tag.click();
	await expect(tag).toHaveAttribute('aria-pressed', 'true');
	await expect(list(page).getByRole('listitem')).toHaveCount(2);
	await tag.click();
	await expect(list(page).getByRole('listitem')).toHaveCount(3);
});

test('on a phone the filters are shut above the list, and say what it is narrowed to', async ({ page }) => {
	await page.setViewportSize({ width: 390, height: 844 });
	await write(page, ['One. #rest', 'Two. #work']);
	const filter = page.locator('summary').filter({ hasText: /^Filter/ });
	await expect(filter).toHaveText('Filter');
	await expect(page.getByRole('button', { name: '#rest' })).toBeHidden();
	await filter.click();
	await page.getByRole('button', { name: '#rest' }).click();
	await expect(list(page).getByRole('listitem')).toHaveCount(1);
	await filter.click();
	await expect(filter).toHaveText('Filter: #rest');
});

test('what another tab saves appears', async ({ page, context }) => {
	await expect(page.getByText('Nothing here yet')).toBeVisible();
	const other = await context.newPage();
	await other.goto('/');
	await other.getByRole('textbox', { name: 'Reflection' }).fill('From elsewhere.');
	await other.getByRole('button', { name: 'Save reflection' }).click();
	await expect(other.getByText('Saved', { exact: true })).toBeVisible();
	await page.bringToFront();
	await expect(list(page).getByRole('link')).toHaveText(/From elsewhere\./);
});

test('a long list keeps few rows, reaches its end and comes back', async ({ page }) => {
	const contents = Array.from(
		{ length: 420 },
		(_, at) => `Entry ${at}. ${'A line that goes on. '.repeat(8)}`
	);
	await write(page, contents);
	const items = list(page).getByRole('listitem');
	await expect(items.first()).toContainText('Entry 419.');
	await expect(async () => {
		await page.mouse.move(700, 500);
		await page.mouse.wheel(0, 5000);
		expect(await items.count()).toBeLessThanOrEqual(150);
		await expect(items.last()).toContainText('Entry 0.', { timeout: 50 });
	}).toPass({ intervals: [0] });
	await expect(items.last()).toHaveAttribute('aria-posinset', '420');
	await expect(items.last()).toHaveAttribute('aria-setsize', '420');
	await page.keyboard.press('Home');
	await expect(items.first()).toContainText('Entry 419.');
});

test('on this day, of earlier years', async ({ page }) => {
	const today = new Date();
	const day = [today.getMonth() + 1, today.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
	const id = newId();
	const data = {
		...{ id, identity_id: null, content: 'Long ago.' },
		...{ created_at: `2024-${day}T12:00:00.000Z`, local_date: `2024-${day}` }
	};
	await dispatch(page, 'reflection.create', data);
	await page.getByRole('link', { name: 'Write' }).click();
	await expect(page.getByRole('region', { name: 'On this day' })).toContainText('Long ago.');
});
