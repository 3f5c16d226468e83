import { expect, test, type Page } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { dispatch, newId, read, ready } from './client.ts';
import { Profile } from './profile.ts';
import { goTo, tabTo } from './steps.ts';

/** A rule that wants the person to be asked before each of these kinds. */
async function askFirst(page: Page, ...tools: string[]): Promise<void> {
	const { rows } = await read(page, 'kernel.status', {});
	const policy = rows.find(({ port, closed_at }) => port === 'owner' && closed_at === null)?.policy;
	const rules = [{ kind: 'ask', tools }];
	const data = { port: 'owner', reason: 'policy', policy: { ...policy, rules } } as const;
	expect((await dispatch(page, 'kernel.replace', data)).code).toBe('accepted');
}

const question = (page: Page) => page.getByText('A rule of yours wants you to be asked first.');
const allow = (page: Page) => page.getByRole('button', { name: 'Allow this once' });
const leave = (page: Page) => page.getByRole('button', { name: 'Leave it' });

/** Whether the newest entry of a kind says that the person agreed. */
async function expectAgreed(page: Page, kind: string): Promise<void> {
	const { rows } = await read(page, 'ledger.list', { limit: 20 });
	const entry = rows.find(({ tool_name }) => tool_name === kind);
	expect(entry?.intent).toContain('(agreed to when asked first)');
}

/** A thread of so many entries, and its page. */
async function openThread(page: Page, texts: readonly string[]): Promise<void> {
	const reflection_ids: string[] = [];
	for (const [at, content] of texts.entries()) {
		const local_date = `2026-03-0${at + 1}`;
		const id = newId();
		const data = { id, identity_id: null, content, created_at: `${local_date}T12:00:00.000Z`, local_date };
		expect((await dispatch(page, 'reflection.create', data)).code).toBe('accepted');
		reflection_ids.push(id);
	}
	const data = { id: newId(), identity_id: null, title: 'The lake', reflection_ids };
	expect((await dispatch(page, 'thread.create', data)).code).toBe('accepted');
	await goTo(page, 'Threads');
	await page.getByRole('link', { name: 'The lake' }).click();
	await expect(listed(page)).toHaveText(texts.map((text) => new RegExp(text)));
}

const listed = (page: Page) =>
	page.getByRole('list', { name: 'Reflections in this thread' }).getByRole('link');

test('who is asked before something is taken back is asked by the key that takes it back', async ({
	page
}) => {
	await page.goto('/');
	await ready(page);
	await openThread(page, ['The heron.', 'A tea.']);
	await askFirst(page, 'change.undo', 'reflection.restore');
	await page
		.getByRole('button', { name: /^Take out of this thread/ })
		.first()
		.click();
	await expect(listed(page)).toHaveCount(1);
	await page.keyboard.press('Control+z');
	await expect(question(page)).toBeVisible();
	await expectAccessible(page, 'a question before something is taken back');
	// Leaving it leaves it.
	await page.keyboard.press('Tab');
	await tabTo(page, leave(page));
	await page.keyboard.press('Enter');
	await expect(question(page)).toBeHidden();
	await expect(page.getByText('It was left as it is. Nothing was taken back.')).toBeVisible();
	await expect(page.locator('main')).toBeFocused();
	await expect(listed(page)).toHaveCount(1);

	await page
		.getByRole('button', { name: /^Take out of this thread/ })
		.first()
		.click();
	await expect(page.getByText('Nothing stands in this thread yet.')).toBeVisible();
	await page.keyboard.press('Control+z');
	// Also on another page than the one where it was asked for.
	await tabTo(page, allow(page));
	await page.keyboard.press('Enter');
	await expect(page.getByText('Everything is as it was before.')).toBeVisible();
	await expect(listed(page)).toHaveText([/A tea/]);
	await expectAgreed(page, 'change.undo');

	// What goes to the trash comes back by the same way, on the page that is there by then.
	await listed(page).click();
	await page.getByRole('button', { name: 'Move to trash' }).click();
	await expect(page.getByRole('heading', { level: 1, name: 'Reflections' })).toBeVisible();
	await page.keyboard.press('Control+z');
	await tabTo(page, allow(page));
	await page.keyboard.press('Enter');
	await expect(page.getByRole('list', { name: 'Reflections' }).getByText('A tea.')).toBeVisible();
	await expectAgreed(page, 'reflection.restore');
});

test('who is asked before a thread is reordered may allow it, leave it, or go on with another step', async ({
	page
}) => {
	await page.goto('/');
	await ready(page);
	await openThread(page, ['One.', 'Two.', 'Three.']);
	await askFirst(page, 'thread.arrange', 'thread.remove');
	await listed(page).nth(2).focus();
	await page.keyboard.press('Alt+ArrowUp');
	await expect(question(page)).toBeVisible();
	// Another gesture takes the place of the one that waits.
	await listed(page).nth(1).focus();
	await page.keyboard.press('Alt+ArrowUp');
	await expect(question(page)).toHaveCount(1);
	await allow(page).click();
	await expect(listed(page)).toHaveText([/Two/, /One/, /Three/]);
	await expectAgreed(page, 'thread.arrange');
	await page
		.getByRole('button', { name: /^Take out of this thread/ })
		.first()
		.click();
	await expect(question(page)).toBeVisible();
	await leave(page).click();
	await expect(listed(page)).toHaveCount(3);
	await page
		.getByRole('button', { name: /^Take out of this thread/ })
		.first()
		.click();
	await allow(page).click();
	await expect(listed(page)).toHaveText([/One/, /Three/]);
	await expectAgreed(page, 'thread.remove');
});

test('who is asked before the engine is changed is asked where it was asked for', async () => {
	const profile = new Profile();
	const page = await profile.open();
	try {
		await ready(page);
		await askFirst(page, 'storage.switch');
		await goTo(page, 'System');
		const here = page.getByRole('region', { name: 'Storage engine' });
		const change = async () => {
			await here.getByRole('button', { name: 'Change to PostgreSQL' }).click();
			const dialog = page.getByRole('dialog', { name: 'Change to PostgreSQL?' });
			await dialog.getByRole('button', { name: 'Change to PostgreSQL' }).click();
		};
		await change();
		await expect(question(page)).toBeVisible();
		await leave(page).click();
		await expect(here).toContainText('SQLite keeps your mirror now.');
		await change();
		await allow(page).click();
		await expect(here.getByRole('status')).toHaveText(/^Your mirror is kept by PostgreSQL now\./, {
			timeout: 90_000
		});
		await expectAgreed(page, 'storage.switch');
	} finally {
		await profile.remove();
	}
});
