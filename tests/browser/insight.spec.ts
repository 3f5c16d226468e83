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

test('patterns are named, hidden, shown as one and added by the keyboard alone, and stay so', async ({
	page
}) => {
	await open(page);
	const first = 'I should call my sister. I failed, and she is at the Wasser.';
	const reflection_id = await write(page, '2026-03-03', first);
	await write(page, '2026-03-09', 'I must not forget the heron. Am Wasser war es still.');
	const ids = { id: newId(), engine_run_id: newId() };
	await dispatch(page, 'mirrorback.create', { ...ids, reflection_id });
	const change = page.getByRole('button', { name: 'Change patterns' });
	await tabTo(page, change);
	await page.keyboard.press('Enter');
	const dialog = page.getByRole('dialog', { name: 'Change patterns' });
	const group = (name: string) => dialog.getByRole('group', { name });
	const shown = (name: string) => group(name).getByRole('combobox', { name: 'Shown' });
	await expect(group('I failed, my fault')).toHaveAccessibleDescription(/is no diagnosis/);

	await tabTo(page, group('Should, must, have to').getByRole('textbox'));
	await page.keyboard.type('My musts');
	await tabTo(page, shown('He, she, friend, mother'));
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('ArrowDown');
	await expect(shown('He, she, friend, mother')).toHaveValue('obligation_language');
	await tabTo(page, shown('I failed, my fault'));
	await page.keyboard.press('ArrowDown');
	await tabTo(page, dialog.getByRole('button', { name: 'Add a pattern' }));
	await page.keyboard.press('Enter');
	await expect(group('New pattern').getByRole('textbox', { name: 'Name' })).toBeFocused();
	await page.keyboard.type('At the shore');
	await tabTo(page, dialog.getByRole('button', { name: 'Save' }));
	await page.keyboard.press('Enter');
	await expect(dialog.getByRole('alert')).toContainText('1 to 20 words or phrases');
	await tabTo(page, group('At the shore').getByRole('textbox', { name: 'Words' }), 'Shift+Tab');
	await page.keyboard.type('wasser');
	for (const width of [320, 1280]) {
		await page.setViewportSize({ width, height: 844 });
		await expectAccessible(page, `the form at ${width}`);
	}
	await tabTo(page, dialog.getByRole('button', { name: 'Save' }));
	await page.keyboard.press('Enter');
	await expect(change).toBeFocused();
	await expect(page.getByText('At the shore, 2 so far.')).toBeVisible();
	await expect(page.getByRole('heading', { name: 'At the shore' })).toHaveCount(0);
	await write(page, '2026-03-10', 'Das Wasser war kalt.');

	for (const reloads of [0, 1]) {
		if (reloads > 0) await page.reload();
		await expect(page.getByRole('button', { name: 'At the shore: 3 sentences in 3 entries' })).toBeVisible();
		await expect(page.getByRole('heading', { name: /friend|my fault|Should/ })).toHaveCount(0);
		await page.getByRole('button', { name: 'My musts: 3 sentences in 2 entries' }).click();
		const quotes = page.getByRole('dialog', { name: 'My musts' });
		await expect(quotes.locator('mark')).toHaveText(['should', 'sister', 'she', 'must']);
		await page.keyboard.press('Escape');
	}
	await page.goto('/system/runs');
	await expect(page.getByRole('definition').filter({ hasText: 'My musts' })).toBeVisible();
	await expect(page.getByText(/relationship|self critical/)).toHaveCount(0);
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
