import * as v from 'valibot';
import { err, ok, type Result } from '#base/result.ts';
import type { Timer } from '#base/timer.ts';
import { commands, type RequestEnvelope } from '#domain/command.ts';
import { receiptCodes } from '#domain/receipt.ts';
import { views, type ViewName } from '#domain/view.ts';
import { commitChanges } from '#records/commits.ts';
import { insertEvent } from '#records/evolution.ts';
import type { CommandResult, HandlerMap, Refusal, View, ViewMap, Work } from '#records/work.ts';
import type { Transaction } from '#storage/database.ts';
import type { DecidedKind, Tool } from '#app/submission.ts';
import { inTime, TooLate } from '#app/time-limit.ts';
import { misfit, storageRefusal } from '#app/words.ts';

/** What there is to run, and to say when it has taken too long. */
export interface Tools {
	readonly timer: Timer;
	readonly handlers: HandlerMap<DecidedKind>;
	readonly views: ViewMap<ViewName>;
}

/** What came of a tool. */
export interface Performed {
	readonly result: CommandResult;
	/** What was read; null where it was no reading. In no receipt, for that is stored. */
	readonly rows: readonly unknown[] | null;
	/** What the ledger's entry commits to of the rows that it changed. */
	readonly commits: string;
}
type Done = Omit<Performed, 'commits'>;
/** What is to run, with what it was given. */
type Doing = (work: Work) => Promise<Result<Done, Refusal>>;

export interface ToPerform {
	readonly request: RequestEnvelope;
	readonly tool: Tool;
	/** Whether something else was done under its id. */
	readonly isKnown: boolean;
}

/** What is to run for a request; what cannot be right whatever the records hold is refused before anything runs. */
export function makeReady(tools: Tools, { request, tool, isKnown }: ToPerform): Result<Doing, Refusal> {
	if (tool === null)
		return err({ code: 'unknown_kind', message: 'This version of Mirror OS knows no such command.' });
	if (isKnown) {
		return err({
			code: 'duplicate_request',
			message: 'This request id was used for something else. Nothing was changed.'
		});
	}
	return tool.kind === 'view' ? reading(tools, tool.name, request) : handling(tools, tool.name, request);
}

/**
 * Runs what was allowed in a savepoint: of a refusal nothing stays but its entry. A tool that throws, that answers with what
 * no receipt can hold, or that does not end in time is such a refusal too, whatever it has written; only a medium that fails
 * is thrown.
 */
export async function perform(
	{ timer }: Pick<Tools, 'timer'>,
	work: Work,
	{ id, doing }: { readonly id: string; readonly doing: Doing }
): Promise<Result<Performed, Refusal>> {
	try {
		return await work.tx.savepoint(async () => {
			const outcome = sound(await inTime(timer, work.tx, (tx) => doing({ ...work, tx })));
			if (!outcome.ok) throw new Undo(outcome.error);
			await insertEvent(work);
			return ok({ ...outcome.value, commits: await commitChanges(work, id) });
		});
	} catch (error) {
		if (error instanceof Undo) return err(error.refusal);
		if (error instanceof TooLate) return err(late);
		if (storageRefusal(error) !== null) throw error;
		return err(defect);
	}
}

function handling({ handlers }: Tools, kind: DecidedKind, request: RequestEnvelope): Result<Doing, Refusal> {
	const data = v.safeParse(commands[kind].data, request.data);
	if (!data.success) return err({ code: 'invalid_data', message: misfit(data.issues) });
	// The map's type says that this handler takes this kind's data; TypeScript cannot follow it through the union.
	const handle = handlers[kind] as (data: unknown, work: Work) => Promise<Result<CommandResult, Refusal>>;
	return ok(async (work) => {
		const outcome = await handle(data.output, work);
		return outcome.ok ? ok({ result: outcome.value, rows: null }) : outcome;
	});
}

/** A view, asked within the transaction: what it gave away is what its entry speaks of. */
function reading({ views: all }: Tools, name: ViewName, request: RequestEnvelope): Result<Doing, Refusal> {
	const params = v.safeParse(views[name].params, request.data ?? {});
	if (!params.success) return err({ code: 'invalid_data', message: misfit(params.issues) });
	const view = all[name] as View<ViewName>;
	return ok(async ({ tx }) => {
		const { rows } = await view(tx, params.output);
		return ok({ result: { rows: rows.length }, rows });
	});
}

/** What a tool answered, where it is what a receipt can hold and say; else a defect of ours. */
function sound(outcome: Result<Done, Refusal>): Result<Done, Refusal> {
	if (outcome.ok) return isResult(outcome.value.result) ? outcome : err(defect);
	return receiptCodes.includes(outcome.error.code) ? outcome : err(defect);
}

/** Texts, numbers and null by name, and nothing else: so it is the same whoever reads it, and whenever. */
function isResult(result: unknown): result is CommandResult {
	if (typeof result !== 'object' || result === null || Array.isArray(result)) return false;
	return Object.values(result).every(
		(value: unknown) => value === null || typeof value === 'string' || Number.isFinite(value)
	);
}

const late: Refusal = {
	code: 'failed',
	message:
		'This took too long and was given up. Nothing was changed; your words are kept. Try again, or reload the page.'
};

/** What a defect of ours is for the person: undone, and safe to try again. */
export const defect: Refusal = {
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
export async function undone<T>(tx: Transaction, work: () => Promise<T>): Promise<T> {
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
