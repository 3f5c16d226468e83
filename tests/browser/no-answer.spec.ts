import { expect, test, type BrowserContext, type Locator, type Page } from '@playwright/test';
import { dispatch, newId, read, ready } from './client.ts';
import { expectAboveBar, goTo, settled, writeOn } from './steps.ts';

/** A tab that owns the database and breaks over everything that it is asked. */
async function brokenOwner(context: BrowserContext): Promise<Page> {
	const owner = await context.newPage();
	await owner.goto('/icon.svg');
	await owner.evaluate(() => {
		void navigator.locks.request('mirror-os', () => new Promise(() => undefined));
		const channel = new BroadcastChannel('mirror-os');
		channel.onmessage = ({ data: { kind, from, call } }) => {
			if (kind === 'want') channel.postMessage({ kind: 'owner' });
			if (kind === 'ask') channel.postMessage({ kind: 'fault', to: from, call, reason: 'broken' });
		};
	});
	return owner;
}

let said: string[];

test.beforeEach(({ page }) => {
	said = [];
	page.on('pageerror', ({ message }) => said.push(message));
});

test.afterEach(() => expect(said).toEqual([]));

test.describe('where the tab that owns the mirror breaks over everything', () => {
	test.beforeEach(async ({ page, context }) => {
		await brokenOwner(context);
		await page.bringToFront();
	});

	for (const [path, sentence] of [
		['/reflections', 'The list could not be read. Your reflections are safe; load the page again.'],
		['/ledger', 'The entries could not be read. The ledger is safe; load the page again.'],
		['/trash', 'The trash could not be read. What is in it is safe; load the page again.'],
		[
			'/reflections/01a1fcb3-3bc7-7734-901a-533a575998b6',
			'This entry could not be read. It is safe; load the page again.'
		]
	] as const) {
		test(`${path}: a read that fails is said in a sentence`, async ({ page }) => {
			await page.goto(path);
			await expect(page.getByRole('alert').filter({ hasText: sentence })).toBeVisible();
		});
	}

	test('a search that fails is said, and what failed is not taken for an empty list', async ({ page }) => {
		await page.goto('/reflections');
		await page.getByRole('searchbox', { name: 'Search reflections' }).fill('heron');
		await expect(page.getByRole('alert')).toBeVisible();
		await expect(page.getByText('Nothing here yet')).toHaveCount(0);
		await expect(page.getByText('No entry has all of these words')).toHaveCount(0);
	});

	test('an export without an answer says so, and can be asked for again', async ({ page }) => {
		await page.goto('/bundles');
		const button = page.getByRole('button', { name: 'Export bundle' });
		const failed = page.getByRole('alert').filter({ hasText: 'No bundle was made: no answer came.' });
		await button.click();
		await expect(failed).toBeVisible();
		await expect(page.getByText('Making the bundle…')).toHaveCount(0);
		await button.click();
		await expect(failed).toBeVisible();
	});
});

declare global {
	/** Ends what `muffle` began. */
	var answerAgain: () => void;
}

/** From here on no change that the page asks for is answered, though some are done. */
function muffle(page: Page, fate: 'undone' | 'done' = 'undone'): Promise<void> {
	return page.evaluate((fate) => {
		const { mirror } = globalThis;
		const { dispatch } = mirror;
		globalThis.answerAgain = () => (mirror.dispatch = dispatch);
		mirror.dispatch = async (request) => {
			if (fate === 'done') await dispatch(request);
			throw new Error('Mirror OS broke over this.');
		};
	}, fate);
}

function answerAgain(page: Page): Promise<void> {
	return page.evaluate(() => globalThis.answerAgain());
}

/** What a page says of a change that got no answer. */
function notSure(within: Page | Locator): Locator {
	return within
		.getByRole('alert')
		.filter({ hasText: 'No answer came, so it is not certain that this was done.' });
}

async function reflection(page: Page, content: string): Promise<string> {
	const id = newId();
	const [created_at, local_date] = ['2026-03-04T12:00:00.000Z', '2026-03-04'];
	const data = { id, identity_id: null, content, created_at, local_date };
	expect((await dispatch(page, 'reflection.create', data)).code).toBe('accepted');
	return id;
}

test.describe('a change without an answer is said where it was asked for, and can be asked for again', () => {
	test.beforeEach(async ({ page }) => {
		await page.goto('/');
		await ready(page);
	});

	test('saving: the words stay, and what was done already is done once', async ({ page }) => {
		await muffle(page, 'done');
		const text = page.getByRole('textbox', { name: 'Reflection' });
		await text.fill('The heron stood.');
		await page.getByRole('button', { name: 'Save reflection' }).click();
		await expect(page.getByRole('alert').filter({ hasText: 'Your words are kept as a draft' })).toBeVisible();
		await expect(text).toHaveValue('The heron stood.');
		await answerAgain(page);
		await page.getByRole('button', { name: 'Save reflection' }).click();
		await expect(page.getByText('Saved', { exact: true })).toBeVisible();
		await settled(page);
		const { rows } = await read(page, 'reflections.list', {});
		expect(rows.map(({ excerpt }) => excerpt)).toEqual(['The heron stood.']);
	});

	test('saving: what is written on after that is a change of what was done', async ({ page }) => {
		await muffle(page, 'done');
		await page.getByRole('textbox', { name: 'Reflection' }).fill('The heron stood.');
		await page.getByRole('button', { name: 'Save reflection' }).click();
		await expect(page.getByRole('alert').filter({ hasText: 'Your words are kept as a draft' })).toBeVisible();
		await answerAgain(page);
		await page.getByRole('textbox', { name: 'Reflection' }).fill('The heron stood. Then it flew.');
		await page.getByRole('button', { name: 'Save reflection' }).click();
		await expect(page.getByText('Saved', { exact: true })).toBeVisible();
		const { rows } = await read(page, 'reflections.list', {});
		expect(rows.map(({ excerpt }) => excerpt)).toEqual(['The heron stood. Then it flew.']);
		const before = await read(page, 'reflections.versions', { id: rows[0]?.id ?? '' });
		expect(before.rows.map(({ content }) => content)).toEqual(['The heron stood.']);
	});

	test('a mirrorback, and what is said of it', async ({ page }) => {
		await writeOn(page, 'I want to go to the lake, but I feel I must stay with my mother.');
		await settled(page);
		const region = page.getByRole('region', { name: 'Mirrorback' });
		const id = (await read(page, 'reflections.list', {})).rows[0]?.id ?? '';
		await muffle(page, 'done');
		await page.getByRole('button', { name: 'Mirror it' }).click();
		await expect(region.getByText('No answer came. Your reflection is safe')).toBeVisible();
		await answerAgain(page);
		await page.getByRole('button', { name: 'Mirror it' }).click();
		await expect(region.locator('blockquote')).toBeVisible();
		expect((await read(page, 'mirrorbacks.list', { reflection_id: id })).rows).toHaveLength(1);

		await muffle(page);
		const helpful = region.getByRole('button', { name: 'Helpful' });
		await helpful.click();
		await expect(notSure(region)).toBeVisible();
		await expect(helpful).toHaveAttribute('aria-pressed', 'false');
		await answerAgain(page);
		await helpful.click();
		await expect(region.getByText('Noted.')).toBeVisible();
		await expect(notSure(region)).toHaveCount(0);
	});

	test('pin, move to the trash, and take that back', async ({ page }) => {
		const id = await reflection(page, 'The heron stood.');
		await goTo(page, 'Reflections');
		await page.getByRole('link', { name: /heron/ }).click();
		const pin = page.getByRole('button', { name: 'Pin', exact: true });
		await expect(pin).toBeVisible();
		await muffle(page);
		await pin.click();
		await expect(notSure(page)).toBeVisible();
		await answerAgain(page);
		await pin.click();
		await expect(page.getByRole('button', { name: 'Unpin' })).toBeVisible();
		await expect(notSure(page)).toHaveCount(0);

		await muffle(page);
		await page.getByRole('button', { name: 'Move to trash' }).click();
		await expect(notSure(page)).toBeVisible();
		await expect(page.getByText('The heron stood.')).toBeVisible();
		await answerAgain(page);
		await page.getByRole('button', { name: 'Move to trash' }).click();
		await expect(page.getByText('Moved to the trash.')).toBeVisible();

		await muffle(page);
		await page.getByRole('button', { name: 'Undo' }).click();
		await expect(page.getByText('Not brought back: it is in the trash. No answer came')).toBeVisible();
		await answerAgain(page);
		await page.getByRole('button', { name: 'Try again' }).click();
		await expect(page.getByRole('link', { name: /heron/ })).toBeVisible();
		expect((await read(page, 'reflections.get', { id })).rows).toHaveLength(1);
	});

	test('the trash: back, one for good, all of it for good', async ({ page }) => {
		for (const words of ['First heron.', 'Second heron.', 'Third heron.', 'Fourth heron.']) {
			const id = await reflection(page, words);
			expect((await dispatch(page, 'reflection.trash', { id })).code).toBe('accepted');
		}
		await goTo(page, 'Trash');
		const row = (words: string) => page.getByRole('listitem').filter({ hasText: words });
		const dialog = page.getByRole('dialog');
		await muffle(page);
		await row('First').getByRole('button', { name: 'Restore' }).click();
		await expect(notSure(row('First'))).toBeVisible();
		await answerAgain(page);
		await row('First').getByRole('button', { name: 'Restore' }).click();
		await expect(row('First')).toHaveCount(0);
		await expect(notSure(page)).toHaveCount(0);

		for (const [button, left] of [
			[row('Second').getByRole('button', { name: 'Erase for good' }), 2],
			[page.getByRole('button', { name: 'Erase all of it' }), 0]
		] as const) {
			await muffle(page);
			await button.click();
			await dialog.getByRole('button', { name: 'Erase for good' }).click();
			await expect(notSure(dialog)).toBeVisible();
			await answerAgain(page);
			await dialog.getByRole('button', { name: 'Erase for good' }).click();
			await expect(dialog).toBeHidden();
			expect((await read(page, 'trash.list', {})).rows).toHaveLength(left);
		}
		await expect(page.getByText('The trash is empty.')).toBeVisible();
	});

	test('on a phone it is not said behind the bar', async ({ page }) => {
		await page.setViewportSize({ width: 390, height: 844 });
		for (const words of ['First.', 'Second.', 'Third.', 'Fourth.', 'Fifth.']) {
			const id = await reflection(page, `${words} ${'The heron stood. '.repeat(12)}`);
			expect((await dispatch(page, 'reflection.trash', { id })).code).toBe('accepted');
		}
		await page.goto('/trash');
		await ready(page);
		await expect(page.getByRole('list', { name: 'Trash' }).getByRole('listitem')).toHaveCount(5);
		await muffle(page);
		await page.getByRole('button', { name: 'Restore' }).last().click();
		await expectAboveBar(page, notSure(page));
	});

	test('an earlier version', async ({ page }) => {
		const id = await reflection(page, 'The heron stood.');
		const [created_at, local_date] = ['2026-03-04T12:00:00.000Z', '2026-03-04'];
		const data = { id, content: 'The heron flew.', created_at, local_date };
		expect((await dispatch(page, 'reflection.edit', data)).code).toBe('accepted');
		await page.goto(`/reflections/${id}/versions`);
		await ready(page);
		const version = page.getByRole('region', { name: 'Version 1' });
		await expect(version).toBeVisible();
		await muffle(page);
		await version.getByRole('button', { name: 'Restore this version' }).click();
		await expect(notSure(version)).toBeVisible();
		await answerAgain(page);
		await version.getByRole('button', { name: 'Restore this version' }).click();
		await expect(page.getByText('Restored as the newest version.')).toBeVisible();
		expect((await read(page, 'reflections.get', { id })).rows[0]?.content).toBe('The heron stood.');
	});

	test('identities: one is added once, and a name that was typed stays', async ({ page }) => {
		await goTo(page, 'Settings');
		const add = page.getByRole('button', { name: 'Add identity' });
		const field = page.getByRole('textbox', { name: 'Name of a new identity' });
		await field.fill('Gardener');
		await muffle(page, 'done');
		await add.click();
		await expect(notSure(page)).toBeVisible();
		await expect(field).toHaveValue('Gardener');
		await answerAgain(page);
		await add.click();
		await expect(page.getByText('Gardener added.')).toBeVisible();
		await expect(notSure(page)).toHaveCount(0);
		const { rows } = await read(page, 'identities.list', {});
		expect(rows.map(({ name }) => name).sort()).toEqual(['Gardener', 'Me']);

		const me = page.getByRole('textbox', { name: 'Name of Me' });
		await me.fill('Myself');
		await muffle(page);
		await me.press('Enter');
		await expect(notSure(page)).toBeVisible();
		await expect(me).toHaveValue('Myself');
		await answerAgain(page);
		await me.press('Enter');
		await expect(page.getByText('Renamed.')).toBeVisible();
	});

	test('the crisis card', async ({ page }) => {
		await goTo(page, 'Settings');
		const card = page.getByRole('textbox', { name: 'Text of the card' });
		await card.fill('Call Anna.');
		await muffle(page);
		await page.getByRole('button', { name: 'Keep this card' }).click();
		await expect(notSure(page)).toBeVisible();
		await expect(card).toHaveValue('Call Anna.');
		await answerAgain(page);
		await page.getByRole('button', { name: 'Keep this card' }).click();
		await expect(page.getByText('The card is kept.')).toBeVisible();
		expect((await read(page, 'settings.get', {})).rows[0]?.crisis_card).toBe('Call Anna.');
	});
});
