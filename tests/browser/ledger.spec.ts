import { readFileSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import { checkProof } from '#app/inspect-ledger.ts';
import type { LedgerCheckpoint } from '#domain/ledger.ts';
import { expectAccessible } from './axe.ts';
import { dispatch, newId, read, ready } from './client.ts';

const noted = /^mirror checkpoint size=(\d+) root=[0-9a-f]{64} time=\S{24}$/;

async function openLedger(page: Page): Promise<void> {
	await page.goto('/ledger');
	await ready(page);
}

/** Opens the form for a checkpoint that was noted, and compares this one. */
async function compare(page: Page, text: string): Promise<void> {
	const field = page.getByRole('textbox', { name: 'Checkpoint as text' });
	if (!(await field.isVisible())) await page.getByText('Compare one that you noted').click();
	await field.fill(text);
	await page.getByRole('button', { name: 'Compare', exact: true }).click();
}

/** Pins the checkpoint of now. */
async function pinNow(page: Page): Promise<LedgerCheckpoint> {
	const [now] = (await read(page, 'ledger.checkpoint', {})).rows;
	if (now === undefined) throw new Error('there is no checkpoint');
	expect((await dispatch(page, 'checkpoint.pin', { id: newId(), ...now })).code).toBe('accepted');
	return now;
}

/** The checkpoint of now, as the page shows it to be kept. */
async function shownText(page: Page): Promise<string> {
	await page.getByRole('button', { name: 'Show to keep elsewhere' }).click();
	const text = await page
		.getByRole('dialog')
		.getByText(/^mirror checkpoint/)
		.innerText();
	await page.getByRole('button', { name: 'Close' }).click();
	return text;
}

test('a checkpoint is pinned, compared by a verification, and unpinned, by keyboard', async ({ page }) => {
	await openLedger(page);
	await page.getByRole('button', { name: 'Pin this moment' }).press('Enter');
	await expect(page.getByText('Pinned over 4 entries.')).toBeVisible();
	const item = page.getByRole('list', { name: 'Pinned checkpoints' }).getByRole('listitem');
	await expect(item).toContainText('Not compared since');
	await page.getByRole('button', { name: 'Verify ledger' }).press('Enter');
	await expect(page.getByRole('main').getByRole('status')).toHaveText('Ledger valid. 5 entries verified.');
	await expect(item).toContainText('Fits');
	await item.getByRole('button', { name: /^Unpin/ }).press('Enter');
	await expect(page.getByText('None is pinned yet.')).toBeVisible();
	await page.getByRole('button', { name: 'Undo' }).click();
	await expect(item).toHaveCount(1);
});

test('a checkpoint is shown as text and as a code that says the same, and printed alone', async ({
	page
}) => {
	await openLedger(page);
	const text = await shownText(page);
	expect(noted.exec(text)?.[1]).toBe('4');
	await page.getByRole('button', { name: 'Show to keep elsewhere' }).click();
	const code = page.getByRole('img', { name: 'QR code of this checkpoint over 4 entries' });
	await expect(code).toBeVisible();
	for (const colorScheme of ['light', 'dark'] as const) {
		await page.emulateMedia({ colorScheme });
		const colours = await code.evaluate((svg) => {
			const { backgroundColor, fill } = getComputedStyle(svg);
			return { backgroundColor, fill };
		});
		expect(colours).toEqual({ backgroundColor: 'rgb(255, 255, 255)', fill: 'rgb(0, 0, 0)' });
	}
	await page.emulateMedia({ media: 'print' });
	await expect(code).toBeVisible();
	await expect(page.getByRole('heading', { name: 'Ledger' })).toBeHidden();
	await expect(page.getByRole('button', { name: 'Print' })).toBeHidden();
});

test('a checkpoint that was noted is compared, and pinned also where it does not fit', async ({ page }) => {
	await openLedger(page);
	const text = await shownText(page);
	await dispatch(page, 'settings.change', { key: 'last_export_position', value: 1 });
	await compare(page, text);
	await expect(page.getByText('It fits: the ledger still begins with the 4 entries')).toBeVisible();
	await compare(page, `${text} and more`);
	await expect(page.getByRole('alert')).toContainText('This is not a checkpoint.');
	await compare(page, text.replace(/size=4/, 'size=40'));
	await expect(page.getByRole('alert')).toContainText('it was noted over 40 entries, and this ledger has 5');
	await compare(page, text.replace(/root=[0-9a-f]{64}/, `root=${'0'.repeat(64)}`));
	await expect(page.getByRole('alert')).toContainText('the first 4 entries of this ledger are not those');
	await page.getByRole('button', { name: 'Pin it' }).click();
	await expect(page.getByText('Pinned. Every verification compares it from now on.')).toBeVisible();
	await page.getByRole('button', { name: 'Verify ledger' }).click();
	await expect(page.getByRole('main').getByRole('status')).toHaveText(
		'Ledger verification failed: 1 finding.'
	);
	await expect(page.getByText(/^Pinned checkpoint of .* over 4 entries: /)).toBeVisible();
	await expect(page.getByRole('list', { name: 'Pinned checkpoints' })).toContainText('Does not fit');
});

test('a verification says how far it is, lets the page write, and is stopped', async ({ page }) => {
	await openLedger(page);
	// The second slice waits until the test has looked.
	await page.evaluate(() => {
		const { mirror } = globalThis;
		const read = mirror.read.bind(mirror);
		let asked = 0;
		const held: typeof read = async (view, params) => {
			if (view === 'ledger.verifying' && !('then' in params) && ++asked === 2)
				await new Promise((resolve) => addEventListener('go on', resolve, { once: true }));
			return read(view, params);
		};
		mirror.read = held;
	});
	await page.getByRole('button', { name: 'Verify ledger' }).click();
	const status = page.getByRole('main').getByRole('status');
	await expect(status).toHaveText('Verifying…');
	await expect(page.getByRole('progressbar', { name: '2 of 4 entries verified' })).toBeVisible();
	const written = await dispatch(page, 'settings.change', { key: 'last_export_position', value: 1 });
	expect(written.code).toBe('accepted');
	await page.getByRole('button', { name: 'Stop' }).click();
	await expect(status).toHaveText('The verification was stopped. Nothing was changed.');
	await expect(page.getByRole('button', { name: 'Verify ledger' })).toBeFocused();
	await page.evaluate(() => dispatchEvent(new Event('go on')));
	await page.getByRole('button', { name: 'Verify ledger' }).click();
	await expect(status).toHaveText('Ledger valid. 5 entries verified.');
});

test('a tab that does not hold the mirror verifies it as well', async ({ page, context }) => {
	await openLedger(page);
	const follower = await context.newPage();
	await openLedger(follower);
	await follower.getByRole('button', { name: 'Verify ledger' }).click();
	await expect(follower.getByRole('main').getByRole('status')).toHaveText(
		'Ledger valid. 4 entries verified.'
	);
});

test('where the schema is held below them, checkpoints say so and can still be kept elsewhere', async ({
	page
}) => {
	await openLedger(page);
	await dispatch(page, 'schema.rollback', { to: '1.2.0' });
	await page.reload();
	await ready(page);
	await expect(page.getByText('which keeps pinned checkpoints, is not applied here')).toBeVisible();
	await expect(page.getByRole('button', { name: 'Pin this moment' })).toBeHidden();
	expect(await shownText(page)).toMatch(noted);
});

test('the proof of an entry is explained, checked in the page, saved, and checked elsewhere', async ({
	page
}) => {
	await openLedger(page);
	const now = await pinNow(page);
	for (let value = 1; value <= 4; value++)
		await dispatch(page, 'settings.change', { key: 'last_export_position', value });
	await page.goto('/ledger#2');
	await page.getByRole('button', { name: 'Show the proof' }).click();
	await expect(
		page.getByText('It holds: the entry is one of the 9 entries of this checkpoint.')
	).toBeVisible();
	const proof = page.getByRole('region', { name: 'Proof of entry 2' });
	await expect(proof.getByRole('heading')).toHaveText([
		...['What is hashed', 'Its hash', 'Its place in the tree'],
		...['Step 1 of 4 up the tree', 'Step 2 of 4 up the tree', 'Step 3 of 4 up the tree'],
		...['Step 4 of 4 up the tree', 'The root']
	]);
	await page.getByRole('combobox', { name: 'Under the checkpoint' }).selectOption({ index: 1 });
	await expect(
		page.getByText('It holds: the entry is one of the 4 entries of this checkpoint.')
	).toBeVisible();
	await expect(proof.getByText(now.root)).toHaveCount(3);
	const download = page.waitForEvent('download');
	await page.getByRole('button', { name: 'Save the proof' }).click();
	const saved = await download;
	expect(saved.suggestedFilename()).toBe('proof_entry_2.json');
	const bytes = new Uint8Array(readFileSync(await saved.path()));
	expect(await checkProof(bytes, { size: 4, root: now.root })).toMatchObject({
		ok: true,
		value: { errors: [] }
	});
	await expect(page.getByText(`--size 4 --root ${now.root}`)).toBeVisible();
	expect(page.url()).toMatch(/\/ledger#2$/);
});

test('evidence is saved where the kernel of what leaves lets it out, and where she is asked first, by her word', async ({
	page
}) => {
	await openLedger(page);
	const names: string[] = [];
	page.on('download', (download) => names.push(download.suggestedFilename()));
	const save = page.getByRole('button', { name: 'Export evidence' });
	const egress = async () =>
		(await read(page, 'kernel.status', {})).rows.find(({ port }) => port === 'egress');
	const under = async (policy: Record<string, unknown>) => {
		const data = { port: 'egress', reason: 'policy', policy } as const;
		expect((await dispatch(page, 'kernel.replace', data)).code).toBe('accepted');
	};
	await under({ ...(await egress())?.policy, rules: [{ kind: 'ask' }] });
	await save.click();
	const question = page.getByRole('alert').filter({ hasText: 'asked first' });
	await question.getByRole('button', { name: 'Leave it' }).click();
	await expect(question).toHaveCount(0);
	expect((await egress())?.entries).toBe(2);
	await save.click();
	await question.getByRole('button', { name: 'Allow this once' }).click();
	await expect(page.getByText(/^evidence_\S+\.json is saved\./)).toBeVisible();
	await expect.poll(() => names.length).toBe(1);
	expect((await egress())?.entries).toBe(4);
	await under({ allowed_actors: [], allowed_tools: [] });
	await save.click();
	await expect(page.getByRole('alert')).toContainText('The file was not let out, so it was not saved.');
	expect((await egress())?.entries).toBe(2);
	expect(names).toHaveLength(1);
});

test('a proof that does not hold is said not to hold', async ({ page }) => {
	await openLedger(page);
	await page.evaluate(() => {
		const { mirror } = globalThis;
		const read = mirror.read.bind(mirror);
		const lying: typeof read = async (view, params) => {
			const answer = await read(view, params);
			const text = JSON.stringify(answer);
			return view === 'ledger.proof' ? JSON.parse(text.replace('Add an identity', 'Add nothing')) : answer;
		};
		mirror.read = lying;
	});
	await page.getByText('Add an identity').click();
	await page.getByRole('button', { name: 'Show the proof' }).click();
	await expect(page.getByRole('alert')).toContainText('This proof does not hold.');
	await expect(page.getByRole('alert')).toContainText('entry_hash mismatch');
	await expect(page.getByText('It holds:')).toBeHidden();
});

test('the timeline is narrowed, counted and shown whole again, and its address says nothing of it', async ({
	page
}) => {
	await openLedger(page);
	for (let value = 1; value <= 3; value++)
		await dispatch(page, 'settings.change', { key: 'last_export_position', value });
	await dispatch(page, 'reflection.trash', { id: 'nowhere' });
	const items = page.getByRole('list', { name: 'Entries' }).getByRole('listitem');
	await expect(items).toHaveCount(8);
	await page.getByText('Filter entries').press('Enter');
	await page.getByRole('combobox', { name: 'Decision' }).selectOption('Not done: refused or halted');
	await expect(items).toHaveCount(1);
	await expect(items).toContainText('Refused');
	await page.getByRole('button', { name: 'Show all entries' }).click();
	await expect(items).toHaveCount(8);
	await page.getByRole('combobox', { name: 'Kind' }).selectOption('settings.change');
	await page.getByRole('combobox', { name: 'Asked by' }).selectOption('owner');
	await expect(items).toHaveCount(3);
	await page.getByText('Numbers', { exact: true }).click();
	const number = (name: string) =>
		page
			.locator('dl.terms > div')
			.filter({ has: page.getByText(name, { exact: true }) })
			.locator('dd');
	await expect(number('Entries')).toHaveText('3');
	await page.getByLabel('From day').fill('2001-01-01');
	await page.getByLabel('To day').fill('2001-01-02');
	await expect(page.getByText('No entry fits what is chosen above.')).toBeVisible();
	await expect(number('Entries')).toHaveText('0');
	await page.getByRole('button', { name: 'Show all entries' }).click();
	await expect(number('Entries')).toHaveText('8');
	await expect(number('Refused')).toHaveText('1');
	await page.getByText('What was done, by kind').click();
	await expect(page.getByRole('row', { name: 'settings.change 3' })).toBeVisible();
	expect(new URL(page.url()).search + new URL(page.url()).hash).toBe('');
});

test.describe('accessible', () => {
	for (const width of [320, 1280]) {
		test(`at ${width} px, with everything open`, async ({ page }) => {
			await page.setViewportSize({ width, height: 800 });
			await openLedger(page);
			const now = await pinNow(page);
			await dispatch(page, 'checkpoint.pin', { id: newId(), ...now, size: 40 });
			await page.getByRole('button', { name: 'Verify ledger' }).click();
			await expect(page.getByText('Does not fit', { exact: true })).toBeVisible();
			await compare(page, 'nothing');
			await page.getByText('Add an identity').click();
			await page.getByRole('button', { name: 'Show the proof' }).click();
			await expect(page.getByText('It holds:')).toBeVisible();
			await page.getByText('Filter entries').click();
			await page.getByText('Numbers', { exact: true }).click();
			await page.getByText('Entries by who asked').click();
			await expect(page.getByRole('row', { name: 'owner' })).toBeVisible();
			await expectAccessible(page, `the ledger at ${width}`);
			await page.getByRole('button', { name: 'Show to keep elsewhere' }).click();
			await expect(page.getByRole('img', { name: /^QR code/ })).toBeVisible();
			await expectAccessible(page, `a checkpoint at ${width}`);
		});
	}
});
