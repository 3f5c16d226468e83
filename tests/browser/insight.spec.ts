import { expect, test, type Page } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { dispatch, newId, ready } from './client.ts';
import { tabTo, unfold } from './steps.ts';

/** Opens the page on a day that is the same in every run. */
async function open(page: Page): Promise<void> {
	await page.clock.setFixedTime('2026-03-10T12:00:00');
	await page.goto('/insight');
	await ready(page);
}

async function write(page: Page, local_date: string, content: string, title: string | null = null) {
	const id = newId();
	const created_at = `${local_date}T09:00:00.000Z`;
	await dispatch(page, 'reflection.create', {
		...{ id, identity_id: null, content, title },
		...{ created_at, local_date }
	});
	return id;
}

test('a count opens its sentences, and they lead to the entry; arrow keys go from day to day', async ({
	page
}) => {
	await open(page);
	const id = await write(page, '2026-03-03', 'I should call my sister. The rain is back.', 'On the phone');
	await write(page, '2026-03-09', 'I was at the water, and I must not forget the heron.');
	await write(page, '2026-03-10', 'The heron is back at the water.');
	const navigation = page.getByRole('navigation', { name: 'Main' });
	await page.goto('/');
	await tabTo(page, navigation.getByRole('link', { name: 'Insight' }));
	await page.keyboard.press('Enter');
	await expect(page.getByRole('heading', { level: 1, name: 'Insight' })).toBeFocused();
	await expect(page.getByText('3 entries were read.')).toBeVisible();

	const should = 'Should, must, have to';
	await tabTo(page, page.getByRole('button', { name: `${should}: 2 sentences in 2 entries` }));
	await page.keyboard.press('Enter');
	const quotes = page.getByRole('dialog', { name: should });
	await expect(quotes.locator('blockquote')).toHaveText([
		'I should call my sister.',
		'I was at the water, and I must not forget the heron.'
	]);
	await expect(quotes.locator('mark')).toHaveText(['should', 'must']);
	await page.keyboard.press('Escape');

	const cell = (day: string) => page.getByRole('gridcell', { name: day });
	await tabTo(page, cell('Tuesday, March 10, 2026: 1 entry'), 'Shift+Tab');
	await page.keyboard.press('ArrowUp');
	await expect(cell('Monday, March 9, 2026: 1 entry')).toBeFocused();
	await page.keyboard.press('Enter');
	const day = page.getByRole('dialog', { name: 'Monday, March 9, 2026' });
	await expect(day.getByRole('link')).toHaveCount(1);
	await expect(day).toContainText('forget the heron');
	await page.keyboard.press('Escape');
	await expect(cell('Monday, March 9, 2026: 1 entry')).toBeFocused();
	await page.keyboard.press('ArrowLeft');
	await expect(cell('Monday, March 2, 2026: no entry')).toBeFocused();
	await page.keyboard.press('Enter');
	await expect(page.getByRole('dialog')).toBeHidden();

	// What is written meanwhile, wherever it is, is counted too.
	await write(page, '2026-03-10', 'I have to go home, for I am cold.');
	await tabTo(page, page.getByRole('button', { name: `${should}: 3 sentences in 3 entries` }));
	await page.keyboard.press('Enter');
	await tabTo(page, quotes.getByRole('link', { name: 'On the phone' }));
	await page.keyboard.press('Enter');
	await expect(page).toHaveURL(`/reflections/${id}`);
	await expect(page.getByRole('heading', { level: 1, name: 'On the phone' })).toBeFocused();
});

test('axe finds nothing, with nothing to show and with everything opened', async ({ page }) => {
	await open(page);
	await expect(page.getByRole('heading', { name: 'Nothing to show yet' })).toBeVisible();
	for (const width of [320, 1280]) {
		await page.setViewportSize({ width, height: 844 });
		await expectAccessible(page, `empty at ${width}`);
	}
	const sentences =
		'I should rest, but I never do. I am afraid and angry. My sister laughed. I failed. Why is it so?';
	const ids = [
		await write(page, '2026-03-01', sentences),
		await write(page, '2026-03-03', 'Heute habe ich lange im Garten gesessen.'),
		await write(page, '2025-03-10', sentences, 'A year before')
	];
	const [thread, tension] = [newId(), newId()];
	const lake = { id: thread, identity_id: null, title: 'The lake', reflection_ids: ids };
	await dispatch(page, 'thread.create', lake);
	const rest = { id: tension, identity_id: null, name: 'Rest or work', axis_a: 'Rest', axis_b: 'Work' };
	await dispatch(page, 'tension.create', { ...rest, position: -0.5 });
	await dispatch(page, 'tension.place', { id: tension, position: 0.5, intensity: 0.5 });
	await page.getByRole('button', { name: 'All', exact: true }).click();
	await expect(page.getByText('3 entries were read.')).toBeVisible();
	await expect(page.getByText('In 1 entry no patterns were looked for')).toBeVisible();
	await expect(page.getByText('3 reflections were added to 1 thread.')).toBeVisible();
	await expect(page.getByText('1 tension was placed, 2 times in all.')).toBeVisible();
	await expect(page.getByRole('heading', { name: '1 year before' })).toBeVisible();
	await unfold(page);
	for (const width of [320, 1280]) {
		await page.setViewportSize({ width, height: 844 });
		await expectAccessible(page, `full at ${width}`);
	}
	await page.getByRole('button', { name: 'Named feelings: 2 sentences in 2 entries' }).click();
	await expect(page.getByRole('dialog').locator('blockquote')).toHaveCount(2);
	await expectAccessible(page, 'its sentences');
});
