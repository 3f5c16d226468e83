import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { read, ready } from './client.ts';
import { Build, Host, Stranger } from './host.ts';
import {
	agree,
	bomb,
	bundleOf,
	chooseFile,
	diaryOf,
	fileOf,
	heldBy,
	goTo,
	importFile,
	previewOf,
	vectorPath,
	writeOn,
	zeros,
	type Chosen
} from './make-files.ts';
import { Profile } from './profile.ts';

declare global {
	/** What the field held, to choose it once more. */
	var chosen: FileList | null | undefined;
	/** Set by a script that stood in somebody's words, if it ran. */
	var ran: boolean | undefined;
	/** What the page's policy had to stop: nothing should even try. */
	var violated: string[];
}

const time = '2026-01-01T00:00:00.000Z';
const most = 200 * 1024 * 1024;

/** After the first reflection, who wrote it is noted too: only then nothing more is on its way to the ledger. */
async function settled(page: Page): Promise<void> {
	await expect.poll(async () => (await read(page, 'settings.get', {})).rows[0]?.last_identity).not.toBeNull();
}

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
			'This file is neither a bundle nor JSON that can be read.'
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
	await expectRefused(page, large!, 'This file is neither a bundle nor JSON that can be read.');
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
	await expectRefused(page, path, 'neither a bundle nor JSON');
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

/** Markup that would run a script or fetch something, if any page took it for markup. */
function traps(address: string): string {
	const url = (name: string) => `http://${address}/${name}`;
	return [
		'Harmless words around it.',
		`<script>globalThis.ran = true; fetch('${url('script')}')</script>`,
		`<script src="${url('source')}"></script>`,
		`<img src="${url('image')}" onerror="globalThis.ran = true" onload="globalThis.ran = true">`,
		`<svg onload="globalThis.ran = true"><image href="${url('svg')}"/></svg>`,
		`<iframe src="${url('frame')}" srcdoc="<script>top.ran = true</script>"></iframe>`,
		`<object data="${url('object')}"></object><embed src="${url('embed')}">`,
		`<video autoplay poster="${url('poster')}" src="${url('video')}"></video>`,
		`<link rel="stylesheet" href="${url('sheet')}"><style>@import '${url('import')}';</style>`,
		`<p style="background: url(${url('background')})">styled</p>`,
		`<details open ontoggle="globalThis.ran = true">x</details>`,
		`<input autofocus onfocus="globalThis.ran = true">`,
		`<meta http-equiv="refresh" content="0; url=${url('refresh')}"><base href="${url('base')}">`,
		`![a picture](${url('markdown')}) ![data](data:image/svg+xml,<svg onload='globalThis.ran=true'/>)`,
		`[a trap](javascript:globalThis.ran=true) <javascript:globalThis.ran=true>`,
		`"><img src=x onerror="globalThis.ran = true">`,
		`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=globalThis.ran=true&gt;">`
	].join('\n\n');
}

test('scripts in what is imported stay words on every page that shows them', async ({ page }) => {
	const stranger = await Stranger.start();
	await page.addInitScript(() => {
		globalThis.violated = [];
		addEventListener('securitypolicyviolation', ({ blockedURI, effectiveDirective }) =>
			globalThis.violated.push(`${effectiveDirective} ${blockedURI}`)
		);
	});
	page.on('dialog', (dialog) => expect(dialog.message()).toBe('no dialog'));
	const trap = `<img src=http://${stranger.address}/short onerror=globalThis.ran=true>`;
	const bundle = await bundleOf({
		identities: [
			{ id: 'i', created_at: time, updated_at: time, metadata: JSON.stringify({ name: `Ana ${trap}` }) }
		],
		reflections: [
			{
				...{ id: 'r', identity_id: 'i', content: `# Head ${trap}`, content_type: 'markdown' },
				...{ visibility: 'local_only', created_at: time, source: 'direct' },
				metadata: JSON.stringify({ title: `Title ${trap}`, tags: [`tag${trap}`] })
			}
		],
		mirrorbacks: [
			{
				...{ id: 'm', reflection_id: 'r', content: `You said: > “${traps(stranger.address)}”` },
				...{ engine_version: trap, created_at: time, metadata: null }
			}
		]
	});
	await page.goto('/bundles');
	await ready(page);
	const untouched = async () => {
		await expect(
			page.locator('main :is(script, iframe, object, embed, video, link, style, base)')
		).toHaveCount(0);
		expect(await page.evaluate(() => [globalThis.ran, globalThis.violated])).toEqual([undefined, []]);
		expect(stranger.heard).toEqual([]);
	};
	await importFile(page, bundle, 1);
	await importFile(page, diaryOf([{ date: '2024-02-29', text: traps(stranger.address) }]), 1);
	await untouched();

	await goTo(page, 'Reflections');
	const items = page.getByRole('list', { name: 'Reflections' }).getByRole('link');
	await expect(items).toHaveCount(2);
	await expect(items.first()).toContainText(`Title ${trap}`);
	await untouched();

	await items.last().click();
	await expect(page.locator('.prose[aria-busy="false"]')).toContainText('Harmless words around it.');
	await expect(page.locator('.prose')).toContainText('<script>globalThis.ran = true;');
	await expect(
		page.locator('.prose :is(img, svg, input, details, [style], [href^="javascript:"])')
	).toHaveCount(0);
	await page.getByRole('button', { name: 'Mirror it' }).click();
	await expect(page.getByRole('region', { name: 'Mirrorback' }).locator('blockquote')).toBeVisible();
	await untouched();

	await page.goto('/reflections/r');
	await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Title ${trap}`);
	await expect(page.getByText('Earlier mirrorbacks')).toBeVisible();
	await expect(page.locator('main')).toContainText('Harmless words around it.');
	await untouched();

	for (const path of ['/', '/settings', '/bundles', '/ledger', '/system']) {
		await page.goto(path);
		await ready(page);
		await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
		await untouched();
	}
	expect(stranger.heard).toEqual([]);
	await stranger.stop();
});

/** A build as it may be some day: with one more migration. */
function newerBuild(): Build {
	const build = new Build();
	const workers = '_app/immutable/workers';
	const core = readdirSync(join(build.folder, workers)).find((name) => name.startsWith('core.worker'));
	const later = [
		'-- Migration: 999_later.sql',
		'-- Version: 9.0.0',
		'-- Date: 2030-01-01',
		'-- Description: Something of the future',
		'CREATE TABLE later (id TEXT);'
	].join('\n');
	build.change(`${workers}/${core}`, (script) =>
		script.replace(
			/"[^"]*001_core\.sql":\w+/,
			(first) => `${first},"../../migrations/sqlite/999_later.sql":${JSON.stringify(later)}`
		)
	);
	return build;
}

test('a mirror that a newer version of the app has changed is left as it is by an older one', async () => {
	const [newer, profile] = [newerBuild(), new Profile()];
	let server = await Host.start(['--folder', newer.folder]);
	const { origin } = server;
	const page = await profile.open(`${origin}/`);
	/** Another version is served, and the browser has no file of the one before; what was written stays. */
	const serve = async (args: readonly string[]) => {
		await page.goto('about:blank');
		const session = await page.context().newCDPSession(page);
		await session.send('Storage.clearDataForOrigin', {
			origin,
			storageTypes: 'service_workers,cache_storage'
		});
		await session.send('Network.clearBrowserCache');
		await server.stop();
		server = await Host.start(args, Number(new URL(origin).port));
		await page.goto(`${origin}/`);
	};
	await ready(page);
	await writeOn(page, 'Of the future.');
	await settled(page);
	const held = await heldBy(page);

	await serve([]);
	await expect(page.getByRole('heading', { name: 'Your mirror did not open' })).toBeVisible();
	await expect(page.getByText('which this version of Mirror OS does not know')).toBeVisible();
	await page.getByRole('textbox', { name: 'Reflection' }).fill('Of the present.');
	await expect(page.getByText('Draft kept')).toBeVisible();
	await page.getByRole('link', { name: 'Open the rescue page' }).click();
	await page.getByRole('button', { name: 'Open read-only' }).click();
	await expect(page.getByRole('list', { name: 'Reflections' })).toContainText('Of the future.');

	await serve(['--folder', newer.folder]);
	await ready(page);
	expect(await heldBy(page)).toEqual(held);
	await expect(page.getByRole('textbox', { name: 'Reflection' })).toHaveValue('Of the present.');
	await page.getByRole('button', { name: 'Save reflection' }).click();
	await expect(page.getByText('Saved', { exact: true })).toBeVisible();
	await profile.remove();
	await server.stop();
	newer.remove();
});
