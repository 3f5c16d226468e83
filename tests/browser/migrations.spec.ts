import { expect, test, type Locator, type Page } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { read, ready } from './client.ts';
import { goTo, heldBy, settled, tabTo, writeOn } from './steps.ts';

function section(page: Page): Locator {
	return page.getByRole('region', { name: 'Migrations' });
}

async function stateOf(page: Page) {
	const [state] = (await read(page, 'schema.state', {})).rows;
	return { current: state?.current, hold: state?.hold };
}

/** How many rows a way back would drop: what idle moments have kept by now. */
async function keptReadings(page: Page): Promise<number | null | undefined> {
	const [tried] = (await read(page, 'schema.rehearsal', { to: '1.0.0' })).rows;
	return tried?.changes.find(({ what }) => what === 'table')?.count;
}

/** Goes to a control by the keyboard, and presses it. */
async function press(page: Page, control: Locator): Promise<void> {
	await tabTo(page, control);
	await page.keyboard.press('Enter');
}

/** Goes back by the keyboard. */
async function goBack(page: Page, button: string, to: string): Promise<void> {
	await press(page, section(page).getByRole('button', { name: button, exact: true }));
	const dialog = page.getByRole('dialog', { name: `Go back to version ${to}?` });
	await press(page, dialog.getByRole('button', { name: `Go back to ${to}` }));
	await expect(
		section(page).getByText(`The tables are at version ${to} again, and held there.`)
	).toBeVisible();
}

test('migrations are rolled back one by one by the keyboard, held over two reloads and new entries, and released', async ({
	page
}) => {
	await page.goto('/');
	await ready(page);
	await writeOn(page, 'I should call my sister, and I must not forget the heron.');
	await settled(page);
	await goTo(page, 'System');
	const here = section(page);
	await expect(here).toContainText('The tables are at version 1.4.0.');
	await goBack(page, 'Roll back', '1.3.0');
	await goBack(page, 'Roll back', '1.2.0');
	await goBack(page, 'Roll back', '1.1.1');
	await goBack(page, 'Roll back', '1.1.0');
	await expect.poll(() => keptReadings(page)).toBe(1);

	await press(page, here.getByRole('button', { name: 'Roll back', exact: true }));
	const question = page.getByRole('dialog', { name: 'Go back to version 1.0.0?' });
	await expect(question).toContainText('Drops the table reflection_readings, with 1 row.');
	await expect(question.getByRole('button', { name: 'Export bundle' })).toBeVisible();
	await expectAccessible(page, 'the question before going back');
	await page.keyboard.press('Escape');
	expect(await stateOf(page)).toEqual({ current: '1.1.0', hold: '1.1.0' });
	await goBack(page, 'Roll back', '1.0.0');

	for (let reloads = 0; reloads < 2; reloads++) {
		await page.reload();
		await ready(page);
		expect(await stateOf(page)).toEqual({ current: '1.0.0', hold: '1.0.0' });
	}
	await writeOn(page, 'I have to go home, for I am cold.');
	await goTo(page, 'Insight');
	await expect(page.getByText('What is read here is not kept')).toBeVisible();
	await goTo(page, 'System');
	await expect(here).toContainText('Insight keeps nothing of what it reads');
	await press(page, here.getByRole('button', { name: 'Try without changing' }));
	await expect(here).toContainText('Makes the table reflection_readings, with 2 rows.');
	await expect(here).toContainText('It works. Nothing was changed.');
	for (const width of [320, 1280]) {
		await page.setViewportSize({ width, height: 844 });
		await expectAccessible(page, `a held mirror at ${width}`);
	}
	await press(page, here.getByRole('button', { name: 'Release the hold' }));
	await expect(here.getByText('The tables are at version 1.4.0 now.')).toBeVisible();
	await expect(here.getByRole('heading', { name: 'Migrations' })).toBeFocused();

	await page.reload();
	await ready(page);
	expect(await stateOf(page)).toEqual({ current: '1.4.0', hold: null });
	expect(await heldBy(page)).toMatchObject({ reflections: 2 });
	await goTo(page, 'Insight');
	const should = 'Should, must, have to';
	await expect(page.getByRole('button', { name: `${should}: 2 sentences in 2 entries` })).toBeVisible();
	await expect(page.getByText('What is read here is not kept')).toBeHidden();
});
