import { rmSync, writeFileSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import { read, ready } from './client.ts';
import { bomb, bundleOf, diaryOf, fileOf, vectorPath, zeros, type Chosen } from './make-files.ts';
import { agree, chooseFile, goTo, heldBy, previewOf, settled, writeOn } from './steps.ts';

declare global {
	/** What the field held, to choose it once more. */
	var chosen: FileList | null | undefined;
}

const time = '2026-01-01T00:00:00.000Z';
const most = 200 * 1024 * 1024;

/** A mirror with one reflection in it, at the place where files are brought in. */
async function begin(page: Page): Promise<void> {
	await page.goto('/');
	await ready(page);
	await writeOn(page, 'What stood here before.');
	await settled(page);
	await goTo(page, 'Bundles');
}

/** Chooses a file that is refused with this sentence, and nothing else changes. */
async function expectRefused(page: Page, file: Chosen | string, sentence: string): Promise<void> {
	const before = await heldBy(page);
	await chooseFile(page, file);
	await expect(page.getByRole('alert')).toContainText(sentence);
	await expect(page.getByRole('alert')).toContainText('Nothing was imported.');
	await expect(previewOf(page)).toHaveCount(0);
	expect(await heldBy(page)).toEqual(before);
}

/** Whatever came before: a new reflection is saved, and the ledger holds. */
async function expectItStillSaves(page: Page): Promise<void> {
	const { reflections = 0, entries = 0 } = await heldBy(page);
	await writeOn(page, 'It still saves.');
	expect(await heldBy(page)).toMatchObject({ reflections: reflections + 1, entries: entries + 1 });
}

test('what cannot be read is refused in a sentence, and nothing changes', async ({ page }) => {
	await begin(page);
	const notText = 'This file is not UTF-8 text. Save it as UTF-8 and try again.';
	const words = '[{"date": "2024-02-29", "text": "Café, naïve."}]';
	const newer = { schema_version: [{ version: '1.0.0' }, { version: '2.0.0' }] };
	const refusals: readonly (readonly [string, Chosen | string, string])[] = [
		['an empty file', fileOf('a.json', ''), 'This file is empty.'],
		['an empty file called zip', fileOf('a.zip', ''), 'This file is empty.'],
		[
			'JSON cut short',
			fileOf('a.json', words.slice(0, -5)),
			'This file is neither a bundle, nor a database, nor JSON that can be read.'
		],
		['JSON of another kind', fileOf('a.json', '{"entries": []}'), 'is not a list of entries'],
		['UTF-16', fileOf('a.json', Buffer.from(`\ufeff${words}`, 'utf16le')), notText],
		['Latin-1', fileOf('a.json', Buffer.from(words, 'latin1')), notText],
		[
			'a zip bomb',
			fileOf('a.zip', bomb()),
			'A file in this zip unpacks to more than a hundred times its size.'
		],
		[
			'a database of a newer version in a bundle of this one',
			await bundleOf(newer),
			'This bundle was written by a newer major version (schema 2.0.0;'
		],
		['bundle-newer-major', vectorPath('bundle-newer-major.zip'), 'newer major version (schema 2.0.0;'],
		['bundle-no-manifest', vectorPath('bundle-no-manifest.zip'), 'it holds no MANIFEST.json.'],
		['bundle-no-db', vectorPath('bundle-no-db.zip'), 'This bundle holds no mirror_os.db.'],
		['bundle-corrupt-db', vectorPath('bundle-corrupt-db.zip'), 'The database of this bundle is damaged'],
		[
			'bundle-zip-slip',
			vectorPath('bundle-zip-slip.zip'),
			'A file in this zip has a name that points out of its folder.'
		],
		[
			'bundle-says-encrypted',
			vectorPath('bundle-says-encrypted.zip'),
			'This bundle says that it is encrypted'
		]
	];
	for (const [what, file, sentence] of refusals) {
		await test.step(what, () => expectRefused(page, file, sentence));
	}
	await expectItStillSaves(page);
});

test('a file of 200 MB is read to its end and refused, a larger one not even read', async ({ page }) => {
	await begin(page);
	const [large, larger] = [most, most + 1].map((size) => zeros(test.info().outputPath(`${size}.json`), size));
	await expectRefused(
		page,
		large!,
		'This file is neither a bundle, nor a database, nor JSON that can be read.'
	);
	await expectRefused(page, larger!, 'This file has more than 200 MB');
	await expectItStillSaves(page);
});

test('a file that is gone when it is to be read is refused at once', async ({ page }) => {
	await begin(page);
	const path = test.info().outputPath('moved.json');
	writeFileSync(path, 'not JSON');
	await page.evaluate(() =>
		addEventListener('change', ({ target }) => (globalThis.chosen = (target as HTMLInputElement).files), {
			capture: true,
			once: true
		})
	);
	await expectRefused(page, path, 'neither a bundle, nor a database, nor JSON');
	rmSync(path);
	const before = await heldBy(page);
	await page.getByLabel('Import file').evaluate((field: HTMLInputElement) => {
		field.files = globalThis.chosen ?? null;
		field.dispatchEvent(new Event('change', { bubbles: true }));
	});
	await expect(page.getByRole('alert')).toContainText('This file could not be read to its end.');
	expect(await heldBy(page)).toEqual(before);
	await expectItStillSaves(page);
});

test('a file that was refused, mended and chosen once more is read', async ({ page }) => {
	await begin(page);
	const path = test.info().outputPath('mine.json');
	const words = '[{"date": "2024-02-29", "text": "Café."}]';
	const choose = async () => {
		const choosing = page.waitForEvent('filechooser');
		await page.getByLabel('Import file').click();
		await (await choosing).setFiles(path);
	};
	writeFileSync(path, words, 'latin1');
	await choose();
	await expect(page.getByRole('alert')).toContainText('Save it as UTF-8 and try again.');
	writeFileSync(path, words);
	await choose();
	await expect(previewOf(page)).toContainText('1 reflection');
	await expect(page.getByRole('alert')).toHaveCount(0);
});

test('a bundle with something odd is shown with what is odd, and comes in only when a person agrees', async ({
	page
}) => {
	await begin(page);
	const preview = previewOf(page);
	const notices = [
		['bundle-bad-count.zip', 'The manifest says 57 rows in reflections; the database holds 58.'],
		['bundle-bad-size.zip', 'The manifest says that the database has'],
		['bundle-newer-minor.zip', 'columns that are not known here are kept in metadata.'],
		['bundle-invalid-rows.zip', '1 breaks a rule and stays out']
	] as const;
	const before = await heldBy(page);
	for (const [name, notice] of notices) {
		await test.step(name, async () => {
			await chooseFile(page, vectorPath(name));
			await expect(preview).toContainText(notice);
			await expect(preview).toContainText('58 reflections');
			await preview.getByRole('button', { name: 'Do not import' }).click();
			await expect(preview).toHaveCount(0);
			expect(await heldBy(page)).toEqual(before);
		});
	}

	await chooseFile(page, vectorPath('bundle-invalid-rows.zip'));
	await preview.getByText('brought in with a change').click();
	await expect(preview).toContainText('has no identity, and so becomes local_only');
	await preview.getByText('1 breaks a rule and stays out').click();
	await expect(preview).toContainText(/Tensions, \S+: position/);
	await agree(page);
	await expect(page.getByText('Imported: 58 new reflections.')).toBeVisible();
	expect(await heldBy(page)).toMatchObject({ reflections: 59, entries: (before.entries ?? 0) + 1 });
	const anonymous = (await read(page, 'reflections.list', { identity_id: null, limit: 200 })).rows;
	expect(anonymous.length).toBeGreaterThan(0);
	for (const { id } of anonymous) {
		const [row] = (await read(page, 'reflections.get', { id })).rows;
		expect(row?.visibility).toBe('local_only');
	}
	await expectItStillSaves(page);
});

test('an SQLite file with triggers, views and other tables: they are listed, and only rows come in', async ({
	page
}) => {
	await begin(page);
	const bundle = await bundleOf(
		{
			identities: [{ id: 'i', created_at: time, updated_at: time, metadata: '{"name":"Ana"}' }],
			reflections: ['The first row.', 'The second row.'].map((content, at) => ({
				...{ id: `r${at}`, identity_id: 'i', content, content_type: 'text', visibility: 'local_only' },
				...{ created_at: time, source: 'direct', metadata: null }
			}))
		},
		`CREATE TRIGGER evil AFTER INSERT ON identities BEGIN DELETE FROM reflections; END;
		CREATE TRIGGER planter AFTER INSERT ON reflections WHEN NEW.id <> 'planted' BEGIN
			INSERT INTO reflections (id, content, created_at, source, visibility, content_type)
			VALUES ('planted', 'Never written.', '${time}', 'direct', 'local_only', 'text'); END;
		CREATE VIEW sly AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n;
		CREATE TABLE platform_users (id TEXT)`
	);
	await chooseFile(page, bundle);
	for (const name of ['trigger evil', 'trigger planter', 'view sly', 'table platform_users'])
		await expect(previewOf(page)).toContainText(name);
	await agree(page);
	await expect(page.getByText('Imported: 2 new reflections.')).toBeVisible();
	const { rows } = await read(page, 'reflections.list', {});
	expect(rows.map(({ excerpt }) => excerpt).sort()).toEqual([
		'The first row.',
		'The second row.',
		'What stood here before.'
	]);
	await expectItStillSaves(page);
	expect((await read(page, 'reflections.get', { id: 'planted' })).rows).toEqual([]);
});

test('an entry of more than 1 MiB stays out of an import, which says so', async ({ page }) => {
	await begin(page);
	const long = { date: '2024-02-29', text: 'x'.repeat(1024 * 1024 + 1) };
	const before = await heldBy(page);
	await chooseFile(page, diaryOf([long]));
	await expect(previewOf(page)).toContainText('1 left out: longer than 1 MiB.');
	await expect(previewOf(page)).not.toContainText('is here already');
	await page.getByRole('button', { name: 'Do not import' }).click();

	await chooseFile(page, diaryOf([long, { date: '2024-03-01', text: 'Of a sensible length.' }]));
	await expect(previewOf(page)).toContainText('1 left out: longer than 1 MiB.');
	expect(await heldBy(page)).toEqual(before);
	await agree(page);
	await expect(page.getByText('Imported: 1 new reflection.')).toBeVisible();
	expect(await heldBy(page)).toMatchObject({ reflections: 2, entries: (before.entries ?? 0) + 1 });
	await expectItStillSaves(page);
});

test('what was typed beyond the limit is refused beside the text, and outlives the page', async ({
	page
}) => {
	await page.goto('/');
	await ready(page);
	const before = await heldBy(page);
	const text = page.getByRole('textbox', { name: 'Reflection' });
	const long = 'ä'.repeat(512 * 1024 + 1);
	const paste = (value: string) =>
		text.evaluate((field: HTMLTextAreaElement, pasted) => {
			field.value = pasted;
			field.dispatchEvent(new Event('input', { bubbles: true }));
		}, value);
	await paste(long);
	await page.getByRole('button', { name: 'Save reflection' }).click();
	await expect(page.getByRole('alert')).toContainText('Your words are kept as a draft; divide them in two.');
	// The refusal is an entry of the ledger, and nothing else.
	expect(await heldBy(page)).toEqual({ ...before, entries: (before.entries ?? 0) + 1 });
	await page.reload();
	await ready(page);
	expect(await text.inputValue()).toBe(long);
	await paste(long.slice(1));
	await page.getByRole('button', { name: 'Save reflection' }).click();
	await expect(page.getByText('Saved', { exact: true })).toBeVisible();
	expect(await heldBy(page)).toMatchObject({ reflections: 1 });
});
