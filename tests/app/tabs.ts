import { ok, err, failure, type Failure, type Result } from '#base/result.ts';
import type { Receipt } from '#domain/receipt.ts';
import type { News, TabMessage } from '#app/protocol.ts';
import { Tab, type OwnedCore } from '#app/tab.ts';

/** One origin without a browser: its lock, its channel and its clock, all moved by the test. */
export class Origin {
	readonly #tabs = new Map<string, { tab: Tab; isFrozen: boolean; heard: TabMessage[] }>();
	readonly #line: Waiting[] = [];
	#held: Waiting | null = null;
	#timers: { at: number; then: () => void }[] = [];
	#now = 0;

	/** Opens a tab over a core that `open` gives it when it gets the lock. */
	open(
		id: string,
		open: () => Promise<Result<OwnedCore, Failure>>,
		tell: (news: News) => void = () => undefined,
		remove: () => Promise<Result<void, Failure>> = async () => ok(undefined)
	): Tab {
		const tab = new Tab({
			id,
			open,
			remove,
			tell,
			post: (message) => this.#post(id, message),
			lock: (held, signal) => this.#lock(id, held, signal),
			after: (ms, then) => {
				const timer = { at: this.#now + ms, then };
				this.#timers.push(timer);
				return () => (this.#timers = this.#timers.filter((other) => other !== timer));
			}
		});
		this.#tabs.set(id, { tab, isFrozen: false, heard: [] });
		return tab;
	}

	/** The tab's process ends: it hears nothing, and its lock goes on to the next in line. */
	kill(id: string): void {
		this.#tabs.delete(id);
		this.#line.splice(0, this.#line.length, ...this.#line.filter((waiting) => waiting.id !== id));
		if (this.#held?.id === id) this.#next();
	}

	/** The browser hands the lock on although the tab that had it lives, and knows nothing of it. */
	lose(id: string): void {
		if (this.#held?.id === id) this.#next();
	}

	/** The tab hears nothing until it is woken; a lock that it holds stays held. */
	freeze(id: string): void {
		const tab = this.#tabs.get(id);
		if (tab !== undefined) tab.isFrozen = true;
	}

	wake(id: string): void {
		const tab = this.#tabs.get(id);
		if (tab === undefined) return;
		tab.isFrozen = false;
		for (const message of tab.heard.splice(0)) tab.tab.hear(message);
	}

	/** Lets time pass, and everything that waits for it have its turn. */
	async pass(ms: number): Promise<void> {
		this.#now += ms;
		const due = this.#timers.filter((timer) => timer.at <= this.#now);
		this.#timers = this.#timers.filter((timer) => timer.at > this.#now);
		for (const timer of due) timer.then();
		await settle();
	}

	#post(from: string, message: TabMessage): void {
		for (const [id, other] of this.#tabs) {
			if (id === from || !this.#tabs.has(from)) continue;
			queueMicrotask(() => {
				if (other.isFrozen) other.heard.push(structuredClone(message));
				else if (this.#tabs.get(id) === other) other.tab.hear(structuredClone(message));
			});
		}
	}

	#lock(id: string, held: () => Promise<void>, signal: AbortSignal): Promise<void> {
		return new Promise((resolve, reject) => {
			const waiting: Waiting = { id, held, resolve };
			this.#line.push(waiting);
			signal.addEventListener('abort', () => {
				const at = this.#line.indexOf(waiting);
				if (at === -1) return;
				this.#line.splice(at, 1);
				reject(new Error('aborted'));
			});
			if (this.#held === null) queueMicrotask(() => this.#held === null && this.#next());
		});
	}

	#next(): void {
		const next = (this.#held = this.#line.shift() ?? null);
		if (next === null) return;
		void next.held().then(() => {
			// A tab that was killed does not come back into the line.
			if (this.#tabs.has(next.id)) next.resolve();
			if (this.#held === next) this.#next();
		});
	}
}

interface Waiting {
	readonly id: string;
	readonly held: () => Promise<void>;
	readonly resolve: () => void;
}

/** Everything that is ready to run has run. */
export async function settle(): Promise<void> {
	for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** What the one database of an origin would hold: each request once, however often it was asked. */
export class Shelf {
	readonly done = new Map<string, Receipt>();
	owners = 0;
	/** So many questions from now on make it throw, as a defect would. */
	breaksNext = 0;
	/** What a read waits for. */
	reading: Promise<void> = Promise.resolve();
	/** Whether the next answer is the permission to delete everything. */
	isDeleting = false;
	#open = false;

	async open(): Promise<Result<OwnedCore, Failure>> {
		if (this.#open) return err(failure('busy', 'two owners at once'));
		this.#open = true;
		this.owners++;
		const inFlight = new Set<Promise<void>>();
		let isClosed = false;
		let announce: Parameters<OwnedCore['onCommit']>[0] = () => undefined;
		return ok({
			dispatch: async (request) => {
				if (this.breaksNext-- > 0) throw new TypeError('a defect');
				const working = settle();
				inFlight.add(working);
				await working;
				const { id } = request as { id: string };
				const receipt = this.done.get(id) ?? ({ request_id: id, code: 'accepted' } as Receipt);
				this.done.set(id, receipt);
				announce({ revision: this.done.size, topics: ['reflections'] });
				return receipt;
			},
			read: async () => {
				await this.reading;
				if (isClosed) return err(failure('storage_failed', 'The database is closed.'));
				return ok({ revision: this.done.size, rows: [] });
			},
			byPermit: async (_permit, request) => {
				const { id } = request as { id: string };
				return { receipt: { request_id: id, code: 'accepted' } as Receipt, rows: [] };
			},
			exportBundle: async (request) => {
				const { id } = request as { id: string };
				const receipt = { request_id: id, code: 'accepted' } as Receipt;
				return { receipt, name: 'bundle.zip', file: new Blob([id]) };
			},
			releaseFile: async (request) => {
				const { id } = request as { id: string };
				return { request_id: id, code: 'accepted' } as Receipt;
			},
			stageImport: async () => err(failure('empty', 'no file')),
			onCommit: (listener) => (announce = listener),
			onProgress: () => undefined,
			cancel: () => undefined,
			hasMoved: () => false,
			isDeleting: () => this.isDeleting,
			tidy: async () => undefined,
			close: async () => {
				await Promise.all(inFlight);
				isClosed = true;
				this.#open = false;
			}
		});
	}

	/** The process that had it open is gone. */
	abandon(): void {
		this.#open = false;
	}
}
