import { expect, test, type Page } from '@playwright/test';
import { dispatch, newId, read, ready } from './client.ts';
import { Profile } from './profile.ts';

const words = 'The heron stood in the shallow water.';

function text(page: Page) {
	return page.getByRole('textbox', { name: 'Reflection' });
}

function saved(page: Page) {
	return page.getByText('Saved', { exact: true });
}

async function save(page: Page, content: string): Promise<void> {
	await text(page).fill(content);
	await page.getByRole('button', { name: 'Save reflection' }).click();
	await expect(saved(page)).toBeVisible();
}

test('one can type at once, and what is saved is there', async ({ page }) => {
	await page.goto('/');
	await expect(text(page)).toBeFocused();
	await page.keyboard.type(words);
	await expect(saved(page)).toHaveCount(0);
	await page.keyboard.press('Control+s');
	await expect(saved(page)).toBeVisible();
	await expect(text(page)).toHaveValue('');
	const { rows } = await read(page, 'reflections.list', {});
	expect(rows.map(({ excerpt }) => excerpt)).toEqual([words]);
});

test('"Saved" is said after the commit, never before', async ({ context }) => {
	const holder = await context.newPage();
	await holder.goto('/icon.svg');
	// Another tab holds the database and does not answer.
	await holder.evaluate(() => void navigator.locks.request('mirror-os', () => new Promise(() => undefined)));
	const page = await context.newPage();
	await page.goto('/');
	await text(page).fill(words);
	await page.getByRole('button', { name: 'Save reflection' }).click();
	await expect(page.getByText('Mirror OS sleeps in another tab')).toBeVisible();
	await expect(page.getByText('Kept as a draft.')).toBeVisible();
	await expect(saved(page)).toHaveCount(0);
	await holder.close();
	await expect(saved(page)).toBeVisible();
});

test('the last letter outlives a page that is left at once', async ({ page }) => {
	await page.goto('/');
	await ready(page);
	let typed = '';
	for (const word of ['one', ' two', ' three', ' four', ' five']) {
		await text(page).press('End');
		await page.keyboard.type(word);
		typed += word;
		await page.reload();
		await expect(text(page)).toHaveValue(typed);
	}
});

test('what was typed 400 ms ago outlives a killed browser', async () => {
	const profile = new Profile();
	try {
		const clock = (await profile.start()).clock;
		await clock.install();
		const page = await profile.open();
		await text(page).focus();
		await clock.pauseAt(Date.now() + 60_000);
		await page.keyboard.type(words);
		await expect(page.getByText('Draft kept')).toHaveCount(0);
		await clock.runFor(400);
		// As long as the disk takes.
		await expect(page.getByText('Draft kept')).toBeVisible();
		await profile.kill();
		await expect(text(await profile.open())).toHaveValue(words);
	} finally {
		await profile.remove();
	}
});

test('a draft that was set aside is offered, taken up, let go and brought back', async ({ page }) => {
	await page.goto('/');
	await text(page).fill(words);
	await page.keyboard.press('Escape');
	await page.locator('main h1').focus();
	await page.keyboard.press('n');
	await expect(text(page)).toHaveValue('');
	await expect(text(page)).toBeFocused();
	await page.getByRole('button', { name: 'Go on' }).click();
	await expect(text(page)).toHaveValue(words);
	await expect(page.getByRole('heading', { name: 'Drafts' })).toHaveCount(0);

	await page.locator('main h1').focus();
	await page.keyboard.press('n');
	await page.getByRole('button', { name: 'Let go' }).click();
	await expect(page.getByRole('heading', { name: 'Drafts' })).toHaveCount(0);
	await page.getByRole('button', { name: 'Undo' }).click();
	await expect(page.getByRole('button', { name: 'Go on' })).toBeVisible();
});

test('a draft whose very text is saved already is not offered again', async ({ page }) => {
	await page.goto('/');
	await text(page).fill(words);
	await expect(page.getByText('Draft kept')).toBeVisible();
	const id = await page.evaluate(
		() =>
			new Promise<string>((resolve) => {
				const opening = indexedDB.open('mirror-drafts');
				opening.onsuccess = () => {
					const keys = opening.result.transaction('drafts').objectStore('drafts').getAllKeys();
					keys.onsuccess = () => resolve(String(keys.result[0]));
				};
			})
	);
	// The commit happened, and the tab ended before it let go of the draft.
	const created_at = new Date().toISOString();
	const data = { id, identity_id: null, content: words, created_at, local_date: created_at.slice(0, 10) };
	expect((await dispatch(page, 'reflection.create', data, newId())).code).toBe('accepted');
	await page.reload();
	await ready(page);
	await expect(text(page)).toHaveValue('');
	await expect(page.getByRole('heading', { name: 'Drafts' })).toHaveCount(0);
});

test('two tabs do not write the same draft', async ({ page, context }) => {
	await page.goto('/');
	await text(page).fill(words);
	await expect(page.getByText('Draft kept')).toBeVisible();
	const other = await context.newPage();
	await other.goto('/');
	await ready(other);
	await save(other, 'Written in the second tab.');
	await expect(other.getByRole('heading', { name: 'Drafts' })).toHaveCount(0);
	await page.bringToFront();
	await page.getByRole('button', { name: 'Save reflection' }).click();
	await expect(saved(page)).toBeVisible();
	expect((await read(page, 'reflections.list', {})).total).toBe(2);
});

test('without an identity a reflection stays on this device, and the page says why', async ({ page }) => {
	await page.goto('/');
	await ready(page);
	const visibility = page.getByRole('combobox', { name: 'Visibility' });
	await visibility.selectOption('sync_full_public');
	await page.getByRole('combobox', { name: 'Identity' }).selectOption({ label: 'No identity' });
	await expect(visibility).toHaveValue('local_only');
	await expect(visibility).toBeDisabled();
	await expect(visibility).toHaveAccessibleDescription('Without an identity it stays on this device.');
	await save(page, words);
	const { rows } = await read(page, 'reflections.list', {});
	const [reflection] = (await read(page, 'reflections.get', { id: rows[0]?.id ?? '' })).rows;
	expect(reflection).toMatchObject({ identity_id: null, visibility: 'local_only' });
});

test('writing begins with the identity that was used last', async ({ page }) => {
	await page.goto('/');
	await ready(page);
	await dispatch(page, 'identity.create', { id: newId(), name: 'Gardener' });
	const identity = page.getByRole('combobox', { name: 'Identity' });
	await identity.selectOption({ label: 'Gardener' });
	await save(page, words);
	await page.reload();
	await expect(identity.locator('option:checked')).toHaveText('Gardener');
});

test('a refusal stands beside what caused it, and the words stay', async ({ page }) => {
	await page.goto('/');
	await ready(page);
	const long = 'word '.repeat(220_000);
	await text(page).evaluate((field: HTMLTextAreaElement, value) => {
		field.value = value;
		field.dispatchEvent(new Event('input', { bubbles: true }));
	}, long);
	await expect(page.getByText('1,100,000 of at most 1,048,576 bytes')).toBeVisible();
	await page.getByRole('button', { name: 'Save reflection' }).click();
	const refusal = page.getByRole('alert');
	await expect(refusal).toContainText('Your words are kept as a draft');
	expect(await text(page).inputValue()).toBe(long);
	await refusal.getByRole('link').click();
	await expect(page).toHaveURL(/\/ledger#\d+$/);
	await expect(page.locator('details.named summary')).toBeFocused();
	await expect(page.locator('details.named')).toContainText('Refused');
});

/** An evening in Tokyo. */
async function sayWhen(page: Page): Promise<void> {
	await page.getByText('Day and time').click();
	await page.getByLabel('Day', { exact: true }).fill('2025-03-04');
	await page.getByLabel('Time', { exact: true }).fill('21:15');
	await page.getByLabel('Time zone').selectOption('Asia/Tokyo');
}

test('a day and a time can be said', async ({ page }) => {
	await page.goto('/');
	await ready(page);
	await sayWhen(page);
	await save(page, words);
	const { rows } = await read(page, 'reflections.list', {});
	expect(rows[0]).toMatchObject({ local_date: '2025-03-04', created_at: '2025-03-04T12:15:00.000Z' });
	await page.getByRole('link', { name: 'Open it' }).click();
	await expect(page.getByRole('heading', { level: 1 })).toContainText('March 4, 2025');
	await expect(page.locator('main header time')).toContainText('9:15');
});

test('the day and the time that were chosen outlive a reload', async ({ page }) => {
	await page.goto('/');
	await ready(page);
	await sayWhen(page);
	await text(page).fill(words);
	await expect(page.getByText('Draft kept')).toBeVisible();
	await page.reload();
	await expect(text(page)).toHaveValue(words);
	await expect(page.getByText('Day and time')).toContainText('21:15');
	await page.getByRole('button', { name: 'Save reflection' }).click();
	await expect(saved(page)).toBeVisible();
	const { rows } = await read(page, 'reflections.list', {});
	expect(rows[0]).toMatchObject({ local_date: '2025-03-04', created_at: '2025-03-04T12:15:00.000Z' });
});
