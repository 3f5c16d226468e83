import { err, failure, type Failure, type Result } from '#base/result.ts';
import type { Database } from '#storage/database.ts';
import importWorkerUrl from '#app/import.worker.ts?worker&url';
import { after } from '#app/after.ts';
import { finishDeletion } from '#app/browser-deletion.ts';
import { browserEngines, loadSql, loadSqlEarly } from '#app/browser-engines.ts';
import { isConfined } from '#app/confined.ts';
import { names } from '#app/names.ts';
import { readInWorker } from '#app/import-file.ts';
import { openCore } from '#app/open-core.ts';
import { ownUrl } from '#app/own-url.ts';
import { openReopening } from '#app/reopening.ts';
import { storedPermitKey, storedSigningKey } from '#app/signing.ts';
import type { News, Remote, TabMessage } from '#app/protocol.ts';
import { Tab, type OwnedCore } from '#app/tab.ts';

/** Milliseconds without a commit after which tidying is in nobody's way. */
const quiet = 1000;

/** Takes this worker's place among the tabs of the origin, with the browser's own clock, locks, files and channel. */
export function startTab(): Remote {
	// A program and not a byte of the store: it is loaded while the lock is waited for.
	loadSqlEarly();
	const channel = new BroadcastChannel(names.channel);
	let tell: (news: News) => void = () => undefined;
	let isHeard: (clear: Clear) => void = () => undefined;
	const clear = new Promise<Clear>((resolve) => (isHeard = resolve));
	let tidying: Promise<void> | null = null;
	const tab = new Tab({
		id: crypto.randomUUID(),
		post: (message) => channel.postMessage(message),
		lock: (held, signal) => navigator.locks.request(names.lock, { signal }, held),
		open,
		remove: () => finishDeletion(async () => (await clear)()),
		after,
		tell: (news) => {
			tell(news);
			// What tidying itself commits is no reason to tidy again.
			if (tidying === null && isReason(news)) tidySoon();
		}
	});
	// Tidying waits for a moment without writing, and is done at once when nobody sees the tab any more.
	// One at a time: whoever asks meanwhile has the one that runs.
	const tidy = () =>
		void (tidying ??= tab
			.tidy()
			.catch(() => undefined)
			.finally(() => (tidying = null)));
	let soon: ReturnType<typeof setTimeout> | undefined;
	const tidySoon = () => {
		clearTimeout(soon);
		soon = setTimeout(tidy, quiet);
	};
	channel.onmessage = ({ data }: MessageEvent<TabMessage>) => tab.hear(data);
	return {
		dispatch: (request) => tab.dispatch(request),
		read: (view, params) => tab.read(view, params),
		byPermit: (permit, request) => tab.byPermit(permit, request),
		exportBundle: (request) => tab.exportBundle(request),
		releaseFile: (request, file) => tab.releaseFile(request, file),
		cancelCopying: () => tab.cancelCopying(),
		stageImport: (file) => tab.stageImport(file),
		setVisible: (visible) => {
			if (!visible) tidy();
			tab.setVisible(visible);
		},
		listen: (onNews, onClear) => {
			tell = onNews;
			isHeard(onClear);
			onNews({ kind: 'standing', standing: tab.standing });
		}
	};
}

/** How a page clears what only it reaches. */
type Clear = Parameters<Remote['listen']>[1];

/** Whether there may be something to tidy now. */
function isReason(news: News): boolean {
	return news.kind === 'committed' || (news.kind === 'standing' && news.standing.kind === 'owner');
}

async function open(): Promise<Result<OwnedCore, Failure>> {
	const { DEV } = import.meta.env;
	// The development server sends no policy; nothing that is built with it holds anybody's diary.
	if (!DEV && !(await isConfined(self))) {
		return err(
			failure(
				'not_confined',
				'This browser did not prove that the app can reach no other server, so your mirror was not opened. Nothing was changed. Reload the page; if it stays so, update the browser.'
			)
		);
	}
	return openReopening(() =>
		openCore({
			engines: browserEngines,
			sql: loadSql,
			readImport: (file) => readInWorker(file, { start: startImportWorker, after }),
			clock: () => Date.now(),
			random: (length) => crypto.getRandomValues(new Uint8Array(length)),
			signingKey: () => storedSigningKey(),
			permitKey: () => storedPermitKey(),
			timer: after,
			pause: () => new Promise((resolve) => void after(0, resolve)),
			backup: (database: Database) => database.compact()
		})
	);
}

/** Of Trusted Types, which the types of workers do not know yet. */
interface ScriptPolicies {
	createPolicy(
		name: string,
		rules: { createScriptURL(url: string): string }
	): {
		createScriptURL(url: string): unknown;
	};
}

/** The one script that this worker starts. */
const importScriptUrl = ownUrl(importWorkerUrl);
const scripts = (globalThis as { trustedTypes?: ScriptPolicies }).trustedTypes?.createPolicy(
	'mirror-script',
	{
		createScriptURL: (url) => {
			if (url !== importScriptUrl) throw new TypeError('not a script of this app');
			return url;
		}
	}
);

function startImportWorker(): Worker {
	const url = (scripts?.createScriptURL(importScriptUrl) ?? importScriptUrl) as string;
	return new Worker(url, { type: 'module' });
}
