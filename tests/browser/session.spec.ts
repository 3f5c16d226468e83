import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type BrowserContext, type Page, type Request } from '@playwright/test';
import { read, ready } from './client.ts';
import { Host } from './host.ts';
import { diaryOf } from './make-files.ts';
import { agree, chooseFile, exportBundle, goTo, heldBy, importFile, previewOf, writeOn } from './steps.ts';
import { Profile } from './profile.ts';

/** What the person writes, searches and names; no page or file of the app says any of it. */
const words = {
	first: 'Persimmons ripened near the monastery, and I am afraid of them. #orchardist',
	title: 'Vermilion afternoons',
	second: 'Grandfather polished his bassoon until dusk.',
	changed: 'Grandfather polished his bassoon until dawn.',
	later: 'Nobody harpooned it.',
	diary: 'Cormorants dried their wings upon the jetty.',
	identity: 'Lamplighter',
	card: 'Ring Aloysius.',
	search: 'persimmons monastery',
	otherSearch: 'cormorants',
	file: 'kaleidoscopic.json'
};

/** Requests of pages, workers and the service worker, as the browser tells them. */
function record(context: BrowserContext): Request[] {
	const requests: Request[] = [];
	context.on('request', (request) => requests.push(request));
	return requests;
}

interface NetLog {
	readonly constants: { readonly logEventTypes: Readonly<Record<string, number>> };
	readonly events: readonly {
		readonly type: number;
		readonly params?: { readonly url?: string; readonly method?: string };
	}[];
}

/** Every request that any process of the browser began, from its own record. */
function begunIn(log: string): { readonly url: string; readonly method: string }[] {
	const { constants, events } = JSON.parse(readFileSync(log, 'utf8')) as NetLog;
	const start = constants.logEventTypes['URL_REQUEST_START_JOB'];
	return events.flatMap(({ type, params }) =>
		type === start && params?.url !== undefined ? [{ url: params.url, method: params.method ?? '' }] : []
	);
}

function isBuilt(path: string): boolean {
	return statSync(join('build', path), { throwIfNoEntry: false })?.isFile() === true;
}

/** Addresses that a person sees: the app's page is served for each of them. */
const routes =
	/^\/(|bundles|ledger|reflections|settings|system|trash|reflections\/[0-9a-f-]{36}(\/versions)?)$/;

async function search(page: Page, query: string, found: number): Promise<void> {
	await page.getByRole('searchbox', { name: 'Search reflections' }).fill(query);
	await expect(page.getByRole('status')).toHaveText(`${found} reflection${found === 1 ? '' : 's'} found`);
}

async function verify(page: Page): Promise<void> {
	await goTo(page, 'Ledger');
	await page.getByRole('button', { name: 'Verify ledger' }).click();
	await expect(page.getByRole('status')).toHaveText(/^Ledger valid\. \d+ entries verified\.$/);
}

/** Everything that a person does with the app, by its pages alone. */
async function useEverything(page: Page): Promise<void> {
	await writeOn(page, words.first, words.title);
	await page.getByRole('button', { name: 'Mirror it' }).click();
	const region = page.getByRole('region', { name: 'Mirrorback' });
	await expect(region.locator('blockquote')).toBeVisible();
	await region.getByRole('button', { name: 'Helpful' }).click();
	await expect(region.getByText('Noted.')).toBeVisible();
	await writeOn(page, words.second);

	await goTo(page, 'Reflections');
	await search(page, words.search, 1);
	await page.getByRole('list', { name: 'Reflections' }).getByRole('link').click();
	await expect(page.getByRole('heading', { level: 1 })).toHaveText(words.title);
	await page.getByRole('button', { name: '#orchardist' }).click();
	await expect(page.getByRole('status')).toHaveText('1 reflection found');
	await page.getByRole('button', { name: '#orchardist' }).click();
	await page.getByRole('list', { name: 'Reflections' }).getByRole('link', { name: 'bassoon' }).click();
	await page.getByRole('button', { name: 'Edit' }).click();
	await page.getByRole('textbox', { name: 'Reflection' }).fill(words.changed);
	await page.getByRole('button', { name: 'Save changes' }).click();
	await expect(page.locator('.prose')).toContainText('dawn');
	await page.getByRole('link', { name: '2 versions' }).click();
	await page.getByText('What changed after it').click();
	await expect(page.locator('del')).toContainText('dusk');
	await page.getByRole('link', { name: 'Back to the entry' }).click();
	await page.getByRole('button', { name: 'Pin' }).click();
	await expect(page.getByRole('button', { name: 'Unpin' })).toBeVisible();
	await page.getByRole('button', { name: 'Move to trash' }).click();
	await goTo(page, 'Trash');
	await page.getByRole('button', { name: 'Restore' }).click();
	await expect(page.getByText('The trash is empty.')).toBeVisible();
	await verify(page);
	const evidence = page.waitForEvent('download');
	await page.getByRole('button', { name: 'Export evidence' }).click();
	await (await evidence).path();

	await goTo(page, 'Settings');
	await page.getByRole('textbox', { name: 'Name of a new identity' }).fill(words.identity);
	await page.getByRole('button', { name: 'Add identity' }).click();
	await expect(page.getByText(`${words.identity} added.`)).toBeVisible();
	await page.getByRole('textbox', { name: 'Text of the card' }).fill(words.card);
	await page.getByRole('button', { name: 'Keep this card' }).click();
	await expect(page.getByText('The card is kept.')).toBeVisible();
	await page.getByLabel('Dark').check();

	await goTo(page, 'Bundles');
	const bundle = await exportBundle(page);
	await chooseFile(page, bundle);
	await expect(previewOf(page)).toContainText('Everything in this file is here already.');
	await expect(previewOf(page)).toContainText(
		'It is of this mirror, and all of it stands in the ledger here.'
	);
	await agree(page);
	await expect(page.getByText('Imported: 0 new reflections.')).toBeVisible();
	await importFile(page, { ...diaryOf([{ date: '2024-02-29', text: words.diary }]), name: words.file }, 1);
	await goTo(page, 'System');
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('System');
}

test('a whole session asks for files of the app and nothing else, and no address holds a word', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'mirror-netlog-'));
	const log = join(folder, 'net.json');
	const [server, profile] = [await Host.start(), new Profile({ args: [`--log-net-log=${log}`] })];
	const context = await profile.start();
	const asked = record(context);
	const page = await profile.open(`${server.origin}/`);
	const said: string[] = [];
	page.on('pageerror', (error) => said.push(String(error)));
	page.on('console', (message) => {
		if (message.type() === 'error') said.push(message.text());
	});
	await ready(page);
	await useEverything(page);
	for (const path of ['/', '/reflections', '/ledger', '/bundles', '/settings', '/system', '/trash']) {
		await page.goto(server.origin + path);
		await page.reload();
		await ready(page);
	}
	expect(said).toEqual([]);
	await page.goto(`${server.origin}/rescue.html`);
	await expect(page.locator('#reason')).toContainText('The store is whole');
	await page.goto(`${server.origin}/reflections`);

	// The host is gone.
	await server.stop();
	await page.reload();
	await ready(page);
	await search(page, words.otherSearch, 1);
	await page.getByRole('list', { name: 'Reflections' }).getByRole('link').click();
	await expect(page.locator('.prose')).toContainText(words.diary);
	await writeOn(page, words.later);
	await verify(page);
	expect(await heldBy(page)).toMatchObject({ reflections: 4, identities: 2, trashed: 0 });
	const { rows } = await read(page, 'reflections.list', {});
	expect(rows.map(({ title }) => title)).toContain(words.title);
	await context.close();

	// As the pages, the workers and the service worker asked.
	const seen = asked.map((request) => ({
		url: request.url(),
		method: request.method(),
		body: request.postData(),
		isPage: request.isNavigationRequest()
	}));
	expect(asked.some((request) => request.serviceWorker() !== null)).toBe(true);
	const isOwn = (address: string, isPage: boolean) => {
		const { origin, pathname, search: query } = new URL(address);
		return (
			origin === server.origin && query === '' && (isBuilt(pathname) || (isPage && routes.test(pathname)))
		);
	};
	const ofFiles = seen.filter(({ url }) => !url.startsWith(`blob:${server.origin}/`));
	expect(ofFiles.length).toBeGreaterThan(100);
	expect(ofFiles.filter(({ url, isPage }) => !isOwn(url, isPage))).toEqual([]);
	expect(seen.filter(({ method, body }) => method !== 'GET' || body !== null)).toEqual([]);

	// As the browser wrote it down, for all of its processes. It asks its maker for updates, accounts and autofill by
	// itself, which no page can ask for or prevent.
	const maker = /^https?:\/\/(update|accounts|content-autofill)\.google(apis)?\.com\//;
	const begun = begunIn(log).filter(({ url }) => !maker.test(url));
	expect(begun.length).toBeGreaterThan(30);
	expect(begun.filter(({ url, method }) => method !== 'GET' || !isOwn(url, true))).toEqual([]);

	// Not in an address, a header or anything else that the network was handed.
	const written = Object.values(words).flatMap((text) => text.toLowerCase().match(/\p{L}{8,}/gu) ?? []);
	const handed = [readFileSync(log, 'utf8'), ...seen.map(({ url }) => decodeURIComponent(url))];
	const text = handed.join('\n').toLowerCase();
	expect(text).toContain(`${server.origin}/reflections`);
	expect(written.filter((word) => text.includes(word))).toEqual([]);
	await profile.remove();
	rmSync(folder, { recursive: true });
});
