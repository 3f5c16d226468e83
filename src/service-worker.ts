/// <reference lib="WebWorker" />
import {
	getCacheKeyForURL,
	matchPrecache,
	precache,
	cleanupOutdatedCaches,
	type PrecacheEntry
} from 'workbox-precaching';

declare const self: ServiceWorkerGlobalScope & {
	/** Put in by the build: every file with its revision, and the headers that every answer carries. */
	readonly __WB_MANIFEST: (PrecacheEntry | string)[];
};
declare const __SECURITY_HEADERS__: Record<string, string>;

/**
 * Serves the app when there is no network, and gives every answer the security headers, so that workers are bound by the
 * policy on hosts that send none. It holds no text of a person's.
 */
precache(self.__WB_MANIFEST);
cleanupOutdatedCaches();

self.addEventListener('fetch', (event) => {
	const { request } = event;
	const url = new URL(request.url);
	if (url.origin !== self.location.origin || request.method !== 'GET') return;
	event.respondWith(answer(request, url));
});

self.addEventListener('message', (event: ExtendableMessageEvent) => {
	// Only when a person agreed to the new version.
	if (event.data === 'activate') event.waitUntil(self.skipWaiting());
});

async function answer(request: Request, url: URL): Promise<Response> {
	const cached = (await matchPrecache(url.pathname)) ?? (await shellFor(request, url));
	return withHeaders(cached ?? (await fetch(request)));
}

/** Every route is drawn by the same page. */
async function shellFor(request: Request, url: URL): Promise<Response | undefined> {
	const isPage = request.mode === 'navigate' && getCacheKeyForURL(url.pathname) === undefined;
	return isPage ? matchPrecache('/index.html') : undefined;
}

function withHeaders(response: Response): Response {
	if (response.type === 'opaque' || response.status === 0) return response;
	const headers = new Headers(response.headers);
	for (const [name, value] of Object.entries(__SECURITY_HEADERS__)) headers.set(name, value);
	return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
