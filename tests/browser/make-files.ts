import { closeSync, ftruncateSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';
import { zipSync } from 'fflate';
import initSqlJs from 'sql.js';
import { read } from './client.ts';

/** A file as a person chooses it. */
export interface Chosen {
	readonly name: string;
	readonly mimeType: string;
	readonly buffer: Buffer;
}

export function fileOf(name: string, content: string | Uint8Array): Chosen {
	const mimeType = name.endsWith('.zip') ? 'application/zip' : 'application/json';
	return { name, mimeType, buffer: Buffer.from(content as Uint8Array) };
}

export function diaryOf(entries: readonly object[]): Chosen {
	return fileOf('diary.json', JSON.stringify(entries));
}

/** Path of a bundle of tests/vectors/mirror. */
export function vectorPath(name: string): string {
	return join(import.meta.dirname, '../vectors/mirror', name);
}

/** A file of so many zeros that takes no room on the disk. */
export function zeros(path: string, size: number): string {
	const file = openSync(path, 'w');
	ftruncateSync(file, size);
	closeSync(file);
	return path;
}

/** A zip of 100 kB that unpacks to 100 MB. */
export function bomb(): Uint8Array {
	return zipSync({ 'MANIFEST.json': new Uint8Array(100_000_000) }, { level: 9 });
}

/** Rows by their tables, as another program may have written them: columns as they come, and no rule. */
export type ForeignRows = Readonly<Record<string, readonly Readonly<Record<string, string | null>>[]>>;

/** A bundle whose database has these rows, and whatever else `more` makes in it. */
export async function bundleOf(rows: ForeignRows, more = ''): Promise<Chosen> {
	const folder = dirname(createRequire(import.meta.url).resolve('sql.js'));
	const sql = await initSqlJs({ locateFile: (file: string) => join(folder, file) });
	const database = new sql.Database();
	for (const [table, list] of Object.entries({ identities: [], reflections: [], ...rows })) {
		const columns = Object.keys(list[0] ?? { id: '' });
		database.run(`CREATE TABLE ${table} (${columns.join(', ')})`);
		const places = columns.map(() => '?').join(', ');
		for (const row of list) database.run(`INSERT INTO ${table} VALUES (${places})`, Object.values(row));
	}
	database.exec(more);
	const image = database.export();
	database.close();
	const manifest = {
		...{ version: '1.0', exported_at: '2026-01-01T00:00:00Z', mirror_version: '1.0.0' },
		...{ schema_version: '1.0.0', database_type: 'sqlite', database_size_bytes: image.length },
		record_counts: {}
	};
	const text = new TextEncoder().encode(JSON.stringify(manifest));
	return fileOf('bundle.zip', zipSync({ 'MANIFEST.json': text, 'mirror_os.db': image }));
}

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

/** Writes and saves through the page. */
export async function writeOn(page: Page, text: string, title = ''): Promise<void> {
	await goTo(page, 'Write');
	if (title !== '') await page.getByRole('textbox', { name: 'Title' }).fill(title);
	await page.getByRole('textbox', { name: 'Reflection' }).fill(text);
	await page.getByRole('button', { name: 'Save reflection' }).click();
	await expect(page.getByText('Saved', { exact: true })).toBeVisible();
}
