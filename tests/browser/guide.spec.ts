import { expect, test, type Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { expectAccessible } from './axe.ts';
import { dispatch, read, ready } from './client.ts';
import { tabTo } from './steps.ts';

async function openGuide(page: Page, name: string): Promise<void> {
	await page.goto('/ledger');
	await ready(page);
	await page.getByRole('link', { name: 'Guide' }).click();
	await page.getByRole('link', { name }).click();
	await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
}

const box = (page: Page, name: string) => page.getByRole('checkbox', { name });
const select = (page: Page) => page.getByLabel('Kernel that is replaced');

test('each procedure is a page of its own, which leads to where it is done', async ({ page }) => {
	await page.setViewportSize({ width: 320, height: 800 });
	await openGuide(page, 'Rules');
	await expect(page).toHaveTitle('Rules – Mirror OS');
	await expectAccessible(page, 'a procedure');
	await page
		.getByRole('region', { name: 'How it is done here' })
		.getByRole('link', { name: 'Policy' })
		.click();
	await expect(page.getByRole('heading', { level: 1, name: 'Policy' })).toBeFocused();
	await expect(page.getByRole('button', { name: 'Add a rule' })).toBeVisible();
	await page.goto('/ledger/guide/nothing');
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('There is no such page in the guide');
	await page.setViewportSize({ width: 1280, height: 800 });
	const more = page.getByRole('navigation', { name: 'More of the guide' }).getByRole('link');
	await expect(more).toHaveCount(11);
	await expectAccessible(page, 'a page that is not there');
	await more.filter({ hasText: 'Rollback' }).click();
	await expect(page).toHaveTitle('Rollback – Mirror OS');
	await expect(more.filter({ hasText: 'Rollback' })).toHaveAttribute('aria-current', 'page');
});

test('checklists are ticked by the keyboard, stay over a reload and with the kernel that is replaced, and are saved', async ({
	page
}) => {
	await openGuide(page, 'Checklists');
	await tabTo(page, box(page, 'The evidence verifies'));
	await page.keyboard.press('Space');
	await expect(page.getByText('1 of 20 ticked.')).toBeVisible();
	await page.reload();
	await expect(box(page, 'The evidence verifies')).toBeChecked();
	for (const width of [320, 1280]) {
		await page.setViewportSize({ width, height: 800 });
		await expectAccessible(page, `checklists at ${width}`);
	}

	const before = await select(page).inputValue();
	expect((await dispatch(page, 'kernel.replace', { port: 'owner', reason: 'archival' })).code).toBe(
		'accepted'
	);
	// What is read does not turn into another list under one's eyes.
	await expect(page.getByText('stays as it was then')).toBeVisible();
	await expect(select(page)).toHaveValue(before);
	await page.reload();
	await expect(select(page)).not.toHaveValue(before);
	await expect(box(page, 'The evidence verifies')).not.toBeChecked();
	await page.getByRole('button', { name: 'Go on with those' }).click();
	await expect(select(page)).toBeFocused();
	await expect(select(page)).toHaveValue(before);
	await expect(page.getByText('stays as it was then')).toBeVisible();
	await expect(box(page, 'The evidence verifies')).toBeDisabled();
	const [next] = (await read(page, 'checklists.list', {})).rows;
	expect(next).toMatchObject({ port: 'owner', closed_at: null, ticks: [] });
	await box(page, 'The new kernel has begun').click();
	await expect(page.getByText('2 of 20 ticked.')).toBeVisible();
	await expect(page.getByRole('list', { name: 'During' })).toContainText(/kernel-\d+ follows it since/);

	const [file] = await Promise.all([
		page.waitForEvent('download'),
		page.getByRole('button', { name: 'Save as Markdown' }).click()
	]);
	expect(file.suggestedFilename()).toBe(`checklists_${before}.md`);
	const saved = readFileSync(await file.path(), 'utf8');
	expect(saved.match(/^- \[x\] .*$/gm)).toEqual([
		expect.stringMatching(/^- \[x\] The evidence verifies \(ticked .*Z\)$/),
		expect.stringMatching(/^- \[x\] The new kernel has begun \(ticked .*Z\)$/)
	]);

	// What is refused does not look as if it were done, and says why beside it.
	await dispatch(page, 'kernel.halt', { port: 'owner', reason: 'asked' });
	const item = page.getByRole('listitem').filter({ has: box(page, 'It is well') });
	await expect(item).toContainText(/kernel-\d+ is halted\./);
	await box(page, 'It is well').click();
	await expect(item.getByRole('alert')).toContainText('Changes are halted');
	await expect(box(page, 'It is well')).not.toBeChecked();
	await item.getByRole('button', { name: 'Replace the kernel and go on' }).click();
	await expect(item).toContainText('A new kernel is in charge.');
	await box(page, 'It is well').click();
	await expect(page.getByText('3 of 20 ticked.')).toBeVisible();
});

test('where the tables are held below checklists, they can be read and say so', async ({ page }) => {
	await page.goto('/ledger/guide/checklists');
	await ready(page);
	await dispatch(page, 'schema.rollback', { to: '1.3.0' });
	await expect(page.getByText('Nothing can be ticked until it is.')).toBeVisible();
	await expect(page.getByRole('checkbox')).toHaveCount(0);
	await expect(page.getByRole('listitem').filter({ hasText: 'The evidence verifies' })).toBeVisible();
	await expectAccessible(page, 'checklists that are held');
	await dispatch(page, 'schema.release', {});
	await expect(box(page, 'The evidence verifies')).toBeEnabled();
});
