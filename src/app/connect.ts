import { proxy, wrap } from 'comlink';
import { uuidv7 } from '#base/uuid.ts';
import workerUrl from '#app/core.worker.ts?worker&url';
import evidenceWorkerUrl from '#app/evidence.worker.ts?worker&url';
import policyWorkerUrl from '#app/policy.worker.ts?worker&url';
import { checkInWorker } from '#app/evidence-file.ts';
import { clearPage } from '#app/clear-page.ts';
import { createClient, type Client } from '#app/client.ts';
import type { Desk } from '#app/policy-desk.ts';
import { createPermitDoor, type PermitDoor } from '#app/permit-door.ts';
import { ownUrl } from '#app/own-url.ts';
import type { PermitPort, Remote } from '#app/protocol.ts';
import { createUpdates, type Registration } from '#app/updates.ts';
import { version } from '#app/version.ts';

declare global {
	var mirror: Client;
}

/** Script URLs of our own files, by name: nothing else becomes one (Trusted Types). */
const scripts = window.trustedTypes?.createPolicy('mirror-script', {
	createScriptURL: (url) => {
		if (!ownScripts.includes(url) && !url.startsWith('blob:'))
			throw new TypeError('not a script of this app');
		return url;
	}
});
const serviceWorkerUrl = '/service-worker.js';
const ownScripts = [workerUrl, evidenceWorkerUrl, policyWorkerUrl, serviceWorkerUrl];

/** Starts the core worker of this page and gives everybody its client, `globalThis.mirror`. */
export function connect(): Client {
	const registration = registerServiceWorker();
	const client = createClient({
		remote: startWorker(registration),
		updates: (booted) =>
			createUpdates({
				container: navigator.serviceWorker ?? noServiceWorkers,
				registration,
				booted,
				every: (ms, then) => void setInterval(then, ms),
				onVisible: (then) =>
					document.addEventListener('visibilitychange', () => {
						if (document.visibilityState === 'visible') then();
					}),
				reload: () => location.reload()
			}),
		version,
		nextFrame: (work) => void requestAnimationFrame(work),
		proxy,
		clear: clearPage,
		checkEvidence: (asked) => checkInWorker(asked, () => startScript(evidenceWorkerUrl, registration)),
		openDesk: async () => {
			const worker = await startScript(policyWorkerUrl, registration);
			return { desk: wrap<Desk>(worker), end: () => worker.terminate() };
		},
		after: (ms) => new Promise((resolve) => setTimeout(resolve, ms))
	});
	globalThis.mirror = client;
	return client;
}

declare global {
	var permit: PermitDoor;
}

/** Starts the core worker of a page for somebody else: it is given no client, but `globalThis.permit`. */
export function connectByPermit(): PermitDoor {
	const remote = startWorker(registerServiceWorker());
	void remote.then((core) =>
		core.listen(
			proxy(() => undefined),
			proxy(clearPage)
		)
	);
	const port: PermitPort = { byPermit: async (token, request) => (await remote).byPermit(token, request) };
	const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
	const door = createPermitDoor(port, () => uuidv7(Date.now(), random));
	globalThis.permit = door;
	return door;
}

const noServiceWorkers = Object.assign(new EventTarget(), { controller: null });

async function startScript(url: string, registration: Promise<Registration | null>): Promise<Worker> {
	// Where the service worker controls the page already, the script passes it: nothing is left to wait for.
	const isControlled = 'serviceWorker' in navigator && navigator.serviceWorker.controller !== null;
	const served = import.meta.env.DEV || isControlled || (await registration) !== null;
	return new Worker(scriptUrl(served ? url : blobUrl(url)), { type: 'module' });
}

async function startWorker(registration: Promise<Registration | null>): Promise<Remote> {
	const worker = await startScript(workerUrl, registration);
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
async function registerServiceWorker(): Promise<Registration | null> {
	if (!('serviceWorker' in navigator) || import.meta.env.DEV) return null;
	try {
		await navigator.serviceWorker.register(scriptUrl(serviceWorkerUrl) as string);
		return await Promise.race([navigator.serviceWorker.ready, givenUp(patience)]);
	} catch {
		return null;
	}
}

/** A first visit may wait this long for the service worker, in milliseconds; after it the blob does as well. */
const patience = 10_000;

function givenUp(ms: number): Promise<null> {
	return new Promise((resolve) => setTimeout(resolve, ms, null));
}

function blobUrl(url: string): string {
	const source = `import ${JSON.stringify(ownUrl(url))};`;
	return URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
}

function scriptUrl(url: string): string | URL {
	return (scripts?.createScriptURL(url) ?? url) as string;
}
