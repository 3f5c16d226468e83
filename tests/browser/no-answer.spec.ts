import { expect, test, type BrowserContext, type Page } from '@playwright/test';

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

test.beforeEach(async ({ page, context }) => {
	said = [];
	page.on('pageerror', ({ message }) => said.push(message));
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
		expect(said).toEqual([]);
	});
}

test('a search that fails is said, and what failed is not taken for an empty list', async ({ page }) => {
	await page.goto('/reflections');
	await page.getByRole('searchbox', { name: 'Search reflections' }).fill('heron');
	await expect(page.getByRole('alert')).toBeVisible();
	await expect(page.getByText('Nothing here yet')).toHaveCount(0);
	await expect(page.getByText('No entry has all of these words')).toHaveCount(0);
	expect(said).toEqual([]);
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
