import { wrap, type Remote } from 'comlink';
import { uuidv7 } from '#base/uuid.ts';
import type { Request } from '#domain/command.ts';
import type { Round } from '../report.ts';
import { diary, savedText } from '../text.ts';
import type { Bare } from './bare.worker.ts';
import type { Floor } from './floor.worker.ts';
import type { Hasher } from './hashing.ts';
import type { PostgresBench } from './postgres.worker.ts';

/** How long every single call took, in milliseconds, in the order of the calls. */
export interface Pairs {
	readonly app: readonly number[];
	readonly floor: readonly number[];
}

export interface SaveOptions {
	/** Of the first save among those that the stage has the rows of. */
	readonly first: number;
	/** Of the first save's text. */
	readonly text: number;
	readonly count: number;
	readonly length: number;
	readonly identity: string;
}

interface ScriptPolicies {
	createPolicy(name: string, rules: { createScriptURL(url: string): string }): typeof policy;
}
const policy: { createScriptURL(url: string): unknown } = (
	globalThis as unknown as { trustedTypes: ScriptPolicies }
).trustedTypes.createPolicy('bench-script', { createScriptURL: (url) => url });

function startWorker<T>(name: string): { worker: Worker; remote: Remote<T> } {
	const worker = new (globalThis.realWorker ?? Worker)(
		policy.createScriptURL(`/bench/${name}.js`) as string,
		{ type: 'module' }
	);
	return { worker, remote: wrap<T>(worker) };
}

let started: Remote<Floor> | null = null;
const floor = (): Remote<Floor> => (started ??= startWorker<Floor>('floor').remote);

let startedPostgres: Remote<PostgresBench> | null = null;
const postgres = (): Remote<PostgresBench> =>
	(startedPostgres ??= startWorker<PostgresBench>('postgres').remote);

/** Both sides are called from here, and cross the same boundary: a message to a worker by comlink, and one back. */
const api = {
	/** Whether the clock of this page has fine steps. */
	isFine: () => globalThis.crossOriginIsolated,
	prepare: async (wasm: string) => floor().prepareDatabase(wasm),
	prepareSaves: async () => floor().prepareSaves(),
	prepareQuestion: async (name: string, typed: string | null) => floor().prepareQuestion(name, typed),
	prepareImport: async () => floor().prepareImport(),
	prepareLedger: async (wasm: string) => floor().prepareLedger(wasm),
	install: async (name: string) => floor().install(name),

	/** Both sides are in one worker, and take the times there. */
	postgres: {
		prepare: async (name: string, wasm: string) => postgres().prepare(name, wasm),
		firstOpen: async (isPrepared: boolean) => postgres().firstOpen(isPrepared),
		layDown: async () => postgres().layDown(),
		copyBoth: async (first: keyof Pairs) => postgres().copyBoth(first),
		copyBackBoth: async (first: keyof Pairs) => postgres().copyBackBoth(first),
		reopen: async () => postgres().reopen(),
		both: async (what: 'read' | 'write', first: keyof Pairs) => postgres().both(what, first),
		close: async () => postgres().close()
	},

	/** Removes the app's mirror and drafts; only where no page of the app is open. */
	async clear(): Promise<void> {
		const root = await navigator.storage.getDirectory();
		await root.removeEntry('mirror', { recursive: true }).catch((error: unknown) => {
			if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error;
		});
	},

	/** Removes what was written and not saved. */
	async clearDrafts(): Promise<void> {
		await new Promise((resolve, reject) => {
			const request = indexedDB.deleteDatabase('mirror-drafts');
			request.onsuccess = resolve;
			request.onerror = reject;
		});
	},

	/** From the start of a worker to the first answer of a database in it. */
	async openBare(wasm: string): Promise<number> {
		const before = performance.now();
		const { worker, remote } = startWorker<Bare>('bare');
		const rows = await remote.open(wasm);
		const took = performance.now() - before;
		worker.terminate();
		if (!(rows > 0)) throw new Error('the bare database is empty');
		return took;
	},

	async saves({ first, text, count, length, identity }: SaveOptions): Promise<Pairs> {
		const app: number[] = [];
		const bare: number[] = [];
		for (let index = 0; index < count; index++) {
			const request = createRequest(savedText(text + index, length), identity);
			await settled();
			app.push(await timed(async () => accepted(await globalThis.mirror.dispatch(request))));
			await settled();
			bare.push(await timed(() => floor().save(first + index, request)));
		}
		return { app, floor: bare };
	},

	async reads(name: string, typed: string | null, count: number, what: 'rows' | 'total'): Promise<Pairs> {
		const app: number[] = [];
		const bare: number[] = [];
		const read = () =>
			typed === null
				? globalThis.mirror.read('reflections.list', { limit: 50 })
				: globalThis.mirror.read('reflections.search', { limit: 50, query: typed });
		for (let index = 0; index < count; index++) {
			app.push(await timed(read));
			bare.push(await timed(() => floor().ask(name, what)));
		}
		return { app, floor: bare };
	},

	/** Into an empty mirror. `staged`: how long reading and previewing the file took, which comes before. */
	async import(wasm: string, first: 'app' | 'floor'): Promise<Round & { staged: number }> {
		const file = new File([diary()], 'diary.json', { type: 'application/json' });
		const before = performance.now();
		const preview = await globalThis.mirror.stageImport(file);
		const staged = performance.now() - before;
		if (!preview.ok) throw new Error(preview.error.message);
		const { token, sha256 } = preview.value;
		const request: Request = { id: newId(), kind: 'import.run', data: { token, sha256 } };
		await floor().prepareEmpty(wasm);
		await settled();
		const sides = {
			app: () => timed(async () => accepted(await globalThis.mirror.dispatch(request))),
			floor: () => timed(() => floor().importRows())
		};
		if (first === 'app') {
			const app = await sides.app();
			await settled();
			return { app, floor: await sides.floor(), staged };
		}
		const bare = await sides.floor();
		return { floor: bare, app: await sides.app(), staged };
	},

	async verify(): Promise<number> {
		let errors: readonly string[] = [];
		const took = await timed(async () => {
			errors = (await globalThis.mirror.read('ledger.verify', {})).rows[0]?.errors ?? ['no answer'];
		});
		if (errors.length > 0) throw new Error(errors.join(' '));
		return took;
	},

	replay: () =>
		timed(async () => {
			if (!(await floor().replay())) throw new Error('the ledger is not valid');
		}),
	replayStored: () =>
		timed(async () => {
			if (!(await floor().replayStored())) throw new Error('the stored ledger is not valid');
		}),
	hash: (hasher: Hasher, what: 'chain' | 'everything') => timed(() => floor().hash(hasher, what)),
	unpack: () => timed(() => floor().unpack()),
	hashWhole: () => timed(() => floor().hashWhole())
};

type Api = typeof api;
declare global {
	var bench: Api;
}
globalThis.bench = api;

async function timed(work: () => Promise<unknown>): Promise<number> {
	const before = performance.now();
	await work();
	return performance.now() - before;
}

/** What the app's own page reads again after a commit, in the next frame, is answered: nothing of it runs beside a measurement. */
async function settled(): Promise<void> {
	await new Promise((resolve) => requestAnimationFrame(resolve));
	// Answers come in the order of the questions: after this one nothing older is on its way.
	await globalThis.mirror.read('ledger.head', {});
}

function newId(): string {
	return uuidv7(Date.now(), (length) => crypto.getRandomValues(new Uint8Array(length)));
}

function createRequest(content: string, identity_id: string): Request<'reflection.create'> {
	const id = newId();
	const created_at = new Date().toISOString();
	const local_date = created_at.slice(0, 10);
	return { id, kind: 'reflection.create', data: { id, identity_id, content, created_at, local_date } };
}

function accepted({ code, message }: { readonly code: string; readonly message: string | null }): void {
	if (code !== 'accepted') throw new Error(`${code}: ${message}`);
}
