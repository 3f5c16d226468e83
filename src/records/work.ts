import type { CommandData, Kind } from '#domain/command.ts';
import type { Receipt, ReceiptCode } from '#domain/receipt.ts';
import type { Answer, ViewName, ViewParams } from '#domain/view.ts';
import type { Result } from '#base/result.ts';
import type { Randomness } from '#base/uuid.ts';
import type { PermitToken } from '#kernel/permit.ts';
import type { PackedEvidence } from '#records/evidence-archive.ts';
import type { StoredKernel } from '#records/ledger.ts';
import type { Tables } from '#records/tables.ts';
import type { Queryable, Transaction } from '#storage/database.ts';

/** What features see of a database. */
export type { Queryable, Transaction };

/** A lifecycle event (specification, section 12). */
export type EventRow = Tables['evolution_events'];

export type ChangedRow = Readonly<Record<string, string | number | null>>;

/** A row as a command left it: what the ledger commits to. Null is a row that the command removed. */
export interface Change {
	readonly entity: string;
	readonly id: string;
	readonly row: ChangedRow | null;
	/** What stood there before: null where nothing did; absent where it was not kept, and so cannot be brought back. */
	readonly before?: ChangedRow | null;
}

/**
 * What was made ready before a command was queued: nothing waits for cryptography, or for a whole ledger to be read, while it
 * holds the database.
 */
export interface Prepared {
	/** What this command is in the life of the mirror, signed; it is written with the change, or not at all. */
	readonly event: EventRow | null;
	/** A signature under what the request names, made here or found to be right. */
	readonly signature: { readonly public_key: string; readonly signature: string } | null;
	/** The permit that this command gives, signed. */
	readonly permit: PermitToken | null;
	/** The evidence that this command keeps, read and verified, or why it cannot be kept; null where there is none. */
	readonly evidence: Result<PackedEvidence, Refusal> | null;
	/** The chain of the kernel that this command replaces, as far as it was verified before. */
	readonly chain: VerifiedChain | null;
}

export const nothingPrepared: Prepared = {
	...{ event: null, signature: null, permit: null },
	...{ evidence: null, chain: null }
};

/** A chain that is verified slice by slice, and to its end in the transaction that wants to know. */
export interface VerifiedChain {
	readonly kernelId: string;
	/** What is wrong with what that kernel wrote, by the head that is kept of it. */
	readonly findings: (tx: Queryable, kernel: StoredKernel) => Promise<string[]>;
}

/** What a handler is given: the inside of its transaction, and the time and randomness that it may use. */
export interface Work {
	readonly tx: Transaction;
	/** Time of the command, `YYYY-MM-DDTHH:mm:ss.sssZ`. */
	readonly now: string;
	readonly random: Randomness;
	/** Milliseconds, for durations that are recorded. */
	readonly clock: () => number;
	/** The state that an edit began from, where the caller said so. */
	readonly baseVersion: number | undefined;
	readonly prepared: Prepared;
	/** Every row this command wrote or removed, in order; `records` adds to it. */
	readonly changes: Change[];
	/** Rows whose salts this command erases for good. */
	readonly erased: { readonly entity: string; readonly id: string }[];
}

/** Why a handler did not do what it was asked; everything it wrote is undone. */
export interface Refusal {
	readonly code: ReceiptCode;
	/** For the person; the ledger gets the code only. */
	readonly message: string;
}

export type CommandResult = NonNullable<Receipt['result']>;
export type Handler<K extends Kind> = (
	data: CommandData<K>,
	work: Work
) => Promise<Result<CommandResult, Refusal>>;
export type HandlerMap<K extends Kind> = { readonly [P in K]: Handler<P> };

/** What a view answers, but for the revision. */
export type Page<V extends ViewName> = Omit<Answer<V>, 'revision'>;
export type View<V extends ViewName> = (db: Queryable, params: ViewParams<V>) => Promise<Page<V>>;
export type ViewMap<V extends ViewName> = { readonly [P in V]: View<P> };
