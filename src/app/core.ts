import * as v from 'valibot';
import { tryCanonical, type Json } from '#base/canonical.ts';
import { isoTime, type Clock } from '#base/clock.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import type { Timer } from '#base/timer.ts';
import type { Randomness } from '#base/uuid.ts';
import { requestEnvelope, type RequestEnvelope } from '#domain/command.ts';
import { isOperatorKind, type KernelPort } from '#domain/kernel.ts';
import { agentName } from '#domain/permit.ts';
import type { Receipt, ReceiptCode } from '#domain/receipt.ts';
import { isView, views, type Answer, type ViewName } from '#domain/view.ts';
import type { Kernel, Step } from '#kernel/kernel.ts';
import { readPermit } from '#kernel/permit.ts';
import { commitToText, freshSalt } from '#records/commits.ts';
import { countHalted } from '#records/halted.ts';
import { appendStep } from '#records/ledger.ts';
import { countUse } from '#records/permit.ts';
import {
	insertReceipt,
	storedRequest,
	type AnsweredRequest,
	type ForgottenRequest
} from '#records/receipt.ts';
import type { HandlerMap, Prepared, View, ViewMap, Work } from '#records/work.ts';
import type { Database, Transaction } from '#storage/database.ts';
import { refusalFor } from '#app/agreement.ts';
import { haltedRefusal } from '#app/halted.ts';
import { answerOperator } from '#app/operator.ts';
import type { Permits } from '#app/permits.ts';
import type { Committed, PermitAnswer, PermitPort, Port } from '#app/protocol.ts';
import { defect, makeReady, perform, undone } from '#app/performing.ts';
import { Queue } from '#app/queue.ts';
import { isReadFirst } from '#app/read-first.ts';
import { RefusalLimit } from '#app/refusal-limit.ts';
import { haltedReceipt, passedReceipt, toReceipt, unreadReceipt, type Verdict } from '#app/receipts.ts';
import {
	askedFor,
	circumstancesOf,
	isAgent,
	isSame,
	kernelRequest,
	portFor,
	toolOf,
	type Actor,
	type DecidedKind,
	type ShownPermit,
	type Submission,
	type Tool
} from '#app/submission.ts';
import { misfit, storageRefusal } from '#app/words.ts';

export interface CoreDependencies {
	readonly database: Database;
	readonly clock: Clock;
	readonly random: Randomness;
	readonly timer: Timer;
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
	/** Says of permits that are shown whether they stand. */
	readonly permits: Pick<Permits, 'signedHere' | 'lookUp'>;
}

interface Decided {
	readonly receipt: Receipt;
	readonly topics: readonly string[];
	/** Of what was accepted. */
	readonly work?: Work;
	/** Where the newest entry stands, where it is another than the receipt's. */
	readonly revision?: number | null;
	/** What a reading by permit answered: in no receipt, for that is stored. */
	readonly rows?: readonly unknown[];
}

/** What is known of a request under its id. */
type Known = AnsweredRequest | ForgottenRequest;

/** Whoever shows a permit that was not signed here. */
const stranger: Actor = 'agent:000000000000';

const notAPermit = 'This is no permit that could be read. Ask whoever gave it to you for the whole link.';

/**
 * The one path of every change: parse, let the kernel decide, run the handler in a savepoint, append the ledger entry,
 * commit, answer. Writes and entry are one database transaction, so there is no change without its ALLOW entry and no
 * ALLOW entry without its change. Commands run one at a time; an accepted receipt means that everything is durable.
 */
export class Core implements PermitPort {
	readonly #deps: CoreDependencies;
	readonly #queue = new Queue();
	readonly #limit = new RefusalLimit();
	readonly #listeners: ((committed: Committed) => void)[] = [];
	readonly #kernels = new Map<KernelPort, Kernel>();
	/** What is not queued yet. */
	readonly #reading = new Set<Promise<Decided>>();
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
			dispatch: async (request) => (await this.#dispatch(actor, request)).receipt,
			read: (view, params) => this.#read(view, params)
		};
	}

	/** The door for whoever shows a permit: each thing asked is one request, and each reading an entry. */
	async byPermit(permit: unknown, request: unknown): Promise<PermitAnswer> {
		const token = readPermit(permit as Json);
		if (!token.ok || !agentName.test(token.value.subject))
			return { receipt: unreadReceipt(request, notAPermit, this.#deps.clock()), rows: null };
		const signed = await this.#deps.permits.signedHere(token.value);
		// What was not signed here does not say who shows it: nobody fills the ledger under names that she makes up.
		const actor = signed === null ? (token.value.subject as Actor) : stranger;
		const shown = { token: token.value, signed };
		const { receipt, rows = null } = await this.#dispatch(actor, request, shown);
		return { receipt, rows };
	}

	onCommit(listener: (committed: Committed) => void): void {
		this.#listeners.push(listener);
	}

	/** Resolves when everything that was dispatched before is answered. */
	async settled(): Promise<void> {
		await Promise.allSettled(this.#reading);
		await this.#queue.run(() => Promise.resolve());
	}

	async #dispatch(actor: Actor, input: unknown, permit: ShownPermit | null = null): Promise<Decided> {
		const envelope = v.safeParse(requestEnvelope, input);
		if (!envelope.success) return this.#unread(input, misfit(envelope.issues));
		const request = envelope.output;
		const asked = tryCanonical(askedFor(request));
		if (!asked.ok) return this.#unread(input, 'The data of this request is not JSON.');
		const salt = freshSalt(this.#deps.random);
		const hash = commitToText(salt, asked.value);
		// Begun now and waited for in the queue: requests are done in the order in which they came.
		const prepared = this.#deps.prepare(actor, request);
		const submit = () => {
			this.#givingWay?.abort();
			return this.#queue.run(() => this.#submit({ actor, request, salt, hash, permit }, prepared));
		};
		return isReadFirst(request.kind) ? this.#readFirst(prepared, submit) : submit();
	}

	/** What reads a whole ledger takes its place when that is read, and keeps nobody waiting until then. */
	async #readFirst(prepared: Promise<Prepared>, submit: () => Promise<Decided>): Promise<Decided> {
		const answered = prepared.then(submit, submit);
		this.#reading.add(answered);
		try {
			return await answered;
		} finally {
			this.#reading.delete(answered);
		}
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

	#unread(input: unknown, message: string, code?: ReceiptCode): Decided {
		return { receipt: unreadReceipt(input, message, this.#deps.clock(), code), topics: [] };
	}

	async #submit(asked: Omit<Submission, 'prepared'>, prepared: Promise<Prepared>): Promise<Decided> {
		let decided: Decided;
		try {
			const submission = { ...asked, prepared: await prepared };
			const known = await storedRequest(this.#deps.database, submission.request.id);
			// Whoever asks by permit is told nothing of what others asked: the kernel decides first.
			if (known?.kind === 'forgotten' && !isAgent(submission.actor))
				return this.#forgotten(submission.request);
			if (known?.kind === 'answered' && isSame(known, submission))
				return { receipt: known.receipt, topics: [] };
			decided =
				isOperatorKind(submission.request.kind) && !isAgent(submission.actor)
					? await this.#operate(submission, known)
					: await this.#ask(submission, known);
		} catch (error) {
			// A kernel went ahead of a database that undid everything: its stored head is the truth.
			this.#kernels.clear();
			const { code, message } = storageRefusal(error) ?? defect;
			return this.#unread(asked.request, message, code);
		}
		this.#commit(decided);
		return decided;
	}

	async #ask(submission: Submission, known: Known | null): Promise<Decided> {
		const port = portFor(submission.actor, submission.request.kind);
		const kernel = this.#kernels.get(port) ?? (await this.#deps.loadKernel(port));
		this.#kernels.set(port, kernel);
		return this.#deps.database.transaction((tx) => this.#decide(tx, kernel, submission, known));
	}

	/** What an operator does changes which kernel is in charge: the next request is decided on by that one. */
	async #operate({ actor, request, prepared }: Submission, known: Known | null): Promise<Decided> {
		const { database, clock } = this.#deps;
		const acted = await answerOperator(database, clock, {
			...{ actor, request, prepared },
			isKnown: known !== null
		});
		this.#kernels.clear();
		return acted;
	}

	/** A request of long ago, asked again: it is known that it was done, and no more. */
	#forgotten({ id }: RequestEnvelope): Decided {
		const message =
			'This was asked and done so long ago that its answer is no longer kept. Nothing was changed now.';
		return this.#unread({ id }, message, 'duplicate_request');
	}

	async #decide(
		tx: Transaction,
		kernel: Kernel,
		submission: Submission,
		known: Known | null
	): Promise<Decided> {
		const { actor, request, hash, salt, permit } = submission;
		const tool = toolOf(actor, request);
		if (permit !== null) await this.#deps.permits.lookUp(tx, permit.token, permit.signed);
		const asked = kernelRequest(submission, tool, this.#deps.clock());
		const admission = kernel.admit(asked, permit?.token ?? null, circumstancesOf(submission));
		if (!admission.ok) return this.#halted(tx, kernel, submission, tool, known);
		if (admission.value.kind === 'refused') {
			const verdict = refusalFor(tool, actor, admission.value);
			return this.#refused(tx, kernel, actor, admission.value.step, verdict);
		}
		const ready = makeReady(this.#deps, { request, tool, isKnown: known !== null });
		if (!ready.ok) {
			// What could not run uses no permit up.
			const step = kernel.forgo(admission.value, ready.error.code);
			return this.#refused(tx, kernel, actor, step, ready.error);
		}
		const work = this.#work(tx, submission);
		const outcome = await perform(this.#deps, work, { id: request.id, doing: ready.value });
		if (!outcome.ok) {
			const step = kernel.conclude(admission.value, { ok: false, error: outcome.error.code });
			return this.#refused(tx, kernel, actor, step, outcome.error);
		}
		const { result, commits: rows } = outcome.value;
		const step = kernel.conclude(admission.value, { ok: true, params: { rows } });
		const position = await this.#append(tx, kernel, step);
		const receipt = toReceipt(step, position, { code: 'accepted', message: null, result });
		await insertReceipt(tx, request.kind, { receipt, hash, salt });
		const decided = { receipt, topics: topicsOf(work), work };
		return outcome.value.rows === null ? decided : { ...decided, rows: outcome.value.rows };
	}

	/**
	 * A halted kernel writes no entry: what is asked of it is counted outside of its chain, and its successor commits to the
	 * count. What only takes a copy is answered all the same, where the policy lets it, and whatever it would have changed is
	 * undone.
	 */
	async #halted(
		tx: Transaction,
		kernel: Kernel,
		submission: Submission,
		tool: Tool,
		known: Known | null
	): Promise<Decided> {
		const { actor, request } = submission;
		const { clock } = this.#deps;
		const { kernel_id } = kernel.config;
		const counted = tool?.name ?? 'unknown';
		const refusal = await haltedRefusal(tx, clock, submission, tool);
		const outcome =
			refusal === null
				? await undone(tx, () => this.#perform(this.#work(tx, submission), request, tool, known))
				: err(refusal);
		if (outcome.ok) {
			await countHalted(tx, kernel_id, counted, 'allowed');
			return { receipt: passedReceipt(request.id, kernel.head(), outcome.value.result), topics: [] };
		}
		// By the clock, for the time of a halted kernel stands still.
		if (this.#limit.admit(actor, clock()) === 'entry') await countHalted(tx, kernel_id, counted, 'refused');
		return { receipt: haltedReceipt(request.id, kernel.head(), outcome.error), topics: [] };
	}

	async #perform(work: Work, request: RequestEnvelope, tool: Tool, known: Known | null) {
		const ready = makeReady(this.#deps, { request, tool, isKnown: known !== null });
		return ready.ok ? perform(this.#deps, work, { id: request.id, doing: ready.value }) : ready;
	}

	/** Writes an entry down, and with it what ran by a permit. */
	async #append(tx: Transaction, kernel: Kernel, step: Step): Promise<number> {
		const position = await appendStep(tx, kernel.config.kernel_id, step);
		const { permit_digest, permit_nonce } = step.entry;
		if (permit_digest !== null && permit_nonce !== null) await countUse(tx, permit_digest, position);
		return position;
	}

	/** Writes the entry of a refusal, unless this actor has had too many in this minute. */
	async #refused(
		tx: Transaction,
		kernel: Kernel,
		actor: Actor,
		step: Step,
		refusal: Verdict
	): Promise<Decided> {
		if (this.#limit.admit(actor, this.#deps.clock()) === 'nothing') {
			// The kernel's head went on without an entry: take it back to what is stored.
			this.#kernels.clear();
			return { receipt: toReceipt(step, null, refusal), topics: [] };
		}
		const position = await this.#append(tx, kernel, step);
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

function topicsOf(work: Work): string[] {
	return [...new Set(work.changes.map((change) => change.entity)), 'ledger'];
}
