import type { Failure, Result } from '#base/result.ts';
import type { Kind, Request } from '#domain/command.ts';
import type { ImportPreview } from '#domain/bundle.ts';
import type { ArchiveVerification, CheckedEvidence } from '#domain/evidence.ts';
import type { LeavingKind } from '#domain/egress.ts';
import type { Receipt } from '#domain/receipt.ts';
import { views, type Answer, type ViewInput, type ViewName } from '#domain/view.ts';
import type { ReadCheck } from '#app/check-evidence.ts';
import type { AskedArchiveCheck } from '#app/archive-check.ts';
import type { AskedCheck } from '#app/evidence-file.ts';
import { checkedAgainstOwn } from '#app/own-check.ts';
import type { Copying, ExportedBundle, News, PermitAnswer, Remote, Standing } from '#app/protocol.ts';
import { createTrials, type PolicyTrials, type TrialDependencies } from '#app/policy-trials.ts';
import type { Updates } from '#app/updates.ts';

/**
 * The client that the pages use, and whoever scripts their own mirror: `globalThis.mirror`.
 * `dispatch` resolves with a receipt, also for a refusal; "accepted" always means durable. It rejects where
 * no answer can be had: asking again with the same id is safe.
 */
export interface Client extends Updates {
	/** Resolves when a database answers, in this tab or another. */
	readonly ready: Promise<void>;
	readonly version: string;
	dispatch<K extends Kind>(request: Request<K>): Promise<Receipt>;
	/** Rejects with the reason in words where the view or its parameters do not exist. */
	read<V extends ViewName>(view: V, params: ViewInput<V>): Promise<Answer<V>>;
	/**
	 * Reads at once, and again after each commit that touches the view. A read that fails is told to `unread`, and the next
	 * commit tries again. Answers with how to stop.
	 */
	watch<V extends ViewName>(
		view: V,
		params: ViewInput<V>,
		callback: (answer: Answer<V>) => void,
		unread?: (reason: unknown) => void
	): () => void;
	/** Asks for one thing by a permit, as whoever has it would. */
	byPermit(permit: unknown, request: unknown): Promise<PermitAnswer>;
	/** Exports a bundle: the receipt and, where it was permitted, the file and its name. */
	exportBundle(request: Pick<Request<'bundle.export'>, 'id' | 'data' | 'agreed'>): Promise<ExportedBundle>;
	/** Asks whether a file that the page made may be saved: accepted where the kernel of what leaves lets it out. */
	releaseFile(
		request: { readonly id: string; readonly what: LeavingKind; readonly agreed?: true },
		file: Blob
	): Promise<Receipt>;
	/** Says what importing a file would do, and changes nothing. `import.run` with its token and sha256 does it. */
	stageImport(file: Blob): Promise<Result<ImportPreview, Failure>>;
	/** Verifies a file of evidence, of whatever kernel, and holds it against this mirror where it is of one of its own; nothing of it is kept. */
	checkEvidence(asked: AskedCheck): Promise<Result<CheckedEvidence, Failure>>;
	/** Verifies a file of evidence that is kept here in the same way, and against what was noted of it. Null where it was deleted. */
	checkArchive(asked: AskedArchiveCheck): Promise<Result<ArchiveVerification | null, Failure>>;
	/** Tries policies out before one is put in force. */
	readonly trials: PolicyTrials;
	/** Told from begin to end of a change of the storage engine, in whatever tab it is done. */
	copying(callback: (copying: Copying) => void): () => void;
	/** Stops that: the request for it is answered with `cancelled`. */
	cancelCopying(): Promise<void>;
	/** How this tab stands to the database, now and whenever it changes. */
	standing(callback: (standing: Standing) => void): () => void;
}

interface Watcher {
	readonly topics: readonly string[];
	readonly readAgain: () => void;
}

export interface ClientDependencies {
	readonly remote: Promise<Remote>;
	/** Given the promise that a database answers. */
	readonly updates: (booted: Promise<void>) => Updates;
	readonly version: string;
	/** Runs `work` before the next frame; several announcements become one read. */
	readonly nextFrame: (work: () => void) => void;
	/** Hands the worker a function that it can call. */
	readonly proxy: <T extends object>(callback: T) => T;
	/** Verifies a file by itself. */
	readonly checkEvidence: (asked: AskedCheck) => Promise<Result<ReadCheck, Failure>>;
	readonly openDesk: TrialDependencies['open'];
	readonly after: TrialDependencies['after'];
	/** Removes what of this origin's storage only a page reaches. */
	readonly clear: () => void;
}

export function createClient(deps: ClientDependencies): Client {
	const { remote, updates, version, nextFrame, proxy, clear, checkEvidence } = deps;
	const watchers = new Set<Watcher>();
	const stands = new Set<(standing: Standing) => void>();
	const copiers = new Set<(copying: Copying) => void>();
	let now: Standing = { kind: 'starting' };
	let isReady: () => void = () => undefined;
	const ready = new Promise<void>((resolve) => (isReady = resolve));

	function hear(news: News): void {
		if (news.kind === 'committed') {
			for (const watcher of watchers) {
				if (watcher.topics.some((topic) => news.topics.includes(topic))) watcher.readAgain();
			}
			return;
		}
		if (news.kind === 'copying') {
			for (const callback of copiers) callback(news);
			return;
		}
		now = news.standing;
		if (now.kind === 'owner' || now.kind === 'follower') {
			isReady();
			for (const watcher of watchers) watcher.readAgain();
		}
		for (const callback of stands) callback(now);
	}
	remote
		.then((core) => core.listen(proxy(hear), proxy(clear)))
		.catch((reason: unknown) => {
			hear({
				kind: 'standing',
				standing: { kind: 'failed', failure: { code: 'failed', message: String(reason) } }
			});
		});

	async function read<V extends ViewName>(view: V, params: ViewInput<V>): Promise<Answer<V>> {
		const answer = await (await remote).read(view, params);
		if (!answer.ok) throw new Error(answer.error.message, { cause: answer.error });
		return answer.value as Answer<V>;
	}

	return {
		...updates(ready),
		ready,
		version,
		dispatch: async (request) => (await remote).dispatch(request),
		byPermit: async (permit, request) => (await remote).byPermit(permit, request),
		exportBundle: async (request) => (await remote).exportBundle(request),
		releaseFile: async (request, file) => (await remote).releaseFile(request, file),
		stageImport: async (file) => (await remote).stageImport(file),
		checkEvidence: async (asked) => checkedAgainstOwn(await checkEvidence(asked), read, asked.signal),
		checkArchive: async (asked) =>
			(await import('#app/archive-check.ts')).checkArchive(asked, { read, check: checkEvidence }),
		trials: createTrials({ open: deps.openDesk, after: deps.after, read }),
		read,
		watch(view, params, callback, unread = () => undefined) {
			let asked = false;
			let stopped = false;
			let newest = -1;
			const readNow = async () => {
				asked = false;
				const answer = await read(view, params).catch((reason: unknown) => {
					if (!stopped) unread(reason);
					return null;
				});
				// Two reads may overlap: an older answer must not replace a newer one.
				if (stopped || answer === null || answer.revision < newest) return;
				newest = answer.revision;
				callback(answer);
			};
			const watcher: Watcher = {
				topics: views[view].topics,
				readAgain: () => {
					if (asked || stopped) return;
					asked = true;
					nextFrame(() => void readNow());
				}
			};
			watchers.add(watcher);
			void readNow();
			return () => {
				stopped = true;
				watchers.delete(watcher);
			};
		},
		copying(callback) {
			copiers.add(callback);
			return () => copiers.delete(callback);
		},
		cancelCopying: async () => (await remote).cancelCopying(),
		standing(callback) {
			stands.add(callback);
			callback(now);
			return () => stands.delete(callback);
		}
	};
}
