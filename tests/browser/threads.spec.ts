import { expect, test, type Locator, type Page } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { dispatch, newId, read, ready } from './client.ts';

/** Entries of one day each, oldest first. */
async function write(page: Page, texts: readonly string[]): Promise<string[]> {
	const ids: string[] = [];
	for (const [at, content] of texts.entries()) {
		const local_date = `2026-03-${String(at + 1).padStart(2, '0')}`;
		const id = newId();
		const data = { id, identity_id: null, content, created_at: `${local_date}T12:00:00.000Z`, local_date };
		expect((await dispatch(page, 'reflection.create', data)).code).toBe('accepted');
		ids.push(id);
	}
	return ids;
}

/** A thread by its commands, for what is not about making one. */
async function begin(page: Page, title: string | null, reflection_ids: string[] = []): Promise<string> {
	const id = newId();
	const data = { id, identity_id: null, title, reflection_ids };
	expect((await dispatch(page, 'thread.create', data)).code).toBe('accepted');
	return id;
}

async function open(page: Page, texts: readonly string[]): Promise<string[]> {
	await page.goto('/threads');
	await ready(page);
	return write(page, texts);
}

function listed(page: Page): Locator {
	return page.getByRole('list', { name: 'Reflections in this thread' }).getByRole('link');
}

const threadsOf = (page: Page) => page.getByRole('region', { name: 'Threads' });
const statusOf = (page: Page) => page.getByRole('main').getByRole('status');
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name, exact: true });

async function press(page: Page, ...keys: string[]): Promise<void> {
	for (const key of keys) await page.keyboard.press(key);
}

/** Goes from control to control until the focus is on this one. */
async function tabTo(page: Page, control: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
	await expect(control).toBeVisible();
	const isFocused = () => control.evaluate((element) => element === document.activeElement);
	for (let stops = 0; !(await isFocused()); stops++) {
		expect(stops, `${String(control)} is not reached`).toBeLessThan(60);
		await page.keyboard.press(key);
	}
}

test('a thread is begun, filled, reordered and put away by the keyboard alone', async ({ page }) => {
	const [heron = '', tea = ''] = await open(page, ['The heron stood alone.', 'A quiet evening with tea.']);
	await expect(page.getByText('No thread yet')).toBeVisible();
	await tabTo(page, page.getByRole('button', { name: 'New thread' }));
	await press(page, 'Enter');
	await expect(page.getByRole('textbox', { name: 'Title' })).toBeFocused();
	await page.keyboard.type('The lake');
	await press(page, 'Enter');
	await expect(heading(page, 'The lake')).toBeFocused();
	// No word of the person's goes into the browser's history.
	await expect(page).toHaveTitle('Thread – Mirror OS');
	const address = page.url();

	// The first entry is added to it, and begins another one.
	await page.goto(`/reflections/${heron}`);
	await tabTo(page, threadsOf(page).getByRole('button', { name: 'Add to a thread' }));
	await press(page, 'Enter');
	await expect(page.getByRole('combobox', { name: 'Thread' })).toBeFocused();
	await expect(page.getByRole('combobox', { name: 'Thread' })).toHaveText(/The lake/);
	await tabTo(page, page.getByRole('button', { name: 'Add', exact: true }));
	await press(page, 'Enter');
	await expect(threadsOf(page).getByRole('link')).toHaveText([/The lake\s+1 reflection/]);
	await expect(threadsOf(page).getByText('Added to “The lake”.')).toBeVisible();
	await expect(threadsOf(page).getByRole('button', { name: 'Add to a thread' })).toBeFocused();
	await press(page, 'Enter');
	await expect(page.getByRole('textbox', { name: 'Title of the new thread' })).toBeFocused();
	await page.keyboard.type('Birds');
	await press(page, 'Enter');
	await expect(threadsOf(page).getByRole('link')).toHaveText([/Birds/, /The lake/]);

	await page.goto(`/reflections/${tea}`);
	await tabTo(page, threadsOf(page).getByRole('button', { name: 'Add to a thread' }));
	await press(page, 'Enter');
	await page.getByRole('combobox', { name: 'Thread' }).selectOption('The lake');
	await tabTo(page, page.getByRole('button', { name: 'Add', exact: true }));
	await press(page, 'Enter');
	const link = threadsOf(page).getByRole('link', { name: 'The lake' });
	await tabTo(page, link, 'Shift+Tab');
	await press(page, 'Enter');
	await expect(page).toHaveURL(address);
	await expect(listed(page)).toHaveText([/heron/, /tea/]);

	// By a button: the focus stays on it, and the ends are said.
	const down = page.getByRole('button', { name: 'Move down' }).first();
	await tabTo(page, down);
	await press(page, 'Space');
	await expect(statusOf(page)).toHaveText('Moved to place 2 of 2.');
	await expect(listed(page)).toHaveText([/tea/, /heron/]);
	await expect(page.getByRole('button', { name: 'Move down' }).last()).toBeFocused();
	await press(page, 'Space');
	await expect(statusOf(page)).toHaveText('It is the last already.');
	// By a key, on the entry itself, there and back and there again.
	await tabTo(page, listed(page).last(), 'Shift+Tab');
	await press(page, 'Alt+ArrowUp', 'Alt+ArrowDown', 'Alt+ArrowUp');
	await expect(statusOf(page)).toHaveText('Moved to place 1 of 2.');
	await expect(listed(page)).toHaveText([/heron/, /tea/]);
	await expect(listed(page).first()).toBeFocused();
	await press(page, 'Alt+ArrowDown');
	await expect(statusOf(page)).toHaveText('Moved to place 2 of 2.');
	await page.reload();
	await expect(listed(page)).toHaveText([/tea/, /heron/]);

	await tabTo(page, page.getByRole('button', { name: 'Archived' }));
	await press(page, 'Enter');
	await expect(page.getByRole('button', { name: 'Archived' })).toHaveAttribute('aria-pressed', 'true');
	await page.getByRole('link', { name: 'All threads' }).press('Enter');
	const list = page.getByRole('list', { name: 'Threads' }).getByRole('link');
	await expect(list).toHaveText([/Birds/]);
	await tabTo(page, page.getByRole('button', { name: 'Archived' }));
	await press(page, 'Enter');
	await expect(list).toHaveText([/The lake.*Archived.*2 reflections/]);
	await expect(statusOf(page)).toHaveText('1 archived thread');
	// The way back leads to the same list.
	await list.press('Enter');
	await expect(heading(page, 'The lake')).toBeVisible();
	await page.goBack();
	await expect(list).toHaveText([/The lake/]);
});

test('a deleted thread leaves its reflections, and an entry that is taken out can be put back', async ({
	page
}) => {
	const ids = await open(page, ['The first.', 'The second.', 'The third.']);
	const [, second = ''] = ids;
	const id = await begin(page, 'The lake', ids);
	await page.goto(`/threads/${id}`);
	await page.getByRole('button', { name: 'Take out of this thread' }).nth(1).click();
	await expect(listed(page)).toHaveText([/first/, /third/]);
	await expect(page.getByRole('button', { name: 'Take out of this thread' }).nth(1)).toBeFocused();
	// It goes back to where it was, also from elsewhere.
	await page.getByRole('link', { name: 'All threads' }).click();
	const other = await begin(page, 'The sea');
	await page.locator(`a[href="/threads/${other}"]`).click();
	await expect(heading(page, 'The sea')).toBeVisible();
	await page.getByRole('button', { name: 'Undo' }).click();
	await page.getByRole('link', { name: 'All threads' }).click();
	await page.locator(`a[href="/threads/${id}"]`).click();
	await expect(listed(page)).toHaveText([/first/, /second/, /third/]);
	expect((await dispatch(page, 'thread.delete', { id: other })).code).toBe('accepted');

	await page.getByRole('button', { name: 'Rename' }).click();
	await page.getByRole('textbox', { name: 'Title' }).fill('The pond');
	await page.getByRole('button', { name: 'Save title' }).click();
	await expect(heading(page, 'The pond')).toBeVisible();

	await page.getByRole('button', { name: 'Delete thread' }).click();
	const asked = page.getByRole('dialog', { name: 'Delete this thread?' });
	await expect(asked).toContainText('The 3 reflections in it stay among your reflections');
	await expect(asked.getByRole('button', { name: 'Keep' })).toBeFocused();
	await asked.getByRole('button', { name: 'Delete thread' }).click();
	await expect(heading(page, 'Threads')).toBeVisible();
	await expect(page.getByText('No thread yet')).toBeVisible();
	expect((await read(page, 'reflections.list', {})).total).toBe(3);
	await page.goto(`/threads/${id}`);
	await expect(heading(page, 'This thread is not here')).toBeVisible();
	await page.goto(`/reflections/${second}`);
	await expect(threadsOf(page)).toContainText('It stands in no thread.');
});

test('an entry is dragged to its place, by its handle', async ({ page }) => {
	const id = await begin(page, null, await open(page, ['The first.', 'The second.', 'The third.']));
	await page.goto(`/threads/${id}`);
	await expect(heading(page, 'Untitled thread')).toBeVisible();
	const rows = page.getByRole('list', { name: 'Reflections in this thread' }).getByRole('listitem');
	const [from, to] = [
		await rows.nth(2).locator('[data-handle]').boundingBox(),
		await rows.nth(0).boundingBox()
	];
	if (from === null || to === null) throw new Error('nothing to drag');
	await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
	await page.mouse.down();
	await page.mouse.move(from.x, to.y + 4, { steps: 5 });
	await page.keyboard.press('Escape');
	await page.mouse.up();
	await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
	await page.mouse.down();
	await page.mouse.move(from.x, to.y + 4, { steps: 5 });
	await page.mouse.up();
	await expect(statusOf(page)).toHaveText('Moved to place 1 of 3.');
	await expect(listed(page)).toHaveText([/third/, /first/, /second/]);
	const orders = (await read(page, 'ledger.list', {})).rows.filter(
		({ tool_name }) => tool_name === 'thread.arrange'
	);
	expect(orders).toHaveLength(1);
});

test('an order that was made over a thread changed meanwhile is refused in words, and the list is as it is now', async ({
	page
}) => {
	const [first = '', second = '', third = ''] = await open(page, ['The first.', 'The second.', 'The third.']);
	const id = await begin(page, 'The lake', [first, second]);
	await page.goto(`/threads/${id}`);
	await expect(listed(page)).toHaveText([/first/, /second/]);
	// Between the look and the command of a gesture, another tab would have to be this quick.
	await page.evaluate(
		({ change }) => {
			const { mirror } = globalThis;
			const usual = mirror.read;
			mirror.read = async (view, params) => {
				const answer = await usual(view, params);
				if (mirror.read !== usual && view === 'threads.reflections') {
					mirror.read = usual;
					await mirror.dispatch(change);
				}
				return answer;
			};
		},
		{ change: { id: newId(), kind: 'thread.add' as const, data: { id, reflection_ids: [third] } } }
	);
	await page.getByRole('button', { name: 'Move down' }).first().click();
	await expect(page.getByRole('alert')).toContainText('This thread was changed elsewhere');
	await expect(listed(page)).toHaveText([/first/, /second/, /third/]);
	await page.getByRole('button', { name: 'Move down' }).first().click();
	await expect(listed(page)).toHaveText([/second/, /first/, /third/]);
	await expect(page.getByRole('alert')).toHaveCount(0);
});

test('threads are told apart by whose they are', async ({ page }) => {
	await open(page, []);
	await begin(page, 'Nobody’s');
	const [me] = (await read(page, 'identities.list', {})).rows;
	const mine = { id: newId(), identity_id: me?.id ?? null, title: 'Mine' };
	expect((await dispatch(page, 'thread.create', mine)).code).toBe('accepted');
	const list = page.getByRole('list', { name: 'Threads' }).getByRole('link');
	await expect(list).toHaveCount(2);
	const whose = page.getByRole('combobox', { name: 'Belongs to' });
	await whose.selectOption('No identity');
	await expect(list).toHaveText([/Nobody’s/]);
	await whose.selectOption('Me');
	await expect(list).toHaveText([/Mine/]);
	await page.getByRole('button', { name: 'Paused' }).click();
	await expect(page.getByText('No thread fits this choice.')).toBeVisible();
	await page.getByRole('button', { name: 'Show every thread' }).click();
	await expect(list).toHaveCount(2);
});

for (const width of [320, 1280]) {
	test.describe(`light and dark, ${width} px wide`, () => {
		test.use({ viewport: { width, height: 800 }, contextOptions: { reducedMotion: 'reduce' } });

		test('axe finds nothing in threads', async ({ page }) => {
			const ids = await open(page, ['The first.', 'The second.', 'The third.']);
			await expect(page.getByText('No thread yet')).toBeVisible();
			await expectAccessible(page, 'no threads');
			const id = await begin(page, 'The lake', ids);
			await begin(page, null);
			await expect(page.getByRole('list', { name: 'Threads' }).getByRole('link')).toHaveCount(2);
			await expectAccessible(page, 'threads');
			await page.getByRole('button', { name: 'New thread' }).click();
			await expectAccessible(page, 'beginning a thread');
			await page.goto(`/threads/${id}`);
			await expect(listed(page)).toHaveCount(3);
			await expectAccessible(page, 'a thread');
			await page.getByRole('button', { name: 'Delete thread' }).click();
			await expectAccessible(page, 'the question before deleting');
			await page.goto(`/reflections/${ids[0] ?? ''}`);
			await expect(threadsOf(page).getByRole('link')).toHaveCount(1);
			await expectAccessible(page, 'the threads of an entry');
			await page.getByRole('button', { name: 'Add to a thread' }).click();
			await expectAccessible(page, 'adding to a thread');
		});
	});
}
