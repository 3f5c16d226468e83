import { proxy, wrap } from 'comlink';
import workerUrl from '#app/core.worker.ts?worker&url';
import { createClient, type Client } from '#app/client.ts';
import type { Remote } from '#app/protocol.ts';
import { version } from '../../package.json';

declare global {
	// eslint-disable-next-line no-var -- the only form that declares a property of globalThis
	var mirror: Client;
}

/** Script URLs of our own files, by name: nothing else becomes one (Trusted Types). */
const scripts = globalThis.trustedTypes?.createPolicy('mirror-script', {
	createScriptURL: (url) => {
		if (!ownScripts.includes(url) && !url.startsWith('blob:'))
			throw new TypeError('not a script of this app');
		return url;
	}
});
const serviceWorkerUrl = '/service-worker.js';
const ownScripts = [workerUrl, serviceWorkerUrl];

/** Starts the core worker of this page and gives everybody its client, `globalThis.mirror`. */
export function connect(): Client {
	const client = createClient({
		remote: startWorker(),
		version,
		nextFrame: (work) => void requestAnimationFrame(work),
		proxy
	});
	globalThis.mirror = client;
	return client;
}

async function startWorker(): Promise<Remote> {
	const served = await registerServiceWorker();
	const worker = new Worker(scriptUrl(served ? workerUrl : blobUrl()), { type: 'module' });
	const remote = wrap<Remote>(worker) as unknown as Remote;
	const tellVisible = () => remote.setVisible(document.visibilityState === 'visible');
	document.addEventListener('visibilitychange', tellVisible);
	tellVisible();
	return remote;
}

/**
 * A worker's script that passes an active service worker gets the policy as a header, also on the very first visit. Where
 * there is no service worker, a blob inherits the page's own `<meta>` policy.
 */
async function registerServiceWorker(): Promise<boolean> {
	if (!('serviceWorker' in navigator) || import.meta.env.DEV) return import.meta.env.DEV;
	try {
		await navigator.serviceWorker.register(scriptUrl(serviceWorkerUrl) as string);
		await navigator.serviceWorker.ready;
		return true;
	} catch {
		return false;
	}
}

function blobUrl(): string {
	const source = `import ${JSON.stringify(new URL(workerUrl, location.href).href)};`;
	return URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
}

function scriptUrl(url: string): string | URL {
	return (scripts?.createScriptURL(url) ?? url) as string;
}
