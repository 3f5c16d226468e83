/// <reference lib="WebWorker" />
import { PrecacheController, type PrecacheEntry } from 'workbox-precaching';
import type { ServiceWorkerWord } from '#app/updates.ts';

declare const self: ServiceWorkerGlobalScope & {
	/** Put in by the build: every file with its revision. */
	readonly __WB_MANIFEST: (PrecacheEntry | string)[];
};
/** Put in by the build: the headers that every answer carries. */
declare const __SECURITY_HEADERS__: Record<string, string>;

/**
 * Serves the app when there is no network, and gives every answer the security headers, so that workers are bound by the
 * policy on hosts that send none. It holds no text of a person's.
 *
 * A new version waits until a person agrees. The files of the version before stay until a page of the new one has
 * started: a page that is still open finds its parts, and nothing is deleted for a version that does not even start.
 */
const files = new PrecacheController();
files.addToCacheList(self.__WB_MANIFEST);

self.addEventListener('install', (event) => void files.install(event));

// The page of a first visit is served from the next request on, also when the network goes before it is loaded again.
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
	const { request } = event;
	const url = new URL(request.url);
	if (url.origin !== self.location.origin || request.method !== 'GET') return;
	event.respondWith(answer(request, url));
});

self.addEventListener('message', (event: ExtendableMessageEvent) => {
	const word = event.data as ServiceWorkerWord;
	if (word === 'activate') event.waitUntil(self.skipWaiting());
	if (word === 'booted' && isNewest()) event.waitUntil(files.activate(event));
});

/** Whether no other version is on its way: what is not of this one is of the one before then, and may go. */
function isNewest(): boolean {
	const { installing, waiting } = self.registration;
	return self.serviceWorker.state === 'activated' && installing === null && waiting === null;
}

async function answer(request: Request, url: URL): Promise<Response> {
	const cached =
		(await files.matchPrecache(url.pathname)) ?? (await shellFor(request, url)) ?? (await older(url));
	return withHeaders(cached ?? (await fetch(request)));
}

/** Every route is drawn by the same page. */
async function shellFor(request: Request, url: URL): Promise<Response | undefined> {
	const isPage = request.mode === 'navigate' && files.getCacheKeyForURL(url.pathname) === undefined;
	return isPage ? files.matchPrecache('/index.html') : undefined;
}

/** A part of the version before, whose name says what is in it. */
async function older(url: URL): Promise<Response | undefined> {
	if (!url.pathname.startsWith('/_app/immutable/')) return undefined;
	return (await caches.open(files.strategy.cacheName)).match(url);
}

function withHeaders(response: Response): Response {
	if (response.type === 'opaque' || response.status === 0) return response;
	const headers = new Headers(response.headers);
	for (const [name, value] of Object.entries(__SECURITY_HEADERS__)) headers.set(name, value);
	return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
