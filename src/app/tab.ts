import { err, whyOf, type Failure, type Result } from '#base/result.ts';
import type { ImportPreview } from '#domain/bundle.ts';
import type { Receipt } from '#domain/receipt.ts';
import type { Answer } from '#domain/view.ts';
import { codeOf } from '#app/answer.ts';
import {
	hasEnded,
	isDeletion,
	type Committed,
	type Copying,
	type Deletion,
	type ExportedBundle,
	type FilePort,
	type News,
	type PermitAnswer,
	type PermitPort,
	type Port,
	type Question,
	type Standing,
	type TabMessage
} from '#app/protocol.ts';
import { isLong, put, type Outcome } from '#app/question.ts';

/** The database and its kernel, open in this tab. */
export interface OwnedCore extends Port, FilePort, PermitPort {
	onCommit(listener: (committed: Committed) => void): void;
	/** Told how far a change of the storage engine has come. */
	onProgress(listener: (copying: Copying) => void): void;
	/** Stops a change of the storage engine. */
	cancel(): void;
	/** Whether another engine has taken over: then this core is over, and the next one is to be opened. */
	hasMoved(): boolean;
	/** Whether everything is to be removed: then this core is over, and none is to be opened. */
	isDeleting(): boolean;
	/** For idle moments. */
	tidy(): Promise<void>;
	close(): Promise<void>;
}

export interface TabDependencies {
	readonly id: string;
	readonly post: (message: TabMessage) => void;
	/** Waits for the origin's one lock, then holds it until `held` settles. Rejects when the signal aborts the wait. */
	readonly lock: (held: () => Promise<void>, signal: AbortSignal) => Promise<void>;
	/** Fails with `being_deleted` where a deletion is to be finished first. */
	readonly open: () => Promise<Result<OwnedCore, Failure>>;
	/** Finishes a deletion that was begun; nothing happens where none was. Asked for while the lock is held. */
	readonly remove: () => Promise<Result<void, Failure>>;
	/** Calls `then` after some milliseconds; answers with how to call it off. */
	readonly after: (ms: number, then: () => void) => () => void;
	readonly tell: (news: News) => void;
}

interface Pending {
	readonly question: Question;
	readonly resolve: (answer: unknown) => void;
	readonly reject: (reason: Error) => void;
}

/**
 * How owning ended. `asked`: another tab wanted it; `superseded`: another owner has the store, lock or no lock;
 * `failed`: it did not begin; `deleted`: there is nothing to own.
 */
type Ending = 'asked' | 'superseded' | 'failed' | 'deleted';

/**
 * Milliseconds. Unanswered for `ask`, a follower asks for the lock; for `say`, it says that the other tab sleeps. An owner
 * that lets go has `end` for what it is working at: the next one waits meanwhile.
 */
const patience = { ask: 1000, say: 3000, end: 3000 };

/**
 * One tab's place among all tabs of the origin. Exactly one owns the database, by a Web Lock; the others ask it over a
 * channel. A question outlives its owner: it is asked again of the next one, with the same request id, so that nothing is
 * lost and nothing is done twice. An owner that lets go answers what it has begun before it closes; one whose store was
 * taken over by another lets go by itself. Where the core breaks over a question the asker is told, by a rejection: it may
 * or may not have been done, and asking the same again is safe.
 */
export class Tab implements Port, FilePort, PermitPort {
	readonly #deps: TabDependencies;
	readonly #pending = new Map<number, Pending>();
	#standing: Standing = { kind: 'starting' };
	#core: OwnedCore | null = null;
	#letGo: ((why: Ending) => void) | null = null;
	/** What the core is working at, and may end before it is closed. */
	readonly #answering = new Set<Promise<Outcome>>();
	#waiting: AbortController | null = null;
	#visible = true;
	#calls = 0;
	#impatience: (() => void)[] = [];

	constructor(deps: TabDependencies) {
		this.#deps = deps;
		this.#wantLock();
	}

	dispatch(request: unknown): Promise<Receipt> {
		return this.#ask({ kind: 'dispatch', request }) as Promise<Receipt>;
	}

	read(view: string, params: unknown): Promise<Result<Answer, Failure>> {
		return this.#ask({ kind: 'read', view, params }) as Promise<Result<Answer, Failure>>;
	}

	byPermit(permit: unknown, request: unknown): Promise<PermitAnswer> {
		return this.#ask({ kind: 'permit', permit, request }) as Promise<PermitAnswer>;
	}

	exportBundle(request: unknown): Promise<ExportedBundle> {
		return this.#ask({ kind: 'export', request }) as Promise<ExportedBundle>;
	}

	releaseFile(request: unknown, file: Blob): Promise<Receipt> {
		return this.#ask({ kind: 'release', request, file }) as Promise<Receipt>;
	}

	stageImport(file: Blob): Promise<Result<ImportPreview, Failure>> {
		return this.#ask({ kind: 'stage', file }) as Promise<Result<ImportPreview, Failure>>;
	}

	/** Stops a change of the storage engine, here or in the tab that owns. */
	cancelCopying(): void {
		if (this.#core !== null) this.#core.cancel();
		else this.#deps.post({ kind: 'cancel' });
	}

	async tidy(): Promise<void> {
		await this.#core?.tidy();
	}

	get standing(): Standing {
		return this.#standing;
	}

	setVisible(visible: boolean): void {
		if (this.#visible === visible) return;
		this.#visible = visible;
		if (hasEnded(this.#standing)) return;
		if (visible) {
			this.#wantLock();
			if (this.#core === null) this.#deps.post({ kind: 'want' });
			return;
		}
		if (this.#core !== null) this.#deps.post({ kind: 'hidden' });
		else if (this.#pending.size === 0) this.#waiting?.abort();
	}

	hear(message: TabMessage): void {
		switch (message.kind) {
			case 'ask':
				if (this.#core !== null) void this.#answer(this.#core, message);
				return;
			case 'answer':
			case 'fault':
				if (message.to === this.#deps.id) this.#settle(message.call, message);
				return;
			case 'committed':
			case 'copying':
				return this.#deps.tell(message);
			case 'cancel':
				return this.#core?.cancel();
			case 'deletion':
				// An owner that does not know of it lost the store to the one that deletes.
				this.#letGo?.('superseded');
				this.#hearDeletion(message.standing);
				return;
			case 'owner':
				if (this.#core === null) this.#follow();
				return;
			case 'want':
				if (this.#standing.kind === 'deleting')
					this.#deps.post({ kind: 'deletion', standing: this.#standing });
				if (this.#core === null) return;
				// Somebody looks at this tab too: it stays the owner, and says so to a tab that asked who is.
				if (this.#visible) this.#deps.post({ kind: 'owner' });
				else this.#letGo?.('asked');
				return;
			case 'hidden':
				if (!this.#visible || this.#core !== null || hasEnded(this.#standing)) return;
				this.#wantLock();
				this.#deps.post({ kind: 'want' });
		}
	}

	/** Waits in line for the database; at once where nobody has it. */
	#wantLock(): void {
		if (this.#waiting !== null || this.#core !== null || hasEnded(this.#standing)) return;
		const waiting = new AbortController();
		this.#waiting = waiting;
		let ending: Ending = 'asked';
		const held = async () => void (ending = await this.#own());
		this.#deps
			.lock(held, waiting.signal)
			.catch((reason: unknown) => {
				if (!waiting.signal.aborted) this.#stand({ kind: 'failed', failure: lockFailure(reason) });
			})
			.finally(() => {
				if (this.#waiting === waiting) this.#waiting = null;
				// Let go, but seen again since: back into the line. Not at once against an owner that needs no lock, or two would
				// take the store from each other without end: only when nobody answers.
				if (this.#visible && this.#standing.kind !== 'failed' && ending !== 'superseded') this.#wantLock();
			})
			.catch(() => undefined);
		// Another tab may answer already, long before the lock is free.
		if (this.#standing.kind === 'starting') this.#deps.post({ kind: 'want' });
	}

	/** Runs while the lock is held: opens, answers everybody, closes when asked to let go. */
	async #own(): Promise<Ending> {
		if (hasEnded(this.#standing)) return 'deleted';
		// Whoever was deleting may have ended before it was done.
		if (this.#standing.kind === 'deleting') return this.#delete();
		const opened = await this.#deps.open().catch((reason: unknown) => err(openingFailure(reason)));
		if (!opened.ok && opened.error.code === 'superseded') {
			this.#follow();
			return 'superseded';
		}
		if (!opened.ok && opened.error.code === 'being_deleted') return this.#delete();
		if (!opened.ok) {
			// Whoever asked waits for a store that opens, not for another tab.
			this.#calm();
			this.#stand({ kind: 'failed', failure: opened.error });
			return 'failed';
		}
		const core = opened.value;
		const released = new Promise<Ending>((resolve) => (this.#letGo = resolve));
		core.onCommit((committed) => {
			this.#deps.tell({ kind: 'committed', ...committed });
			this.#deps.post({ kind: 'committed', ...committed });
		});
		core.onProgress((copying) => {
			this.#deps.tell({ kind: 'copying', ...copying });
			this.#deps.post({ kind: 'copying', ...copying });
		});
		this.#core = core;
		this.#calm();
		this.#stand({ kind: 'owner' });
		this.#deps.post({ kind: 'owner' });
		for (const [call, { question }] of this.#pending) void this.#answerOwn(core, call, question);
		const ending = await released;
		// From here on this core gets no more questions.
		this.#core = null;
		this.#letGo = null;
		if (ending === 'deleted') this.#tellDeletion({ kind: 'deleting' });
		await this.#ended();
		await core.close();
		if (ending === 'deleted') return this.#delete();
		this.#follow();
		return ending;
	}

	/** Removes everything while the lock is held, so that nobody opens what is half gone. */
	async #delete(): Promise<Ending> {
		this.#tellDeletion({ kind: 'deleting' });
		const removed = await this.#deps.remove().catch((reason: unknown) => err(removalFailure(reason)));
		this.#tellDeletion(removed.ok ? { kind: 'deleted' } : { kind: 'undeleted', failure: removed.error });
		return 'deleted';
	}

	#tellDeletion(standing: Deletion): void {
		this.#deps.post({ kind: 'deletion', standing });
		this.#hearDeletion(standing);
	}

	#hearDeletion(standing: Deletion): void {
		if (this.#standing.kind === 'deleted') return;
		this.#stand(standing);
		// Whoever deletes may die over it: who waits in line for the lock then goes on.
		if (standing.kind === 'deleting') return;
		this.#waiting?.abort();
		this.#calm();
		for (const call of this.#pending.keys()) this.#settle(call, { reason: over });
	}

	/** What is being answered is, or has had its time: then the next owner is asked. */
	async #ended(): Promise<void> {
		await new Promise<void>((resolve) => {
			const callOff = this.#deps.after(patience.end, resolve);
			void Promise.all(this.#answering).then(() => {
				callOff();
				resolve();
			});
		});
		this.#answering.clear();
	}

	#follow(): void {
		if (isDeletion(this.#standing)) return;
		this.#stand({ kind: 'follower' });
		// Whoever is asked now has all its time again.
		this.#calm();
		for (const [call, { question }] of this.#pending) this.#post(call, question);
	}

	#ask(question: Question): Promise<unknown> {
		if (isDeletion(this.#standing)) return Promise.reject(new Error(over));
		const call = ++this.#calls;
		return new Promise((resolve, reject) => {
			this.#pending.set(call, { question, resolve, reject });
			if (this.#core !== null) void this.#answerOwn(this.#core, call, question);
			else if (this.#standing.kind !== 'failed') this.#post(call, question);
		});
	}

	#post(call: number, question: Question): void {
		this.#deps.post({ kind: 'ask', from: this.#deps.id, call, question });
		if (this.#impatience.length > 0) return;
		this.#impatience = [
			this.#deps.after(patience.ask, () => this.#wantLock()),
			this.#deps.after(patience.say, () => this.#stand({ kind: 'waiting' }))
		];
	}

	async #answerOwn(core: OwnedCore, call: number, question: Question): Promise<void> {
		const outcome = await this.#put(core, question);
		if (outcome !== null) this.#settle(call, outcome);
	}

	async #answer(core: OwnedCore, { from, call, question }: TabMessage & { kind: 'ask' }): Promise<void> {
		const outcome = await this.#put(core, question);
		if (outcome === null) return;
		const to = { to: from, call };
		this.#deps.post(
			'reason' in outcome ? { kind: 'fault', ...to, ...outcome } : { kind: 'answer', ...to, ...outcome }
		);
	}

	/** Null where the next owner has to answer: whoever asked will ask it. */
	async #put(core: OwnedCore, question: Question): Promise<Outcome | null> {
		const answering = put(core, question);
		// What may take a minute is not waited for: what was read of a file ends with its core, a copy is begun again.
		if (!isLong(question)) this.#answering.add(answering);
		const outcome = await answering;
		this.#answering.delete(answering);
		const code = 'answer' in outcome ? codeOf(outcome.answer) : null;
		const hasLetGo = this.#core !== core;
		if (code === 'superseded' && !hasLetGo) this.#letGo?.('superseded');
		if (core.isDeleting() && !hasLetGo) this.#letGo?.('deleted');
		const isNothing = code === 'superseded' || (hasLetGo && code === 'storage_failed');
		return isNothing || (hasLetGo && isLong(question)) ? null : outcome;
	}

	#settle(call: number, outcome: Outcome): void {
		const pending = this.#pending.get(call);
		if (pending === undefined) return;
		this.#pending.delete(call);
		if (this.#pending.size === 0) this.#calm();
		if (this.#core === null) this.#stand({ kind: 'follower' });
		if ('reason' in outcome) pending.reject(new Error(outcome.reason));
		else pending.resolve(outcome.answer);
	}

	#calm(): void {
		for (const callOff of this.#impatience) callOff();
		this.#impatience = [];
	}

	#stand(standing: Standing): void {
		if (standing.kind === this.#standing.kind) return;
		if (this.#standing.kind === 'deleted' || (isDeletion(this.#standing) && !isDeletion(standing))) return;
		this.#standing = standing;
		this.#deps.tell({ kind: 'standing', standing });
	}
}

const over = 'Everything is deleted here, or is being deleted. Nothing was done. Load the page again.';

/** Of a defect of ours; what opening is expected to fail with has words of its own. */
function openingFailure(reason: unknown): Failure {
	return {
		code: 'failed',
		message: `Mirror OS broke while it opened your mirror (${whyOf(reason)}). Nothing that you wrote was changed. Reload the page.`
	};
}

/** Of a defect of ours. */
function removalFailure(reason: unknown): Failure {
	return {
		code: 'failed',
		message: `Mirror OS broke while it deleted everything (${whyOf(reason)}). What is gone stays gone, and what is left is opened no more. Try again.`
	};
}

function lockFailure(reason: unknown): Failure {
	return {
		code: 'failed',
		message: `This browser did not hand out the lock that keeps two tabs apart (${String(reason)}). Nothing was changed. Reload the page.`
	};
}
