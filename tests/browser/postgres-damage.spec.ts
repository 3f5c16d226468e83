import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { dispatch, newId, read, ready, writeLoop } from './client.ts';
import { show } from './killing.ts';
import { Profile } from './profile.ts';

/** What PostgreSQL's files are called, and the text of it; null where there is no such file. */
function names(page: Page): Promise<string | null> {
	return page.evaluate(async () => {
		const root = await navigator.storage.getDirectory();
		const folder = await root.getDirectoryHandle('mirror-postgres');
		const file = await folder.getFileHandle('state.txt').catch(() => null);
		return file === null ? null : (await file.getFile()).text();
	});
}

/** Writes the text of names behind everybody's back; null removes it. */
function setNames(page: Page, text: string | null): Promise<void> {
	return page.evaluate(async (written) => {
		const root = await navigator.storage.getDirectory();
		const folder = await root.getDirectoryHandle('mirror-postgres');
		if (written === null) return folder.removeEntry('state.txt');
		const file = await (await folder.getFileHandle('state.txt', { create: true })).createWritable();
		await file.write(written);
		await file.close();
	}, text);
}

/** Removes the file that holds one of PostgreSQL's own, and answers with its bytes' way back. */
function removeOne(page: Page, tree: string): Promise<void> {
	return page.evaluate(async (text) => {
		const { root } = JSON.parse(text) as { root: { children: { PG_VERSION: { backingFilename: string } } } };
		const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('mirror-postgres');
		const data = await folder.getDirectoryHandle('data');
		await data.removeEntry(root.children.PG_VERSION.backingFilename);
	}, tree);
}

/** A page of this origin beside the app: nobody has the files open. */
async function beside(page: Page): Promise<void> {
	await page.goto('/rescue.html');
	await expect(page.locator('#reason')).not.toHaveText(/Looking/);
}

async function total(page: Page): Promise<number | undefined> {
	return (await read(page, 'reflections.list', {})).total;
}

/** How many of the files that this profile keeps for pages hold a word. */
function filesWith(profile: Profile, word: string): number {
	const root = join(profile.folder, 'Default/File System');
	return readdirSync(root, { recursive: true, encoding: 'utf8' })
		.filter((name) => /\/t\/\d+\/\d+$/.test(name))
		.filter((name) => bytesOf(join(root, name)).includes(word)).length;
}

/** Nothing, where the browser has removed the file meanwhile. */
function bytesOf(path: string): Buffer {
	try {
		return readFileSync(path);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
		throw error;
	}
}

test('what is erased for good stands in no file of PostgreSQL, and in none of its copy', async () => {
	const profile = new Profile();
	const page = await profile.open();
	await ready(page);
	const [id, created_at] = [newId(), new Date().toISOString()];
	const content = 'The quartz lay in the shallow water.';
	const data = { id, identity_id: null, content, created_at, local_date: created_at.slice(0, 10) };
	expect((await dispatch(page, 'reflection.create', data)).code).toBe('accepted');
	expect((await dispatch(page, 'storage.switch', { engine: 'postgres' })).code).toBe('accepted');
	expect(filesWith(profile, 'quartz')).toBeGreaterThan(1);
	expect((await dispatch(page, 'reflection.trash', { id })).code).toBe('accepted');
	expect((await dispatch(page, 'reflection.purge', { ids: [id] })).code).toBe('accepted');
	await show(page, 'hidden');
	await expect.poll(() => filesWith(profile, 'quartz'), { timeout: 30_000 }).toBe(0);
	await show(page, 'visible');
	expect((await read(page, 'ledger.verify', {})).rows[0]).toMatchObject({ is_valid: true, errors: [] });
	await profile.remove();
});

test('a list of files that is empty, torn or gone stops the start, loses nothing, and the copy can be gone on with', async () => {
	test.setTimeout(180_000);
	const profile = new Profile();
	const page = await profile.open();
	await page.exposeFunction('acked', () => undefined);
	await ready(page);
	await writeLoop(page, { count: 5, text: 'before' });
	expect(await dispatch(page, 'storage.switch', { engine: 'postgres' })).toMatchObject({ code: 'accepted' });
	await writeLoop(page, { count: 2, text: 'in PostgreSQL only' });

	await beside(page);
	const whole = await names(page);
	if (whole === null) throw new Error('PostgreSQL has no list of files');
	const [tree = ''] = whole.split('\n');
	const faults: readonly (string | null)[] = ['', tree.slice(0, tree.length / 2), 'nothing like it', null];
	for (const fault of faults) {
		await setNames(page, fault);
		await page.goto('/');
		await expect(page.getByRole('link', { name: /rescue/i }).first()).toBeVisible();
		await expect(page.getByText('The rescue page can go on with the copy')).toBeVisible();
		await beside(page);
		expect(await names(page)).toBe(fault);
	}

	// A line that was torn was never flushed: it is left out, and that is said.
	await setNames(page, `${whole}\n{"opp":"createPoolF`);
	await page.goto('/');
	await ready(page);
	expect(await total(page)).toBe(7);
	expect((await read(page, 'system.health', {})).rows[0]).toMatchObject({
		engine: 'postgres',
		notices: [expect.stringContaining('torn')]
	});

	await beside(page);
	const now = (await names(page)) ?? '';
	await removeOne(page, now.split('\n')[0] ?? '');
	await page.goto('/');
	await expect(page.getByText('1 of PostgreSQL’s files are gone')).toBeVisible();
	await page.goto('/rescue.html');
	await expect(page.getByText('PostgreSQL keeps your mirror, and this page does not read it.')).toBeVisible();
	await expect(page.locator('#reason')).toContainText('5 reflections can be read');
	await page.getByRole('button', { name: 'Go on with the copy' }).click();
	await expect(page.locator('#outcome')).toContainText('The next start opens it');
	await page.getByRole('link', { name: 'Try again' }).click();
	await page.waitForFunction(() => 'mirror' in globalThis);
	await ready(page);
	expect(await total(page)).toBe(5);
	expect((await read(page, 'ledger.verify', {})).rows[0]).toMatchObject({ is_valid: true, errors: [] });
	const [state] = (await read(page, 'storage.state', {})).rows;
	expect(state).toMatchObject({ engine: 'sqlite', other: { is_kept: true } });
	await profile.remove();
});
