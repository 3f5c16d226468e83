import { expect, type Locator, type Page } from '@playwright/test';
import { read } from './client.ts';
import type { Chosen } from './make-files.ts';

export function chooseFile(page: Page, file: Chosen | string): Promise<void> {
	return page.getByLabel('Import file').setInputFiles(file);
}

export function previewOf(page: Page): Locator {
	return page.getByRole('region', { name: 'Import preview' });
}

/** Agrees to what is shown. */
export async function agree(page: Page): Promise<void> {
	await previewOf(page).getByRole('button', { name: 'Import', exact: true }).click();
}

/** Chooses a file, agrees, and waits for so many new reflections. */
export async function importFile(page: Page, file: Chosen | string, count: number): Promise<void> {
	await chooseFile(page, file);
	await agree(page);
	await expect(page.getByText(`Imported: ${count} new reflection`)).toBeVisible();
}

/** Presses "Export bundle" and answers with where the file lies. */
export async function exportBundle(page: Page): Promise<string> {
	const downloading = page.waitForEvent('download');
	await page.getByRole('button', { name: 'Export bundle' }).click();
	return (await downloading).path();
}

export interface Held {
	readonly reflections: number | undefined;
	readonly identities: number;
	readonly trashed: number;
	/** Entries of the ledger, which is valid. */
	readonly entries: number | undefined;
}

/** How much the mirror holds. A ledger that does not verify is a failure of the test. */
export async function heldBy(page: Page): Promise<Held> {
	const { total } = await read(page, 'reflections.list', {});
	const identities = (await read(page, 'identities.list', {})).rows.length;
	const trashed = (await read(page, 'trash.list', {})).rows.length;
	const [found] = (await read(page, 'ledger.verify', {})).rows;
	expect(found?.errors).toEqual([]);
	return { reflections: total, identities, trashed, entries: found?.entries_verified };
}

/** Follows a link of the main navigation; afterwards the focus stands on the title of the page, and moves no more. */
export async function goTo(page: Page, place: string): Promise<void> {
	const title = page.getByRole('heading', { level: 1, name: place, exact: true });
	if (await title.isVisible()) return;
	await page
		.getByRole('navigation', { name: 'Main' })
		.getByRole('link', { name: place, exact: true })
		.click();
	await expect(title).toBeFocused();
}

/** Waits until a thing stands whole between the top of the screen and the bar at its bottom. */
export async function expectAboveBar(page: Page, thing: Locator): Promise<void> {
	const bar = page.getByRole('navigation', { name: 'Main' });
	await expect
		.poll(async () => {
			const [box, below] = [await thing.boundingBox(), await bar.boundingBox()];
			return box !== null && below !== null && box.y >= 0 && box.y + box.height <= below.y;
		})
		.toBe(true);
}

/** Writes and saves through the page. */
export async function writeOn(page: Page, text: string, title = ''): Promise<void> {
	await goTo(page, 'Write');
	if (title !== '') await page.getByRole('textbox', { name: 'Title' }).fill(title);
	await page.getByRole('textbox', { name: 'Reflection' }).fill(text);
	await page.getByRole('button', { name: 'Save reflection' }).click();
	await expect(page.getByText('Saved', { exact: true })).toBeVisible();
}

/** After the first reflection, who wrote it is noted too: only then nothing more is on its way to the ledger. */
export async function settled(page: Page): Promise<void> {
	await expect.poll(async () => (await read(page, 'settings.get', {})).rows[0]?.last_identity).not.toBeNull();
}

/** More stops than any page has: beyond them the thing cannot be reached. */
const most = 60;

/** Goes from control to control until the focus is on this one, and one sees that it is. */
export async function tabTo(page: Page, control: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
	await expect(control).toBeVisible();
	const isSeenFocused = () =>
		control.evaluate((element) => element === document.activeElement && element.matches(':focus-visible'));
	for (let stops = 0; !(await isSeenFocused()); stops++) {
		expect(stops, `${String(control)} is not reached, or one does not see it`).toBeLessThan(most);
		await page.keyboard.press(key);
	}
}

/** Opens what is closed, and whatever comes to light by that. */
export async function unfold(page: Page): Promise<void> {
	const closed = page.locator('details:not([open]) > summary:visible').first();
	while (await closed.isVisible()) await closed.click();
}

/** Goes where a link of the app would lead, without another start. */
export async function follow(page: Page, path: string): Promise<void> {
	await page.locator('h1').evaluate((title, href) => {
		const link = Object.assign(document.createElement('a'), { href });
		title.before(link);
		link.click();
		link.remove();
	}, path);
	await expect(page).toHaveURL(path);
	await expect(page.locator('h1')).toBeVisible();
}
