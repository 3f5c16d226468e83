import { expect, test } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { dispatch, newId, ready } from './client.ts';
import { goTo, heldBy } from './steps.ts';

test('a page may read the tensions and not write, and what it was refused stands in the ledger', async ({
	page,
	context
}) => {
	await page.goto('/');
	await ready(page);
	const tension = { id: newId(), identity_id: null, name: 'Rest', axis_a: 'work', axis_b: 'rest' };
	await dispatch(page, 'tension.create', tension);

	await goTo(page, 'Ledger');
	await page.getByRole('link', { name: 'Permits', exact: true }).click();
	await expect(page.getByText('You gave none yet.')).toBeVisible();
	await page.getByLabel('Who is it for?').fill('My sister');
	await page.getByLabel('What may be asked?').selectOption({ label: 'Read the tensions' });
	await page.getByLabel('How often?').fill('2');
	await page.getByRole('button', { name: 'Create permit link' }).click();
	const sheet = page.getByRole('dialog', { name: 'The permit link' });
	await expect(sheet).toContainText('Used 0 of 2 times');
	const link = await sheet.getByLabel('Link', { exact: true }).inputValue();
	await expectAccessible(page, 'the sheet of a permit link');
	await page.keyboard.press('Escape');

	const other = await context.newPage();
	await other.goto(link);
	await expect(other.getByRole('heading', { level: 1 })).toHaveText('A permit for this mirror');
	await expect(other.getByRole('navigation')).toHaveCount(0);
	expect(await other.evaluate(() => 'mirror' in globalThis)).toBe(false);
	const ask = other.getByRole('button', { name: 'Ask the mirror' });
	await ask.click();
	await expect(other.getByRole('alert')).toContainText('Variant requirements not met');
	for (const [label, words] of [
		['What it is for', 'To see them'],
		['What it leaves alone', 'All else'],
		['When it is done', 'When they are shown']
	] as const)
		await other.getByLabel(label).last().fill(words);
	await ask.click();
	await expect(other.getByRole('status')).toHaveText('Given: 1 row.');
	await expect(other.getByRole('region', { name: 'What was given' })).toContainText('"name": "Rest"');

	await other.getByLabel('What do you ask for?').selectOption({ label: 'Create a tension' });
	await other.getByLabel('With what? (JSON)').fill(JSON.stringify({ ...tension, id: newId() }));
	await ask.click();
	await expect(other.getByRole('status')).toHaveText('Refused.');
	await expect(other.getByRole('alert')).toContainText('ACTION_NOT_ALLOWED');
	for (const width of [320, 1280]) {
		await other.setViewportSize({ width, height: 844 });
		await expectAccessible(other, `a page by permit at ${width}`);
	}

	await expect(page.getByText('Used 1 of 2 times')).toBeVisible();
	await page.bringToFront();
	for (const width of [320, 1280]) {
		await page.setViewportSize({ width, height: 844 });
		await expectAccessible(page, `the permits at ${width}`);
	}
	await page.getByRole('link', { name: 'Its last use in the ledger' }).click();
	await expect(page.getByText('Read tensions.list').first()).toBeVisible();
	await page.getByRole('link', { name: 'Show the newest' }).click();
	const entries = page.getByRole('list', { name: 'Entries' }).getByRole('listitem');
	const refused = entries.filter({ hasText: 'Refused' }).first();
	await refused.getByText('Refused').click();
	await expect(refused).toContainText('Permit verification failed: ACTION_NOT_ALLOWED');

	await page.getByRole('link', { name: 'Permits', exact: true }).click();
	await page.getByRole('button', { name: 'Take away the permit for My sister' }).press('Enter');
	await expect(page.getByText('The permit for My sister is taken away.')).toBeVisible();
	await other.getByLabel('What do you ask for?').selectOption({ label: 'Read the tensions' });
	await other.getByLabel('With what? (JSON)').fill('{}');
	await ask.click();
	await expect(other.getByRole('alert')).toContainText('REVOKED');
	expect(await heldBy(page)).toMatchObject({ reflections: 0 });
	await other.goto('/permit#nothing');
	await expect(other.getByRole('alert')).toContainText('Ask whoever gave it to you');
});

test('of three hundred permits few stand in the page, and the oldest is reached', async ({ page }) => {
	await page.goto('/ledger/permits');
	await ready(page);
	await page.evaluate(
		async (ids) => {
			for (const [at, id] of ids.entries()) {
				const data = { label: `Friend ${at}`, tool: 'tensions.list', max_executions: 1 } as const;
				const valid_until = new Date(Date.now() + 3_600_000).toISOString();
				const sent = { id, kind: 'permit.issue', data: { ...data, valid_until } } as const;
				const { code } = await globalThis.mirror.dispatch(sent);
				if (code !== 'accepted') throw new Error(code);
			}
		},
		Array.from({ length: 300 }, newId)
	);
	const items = page.getByRole('list', { name: 'Permits you gave' }).getByRole('listitem');
	await expect(page.getByText('300 permits')).toBeVisible();
	await expect(items.first()).toContainText('Friend 299');
	expect(await items.count()).toBeLessThanOrEqual(150);
	await page.mouse.move(600, 500);
	await expect(async () => {
		await page.mouse.wheel(0, 5000);
		expect(await items.count()).toBeLessThanOrEqual(150);
		await expect(items.last()).toContainText('Friend 0', { timeout: 50 });
	}).toPass({ intervals: [0] });
	await expect(items.last()).toHaveAttribute('aria-setsize', '300');
	await items.last().getByRole('button', { name: 'Show the link for Friend 0' }).click();
	await expect(page.getByRole('dialog', { name: 'The permit link' })).toContainText(
		'Friend 0: Read the tensions, Used 0 of once'
	);
});
