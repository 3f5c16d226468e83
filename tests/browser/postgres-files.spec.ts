import { copyFileSync, readFileSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { dispatch, newId, read, ready } from './client.ts';
import { Build, Host } from './host.ts';
import { comeBack, generation, publish } from './newer-build.ts';
import { Profile } from './profile.ts';
import { goTo, heldBy } from './steps.ts';

/** The files of PostgreSQL alone, as the build lists them. */
const files = (JSON.parse(readFileSync('build/_app/postgres-files.json', 'utf8')) as string[]).map(
	(name) => `/${name}`
);
const seed = files.find((path) => path.includes('/postgres-seed-')) ?? '';
const program = files.filter((path) => /\/pglite-[^/]*$/.test(path));
/** Where the service worker keeps them. */
const cacheName = 'mirror-postgres-files';

interface Asked {
	readonly path: string;
	/** Over the network, as far as the app is concerned: by the service worker itself. */
	readonly isByServiceWorker: boolean;
}

/** Requests of pages, workers and the service worker, as the browser tells them. */
function record(context: BrowserContext): Asked[] {
	const asked: Asked[] = [];
	context.on('request', (request) =>
		asked.push({
			path: new URL(request.url()).pathname,
			isByServiceWorker: request.serviceWorker() !== null
		})
	);
	return asked;
}

/** What every cache of this origin holds: paths, by the cache's name. */
function caches(page: Page): Promise<Record<string, string[]>> {
	return page.evaluate(async () => {
		const held: Record<string, string[]> = {};
		for (const name of await globalThis.caches.keys()) {
			const keys = await (await globalThis.caches.open(name)).keys();
			held[name] = keys.map(({ url }) => new URL(url).pathname);
		}
		return held;
	});
}

async function write(page: Page, content: string): Promise<void> {
	const id = newId();
	const created_at = new Date().toISOString();
	const data = { id, identity_id: null, content, created_at, local_date: created_at.slice(0, 10) };
	expect((await dispatch(page, 'reflection.create', data, id)).code).toBe('accepted');
}

async function engineOf(page: Page): Promise<string | undefined> {
	return (await read(page, 'storage.state', {})).rows[0]?.engine;
}

/** The next version of a build, with a seed of another name. Answers with its path. */
function publishOtherSeed(build: Build, next: string): string {
	const later = seed.replace('postgres-seed-', `postgres-seed-${next}-`);
	build.change('service-worker.js', (script) => script.replaceAll(basename(seed), basename(later)));
	publish(build, next);
	return later;
}

async function restart(page: Page, to: string): Promise<void> {
	await comeBack(page);
	await page.getByRole('button', { name: 'Restart' }).click();
	await expect.poll(() => generation(page).catch(() => null)).toBe(to);
	await ready(page);
}

test('who stays with SQLite never loads a byte of PostgreSQL, with a new version neither', async () => {
	const build = new Build();
	const [server, profile] = [await Host.start(['--folder', build.folder]), new Profile()];
	const asked = record(await profile.start());
	const page = await profile.open(`${server.origin}/`);
	await ready(page);
	await write(page, 'before the new version');
	for (const place of ['Reflections', 'Ledger', 'Bundles', 'Settings', 'System', 'Trash', 'Write'])
		await goTo(page, place);
	publish(build, 'two');
	await restart(page, 'two');
	await write(page, 'after it');

	expect(asked.some(({ path }) => path.includes('/core.worker'))).toBe(true);
	expect(asked.filter(({ isByServiceWorker }) => isByServiceWorker).length).toBeGreaterThan(50);
	expect(asked.filter(({ path }) => files.includes(path))).toEqual([]);
	const held = await caches(page);
	expect(Object.keys(held)).toHaveLength(1);
	expect(Object.values(held).flat()).toContain('/index.html');
	expect(files.filter((path) => Object.values(held).flat().includes(path))).toEqual([]);

	// Chosen without a network, it does not come, and nothing is lost.
	await server.stop();
	const receipt = await dispatch(page, 'storage.switch', { engine: 'postgres' });
	expect(receipt.code).toBe('failed');
	expect(receipt.message).toContain('PostgreSQL could not be loaded');
	await write(page, 'after the engine that did not come');
	expect(await heldBy(page)).toMatchObject({ reflections: 3 });
	expect(Object.keys(await caches(page))).toHaveLength(1);
	await profile.remove();
	build.remove();
});

test('a mirror that PostgreSQL keeps opens without a network, before and after a new version', async () => {
	const build = new Build();
	// Whatever headers an answer has, it has from the service worker.
	const args = ['--no-headers', '--folder', build.folder];
	let server = await Host.start(args);
	const { origin } = server;
	const profile = new Profile();
	const again = () => Host.start(args, Number(new URL(origin).port));
	let asked = record(await profile.start());
	let page = await profile.open(`${origin}/`);
	await ready(page);
	await write(page, 'kept by SQLite');
	// A part that does not come is a failure in words, and another try finds it.
	renameSync(join(build.folder, seed), join(build.folder, 'away'));
	const refused = await dispatch(page, 'storage.switch', { engine: 'postgres' });
	expect(refused.code).toBe('failed');
	expect(refused.message).toContain('PostgreSQL could not be loaded (postgres-seed.data: 404)');
	expect(await engineOf(page)).toBe('sqlite');
	renameSync(join(build.folder, 'away'), join(build.folder, seed));
	expect((await dispatch(page, 'storage.switch', { engine: 'postgres' })).code).toBe('accepted');
	const needed = [seed, ...program];
	await expect.poll(async () => (await caches(page))[cacheName]).toEqual(expect.arrayContaining(needed));
	expect(asked.filter(({ path }) => path.includes('initdb'))).toEqual([]);
	for (const path of program)
		expect(asked.filter((one) => one.path === path && one.isByServiceWorker)).toHaveLength(1);

	// A new process of the browser, without a host.
	await server.stop();
	await profile.kill();
	page = await profile.open(`${origin}/`);
	await ready(page);
	expect(await engineOf(page)).toBe('postgres');
	await write(page, 'kept by PostgreSQL');
	const policy = await page.evaluate(async (path) => {
		const { headers, body } = await fetch(path);
		// A body that nobody reads keeps the service worker busy, and a new one waiting.
		await body?.cancel();
		return headers.get('content-security-policy');
	}, seed);
	expect(policy).toContain(`default-src 'none'`);

	// A new version whose seed is another, and is not there: it is not installed.
	const later = publishOtherSeed(build, 'two');
	server = await again();
	asked = record(page.context());
	const state = await page.evaluate(async () => {
		const registration = await navigator.serviceWorker.ready;
		await registration.update();
		const worker = registration.installing;
		while (worker !== null && !['redundant', 'installed'].includes(worker.state))
			await new Promise((resolve) => worker.addEventListener('statechange', resolve, { once: true }));
		return worker?.state;
	});
	expect(state).toBe('redundant');
	expect(asked).toContainEqual({ path: later, isByServiceWorker: true });
	expect(await generation(page)).toBeNull();
	expect((await caches(page))[cacheName]).toContain(seed);

	// Now it is there. What is the same in both versions is not fetched a second time, what is over is let go.
	copyFileSync(join(build.folder, seed), join(build.folder, later));
	await restart(page, 'two');
	await expect.poll(async () => (await caches(page))[cacheName]).not.toContain(seed);
	expect((await caches(page))[cacheName]).toEqual(expect.arrayContaining([later, ...program]));
	expect(asked.filter(({ path, isByServiceWorker }) => isByServiceWorker && program.includes(path))).toEqual(
		[]
	);
	await server.stop();
	await profile.kill();
	page = await profile.open(`${origin}/`);
	await ready(page);
	expect(await generation(page)).toBe('two');
	expect(await engineOf(page)).toBe('postgres');
	await write(page, 'kept by PostgreSQL, after the new version');
	expect(await heldBy(page)).toMatchObject({ reflections: 3 });
	await profile.remove();
	build.remove();
});

test('PostgreSQL that was chosen while a new version waited comes with that version', async () => {
	const build = new Build();
	const [server, profile] = [await Host.start(['--folder', build.folder]), new Profile()];
	const asked = record(await profile.start());
	const page = await profile.open(`${server.origin}/`);
	await ready(page);
	const later = publishOtherSeed(build, 'two');
	copyFileSync(join(build.folder, seed), join(build.folder, later));
	await comeBack(page);
	await expect(page.getByText('A new version is ready.')).toBeVisible();
	expect(asked.filter(({ path }) => [later, ...files].includes(path))).toEqual([]);
	expect((await dispatch(page, 'storage.switch', { engine: 'postgres' })).code).toBe('accepted');
	await restart(page, 'two');
	expect((await caches(page))[cacheName]).toContain(later);
	expect(await engineOf(page)).toBe('postgres');
	await profile.remove();
	await server.stop();
	build.remove();
});
