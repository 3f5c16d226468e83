import { readFile } from 'node:fs/promises';
import { expect, test, type Page } from '@playwright/test';
import { violationsOf } from './axe.ts';
import { dispatch, newId, read, ready } from './client.ts';
import { Host } from './host.ts';
import { Profile } from './profile.ts';

async function write(page: Page, content: string): Promise<void> {
	const id = newId();
	const created_at = new Date().toISOString();
	const data = { id, identity_id: null, content, created_at, local_date: created_at.slice(0, 10) };
	expect((await dispatch(page, 'reflection.create', data, id)).code).toBe('accepted');
}

async function contents(page: Page): Promise<string[]> {
	const { rows } = await read(page, 'reflections.list', { limit: 50, after: null });
	const found = await Promise.all(rows.map(({ id }) => read(page, 'reflections.get', { id })));
	return found.map((answer) => answer.rows[0]?.content ?? '');
}

/** Flips a byte in the middle of the journal in use, as a failing medium would. */
function damage(page: Page): Promise<void> {
	return page.evaluate(async () => {
		const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('mirror');
		const journals = await Promise.all(['jrnl0', 'jrnl1'].map((name) => folder.getFileHandle(name)));
		const files = await Promise.all(
			journals.map(async (each) => new Uint8Array(await (await each.getFile()).arrayBuffer()))
		);
		const generation = files.map((bytes) =>
			bytes.length < 96 ? 0 : Number(new DataView(bytes.buffer).getBigUint64(24, true))
		);
		const side = generation[0]! > generation[1]! ? 0 : 1;
		const bytes = files[side]!;
		const at = Math.floor(bytes.length / 2);
		const stream = await journals[side]!.createWritable({ keepExistingData: true });
		await stream.write({ type: 'write', position: at, data: new Uint8Array([bytes[at]! ^ 1]) });
		await stream.close();
	});
}

function folders(page: Page): Promise<string[]> {
	return page.evaluate(async () => {
		const names: string[] = [];
		for await (const name of (await navigator.storage.getDirectory()).keys()) names.push(name);
		return names.sort();
	});
}

function failureOf(page: Page): Promise<string> {
	return page.evaluate(
		() =>
			new Promise<string>((resolve) => {
				globalThis.mirror.standing((standing) => {
					if (standing.kind === 'failed') resolve(standing.failure.code);
					if (standing.kind === 'owner') resolve('opened');
				});
			})
	);
}

async function expectAccessible(page: Page): Promise<void> {
	for (const colorScheme of ['light', 'dark'] as const) {
		await page.emulateMedia({ colorScheme });
		expect(await violationsOf(page)).toEqual([]);
	}
}

test('a damaged journal: the beginning is read, everything is copied, started fresh, and brought back', async () => {
	const [server, profile] = [await Host.start(), new Profile()];
	const page = await profile.open(`${server.origin}/`);
	const said: string[] = [];
	page.on('console', (message) => {
		if (message.type() === 'error') said.push(message.text());
	});
	const rescue = () => page.goto(`${server.origin}/rescue.html`);
	await ready(page);
	const texts = Array.from({ length: 12 }, (_, n) => `entry ${n}, of the time before`);
	for (const text of texts) await write(page, text);

	// While it is whole: a good copy, and the reason says so.
	await rescue();
	const reason = page.locator('#reason');
	await expect(reason).toHaveText('The store is whole: 12 reflections can be read. Try again.');
	const [download] = await Promise.all([
		page.waitForEvent('download'),
		page.getByRole('button', { name: 'Download rescue copy' }).click()
	]);
	const good = await readFile(await download.path());
	expect(download.suggestedFilename()).toMatch(/^mirror_rescue_\d{8}_\d{6}\.zip$/);

	await damage(page);
	await page.goto(`${server.origin}/`);
	await page.waitForFunction(() => 'mirror' in globalThis);
	expect(await failureOf(page)).toBe('damaged');

	await rescue();
	await expect(reason).toHaveText(/^The store is damaged\. \d+ reflections can still be read\.$/);
	await expect(page.locator('#reasons')).toContainText('Record');
	await page.getByRole('button', { name: 'Open read-only' }).click();
	const shown = await page.getByRole('list', { name: 'Reflections' }).locator('p').allTextContents();
	expect(shown.length).toBeGreaterThan(0);
	expect(shown).toEqual(texts.slice(0, shown.length).reverse());
	await expectAccessible(page);

	const fresh = page.getByRole('button', { name: 'fresh' });
	await fresh.click();
	expect(await folders(page)).toEqual(['mirror']);
	await fresh.click();
	await expect(page.locator('#outcome')).toContainText('kept as "mirror-aside-');
	expect(await folders(page)).toEqual(['mirror', expect.stringMatching(/^mirror-aside-/)]);
	await page.getByRole('link', { name: 'Try again' }).click();
	await ready(page);
	expect(await contents(page)).toEqual([]);
	await write(page, 'of the time between');

	await rescue();
	await expect(reason).toHaveText('The store is whole: 1 reflections can be read. Try again.');
	await page
		.getByLabel('Restore a rescue copy')
		.setInputFiles({ name: 'copy.zip', mimeType: 'application/zip', buffer: good });
	await expect(page.locator('#outcome')).toContainText('Restored: 12 reflections.');
	expect((await folders(page)).filter((name) => name.startsWith('mirror-aside-'))).toHaveLength(2);
	await page.getByRole('link', { name: 'Try again' }).click();
	await ready(page);
	expect((await contents(page)).sort()).toEqual([...texts].sort());
	expect((await read(page, 'ledger.verify', {})).rows[0]?.errors).toEqual([]);
	expect(said).toEqual([]);
	await profile.remove();
	await server.stop();
});

test('while another tab has the database, nothing is touched, and the page says so', async () => {
	const [server, profile] = [await Host.start(['--no-headers']), new Profile()];
	const page = await profile.open(`${server.origin}/`);
	await ready(page);
	const other = await page.context().newPage();
	await other.goto(`${server.origin}/rescue.html`);
	await expect(other.locator('#reason')).toContainText('open in another tab');
	await page.close();
	await other.reload();
	await expect(other.locator('#reason')).toHaveText(
		'The store is whole: 0 reflections can be read. Try again.'
	);
	await server.stop();
	await other.reload();
	await expect(other.locator('#reason')).toContainText('The store is whole');
	await profile.remove();
});
