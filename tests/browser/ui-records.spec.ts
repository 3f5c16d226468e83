import { readFileSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import { unzipSync } from 'fflate';
import { expectAccessible } from './axe.ts';
import { dispatch, newId, read, ready } from './client.ts';
import { exportBundle, goTo } from './steps.ts';

/** Two identities, with something written as each. */
async function begin(page: Page): Promise<void> {
	await page.goto('/');
	await ready(page);
	const night = newId();
	await dispatch(page, 'identity.create', { id: night, name: 'Night self' });
	const [me] = (await read(page, 'identities.list', {})).rows;
	for (const identity_id of [night, night, me?.id ?? null]) {
		const when = { created_at: '2026-11-21T08:00:00.000Z', local_date: '2026-11-21' };
		const data = { id: newId(), identity_id, content: 'The heron stood in the water.', ...when };
		expect((await dispatch(page, 'reflection.create', { ...data, visibility: 'sync_summary' })).code).toBe(
			'accepted'
		);
	}
}

async function remove(page: Page, choice: string): Promise<void> {
	await page.getByRole('button', { name: 'Remove Night self' }).click();
	const sheet = page.getByRole('dialog', { name: 'Remove Night self?' });
	await expect(sheet.getByText('2 reflections were written as this identity.')).toBeVisible();
	await sheet.getByRole('radio', { name: choice }).check();
	await sheet.getByRole('button', { name: 'Remove the identity' }).click();
	await expect(sheet).toBeHidden();
	await expect(page.getByText('Night self is removed.')).toBeVisible();
}

async function belonging(page: Page): Promise<string[]> {
	const { rows } = await read(page, 'reflections.list', {});
	const found = await Promise.all(rows.map(({ id }) => read(page, 'reflections.get', { id })));
	return found
		.map(({ rows: [row] }) => `${row?.identity_id === null ? 'nobody' : 'somebody'} ${row?.visibility}`)
		.sort();
}

test('an identity is removed in two ways, and each is undone by a press or a key', async ({ page }) => {
	await begin(page);
	await goTo(page, 'Settings');
	await page.getByRole('button', { name: 'Remove Night self' }).click();
	await expectAccessible(page, 'the sheet that asks');
	await page.keyboard.press('Escape');

	await remove(page, 'Keep it, as nobody’s');
	expect(await belonging(page)).toEqual(['nobody local_only', 'nobody local_only', 'somebody sync_summary']);
	await page.getByRole('button', { name: 'Undo' }).click();
	await expect(page.getByText('Everything is as it was before.')).toBeVisible();
	expect(await belonging(page)).toEqual(Array(3).fill('somebody sync_summary'));

	await remove(page, 'Let it go with it');
	expect(await belonging(page)).toEqual(['somebody sync_summary']);
	expect((await read(page, 'trash.list', {})).total).toBe(2);
	await page.keyboard.press('Control+z');
	await expect(page.getByRole('button', { name: 'Remove Night self' })).toBeVisible();
	expect(await belonging(page)).toHaveLength(3);
});

test('an integration is a record: its token is kept, shown nowhere, and leaves in no bundle', async ({
	page
}) => {
	await begin(page);
	await page.goto('/settings/integrations');
	await expect(page.getByText('Nothing is noted yet.')).toBeVisible();
	const token = 'tok-3f9a77e1c2';
	await page.getByLabel('Kind').selectOption('Something else');
	await page.getByRole('button', { name: 'Note it' }).click();
	await expect(page.getByRole('alert')).toContainText('Name the provider.');
	await page.getByLabel('Provider').fill('Radio');
	await page.getByLabel('Address (URL)').fill('https://example.org');
	await page.getByLabel('Token or password').fill(token);
	await page.keyboard.press('Enter');
	const item = page.getByRole('list', { name: 'Integrations' }).getByRole('listitem');
	await expect(item).toContainText('shown nowhere and in no bundle: token');
	await item.getByRole('combobox').selectOption('In use');
	await page.reload();
	await expect(item.getByRole('combobox')).toHaveValue('active');
	expect(await page.content()).not.toContain(token);

	await goTo(page, 'Bundles');
	const files = unzipSync(new Uint8Array(readFileSync(await exportBundle(page))));
	const holding = Object.entries(files).filter(([, bytes]) => Buffer.from(bytes).includes(token));
	expect(holding.map(([name]) => name)).toEqual([]);
	expect(Object.values(files).some((bytes) => Buffer.from(bytes).includes('example.org'))).toBe(true);

	await page.goto('/settings/integrations');
	await item.getByRole('button', { name: 'Remove Radio' }).click();
	await expect(item).toHaveCount(0);
	await page.getByRole('button', { name: 'Undo' }).click();
	await expect(item).toHaveCount(1);
});

test('what the engine did is listed, with what was said of it, and with no word of an entry', async ({
	page
}) => {
	await begin(page);
	await page.goto('/system/runs');
	await expect(page.getByText('The mirror was not asked yet.')).toBeVisible();
	const [entry] = (await read(page, 'reflections.list', {})).rows;
	const engine_run_id = newId();
	await dispatch(page, 'mirrorback.create', { id: newId(), reflection_id: entry?.id ?? '', engine_run_id });
	await dispatch(page, 'feedback.give', { id: newId(), engine_run_id, rating: 4, flags: ['too_generic'] });
	const run = page.getByRole('list', { name: 'Engine runs' }).getByRole('listitem');
	await expect(run).toContainText('Without a model, on this device');
	await expect(run).toContainText('4 of 5, too generic');
	await expect(run).not.toContainText('heron');
	await run.getByRole('link', { name: 'The reflection' }).click();
	await expect(page).toHaveURL(new RegExp(`/reflections/${entry?.id}`));
});
