import * as v from 'valibot';
import type { Clock } from '#base/clock.ts';
import { err, ok, type Result } from '#base/result.ts';
import { commands, type CommandData, type RequestEnvelope } from '#domain/command.ts';
import { isOperatorKind, type HaltReason, type KernelPort, type OperatorKind } from '#domain/kernel.ts';
import type { Receipt } from '#domain/receipt.ts';
import { kernelsSince } from '#domain/schema.ts';
import type { AuditEntry } from '#kernel/ledger.ts';
import { createPolicy } from '#kernel/policy.ts';
import { policyData, readPolicy, type PolicyData } from '#kernel/policy-file.ts';
import { ChainCheck } from '#mirror/verification.ts';
import { isApplied } from '#records/applied.ts';
import {
	appendStep,
	firstEntries,
	kernelBefore,
	lastPosition,
	storedKernel,
	type StoredKernel
} from '#records/ledger.ts';
import type { CommandResult, Prepared, Refusal, VerifiedChain } from '#records/work.ts';
import type { Database, Queryable, Transaction } from '#storage/database.ts';
import { proposedAs, restoreKernel, succeed } from '#app/kernels.ts';
import { operatedReceipt, unreadReceipt } from '#app/receipts.ts';
import { misfit } from '#app/words.ts';

/** What came of an act: the entry that says so, where it stands, and where the newest one stands after it. */
interface Operated {
	readonly entry: AuditEntry;
	readonly position: number;
	readonly revision: number;
	readonly result: CommandResult;
}

interface Operation<K extends OperatorKind = OperatorKind> {
	readonly kind: K;
	readonly data: CommandData<K>;
	readonly request_id: string;
	readonly clock: Clock;
	/** The chain of the kernel that was in charge when it was asked, verified so far. */
	readonly chain: VerifiedChain | null;
}

type Operate<K extends OperatorKind> = (
	tx: Transaction,
	kernel: StoredKernel,
	operation: Operation<K>
) => Promise<Result<Operated, Refusal>>;

export interface AskedOperation {
	readonly actor: string;
	readonly request: RequestEnvelope;
	/** Whether something else was done under its id. */
	readonly isKnown: boolean;
	readonly prepared: Pick<Prepared, 'chain'>;
}

/** Answers a request for what only an operator may do. */
export async function answerOperator(
	database: Database,
	clock: Clock,
	{ actor, request, isKnown, prepared }: AskedOperation
): Promise<{
	readonly receipt: Receipt;
	readonly topics: readonly string[];
	readonly revision: number | null;
}> {
	const operation = readOperation(request, clock, prepared);
	const refused = actor !== 'owner' ? notTheirs : isKnown ? duplicate : operation.ok ? null : operation.error;
	if (refused !== null || !operation.ok) return none(request, clock, refused ?? notTheirs);
	const before = await begunBy(database, operation.value);
	const done =
		before === null ? await database.transaction((tx) => operate(tx, operation.value)) : ok(before);
	if (!done.ok) return none(request, clock, done.error);
	const { revision, result } = done.value;
	return { receipt: operatedReceipt(request.id, done.value, result), topics: ['ledger'], revision };
}

function readOperation(
	request: RequestEnvelope,
	clock: Clock,
	{ chain }: AskedOperation['prepared']
): Result<Operation, Refusal> {
	const { kind, id: request_id } = request;
	if (!isOperatorKind(kind)) return err(notTheirs);
	const data = v.safeParse(commands[kind].data, request.data);
	if (!data.success) return err({ code: 'invalid_data', message: misfit(data.issues) });
	return ok({ kind, data: data.output, request_id, clock, chain } as Operation);
}

function none(request: RequestEnvelope, clock: Clock, { code, message }: Refusal) {
	return { receipt: unreadReceipt(request, message, clock(), code), topics: [], revision: null };
}

/**
 * Does what only an operator may (KERNELS A10): replace, roll back, halt. A replacement verifies the evidence of the old
 * kernel first and is refused with all that is wrong with it; else old and new change places in this one transaction, so
 * that every request stands in the one or in the other. Of what is refused nothing is written.
 */
async function operate(tx: Transaction, operation: Operation): Promise<Result<Operated, Refusal>> {
	const { port } = operation.data;
	if (!(await isApplied(tx, kernelsSince))) return err(heldBack);
	const kernel = await storedKernel(tx, port);
	if (kernel === null) return err({ code: 'not_found', message: 'There is no such kernel yet.' });
	// The map's type says that each act takes its own data; TypeScript cannot follow it through the union.
	const act = acts[operation.kind] as Operate<OperatorKind>;
	return act(tx, kernel, operation);
}

const acts: { readonly [K in OperatorKind]: Operate<K> } = {
	'kernel.replace': async (tx, kernel, operation) => {
		const policy = chosenPolicy(kernel, operation.data.policy);
		return policy.ok ? replace(tx, kernel, { ...operation, ...policy.value, prefix: 'kernel' }) : policy;
	},
	'kernel.rollback': async (tx, kernel, operation) => {
		const before = await kernelBefore(tx, kernel.port, kernel.kernel_id);
		if (before === null)
			return err({
				code: 'not_found',
				message: 'No kernel was in charge here before this one, so there is no policy to return to.'
			});
		const data = { ...operation.data, reason: 'rollback' };
		return replace(tx, kernel, {
			...operation,
			data,
			...asChosen(kernel.port, before.policy),
			prefix: 'rollback'
		});
	},
	'kernel.halt': async (tx, kernel, { data, clock }) => {
		const { kernel_id } = kernel;
		const halted = (await restoreKernel(tx, clock, kernel)).halt(haltTexts[data.reason]);
		if (!halted.ok) return err({ code: 'halted', message: 'This kernel is halted already.' });
		const position = await appendStep(tx, kernel_id, halted.value);
		return ok({ entry: halted.value.entry, position, revision: position, result: { kernel_id } });
	}
};

interface Replacement extends Chosen {
	readonly data: {
		readonly port: KernelPort;
		readonly reason: string;
		readonly damaged: 'refuse' | 'accept';
	};
	readonly request_id: string;
	readonly clock: Clock;
	readonly chain: VerifiedChain | null;
	readonly prefix: 'kernel' | 'rollback';
}

async function replace(
	tx: Transaction,
	kernel: StoredKernel,
	{ data, chain, ...asked }: Replacement
): Promise<Result<Operated, Refusal>> {
	const { port, reason, damaged } = data;
	const { kernel_id: previous_kernel_id } = kernel;
	// Another kernel may have taken over while this one was read.
	const check = chain?.kernelId === previous_kernel_id ? chain : new ChainCheck(previous_kernel_id);
	const errors = await check.findings(tx, kernel);
	if (errors.length > 0 && damaged === 'refuse') return err(notVerified(errors));
	const begun = await succeed(tx, { ...asked, port, reason, previous: kernel, actor: 'owner' });
	const { kernel_id, step, position, revision } = begun;
	return ok({
		...{ entry: step.entry, position, revision },
		result: { kernel_id, previous_kernel_id, findings: errors.length }
	});
}

/** What this very request did before, where its answer did not arrive. */
async function begunBy(db: Queryable, { request_id, data }: Operation): Promise<Operated | null> {
	const first = (await firstEntries(db, data.port)).find(({ entry }) => entry.request_id === request_id);
	if (first === undefined) return null;
	const { kernel_id } = first;
	const previous = await kernelBefore(db, data.port, kernel_id);
	const result = { kernel_id, previous_kernel_id: previous?.kernel_id ?? null };
	return { ...first, revision: await lastPosition(db), result };
}

type Chosen = Pick<StoredKernel, 'policy' | 'policy_by'>;

/**
 * A policy that the owner asked for is hers and stays, whoever wrote it: also that of an older app, to which she went back.
 * Whoever returns to what the app brings has it renewed with the app again.
 */
function asChosen(port: KernelPort, policy: PolicyData): Chosen {
	const proposed = proposedAs(port, createPolicy(policy));
	return proposed === null ? { policy, policy_by: 'owner' } : { policy: proposed, policy_by: 'app' };
}

function chosenPolicy(
	kernel: StoredKernel,
	given: CommandData<'kernel.replace'>['policy']
): Result<Chosen, Refusal> {
	if (given === null) return ok({ policy: kernel.policy, policy_by: kernel.policy_by });
	const read = readPolicy(given);
	if (read.ok) return ok(asChosen(kernel.port, policyData(read.value)));
	return err({
		code: 'invalid_data',
		message: `This is no policy: ${read.error.message}. Nothing was changed.`
	});
}

function notVerified(errors: readonly string[]): Refusal {
	return {
		code: 'not_verified',
		message: `The evidence of this kernel does not verify, so it stays in charge and nothing was changed: ${errors.join('; ')}.`
	};
}

const notTheirs: Refusal = {
	code: 'refused',
	message: 'Only you may do this, and only in the page itself. Nothing was changed.'
};

const duplicate: Refusal = {
	code: 'duplicate_request',
	message: 'This request id was used for something else. Nothing was changed.'
};

const heldBack: Refusal = {
	code: 'refused',
	message: `The tables are held below version ${kernelsSince}, without which kernels are neither replaced nor halted. Release the hold under System first.`
};

/** What the ledger holds as the reason. */
const haltTexts: Readonly<Record<HaltReason, string>> = {
	asked: 'Halted by the owner',
	suspicion: 'Halted by the owner: something looks wrong',
	maintenance: 'Halted by the owner: maintenance',
	handover: 'Halted by the owner: the device changes hands'
};
