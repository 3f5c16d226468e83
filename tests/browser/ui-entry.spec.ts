import { expect, test, type Page } from '@playwright/test';
import { dispatch, newId, read, ready } from './client.ts';

async function write(page: Page, content: string, id = newId()): Promise<string> {
	const created_at = '2026-03-04T23:30:00.000Z';
	const data = {
		id,
		identity_id: null,
		content,
		created_at,
		local_date: '2026-03-05',
		time_zone: 'Europe/Berlin'
	};
	expect((await dispatch(page, 'reflection.create', data)).code).toBe('accepted');
	return id;
}

async function open(page: Page, content: string): Promise<string> {
	await page.goto('/');
	await ready(page);
	const id = await write(page, content);
	await page.goto(`/reflections/${id}`);
	await expect(page.locator('.prose[aria-busy="false"]')).toBeVisible();
	return id;
}

function text(page: Page) {
	return page.getByRole('textbox', { name: 'Reflection' });
}

test('an entry is set as Markdown, and nothing in it runs or is fetched', async ({ page }) => {
	const asked: string[] = [];
	page.on('request', (request) => asked.push(request.url()));
	page.on('dialog', () => expect('a script ran').toBe(''));
	await open(
		page,
		[
			'# Head',
			'**strong** and ~~gone~~',
			'| a | b |\n|---|---|\n| 1 | 2 |',
			'- [x] done',
			'<script>alert(1)</script><img src=x onerror=alert(2)>',
			'![the bridge](https://elsewhere.example/bridge.png)',
			'[a link](https://elsewhere.example/) and [a trap](javascript:alert(3))'
		].join('\n\n')
	);
	const entry = page.locator('.prose');
	await expect(entry.getByRole('heading', { name: 'Head' })).toBeVisible();
	await expect(entry.locator('strong')).toHaveText('strong');
	await expect(entry.getByRole('cell')).toHaveText(['1', '2']);
	await expect(entry.locator('script, img')).toHaveCount(0);
	await expect(entry).toContainText('<script>alert(1)</script>');
	await expect(entry).toContainText('Image from elsewhere, not loaded: the bridge');
	await expect(entry.getByRole('link', { name: 'a link' })).toHaveAttribute('rel', /noreferrer/);
	await expect(entry.getByText('a trap')).not.toHaveAttribute('href', /./);
	expect(asked.filter((url) => url.includes('elsewhere'))).toEqual([]);
});

test('the day of an entry is the one it was written on, whatever the zone of the reader', async ({
	browser
}) => {
	const context = await browser.newContext({ timezoneId: 'America/Los_Angeles' });
	const page = await context.newPage();
	await open(page, 'Late.');
	await expect(page.getByRole('heading', { level: 1 })).toContainText('March 5, 2026');
	await expect(page.locator('main header time')).toContainText('12:30');
	await context.close();
});

test('a change keeps what stood before; versions show the difference and can be restored', async ({
	page
}) => {
	const id = await open(page, 'I went to the river. #walk');
	await page.keyboard.press('e');
	await text(page).fill('I went to the sea. #walk');
	await page.keyboard.press('Control+s');
	await expect(page.locator('.prose')).toContainText('the sea');
	await page.getByRole('link', { name: '2 versions' }).click();
	await page.getByText('What changed after it').click();
	await expect(page.locator('del')).toContainText('river');
	await expect(page.locator('ins')).toContainText('sea');
	await page.getByRole('button', { name: 'Restore this version' }).click();
	await expect(page.getByRole('heading', { name: 'Version 2' })).toBeVisible();
	const [now] = (await read(page, 'reflections.get', { id })).rows;
	expect(now).toMatchObject({
		content: 'I went to the river. #walk',
		version: 3,
		metadata: { tags: ['walk'] }
	});
});

test('an entry that is changed in two tabs keeps both texts', async ({ page, context }) => {
	const id = await open(page, 'The first text.');
	await page.getByRole('button', { name: 'Edit' }).click();
	await text(page).fill('Mine.');

	const other = await context.newPage();
	await other.goto(`/reflections/${id}`);
	await other.getByRole('button', { name: 'Edit' }).click();
	await text(other).fill('Theirs.');
	await other.getByRole('button', { name: 'Save changes' }).click();
	await expect(other.locator('.prose')).toHaveText('Theirs.');

	await page.bringToFront();
	await page.getByRole('button', { name: 'Save changes' }).click();
	await expect(page.getByRole('alert')).toContainText('changed elsewhere');
	await expect(text(page)).toHaveValue('Mine.');
	await expect(page.getByRole('region', { name: 'What stands there now' }).locator('ins')).toContainText(
		'Theirs'
	);
	await page.getByRole('button', { name: 'Keep both' }).click();
	await expect(page.locator('.prose')).toHaveText('Mine.');
	const { rows } = await read(page, 'reflections.list', {});
	expect(rows.map(({ excerpt }) => excerpt).sort()).toEqual(['Mine.', 'Theirs.']);
});

test('a change that was not finished is offered, from the version that it began from', async ({ page }) => {
	const id = await open(page, 'The first text.');
	await page.getByRole('button', { name: 'Edit' }).click();
	await text(page).fill('Half a change');
	await page.reload();
	const data = {
		id,
		content: 'Changed meanwhile.',
		created_at: '2026-03-04T23:30:00.000Z',
		local_date: '2026-03-05'
	};
	await ready(page);
	expect((await dispatch(page, 'reflection.edit', data)).code).toBe('accepted');
	await page.getByRole('button', { name: 'Go on with them' }).click();
	await expect(text(page)).toHaveValue('Half a change');
	await page.getByRole('button', { name: 'Save changes' }).click();
	await expect(page.getByRole('alert')).toContainText('changed elsewhere');
});

test('a change of the title or the day alone is offered too, and goes on', async ({ page }) => {
	const id = await open(page, 'The first text.');
	const offered = page.getByText('There are unsaved changes');
	await page.getByRole('button', { name: 'Edit' }).click();
	await page.getByRole('textbox', { name: 'Title' }).fill('A title');
	await expect(page.getByText('Draft kept')).toBeVisible();
	await page.reload();
	await expect(offered).toBeVisible();
	// Not by the notice: an edit that begins must not write over it either.
	await page.getByRole('button', { name: 'Edit' }).click();
	await expect(page.getByRole('textbox', { name: 'Title' })).toHaveValue('A title');
	await page.getByRole('button', { name: 'Save changes' }).click();
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('A title');
	await expect(offered).toHaveCount(0);

	await page.getByRole('button', { name: 'Edit' }).click();
	await page.getByText('Day and time').click();
	await page.getByLabel('Day', { exact: true }).fill('2025-03-04');
	await page.getByLabel('Day', { exact: true }).blur();
	await expect(page.getByText('Draft kept')).toBeVisible();
	await page.reload();
	await page.getByRole('button', { name: 'Go on with them' }).click();
	await page.getByRole('button', { name: 'Save changes' }).click();
	await expect(page.locator('.prose')).toBeVisible();
	const [now] = (await read(page, 'reflections.get', { id })).rows;
	expect(now?.metadata).toMatchObject({ title: 'A title', local_date: '2025-03-04' });
});

test('the trash: undo, restore, and erasing for good after it was said what will be gone', async ({
	page
}) => {
	const id = await open(page, 'To be thrown away.');
	await page.getByRole('button', { name: 'Move to trash' }).click();
	await expect(page).toHaveURL(/\/reflections$/);
	await page.getByRole('button', { name: 'Undo' }).click();
	await expect(page.getByRole('list', { name: 'Reflections' }).getByRole('listitem')).toHaveCount(1);

	expect((await dispatch(page, 'reflection.trash', { id })).code).toBe('accepted');
	await page.getByRole('link', { name: 'Trash' }).click();
	await page.getByRole('button', { name: 'Restore' }).click();
	await expect(page.getByText('The trash is empty.')).toBeVisible();

	expect((await dispatch(page, 'reflection.trash', { id })).code).toBe('accepted');
	await page.getByRole('button', { name: 'Erase for good' }).click();
	const dialog = page.getByRole('dialog');
	await expect(dialog).toContainText('earlier versions');
	await expect(dialog).toContainText('Backups and bundles that you made before still hold it');
	await page.keyboard.press('Escape');
	await expect(dialog).toBeHidden();
	expect((await read(page, 'trash.list', {})).rows).toHaveLength(1);
	await page.getByRole('button', { name: 'Erase for good' }).click();
	await dialog.getByRole('button', { name: 'Erase for good' }).click();
	await expect(page.getByText('The trash is empty.')).toBeVisible();
	expect((await read(page, 'trash.list', {})).rows).toEqual([]);
});
