import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Page, type Worker } from '@playwright/test';
import { dispatch, newId, read, ready } from './client.ts';
import { Build, Host, silent, Stranger } from './host.ts';
import { Profile } from './profile.ts';

/**
 * Every way out of a page that a policy closes, tried towards another origin, one after the other: the next when this one
 * is over, or the policy has spoken. Answers with which were tried; not at all where there is no policy.
 */
function tryEveryWay(page: Page, address: string): Promise<string[]> {
	return page.evaluate(async (there) => {
		const url = (name: string) => `http://${there}/${name}`;
		const add = <T extends HTMLElement>(element: T) => document.body.appendChild(element);
		const ways: Record<string, () => unknown> = {
			fetch: () => fetch(url('fetch'), { mode: 'no-cors' }),
			keepalive: () =>
				fetch(url('keepalive'), { mode: 'no-cors', keepalive: true, method: 'POST', body: 'x' }),
			xhr: () =>
				new Promise((resolve) => {
					const request = new XMLHttpRequest();
					request.onloadend = resolve;
					request.open('GET', url('xhr'));
					request.send();
				}),
			image: () =>
				new Promise((resolve) => {
					const image = add(new Image());
					image.onload = image.onerror = resolve;
					image.src = url('image');
				}),
			beacon: () => navigator.sendBeacon(url('beacon'), 'x'),
			socket: () =>
				new Promise((resolve) => {
					const socket = new WebSocket(`ws://${there}/socket`);
					socket.onerror = socket.onclose = resolve;
				}),
			events: () =>
				new Promise((resolve) => {
					const source = new EventSource(url('events'));
					source.onerror = () => resolve(source.close());
				}),
			nested: () => {
				const source = `fetch('${url('nested')}', { mode: 'no-cors' }).finally(() => postMessage('over'))`;
				const worker = new Worker(URL.createObjectURL(new Blob([source])));
				return new Promise((resolve) => (worker.onmessage = worker.onerror = resolve));
			},
			form: () => {
				const target = add(document.createElement('iframe'));
				target.name = 'target';
				const form = add(document.createElement('form'));
				Object.assign(form, { action: url('form'), method: 'post', target: 'target' });
				form.submit();
			},
			frame: () =>
				new Promise((resolve) => {
					const frame = add(document.createElement('iframe'));
					frame.onload = frame.onerror = resolve;
					frame.src = url('frame');
				}),
			worker: () => new Worker(url('worker') as string),
			transport: () => 'WebTransport' in globalThis && new WebTransport(`https://${there}/transport`).ready,
			import: () => import(/* @vite-ignore */ url('import')),
			script: () =>
				new Promise((resolve) => {
					const script = document.createElement('script');
					script.onload = script.onerror = resolve;
					script.src = url('script');
					add(script);
				}),
			style: () =>
				new Promise((resolve) => {
					const link = add(document.createElement('link'));
					link.onload = link.onerror = resolve;
					Object.assign(link, { rel: 'stylesheet', href: url('style') });
				}),
			prefetch: () =>
				new Promise((resolve) => {
					const link = add(document.createElement('link'));
					link.onload = link.onerror = resolve;
					Object.assign(link, { rel: 'prefetch', href: url('prefetch') });
				}),
			font: () => new FontFace('x', `url(${url('font')})`).load(),
			media: () =>
				new Promise((resolve) => {
					const media = add(document.createElement('video'));
					media.onerror = media.onloadeddata = resolve;
					media.src = url('media');
				})
		};
		const tried: string[] = [];
		for (const [name, way] of Object.entries(ways)) {
			const refused = new Promise((resolve) =>
				document.addEventListener('securitypolicyviolation', resolve, { once: true })
			);
			await Promise.race([Promise.resolve().then(way), refused]).catch(() => undefined);
			tried.push(name);
		}
		return tried;
	}, address);
}

/** The ways out that a worker has. Answers with those that were not stopped by the policy itself. */
function tryFromWorker(worker: Worker, address: string): Promise<string[]> {
	return worker.evaluate(async (there) => {
		const ways: Record<string, () => unknown> = {
			fetch: () => fetch(`http://${there}/fetch`, { mode: 'no-cors' }),
			import: () => import(/* @vite-ignore */ `http://${there}/import`),
			xhr: () =>
				new Promise((_resolve, reject) => {
					const request = new XMLHttpRequest();
					request.onerror = reject;
					request.open('GET', `http://${there}/xhr`);
					request.send();
				}),
			socket: () =>
				new Promise((_resolve, reject) => {
					new WebSocket(`ws://${there}/socket`).onerror = reject;
				}),
			events: () =>
				new Promise((_resolve, reject) => {
					new EventSource(`http://${there}/events`).onerror = reject;
				}),
			nested: () => {
				const source = `fetch('http://${there}/nested', { mode: 'no-cors' }).then(postMessage)`;
				return new Worker(URL.createObjectURL(new Blob([source])));
			},
			transport: () => new WebTransport(`https://${there}/transport`).ready
		};
		if (!('WebTransport' in self)) delete ways['transport'];
		const open: string[] = [];
		for (const [name, way] of Object.entries(ways)) {
			const refused = new Promise<void>((resolve) =>
				self.addEventListener('securitypolicyviolation', () => resolve(), { once: true })
			);
			const isOpen = await Promise.resolve()
				.then(way)
				.then(
					() => true,
					() => false
				);
			// What failed for another reason than the policy would wait here until the test is over.
			if (isOpen) open.push(name);
			else await refused;
		}
		return open;
	}, address);
}

async function coreWorker(page: Page): Promise<Worker> {
	await expect.poll(() => page.workers().length).toBe(1);
	return page.workers()[0]!;
}

/** What the browser itself says is wrong, from the first moment on. */
function complaints(page: Page): string[] {
	const said: string[] = [];
	page.on('console', (message) => {
		if (message.type() === 'error' || message.type() === 'warning')
			said.push(`${message.text()} ${message.location().url}`);
	});
	page.on('pageerror', (error) => said.push(String(error)));
	page.on('requestfailed', (request) => {
		const why = request.failure()?.errorText ?? '';
		// What was still on its way when the page was left is given up, and nothing is wrong with it.
		if (why !== 'net::ERR_ABORTED') said.push(`failed (${why}): ${request.url()}`);
	});
	page.on('response', (response) => {
		if (response.status() >= 400) said.push(`${response.status()}: ${response.url()}`);
	});
	return said;
}

function write(page: Page, text: string) {
	const id = newId();
	const created_at = new Date().toISOString();
	const local_date = created_at.slice(0, 10);
	return dispatch(
		page,
		'reflection.create',
		{ id, identity_id: null, content: text, created_at, local_date },
		id
	);
}

for (const [host, args] of [
	['a host that sends the headers', []],
	['a host that sends none', ['--no-headers']]
] as const) {
	test(`nothing leaves, on ${host}`, async () => {
		const [server, stranger, profile] = [await Host.start(args), await Stranger.start(), new Profile()];
		const page = await profile.open(`${server.origin}/`);
		// The very first start of the core, in a page that no service worker has answered.
		await ready(page);
		expect(await tryFromWorker(await coreWorker(page), stranger.address)).toEqual([]);
		expect(stranger.heard).toEqual([]);
		expect(await tryEveryWay(page, stranger.address)).toHaveLength(18);
		expect(stranger.heard.filter((line) => line !== silent)).toEqual([]);

		await page.goto(`${server.origin}/`);
		await ready(page);
		expect(await tryFromWorker(await coreWorker(page), stranger.address)).toEqual([]);
		expect(await tryEveryWay(page, stranger.address)).toHaveLength(18);
		expect(stranger.heard.filter((line) => line !== silent)).toEqual([]);
		await profile.remove();
		await stranger.stop();
		await server.stop();
	});
}

test('without any policy the same ways reach the other origin, and the store is not opened', async () => {
	const build = new Build();
	build.change('index.html', (html) => html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ''));
	build.change('service-worker.js', (script) =>
		script.replace(/"Content-Security-Policy":"[^"]*"/, '"X-None":"none"')
	);
	const server = await Host.start(['--no-headers', '--folder', build.folder]);
	const [stranger, profile] = [await Stranger.start(), new Profile()];
	const page = await profile.open(`${server.origin}/`);
	const failure = await page.evaluate(
		() =>
			new Promise<string>((resolve) => {
				globalThis.mirror.standing((standing) => {
					if (standing.kind === 'failed') resolve(standing.failure.code);
					if (standing.kind === 'owner') resolve('opened');
				});
			})
	);
	expect(failure).toBe('not_confined');
	const stored = await page.evaluate(async () => {
		const names: string[] = [];
		for await (const name of (await navigator.storage.getDirectory()).keys()) names.push(name);
		return names;
	});
	expect(stored).toEqual([]);
	const tried = tryEveryWay(page, stranger.address).catch(() => undefined);
	await expect.poll(() => stranger.heard.filter((line) => line !== silent).length).toBeGreaterThan(5);
	await expect.poll(() => stranger.heard).toContain('GET /nested HTTP/1.1');
	await profile.remove();
	await tried;
	await stranger.stop();
	await server.stop();
	build.remove();
});

test('a whole session asks for nothing but files of the app, and the browser has no complaint', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'mirror-netlog-'));
	const log = join(folder, 'net.json');
	const server = await Host.start();
	const profile = new Profile({ args: [`--log-net-log=${log}`] });
	const context = await profile.start();
	const page = context.pages()[0] ?? (await context.newPage());
	const said = complaints(page);
	const asked: string[] = [];
	context.on('request', (request) => {
		if (!request.url().startsWith('blob:')) asked.push(request.url());
	});
	await page.goto(`${server.origin}/`);
	await page.waitForFunction(() => 'mirror' in globalThis);
	await ready(page);
	for (const text of ['The river was loud today.', 'A quiet evening with tea.'])
		expect((await write(page, text)).code).toBe('accepted');
	expect((await read(page, 'reflections.search', { query: 'river' })).rows).toHaveLength(1);
	expect((await read(page, 'ledger.verify', {})).rows[0]?.errors).toEqual([]);
	for (const path of ['/reflections', '/ledger', '/system', '/settings', '/']) {
		await page.goto(server.origin + path);
		await ready(page);
	}
	expect(said).toEqual([]);
	await context.close();
	expect(asked.length).toBeGreaterThan(10);
	expect(asked.filter((url) => !url.startsWith(`${server.origin}/`))).toEqual([]);
	// The browser's own record of every request that any of its processes began. It asks its maker for updates, accounts
	// and autofill by itself, which no page can ask for or prevent; there is nothing else.
	const begun = [...readFileSync(log, 'utf8').matchAll(/"url":"([^"]+)"/g)].map(([, url]) => String(url));
	const maker = /^https?:\/\/(update|accounts|content-autofill)\.google(apis)?\.com\//;
	expect(begun.filter((url) => !url.startsWith(`${server.origin}/`) && !maker.test(url))).toEqual([]);
	await profile.remove();
	await server.stop();
	rmSync(folder, { recursive: true });
});
