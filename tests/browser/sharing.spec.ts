import { expect, test, type Page } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { dispatch, newId, read, ready } from './client.ts';
import { goTo } from './steps.ts';

/** Three entries of the first identity and one of nobody, a run, and the page by the keyboard. */
async function open(page: Page): Promise<string[]> {
	await page.goto('/');
	await ready(page);
	const [me] = (await read(page, 'identities.list', {})).rows;
	const ids: string[] = [];
	for (const identity_id of [me?.id ?? null, me?.id ?? null, me?.id ?? null, null]) {
		const id = newId();
		const when = { created_at: '2026-11-21T08:00:00.000Z', local_date: '2026-11-21' };
		const content = `I should look at the heron again, said entry ${ids.length}.`;
		const receipt = await dispatch(page, 'reflection.create', { id, identity_id, content, ...when });
		expect(receipt.code).toBe('accepted');
		ids.push(id);
	}
	const asked = { id: newId(), reflection_id: ids[0] ?? '', engine_run_id: newId() };
	expect((await dispatch(page, 'mirrorback.create', asked)).code).toBe('accepted');
	return ids;
}

const lane = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

async function level(page: Page, id: string, name: string): Promise<void> {
	await page.goto(`/reflections/${id}`);
	await page.getByRole('combobox', { name: 'Visibility' }).selectOption(name);
	await expect(page.getByText(`Kept: ${name.toLowerCase()}.`)).toBeVisible();
}

test('how far an entry may go is said on its page, and what would leave is shown to the last field', async ({
	page
}) => {
	const [first = '', second = '', third = '', nobodys = ''] = await open(page);
	await page.goto(`/reflections/${nobodys}`);
	await expect(page.getByRole('combobox', { name: 'Visibility' })).toBeDisabled();
	await expect(page.getByText('Without an identity it stays on this device.')).toBeVisible();
	await goTo(page, 'Settings');
	await page.getByRole('link', { name: 'See what could leave' }).press('Enter');
	await expect(page.getByText('It would carry nothing.')).toHaveCount(4);
	await expectAccessible(page, 'what could leave, where nothing could');

	await level(page, first, 'Counted in a summary');
	await level(page, second, 'My own devices');
	await level(page, third, 'Everyone, with my name');
	await page.goto('/system/runs');
	await page.getByRole('checkbox', { name: 'May go to the commons' }).check();
	await page.goto('/settings/sharing');

	await expect(lane(page, 'Summary').getByText('1 reflection counted')).toBeVisible();
	const bytes = page.getByRole('region', { name: 'The summary, as it would be sent' });
	await expect(bytes).toHaveText('{"v":1,"n":1,"m":1,"p":{"a":1},"t":{},"x":0}');
	for (const [name, row] of [
		['Own devices', 'Show 1 reflection'],
		['Everyone', 'Show 1 reflection'],
		['Commons', 'Show 1 engine run']
	] as const) {
		const summary = lane(page, name).getByText(row);
		await summary.focus();
		await page.keyboard.press('Enter');
		await expect(lane(page, name).getByRole('listitem')).toHaveCount(1);
	}
	await expect(lane(page, 'Everyone').getByRole('listitem')).toContainText('said entry 2.');
	await expect(lane(page, 'Everyone').getByRole('listitem')).not.toContainText(third);
	await expect(lane(page, 'Commons').getByRole('listitem')).toContainText('2026-');
	await expect(lane(page, 'Commons').getByRole('listitem')).not.toContainText(first);
	await expectAccessible(page, 'what could leave');

	await lane(page, 'Everyone')
		.getByRole('button', { name: 'Keep on this device', exact: true })
		.press('Enter');
	await expect(lane(page, 'Everyone').getByText('It would carry nothing.')).toBeVisible();
	await page.keyboard.press('Control+z');
	await expect(lane(page, 'Everyone').getByText('Show 1 reflection')).toBeVisible();
	await lane(page, 'Commons')
		.getByRole('button', { name: 'Keep all of these on this device' })
		.press('Enter');
	await expect(lane(page, 'Commons').getByText('It would carry nothing.')).toBeVisible();

	await page.getByRole('combobox', { name: 'Limit for everything' }).selectOption('This device only');
	await expect(page.getByText('Closed by the limit for everything.')).toHaveCount(4);
	await expect(bytes).toHaveCount(0);
	await page.reload();
	await expect(page.getByText('Closed by the limit for everything.')).toHaveCount(4);
});
