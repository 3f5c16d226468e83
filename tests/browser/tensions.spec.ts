import { expect, test, type Page } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { dispatch, newId, read, ready } from './client.ts';
import { goTo } from './steps.ts';

interface Named {
	readonly axis_a: string;
	readonly axis_b: string;
	readonly position?: number;
	readonly notes?: string;
	/** Null where it is not said: nobody's. */
	readonly identity_id?: string | null;
}

/** Names tensions, and answers with their ids. */
async function fill(page: Page, tensions: readonly Named[]): Promise<string[]> {
	const ids: string[] = [];
	for (const tension of tensions) {
		const id = newId();
		const { axis_a, axis_b } = tension;
		const receipt = await dispatch(page, 'tension.create', {
			...{ identity_id: null, intensity: null, position: null, notes: null, discovered_in_reflection: null },
			...{ origin: 'user_created', sync_mode: 'local_only' },
			...{ id, name: `${axis_a} or ${axis_b}`.slice(0, 100), ...tension }
		});
		expect(receipt.code).toBe('accepted');
		ids.push(id);
	}
	return ids;
}

async function open(page: Page, path: string): Promise<void> {
	await page.goto(path);
	await ready(page);
}

async function entries(page: Page): Promise<number> {
	return (await read(page, 'ledger.verify', {})).rows[0]?.entries_verified ?? 0;
}

async function tensionOf(page: Page, id: string) {
	return (await read(page, 'tensions.get', { id })).rows[0];
}

/** Where the page is, as an id. */
function idOf(page: Page): string {
	return new URL(page.url()).pathname.split('/').at(-1) ?? '';
}

test('a tension is named by keys alone, with a name made of its ends', async ({ page }) => {
	await open(page, '/');
	await goTo(page, 'Tensions');
	await page.getByRole('button', { name: 'New tension' }).focus();
	await page.keyboard.press('Enter');
	await expect(page.getByLabel('One end')).toBeFocused();
	await page.keyboard.press('Enter');
	await expect(page.getByText('Both ends need a word')).toBeVisible();
	await page.keyboard.type('Speaking');
	await page.keyboard.press('Tab');
	await page.keyboard.type('Silence');
	await page.keyboard.press('Tab');
	await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Speaking or Silence');
	await page.keyboard.press('Enter');
	const heading = page.getByRole('heading', { level: 1, name: 'Speaking or Silence' });
	await expect(heading).toBeVisible();
	// No word of the person's goes into the browser's history.
	await expect(page).toHaveTitle('Tension – Mirror OS');
	const made = await tensionOf(page, idOf(page));
	const [me] = (await read(page, 'identities.list', {})).rows;
	expect(made).toMatchObject({ position: null, origin: 'user_created', identity_id: me?.id });
	await expect(page.getByRole('slider', { name: 'Position' })).toHaveAttribute(
		'aria-valuetext',
		'not placed yet'
	);
});

test('each gesture is one entry of the ledger and one point of the path, and stays', async ({ page }) => {
	await open(page, '/');
	const [id = ''] = await fill(page, [{ axis_a: 'Control', axis_b: 'Surrender' }]);
	await open(page, `/tensions/${id}`);
	const position = page.getByRole('slider', { name: 'Position' });
	const before = await entries(page);

	// A key that is held repeats, and says nothing before it is let go.
	await position.focus();
	for (let repeat = 0; repeat < 8; repeat++) await page.keyboard.down('ArrowLeft');
	await expect(position).toHaveValue('-0.4');
	expect(await entries(page)).toBe(before);
	await page.keyboard.up('ArrowLeft');
	await expect(page.getByText('Kept: nearer to Control.')).toBeVisible();
	await expect(position).toHaveAttribute('aria-valuetext', 'nearer to Control');
	expect(await entries(page)).toBe(before + 1);
	expect((await tensionOf(page, id))?.metadata.position_history).toMatchObject([{ position: -0.4 }]);

	// A hand that drags is done when it lets go.
	const box = await position.boundingBox();
	if (box === null) throw new Error('the slider is not there');
	const middle = box.y + box.height / 2;
	await page.mouse.move(box.x + box.width * 0.3, middle);
	await page.mouse.down();
	for (const at of [0.4, 0.6, 0.8, 0.9]) await page.mouse.move(box.x + box.width * at, middle);
	await page.mouse.up();
	await expect(page.getByText('Kept: close to Surrender.')).toBeVisible();
	expect(await entries(page)).toBe(before + 2);

	// So is a number, when it is finished, and the note goes with it.
	await page.getByRole('textbox', { name: 'A short note' }).fill('after the call');
	const number = page.getByRole('spinbutton', { name: 'Intensity as a number' });
	await number.focus();
	await page.keyboard.type('0.7');
	await page.keyboard.press('Tab');
	await expect(page.getByText('Kept: close to Surrender, felt strongly.')).toBeVisible();
	expect(await entries(page)).toBe(before + 3);
	await expect(page.getByRole('textbox', { name: 'A short note' })).toHaveValue('');

	await page.reload();
	await ready(page);
	await expect(position).toHaveAttribute('aria-valuetext', 'close to Surrender');
	await expect(
		page.getByText(/^Placed 3 times on .+ nearer to Control; .+ close to Surrender\.$/)
	).toBeVisible();
	await page.getByText('The same as a table').click();
	const rows = page.getByRole('group', { name: 'Path of Control or Surrender' }).getByRole('row');
	await expect(rows).toHaveCount(4);
	await expect(rows.nth(1)).toContainText('after the call');
	await expect(rows.nth(1)).toContainText('felt strongly');

	await page.getByRole('button', { name: 'Not placed' }).click();
	await expect(position).toHaveAttribute('aria-valuetext', 'not placed yet');
	await page.getByRole('button', { name: 'Place in the middle' }).click();
	await expect(position).toHaveAttribute('aria-valuetext', 'in the middle');
	expect((await tensionOf(page, id))?.metadata.position_history).toHaveLength(4);
});

test('a number beyond the ends is refused in words, and nothing is changed', async ({ page }) => {
	await open(page, '/');
	const [id = ''] = await fill(page, [{ axis_a: 'Control', axis_b: 'Surrender', position: 0.5 }]);
	await open(page, `/tensions/${id}`);
	const number = page.getByRole('spinbutton', { name: 'Position as a number' });
	await expect(number).toHaveValue('0.5');
	const before = await entries(page);
	await number.fill('7');
	await number.press('Enter');
	await expect(page.getByRole('alert')).toContainText('from −1 to 1');
	expect(await entries(page)).toBe(before);
});

test('a seed is offered until it is taken', async ({ page }) => {
	await open(page, '/tensions');
	const take = page.getByRole('button', { name: /^Take / });
	await expect(take).toHaveCount(5);
	await page.getByRole('button', { name: 'Take Certainty or Openness' }).press('Enter');
	await expect(page.getByRole('list', { name: 'Tensions' }).getByRole('link')).toHaveCount(1);
	await page.getByText('Begin with one of these').focus();
	await expect(page.getByRole('button', { name: 'Take Certainty or Openness' })).toHaveCount(0);
	expect((await read(page, 'tensions.list', {})).rows).toMatchObject([
		{ name: 'Certainty or Openness', origin: 'system_seed' }
	]);
});

test('the list is narrowed to an identity, or to nobody’s', async ({ page }) => {
	await open(page, '/tensions');
	await page.getByRole('button', { name: 'Take Action or Rest' }).click();
	await fill(page, [{ axis_a: 'Control', axis_b: 'Surrender' }]);
	const links = page.getByRole('list', { name: 'Tensions' }).getByRole('link');
	await expect(links).toHaveCount(2);
	await page.getByRole('combobox', { name: 'Whose' }).selectOption('Nobody’s');
	await expect(links).toHaveCount(1);
	await expect(links).toContainText('Control or Surrender');
	await page.getByRole('combobox', { name: 'Whose' }).selectOption('Me');
	await expect(links).toContainText('Action or Rest');
});

test('two tensions are merged after it was said what will happen, and one is removed', async ({ page }) => {
	await open(page, '/');
	const [id = '', other = ''] = await fill(page, [
		{ axis_a: 'Control', axis_b: 'Surrender', position: -0.5, notes: 'mine' },
		{ axis_a: 'surrender', axis_b: 'control', position: -0.25, notes: 'theirs' },
		{ axis_a: 'Action', axis_b: 'Rest' }
	]);
	await open(page, `/tensions/${id}`);
	await page.getByRole('button', { name: 'Merge with another…' }).click();
	const dialog = page.getByRole('dialog', { name: 'Merge into Control or Surrender' });
	await dialog.getByRole('button', { name: 'Merge' }).click();
	await expect(dialog).toContainText('Choose one first.');
	await dialog.getByRole('radio', { name: 'surrender or control' }).check();
	await expect(dialog).toContainText('“surrender or control” goes.');
	await expect(dialog).toContainText('the other way round');
	await dialog.getByRole('button', { name: 'Merge' }).click();
	await expect(dialog).toBeHidden();
	expect(await tensionOf(page, other)).toBeUndefined();
	await expect(page.getByRole('slider', { name: 'Position' })).toHaveValue('0.25');
	await expect(page.getByRole('textbox', { name: 'Notes' })).toHaveValue('mine\n\ntheirs');

	await page.getByRole('button', { name: 'Remove' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
	await expect(page).toHaveURL('/tensions');
	await expect(page.getByRole('list', { name: 'Tensions' }).getByRole('link')).toHaveCount(1);
});

test('its fields are changed, and sharing is said in words', async ({ page }) => {
	await open(page, '/');
	const [me] = (await read(page, 'identities.list', {})).rows;
	const [id = ''] = await fill(page, [
		{ axis_a: 'Control', axis_b: 'Surrender', identity_id: me?.id ?? null }
	]);
	await open(page, `/tensions/${id}`);
	await page.getByLabel('Name', { exact: true }).fill('Letting go');
	await page.getByRole('combobox', { name: 'Visibility' }).selectOption('Counted in a summary');
	await page.getByRole('button', { name: 'Keep changes' }).click();
	await expect(page.getByText('Kept.', { exact: true })).toBeVisible();
	await expect(page.getByRole('heading', { level: 1, name: 'Letting go' })).toBeVisible();
	expect(await tensionOf(page, id)).toMatchObject({ name: 'Letting go', sync_mode: 'share_anonymized' });
});

test('an axis takes a new name and a category, and so do the ends along it', async ({ page }) => {
	await open(page, '/');
	const [id = ''] = await fill(page, [{ axis_a: 'Control', axis_b: 'Surrender' }]);
	await open(page, '/tensions/axes');
	await page.getByRole('button', { name: 'Change Control' }).click();
	const dialog = page.getByRole('dialog', { name: 'Change Control' });
	await expect(dialog).toContainText('The tension along it takes the new name too.');
	await dialog.getByLabel('Name', { exact: true }).fill('surrender');
	await dialog.getByRole('button', { name: 'Keep changes' }).click();
	await expect(dialog.getByRole('alert')).toContainText('An axis of this name is there already.');
	await dialog.getByLabel('Name', { exact: true }).fill('Holding on');
	await dialog.getByLabel('Category').fill('existential');
	await dialog.getByRole('button', { name: 'Keep changes' }).click();
	await expect(dialog).toBeHidden();
	const item = page
		.getByRole('list', { name: 'Axes' })
		.getByRole('listitem')
		.filter({ hasText: 'Holding on' });
	await expect(item).toContainText('existential');
	expect(await tensionOf(page, id)).toMatchObject({ axis_a: 'Holding on' });

	await page.getByRole('button', { name: 'Remove Surrender' }).click();
	await expect(page.getByRole('dialog')).toContainText('stays as it is');
	await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
	await expect(page.getByRole('heading', { level: 2, name: 'Surrender' })).toHaveCount(0);
	expect(await tensionOf(page, id)).toMatchObject({ axis_b: 'Surrender' });
});

test('the lines of the map are links that say where one stands, and are reached by keys', async ({
	page
}) => {
	await open(page, '/');
	const [id = ''] = await fill(page, [
		{ axis_a: 'Control', axis_b: 'Surrender', position: -0.6 },
		{ axis_a: 'Trust', axis_b: 'Control' },
		{ axis_a: 'Action', axis_b: 'Rest', position: 0 }
	]);
	await open(page, '/tensions?view=map');
	await expect(page.getByRole('link', { name: 'Action or Rest: in the middle' })).toBeVisible();
	const group = page.getByRole('group', { name: /Control/ });
	await expect(group.getByRole('link')).toHaveCount(2);
	await expect(group.getByRole('link', { name: 'Trust or Control: not placed yet' })).toBeVisible();
	const link = group.getByRole('link', { name: 'Control or Surrender: nearer to Control' });
	await group.focus();
	await page.keyboard.press('Tab');
	if (!(await link.evaluate((element) => element === document.activeElement)))
		await page.keyboard.press('Tab');
	await expect(link).toBeFocused();
	await page.keyboard.press('Enter');
	await expect(page).toHaveURL(`/tensions/${id}`);
	await expect(page.getByRole('heading', { level: 1, name: 'Control or Surrender' })).toBeFocused();
});

for (const width of [320, 1280]) {
	test.describe(`light and dark, ${width} px wide`, () => {
		test.use({ viewport: { width, height: 800 }, contextOptions: { reducedMotion: 'reduce' } });

		test('axe finds nothing on the pages of tensions', async ({ page }) => {
			await open(page, '/tensions');
			await expect(page.getByRole('heading', { name: 'Nothing pulls here yet' })).toBeVisible();
			await expectAccessible(page, 'no tension');
			const long = 'A thought that goes on and on without end '.repeat(2).trim();
			const [id = ''] = await fill(page, [
				{ axis_a: 'Control', axis_b: 'Surrender', position: -0.6, notes: 'A note.' },
				{ axis_a: 'Trust', axis_b: 'Control' },
				{ axis_a: long, axis_b: 'x'.repeat(100).slice(0, 90), position: 1 },
				...Array.from({ length: 12 }, (_, at) => ({ axis_a: `End ${at % 5}`, axis_b: `Far ${at % 7}` }))
			]);
			for (const path of [
				'/tensions',
				'/tensions?view=map',
				'/tensions/axes',
				`/tensions/${id}`,
				'/tensions/none'
			]) {
				await open(page, path);
				await expect(page.locator('h1')).toBeVisible();
				const closed = page.locator('details:not([open]) > summary:visible').first();
				while (await closed.isVisible()) await closed.click();
				await expectAccessible(page, path);
			}
			await open(page, `/tensions/${id}`);
			await page.getByRole('button', { name: 'Merge with another…' }).click();
			await page.getByRole('radio').first().check();
			await expectAccessible(page, 'the question before merging');
			await open(page, '/tensions');
			await page.getByRole('button', { name: 'New tension' }).click();
			await expectAccessible(page, 'a new tension');
			await open(page, '/tensions/axes');
			await page.getByRole('button', { name: 'Change Control' }).click();
			await expectAccessible(page, 'an axis that is changed');
		});
	});
}
