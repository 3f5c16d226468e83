/** When things happened in a page, in milliseconds since its navigation began; null: not yet. */
export interface Seen {
	/** The app asked for its database: its client is there. */
	connected: number | null;
	/** The text field took a character. */
	typed: number | null;
	/** The database answers. */
	ready: number | null;
	/** Scripts that had been asked for when the text field took it. */
	scripts: string[];
	/** How long the bare open took that was started in the place of the app's own; null: not asked for, or not yet done. */
	bare: number | null;
}

declare global {
	var seen: Seen;
	/** Whether this page is one to type in, as soon as that is possible. */
	var isTyping: boolean | undefined;
	/** Lets the bare open start where the app would start its worker: with all that the page does at that moment around it. */
	var watchBare: (wasm: string) => void;
	/** The browser's own, where the app's worker is not to start. */
	var realWorker: typeof Worker | undefined;
}

/** Runs before the app's own scripts, and changes nothing that they see. */
const seen: Seen = { connected: null, typed: null, ready: null, scripts: [], bare: null };
globalThis.seen = seen;

let client: typeof globalThis.mirror | undefined;
Object.defineProperty(globalThis, 'mirror', {
	configurable: true,
	get: () => client,
	set: (connected: typeof globalThis.mirror) => {
		seen.connected = performance.now();
		client = connected;
		if (wasmOfBare !== null) void globalThis.bench.openBare(wasmOfBare).then((took) => (seen.bare = took));
		void connected.ready.then(() => (seen.ready = performance.now()));
	}
});

let wasmOfBare: string | null = null;
globalThis.watchBare = (wasm) => {
	wasmOfBare = wasm;
	globalThis.realWorker = Worker;
	globalThis.Worker = NoWorker as unknown as typeof Worker;
	const page = '/bench/page.js';
	void import(/* @vite-ignore */ page);
};

/** Takes what is said to it, and never answers. */
class NoWorker extends EventTarget {
	postMessage(): void {}
}

const observer = new MutationObserver(() => {
	if (globalThis.isTyping !== true) return observer.disconnect();
	const area = document.querySelector('textarea');
	if (area === null || area.disabled || area.readOnly) return;
	observer.disconnect();
	area.focus();
	// Goes the way of a pressed key: beforeinput, the value, input.
	document.execCommand('insertText', false, 'x');
	if (area.value !== 'x') return;
	seen.typed = performance.now();
	seen.scripts = performance
		.getEntriesByType('resource')
		.map(({ name }) => name)
		.filter((name) => name.endsWith('.js'));
});
observer.observe(document, { childList: true, subtree: true });
