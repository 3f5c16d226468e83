import { expect, test, type Page } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { dispatch, newId, read, ready } from './client.ts';
import { Profile } from './profile.ts';
import { goTo, heldBy, settled, tabTo, writeOn } from './steps.ts';

let profile: Profile;

test.beforeEach(() => void (profile = new Profile()));
test.afterEach(() => profile.remove());

/** All that this origin keeps of a mirror, by name. */
function kept(page: Page) {
	return page.evaluate(async () => {
		const files: string[] = [];
		for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name);
		const databases = (await indexedDB.databases()).map(({ name = '' }) => name);
		return { files: files.sort(), databases: databases.sort(), local: Object.keys(localStorage) };
	});
}

const nothing = { files: [], databases: [], local: [] };

/** Opens the question, types the word and agrees. */
async function deleteOn(page: Page): Promise<void> {
	await goTo(page, 'Settings');
	await page.getByRole('button', { name: 'Delete everything…' }).click();
	const dialog = page.getByRole('dialog', { name: 'Delete everything?' });
	await dialog.getByRole('textbox').fill('delete');
	await dialog.getByRole('button', { name: 'Delete everything for good' }).click();
}

function heading(page: Page, name: string) {
	return page.getByRole('heading', { level: 1, name, exact: true });
}

test('everything is deleted by the keyboard, every tab says so and writes nothing back, and one begins anew', async () => {
	const page = await profile.open();
	await ready(page);
	await writeOn(page, 'Written before.');
	await settled(page);
	const config = { provider: 'A calendar', access_token: 'a secret' };
	const integration = { id: newId(), identity_id: null, integration_type: 'calendar', config } as const;
	expect(await dispatch(page, 'integration.create', integration)).toMatchObject({ code: 'accepted' });
	await page.evaluate(async () => {
		const root = await navigator.storage.getDirectory();
		const aside = await root.getDirectoryHandle('mirror-aside-of-long-ago', { create: true });
		await aside.getFileHandle('snap0', { create: true });
	});
	const other = await profile.open();
	await ready(other);
	await other.getByRole('textbox', { name: 'Reflection' }).fill('Half a sentence');
	await expect(other.getByText('Draft kept')).toBeVisible();
	await page.bringToFront();
	await goTo(page, 'Settings');
	await page.getByRole('radio', { name: 'Dark' }).check();
	expect(await kept(page)).toEqual({
		files: ['mirror', 'mirror-aside-of-long-ago'],
		databases: ['mirror-drafts', 'mirror-keys', 'mirror-place'],
		local: expect.arrayContaining(['mirror-theme'])
	});

	await page.getByRole('button', { name: 'Delete everything…' }).press('Enter');
	const dialog = page.getByRole('dialog', { name: 'Delete everything?' });
	await expect(dialog).toContainText('Nothing was exported yet.');
	const agree = dialog.getByRole('button', { name: 'Delete everything for good' });
	await tabTo(page, dialog.getByRole('textbox', { name: 'Type “delete” to go on' }));
	await page.keyboard.type('delet');
	await expect(agree).toBeDisabled();
	await page.emulateMedia({ reducedMotion: 'reduce' });
	for (const size of [
		{ width: 390, height: 844 },
		{ width: 1280, height: 800 }
	]) {
		await page.setViewportSize(size);
		await expectAccessible(page, 'the question before everything is deleted');
	}
	await page.keyboard.type('e');
	await tabTo(page, agree);
	await page.keyboard.press('Enter');
	for (const tab of [page, other]) await expect(heading(tab, 'Everything was deleted')).toBeFocused();
	await expectAccessible(page, 'what is there after it');
	expect(await kept(page)).toEqual(nothing);
	await other.bringToFront();
	await expect(dispatch(other, 'mirror.delete', {})).rejects.toThrow('Everything is deleted here');
	await other.close();
	expect(await kept(page)).toEqual(nothing);

	await page.getByRole('link', { name: 'Begin anew' }).press('Enter');
	await ready(page);
	await expect(page.getByRole('textbox', { name: 'Reflection' })).toHaveValue('');
	expect(await heldBy(page)).toEqual({ reflections: 0, identities: 1, trashed: 0, entries: 4 });
	const { rows } = await read(page, 'evolution.events', {});
	expect(rows.map(({ event_type, authenticity }) => [event_type, authenticity])).toEqual([
		['installation', 'valid']
	]);
});

test('what another tab holds is named, and a tab that is loaded anew in the middle goes on with the deletion', async () => {
	const page = await profile.open();
	await ready(page);
	await writeOn(page, 'Written before.');
	await settled(page);
	// As a tab that sleeps would have it: it hears nothing, and lets go of nothing.
	const asleep = await page.context().newPage();
	await asleep.goto('/icon.svg');
	await asleep.evaluate(
		() =>
			new Promise<void>((resolve) => {
				const opening = indexedDB.open('mirror-drafts');
				opening.onsuccess = () => {
					Object.assign(globalThis, { kept: opening.result });
					resolve();
				};
			})
	);
	await page.bringToFront();
	await deleteOn(page);
	await expect(heading(page, 'Everything is being deleted')).toBeVisible();
	await page.reload();
	await expect(heading(page, 'Not everything is deleted yet')).toBeVisible();
	await expect(page.getByRole('status')).toContainText('Close all other tabs of Mirror OS and try again.');
	expect(await kept(page)).toEqual({ ...nothing, databases: ['mirror-drafts', 'mirror-place'] });
	await asleep.close();
	await page.getByRole('link', { name: 'Try again' }).click();
	await expect(heading(page, 'Everything was deleted')).toBeVisible();
	expect(await kept(page)).toEqual(nothing);
});
