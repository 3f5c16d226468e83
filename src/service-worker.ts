/// <reference lib="WebWorker" />
import { PrecacheController, type PrecacheEntry } from 'workbox-precaching';
import { names } from '#app/names.ts';
import type { ServiceWorkerWord } from '#app/updates.ts';

declare const self: ServiceWorkerGlobalScope & {
	/** Put in by the build: every file with its revision. */
	readonly __WB_MANIFEST: (PrecacheEntry | string)[];
};
/** Put in by the build: the headers that every answer carries. */
declare const __SECURITY_HEADERS__: Record<string, string>;
/** Put in by the build: the paths of PostgreSQL's files, whose names say what is in them. */
declare const __POSTGRES_FILES__: string[];

/**
 * Serves the app when there is no network, and gives every answer the security headers, so that workers are bound by the
 * policy on hosts that send none. It holds no text of a person's.
 *
 * A new version waits until a person agrees. The files of the version before stay until a page of the new one has
 * started: a page that is still open finds its parts, and nothing is deleted for a version that does not even start.
 *
 * PostgreSQL's files come when they are asked for, which is when somebody chose that engine, and are kept from then on:
 * the cache that they are in says that a mirror may depend on them. Without it no version fetches any.
 */
const manifest = self.__WB_MANIFEST;
const files = new PrecacheController();
files.addToCacheList(manifest);
/** What a browser opens to one host at once, over HTTP/1.1. */
const requestsAtOnce = 6;
const postgresFiles = new Set(__POSTGRES_FILES__);

self.addEventListener('install', (event) => {
	// One controller asks for one file after the other, and a first visit waits for all of them.
	for (let nth = 0; nth < requestsAtOnce; nth++) {
		const part = new PrecacheController();
		part.addToCacheList(manifest.filter((_, at) => at % requestsAtOnce === nth));
		void part.install(event);
	}
	event.waitUntil(bringPostgres());
});

// The page of a first visit is served from the next request on, also when the network goes before it is loaded again.
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
	const { request } = event;
	const url = new URL(request.url);
	if (url.origin !== self.location.origin || request.method !== 'GET') return;
	event.respondWith(answer(event, url));
});

self.addEventListener('message', (event: ExtendableMessageEvent) => {
	const word = event.data as ServiceWorkerWord;
	// PostgreSQL may have been chosen after this version was installed.
	if (word === 'activate') event.waitUntil(bringPostgres().then(() => self.skipWaiting()));
	if (word === 'booted' && isNewest()) event.waitUntil(Promise.all([files.activate(event), tidyPostgres()]));
});

/** Whether no other version is on its way: what is not of this one is of the one before then, and may go. */
function isNewest(): boolean {
	const { installing, waiting } = self.registration;
	return self.serviceWorker.state === 'activated' && installing === null && waiting === null;
}

async function answer(event: FetchEvent, url: URL): Promise<Response> {
	const cached =
		(await files.matchPrecache(url.pathname)) ?? (await shellFor(event.request, url)) ?? (await kept(url));
	return withHeaders(cached ?? (await fetched(event, url)));
}

/** Every route is drawn by the same page. */
async function shellFor(request: Request, url: URL): Promise<Response | undefined> {
	const isPage = request.mode === 'navigate' && files.getCacheKeyForURL(url.pathname) === undefined;
	return isPage ? files.matchPrecache('/index.html') : undefined;
}

/** A part of the version before, or of PostgreSQL. */
async function kept(url: URL): Promise<Response | undefined> {
	return url.pathname.startsWith('/_app/immutable/') ? caches.match(url) : undefined;
}

async function fetched(event: FetchEvent, { pathname }: URL): Promise<Response> {
	const response = await fetch(event.request);
	if (postgresFiles.has(pathname) && response.ok) {
		const copy = response.clone();
		event.waitUntil(caches.open(names.postgresFiles).then((cache) => cache.put(pathname, copy)));
	}
	return response;
}

/** Fetches what only this version has of PostgreSQL. Whoever needs it gets all of it, or stays with the version before. */
async function bringPostgres(): Promise<void> {
	if (!(await caches.has(names.postgresFiles))) return;
	const cache = await caches.open(names.postgresFiles);
	const there = new Set((await cache.keys()).map(pathOf));
	await cache.addAll([...postgresFiles].filter((path) => !there.has(path)));
}

async function tidyPostgres(): Promise<void> {
	if (!(await caches.has(names.postgresFiles))) return;
	const cache = await caches.open(names.postgresFiles);
	const old = (await cache.keys()).filter((request) => !postgresFiles.has(pathOf(request)));
	await Promise.all(old.map((request) => cache.delete(request)));
}

function pathOf({ url }: Request): string {
	return new URL(url).pathname;
}

function withHeaders(response: Response): Response {
	if (response.type === 'opaque' || response.status === 0) return response;
	const headers = new Headers(response.headers);
	for (const [name, value] of Object.entries(__SECURITY_HEADERS__)) headers.set(name, value);
	return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
