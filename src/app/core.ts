import * as v from 'valibot';
import { tryCanonical, type Json } from '#base/canonical.ts';
import { isoTime, type Clock } from '#base/clock.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import type { Randomness } from '#base/uuid.ts';
import { commands, isKind, requestEnvelope, type Kind, type RequestEnvelope } from '#domain/command.ts';
import { releaseEvidence } from '#domain/egress.ts';
import { isOperatorKind, type KernelPort, type OperatorKind } from '#domain/kernel.ts';
import type { Receipt } from '#domain/receipt.ts';
import { isView, views, type Answer, type ViewName } from '#domain/view.ts';
import type { Kernel, Step } from '#kernel/kernel.ts';
import { commitChanges, commitTo, freshSalt } from '#records/commits.ts';
import { countHalted } from '#records/halted.ts';
import { appendStep } from '#records/ledger.ts';
import { insertReceipt, storedRequest, type AnsweredRequest } from '#records/receipt.ts';
import { insertEvent } from '#records/evolution.ts';
import type { CommandResult, HandlerMap, Prepared, Refusal, View, ViewMap, Work } from '#records/work.ts';
import type { Database, Transaction } from '#storage/database.ts';
import type { Committed, Port } from '#app/protocol.ts';
import { portOf } from '#app/kernels.ts';
import { answerOperator } from '#app/operator.ts';
import { Queue } from '#app/queue.ts';
import { RefusalLimit } from '#app/refusal-limit.ts';
import { haltedReceipt, passedReceipt, toReceipt, unreadReceipt, type Verdict } from '#app/receipts.ts';
import { misfit, storageRefusal } from '#app/words.ts';

/** Who a request comes from: stamped by the port, never said by the caller. */
export type Actor = 'owner' | 'system';

export interface CoreDependencies {
	readonly database: Database;
	readonly clock: Clock;
	readonly random: Randomness;
	readonly handlers: HandlerMap<DecidedKind>;
	readonly views: ViewMap<ViewName>;
	/** Position of the last ledger entry: it goes on over restarts and from owner to owner. */
	readonly revision: number;
	/** Told what a request changed, once that is durable. */
	readonly remember: (requestId: string, work: Pick<Work, 'changes' | 'erased'>) => void;
	/** Makes ready what a request needs before it is queued. */
	readonly prepare: (actor: Actor, request: RequestEnvelope) => Promise<Prepared>;
	/** Makes a kernel anew from its stored head: at start, and after a transaction that failed. */
	readonly loadKernel: (port: KernelPort) => Promise<Kernel>;
}

/** A request on its way, with what it will be committed by. */
interface Submission {
	readonly actor: Actor;
	readonly request: RequestEnvelope;
	readonly salt: Uint8Array;
	readonly hash: string;
	readonly prepared: Prepared;
}

interface Decided {
	readonly receipt: Receipt;
	readonly topics: readonly string[];
	/** Of what was accepted. */
	readonly work?: Work;
	/** Where the newest entry stands, where it is another than the receipt's. */
	readonly revision?: number | null;
}

/** What a kernel decides on. */
type DecidedKind = Exclude<Kind, OperatorKind>;

/** What takes a copy and changes nothing passes a halted kernel: whoever halted it may want to go. */
const passHalted: ReadonlySet<Kind> = new Set(['bundle.export', 'egress.release']);

/**
 * The one path of every change: parse, let the kernel decide, run the handler in a savepoint, append the ledger entry,
 * commit, answer. Writes and entry are one database transaction, so there is no change without its ALLOW entry and no
 * ALLOW entry without its change. Commands run one at a time; an accepted receipt means that everything is durable.
 */
export class Core {
	readonly #deps: CoreDependencies;
	readonly #queue = new Queue();
	readonly #limit = new RefusalLimit();
	readonly #listeners: ((committed: Committed) => void)[] = [];
	readonly #kernels = new Map<KernelPort, Kernel>();
	/** Of the work that ends as soon as a command comes. */
	#givingWay: AbortController | null = null;
	#revision: number;

	constructor(deps: CoreDependencies) {
		this.#deps = deps;
		this.#revision = deps.revision;
	}

	/** The door for one actor. Reads by the owner are free; nobody else has a door that reads. */
	port(actor: Actor): Port {
		return {
			dispatch: (request) => this.#dispatch(actor, request),
			read: (view, params) => this.#read(view, params)
		};
	}

	onCommit(listener: (committed: Committed) => void): void {
		this.#listeners.push(listener);
	}

	/** Resolves when everything that was dispatched before is answered. */
	settled(): Promise<void> {
		return this.#queue.run(() => Promise.resolve());
	}

	async #dispatch(actor: Actor, input: unknown): Promise<Receipt> {
		const envelope = v.safeParse(requestEnvelope, input);
		if (!envelope.success) return unreadReceipt(input, misfit(envelope.issues), this.#deps.clock());
		const request = envelope.output;
		const asked = tryCanonical(askedFor(request));
		if (!asked.ok) return unreadReceipt(input, 'The data of this request is not JSON.', this.#deps.clock());
		const salt = freshSalt(this.#deps.random);
		const hash = commitTo(salt, askedFor(request));
		// Begun now and waited for in the queue: requests are done in the order in which they came.
		const prepared = this.#deps.prepare(actor, request);
		this.#givingWay?.abort();
		return this.#queue.run(async () => {
			return this.#submit({ actor, request, salt, hash, prepared: await prepared });
		});
	}

	/**
	 * Runs `work` while no command runs: they wait. What `gives way` is told by its signal when somebody dispatches, and
	 * should end then; where somebody waits already it begins with its signal aborted.
	 */
	async alone<T>(work: (signal: AbortSignal) => Promise<T>, manner?: 'gives way'): Promise<T> {
		const controller = new AbortController();
		if (manner === 'gives way') this.#givingWay = controller;
		return this.#queue.run(() => work(controller.signal));
	}

	async #submit(submission: Submission): Promise<Receipt> {
		let decided: Decided;
		try {
			const known = await storedRequest(this.#deps.database, submission.request.id);
			if (known?.kind === 'forgotten') return this.#forgotten(submission.request);
			if (known !== null && isSame(known, submission.request)) return known.receipt;
			decided = isOperatorKind(submission.request.kind)
				? await this.#operate(submission, known)
				: await this.#ask(submission, known);
		} catch (error) {
			// A kernel went ahead of a database that undid everything: its stored head is the truth.
			this.#kernels.clear();
			const { code, message } = storageRefusal(error) ?? defect;
			return unreadReceipt(submission.request, message, this.#deps.clock(), code);
		}
		this.#commit(decided);
		return decided.receipt;
	}

	async #ask(submission: Submission, known: AnsweredRequest | null): Promise<Decided> {
		const port = portOf(submission.request.kind);
		const kernel = this.#kernels.get(port) ?? (await this.#deps.loadKernel(port));
		this.#kernels.set(port, kernel);
		return this.#deps.database.transaction((tx) => this.#decide(tx, kernel, submission, known));
	}

	/** What an operator does changes which kernel is in charge: the next request is decided on by that one. */
	async #operate({ actor, request }: Submission, known: AnsweredRequest | null): Promise<Decided> {
		const { database, clock } = this.#deps;
		const acted = await answerOperator(database, clock, { actor, request, isKnown: known !== null });
		this.#kernels.clear();
		return acted;
	}

	/** A request of long ago, asked again: it is known that it was done, and no more. */
	#forgotten({ id }: RequestEnvelope): Receipt {
		const message =
			'This was asked and done so long ago that its answer is no longer kept. Nothing was changed now.';
		return unreadReceipt({ id }, message, this.#deps.clock(), 'duplicate_request');
	}

	async #decide(
		tx: Transaction,
		kernel: Kernel,
		submission: Submission,
		known: AnsweredRequest | null
	): Promise<Decided> {
		const { actor, request, hash, salt } = submission;
		const kind = isKind(request.kind) && !isOperatorKind(request.kind) ? request.kind : null;
		const params = { commit: hash };
		const admission = kernel.admit({
			request_id: request.id,
			ts_ms: this.#deps.clock(),
			actor,
			// Fixed texts and names only: no word of the person's, and no name that a caller made up, stands in the ledger.
			intent: kind === null ? 'Do something unknown' : commands[kind].intent,
			tool_call: { name: kind ?? 'unknown', params },
			params,
			evidence: evidenceOf(request)
		});
		if (!admission.ok) return this.#halted(tx, kernel, submission, kind, known);
		if (admission.value.kind === 'refused') {
			const code = kind === null ? 'unknown_kind' : 'refused';
			return this.#refused(tx, kernel, actor, admission.value.step, { code, message: null });
		}
		const work = this.#work(tx, submission);
		const outcome = await this.#perform(work, request, kind, known);
		if (!outcome.ok) {
			const step = kernel.conclude(admission.value, { ok: false, error: outcome.error.code });
			return this.#refused(tx, kernel, actor, step, outcome.error);
		}
		const rows = await commitChanges(work, request.id);
		const step = kernel.conclude(admission.value, { ok: true, params: { ...params, rows } });
		const position = await appendStep(tx, kernel.config.kernel_id, step);
		const receipt = toReceipt(step, position, { code: 'accepted', message: null, result: outcome.value });
		await insertReceipt(tx, request.kind, { receipt, hash, salt });
		return { receipt, topics: topicsOf(work), work };
	}

	/**
	 * A halted kernel writes no entry: what is asked of it is counted outside of its chain, and its successor commits to the
	 * count. What only takes a copy is answered all the same, and whatever it would have changed is undone.
	 */
	async #halted(
		tx: Transaction,
		kernel: Kernel,
		submission: Submission,
		kind: DecidedKind | null,
		known: AnsweredRequest | null
	): Promise<Decided> {
		const { actor, request } = submission;
		const { kernel_id } = kernel.config;
		if (kind !== null && passHalted.has(kind)) {
			const outcome = await undone(tx, () => this.#perform(this.#work(tx, submission), request, kind, known));
			if (outcome.ok) {
				await countHalted(tx, kernel_id, kind, 'allowed');
				return { receipt: passedReceipt(request.id, kernel.head(), outcome.value), topics: [] };
			}
		}
		if (this.#limit.admit(actor, kernel.head().ts_ms) === 'entry')
			await countHalted(tx, kernel_id, kind ?? 'unknown', 'refused');
		return { receipt: haltedReceipt(request.id, kernel.head()), topics: [] };
	}

	/** Runs the handler in a savepoint: of a refusal nothing stays but its entry. */
	async #perform(
		work: Work,
		request: RequestEnvelope,
		kind: DecidedKind | null,
		known: AnsweredRequest | null
	): Promise<Result<CommandResult, Refusal>> {
		if (kind === null)
			return err({ code: 'unknown_kind', message: 'This version of Mirror OS knows no such command.' });
		if (known !== null) {
			return err({
				code: 'duplicate_request',
				message: 'This request id was used for something else. Nothing was changed.'
			});
		}
		const data = v.safeParse(commands[kind].data, request.data);
		if (!data.success) return err({ code: 'invalid_data', message: misfit(data.issues) });
		// The map's type says that this handler takes this kind's data; TypeScript cannot follow it through the union.
		const handle = this.#deps.handlers[kind] as (
			data: unknown,
			work: Work
		) => Promise<Result<CommandResult, Refusal>>;
		try {
			return await work.tx.savepoint(async () => {
				const outcome = await handle(data.output, work);
				if (!outcome.ok) throw new Undo(outcome.error);
				await insertEvent(work);
				return outcome;
			});
		} catch (error) {
			if (error instanceof Undo) return err(error.refusal);
			if (storageRefusal(error) !== null) throw error;
			return err(defect);
		}
	}

	/** Writes the entry of a refusal, unless this actor has had too many in this minute. */
	async #refused(
		tx: Transaction,
		kernel: Kernel,
		actor: Actor,
		step: Step,
		refusal: Verdict
	): Promise<Decided> {
		if (this.#limit.admit(actor, step.entry.ts_ms) === 'nothing') {
			// The kernel's head went on without an entry: take it back to what is stored.
			this.#kernels.clear();
			return { receipt: toReceipt(step, null, refusal), topics: [] };
		}
		const position = await appendStep(tx, kernel.config.kernel_id, step);
		return { receipt: toReceipt(step, position, refusal), topics: ['ledger'] };
	}

	#work(tx: Transaction, { request, prepared }: Submission): Work {
		const { clock, random } = this.#deps;
		return {
			tx,
			clock,
			random,
			now: isoTime(clock()),
			baseVersion: request.base_version,
			prepared,
			changes: [],
			erased: []
		};
	}

	async #read(name: string, input: unknown): Promise<Result<Answer, Failure>> {
		if (!isView(name)) return err(failure('invalid_request', 'There is no such view.'));
		const params = v.safeParse(views[name].params, input ?? {});
		if (!params.success) return err(failure('invalid_request', misfit(params.issues)));
		const view = this.#deps.views[name] as View<ViewName>;
		const revision = this.#revision;
		try {
			const { database } = this.#deps;
			const page = await ('isAtOnce' in views[name]
				? database.transaction((tx) => view(tx, params.output))
				: view(database, params.output));
			return ok({ revision, ...page });
		} catch (error) {
			return err(storageRefusal(error) ?? defect);
		}
	}

	/** Says that something beside the rows is another now. */
	announce(topics: readonly string[]): void {
		for (const listener of this.#listeners) listener({ revision: this.#revision, topics });
	}

	#commit({ receipt, topics, work, revision = receipt.position }: Decided): void {
		if (revision === null) return;
		if (work !== undefined) this.#deps.remember(receipt.request_id, work);
		this.#revision = revision;
		this.announce(topics);
	}
}

/** What a defect of ours is for the person: undone, and safe to try again. */
const defect: Refusal = {
	code: 'failed',
	message:
		'Something in Mirror OS went wrong. Nothing was changed; your words are kept. Try again, or reload the page.'
};

/** Thrown inside a savepoint so that everything in it is undone; never leaves this file. */
class Undo extends Error {
	readonly refusal: Refusal;

	constructor(refusal: Refusal) {
		super(refusal.code);
		this.refusal = refusal;
	}
}

/** Does something for its answer alone: whatever it wrote is undone. */
async function undone<T>(tx: Transaction, work: () => Promise<T>): Promise<T> {
	const answers: T[] = [];
	try {
		await tx.savepoint(async () => {
			answers.push(await work());
			throw new Undo(defect);
		});
	} catch (error) {
		if (!(error instanceof Undo)) throw error;
	}
	const [answer] = answers;
	if (answer === undefined) throw new Error('a refusal came out of its savepoint');
	return answer;
}

/** What a request rests on: made from its data here, so that no caller can claim another. */
function evidenceOf({ kind, data }: RequestEnvelope): string[] | null {
	if (kind !== 'egress.release') return null;
	const released = v.safeParse(commands[kind].data, data);
	return released.success ? releaseEvidence(released.output) : null;
}

/** What of a request is committed to: all that decides what it does. */
function askedFor({ kind, data, base_version }: RequestEnvelope): Json {
	// `#dispatch` lets nothing in whose data is not JSON.
	return { kind, data: (data ?? null) as Json, base_version: base_version ?? null };
}

/** Whether a request is the one that was accepted under its id. Unknown, and so no, once its salt is erased. */
function isSame({ hash, salt }: AnsweredRequest, request: RequestEnvelope): boolean {
	return salt !== null && commitTo(salt, askedFor(request)) === hash;
}

function topicsOf(work: Work): string[] {
	return [...new Set(work.changes.map((change) => change.entity)), 'ledger'];
}
