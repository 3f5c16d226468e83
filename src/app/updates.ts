/** `activate`: a person agreed to the waiting version; `booted`: a page of the active version has started. */
export type ServiceWorkerWord = 'activate' | 'booted';

/** How the pages come to a new version of the app: never by themselves, and never in the middle of a sentence. */
export interface Updates {
	/** Says `ready` when a newer version is loaded and waits; at once where it does already. Answers with how to stop. */
	update(callback: (state: 'ready') => void): () => void;
	/** Changes all tabs to the waiting version: each keeps what it has to keep and is then loaded anew, once. */
	activateUpdate(): Promise<void>;
	/** What has to be on disk before this tab is loaded anew: drafts. Answers with how to take it back. */
	beforeRestart(keep: () => Promise<void>): () => void;
}

/** What is used of a ServiceWorkerContainer. */
export interface Container extends EventTarget {
	readonly controller: Postable | null;
}

interface Postable {
	postMessage(word: ServiceWorkerWord): void;
}

/** What is used of a ServiceWorkerRegistration. */
export interface Registration extends EventTarget {
	readonly waiting: Postable | null;
	readonly installing: (EventTarget & { readonly state: string }) | null;
	update(): Promise<unknown>;
}

export interface UpdateDependencies {
	readonly container: Container;
	/** Resolves with null where there is no service worker. */
	readonly registration: Promise<Registration | null>;
	/** Resolves when a page of this version has started and its database answers. */
	readonly booted: Promise<void>;
	/** Calls `then` again and again. */
	readonly every: (ms: number, then: () => void) => void;
	/** Calls `then` whenever a person comes back to the page. */
	readonly onVisible: (then: () => void) => void;
	readonly reload: () => void;
}

const sixHours = 6 * 60 * 60 * 1000;

export function createUpdates(deps: UpdateDependencies): Updates {
	const { container, registration, booted, every, onVisible, reload } = deps;
	const listeners = new Set<(state: 'ready') => void>();
	const keepers = new Set<() => Promise<void>>();
	// The first service worker of all takes over a page that is of its own version.
	let isUpdate = container.controller !== null;
	let isRestarting = false;
	let isReady = false;

	async function keepAll(): Promise<void> {
		await Promise.allSettled([...keepers].map((keep) => keep()));
	}

	container.addEventListener('controllerchange', () => {
		if (!isUpdate) {
			isUpdate = true;
			return;
		}
		if (isRestarting) return;
		isRestarting = true;
		void keepAll().then(reload);
	});

	void registration.then((registered) => {
		if (registered === null) return;
		const look = () => {
			if (registered.waiting === null || container.controller === null || isReady) return;
			isReady = true;
			for (const callback of listeners) callback('ready');
		};
		const check = () => void registered.update().catch(() => undefined);
		registered.addEventListener('updatefound', () =>
			registered.installing?.addEventListener('statechange', look)
		);
		registered.installing?.addEventListener('statechange', look);
		look();
		check();
		onVisible(check);
		every(sixHours, check);
		void booted.then(() => container.controller?.postMessage('booted'));
	});

	return {
		update(callback) {
			listeners.add(callback);
			if (isReady) callback('ready');
			return () => listeners.delete(callback);
		},
		async activateUpdate() {
			await keepAll();
			(await registration)?.waiting?.postMessage('activate');
		},
		beforeRestart(keep) {
			keepers.add(keep);
			return () => keepers.delete(keep);
		}
	};
}
