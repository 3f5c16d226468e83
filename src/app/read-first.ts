import * as v from 'valibot';
import type { Clock } from '#base/clock.ts';
import { commands, type CommandData, type Kind, type RequestEnvelope } from '#domain/command.ts';
import { packLedger } from '#mirror/evidence-keeping.ts';
import { readForeign } from '#mirror/foreign-evidence.ts';
import { ChainCheck } from '#mirror/verification.ts';
import { storedKernel } from '#records/ledger.ts';
import { nothingPrepared, type Prepared } from '#records/work.ts';
import type { Database } from '#storage/database.ts';
import type { Actor } from '#app/submission.ts';

export interface ReadFirstDependencies {
	readonly database: Database;
	readonly clock: Clock;
	/** Lets whoever asks have a turn. */
	readonly pause: () => Promise<void>;
}

type Read<K extends Kind> = (data: CommandData<K>, deps: ReadFirstDependencies) => Promise<Partial<Prepared>>;

/** The commands that read a whole ledger: slice by slice, and before they take their place among the others. */
const readers = {
	'evidence.archive': async (data, { database, clock, pause }) => ({
		evidence: await packLedger(data, { atOnce: (work) => database.transaction(work), clock, pause })
	}),
	'evidence.keep': async (data, { pause }) => ({ evidence: await readForeign(data, pause) }),
	'kernel.replace': verified,
	'kernel.rollback': verified
} satisfies { readonly [K in Kind]?: Read<K> };

type ReadFirstKind = keyof typeof readers;

/** Whether a command reads so much that everybody would wait for it, were it queued before that is read. */
export function isReadFirst(kind: string): kind is ReadFirstKind {
	return Object.hasOwn(readers, kind);
}

/** What such a command needs; nobody but the person and the app itself has a whole ledger read. */
export async function readFirst(
	actor: Actor,
	kind: ReadFirstKind,
	{ data }: Pick<RequestEnvelope, 'data'>,
	deps: ReadFirstDependencies
): Promise<Prepared> {
	const parsed = v.safeParse(commands[kind].data, data);
	// The core says what does not fit.
	if (!parsed.success || (actor !== 'owner' && actor !== 'system')) return nothingPrepared;
	// The map's type says that each reader takes its own data; TypeScript cannot follow it through the union.
	const read = readers[kind] as Read<ReadFirstKind>;
	return { ...nothingPrepared, ...(await read(parsed.output, deps)) };
}

/** The chain of the kernel in charge, verified up to its end: what comes by until it is replaced is read then. */
async function verified(
	{ port }: CommandData<'kernel.replace' | 'kernel.rollback'>,
	{ database, pause }: ReadFirstDependencies
): Promise<Partial<Prepared>> {
	const kernel = await storedKernel(database, port);
	if (kernel === null) return {};
	const chain = new ChainCheck(kernel.kernel_id);
	while (await database.transaction((tx) => chain.readOn(tx))) await pause();
	return { chain };
}
