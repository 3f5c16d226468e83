import { sha256Hex } from '#base/hash.ts';
import type { LedgerVerification } from '#domain/ledger.ts';
import type { AuditEntry } from '#kernel/ledger.ts';
import { Replay } from '#kernel/replay.ts';
import { chainStart, lastPosition, sliceAfter, storedKernels } from '#records/ledger.ts';
import type { ChainPlace, StoredKernel } from '#records/ledger.ts';
import { addCarriedOut, addCommits, keptCommits, unprovenRows } from '#records/proof.ts';
import type { CarriedOutRequests, RowCommits } from '#records/proof.ts';
import { haltedRequests } from '#records/halted.ts';
import { unprovenUses } from '#records/permit.ts';
import { isAccount, unprovenKernels, type Succeeded } from '#records/succession.ts';
import { comparing, knownTree, type PlacedHash } from '#records/tree.ts';
import type { Queryable, VerifiedChain } from '#records/work.ts';
import { archiveCount } from '#records/archive.ts';

/** More findings than these help nobody. */
const mostErrors = 100;
/** Entries that are read without a turn for others. */
const entriesTogether = 1000;

/** Entries that were read so far; what comes after them says no number. */
export type Verifying = AsyncGenerator<number, LedgerVerification>;

/**
 * Verifies everything that this database holds: each kernel's chain against its stored head and the chain before it, the
 * tree over all entries, pinned checkpoints, what the entries were hashed with, and every row as it stands. Nothing it says
 * holds a word of the person's.
 *
 * It yields between slices of some milliseconds of work. Asked without a pause in one transaction it speaks of one moment.
 * Asked with commands in between, each slice in a transaction of its own, this is guaranteed: chains, heads, tree, pins and
 * requests are judged as they stood together at one moment after the beginning, and each row as it stood at some moment
 * after that one, against the last commit to it at that very moment. So what commands write meanwhile never looks wrong, and
 * whatever was wrong at the beginning and still is when its slice comes is found. Nobody may pack entries or change the
 * schema in between: `LedgerRuns` begins anew then.
 */
export async function* verifying(db: Queryable): Verifying {
	const errors: string[] = [];
	const carriedOut: CarriedOutRequests = { byId: new Map(), lastRollback: 0 };
	const chains = new Map<string, Chain>();
	const placed: PlacedHash[] = [];
	const uses = new Map<number, string>();
	const kernels = yield* readChains(db, chains, { carriedOut, placed, uses, errors });

	// Up to the next `yield` this is the moment of which the verdict speaks: every chain was just read to its end.
	const heads = kernels.map((kernel) => concluded(kernel, chains.get(kernel.kernel_id) ?? begun()));
	errors.push(...heads.flatMap(({ findings }) => findings));
	for (const port of new Set(kernels.map((kernel) => kernel.port)))
		errors.push(...unprovenKernels(heads.filter(({ kernel }) => kernel.port === port)));
	errors.push(...(await unprovenAccounts(db, heads, carriedOut)));
	errors.push(...(await unprovenUses(db, uses, carriedOut.lastRollback)));
	const known = await knownTree(db);
	let position = await lastPosition(db);
	const rows: RowCommits = { byTable: new Map(), touched: new Set() };
	const kept = keptCommits(db, carriedOut, rows);
	errors.push(...((await kept.next()).value ?? []));

	const judged = comparing(known, placed);
	let tree = judged.next();
	for (; tree.done !== true; tree = judged.next()) yield placed.length;
	errors.push(...tree.value.findings);
	for await (const findings of kept) {
		errors.push(...findings);
		yield placed.length;
	}
	position = await addCommits(db, position, { carriedOut, rows });
	for await (const findings of unprovenRows(db, rows, carriedOut)) {
		errors.push(...findings);
		yield placed.length;
		position = await addCommits(db, position, { carriedOut, rows });
	}
	return {
		is_valid: errors.length === 0,
		entries_verified: placed.length,
		errors: errors.slice(0, mostErrors),
		as_reference: {
			is_valid: heads.every(({ as_reference }) => as_reference.length === 0),
			errors: heads.flatMap(({ as_reference }) => as_reference).slice(0, mostErrors)
		},
		checkpoints: tree.value.checkpoints
	};
}

/**
 * Verifies what one kernel wrote: slice by slice with `readOn`, each in a transaction of its own and commands in between, and
 * what came by meanwhile at the end. Where entries were packed in between it begins anew there.
 */
export class ChainCheck implements VerifiedChain {
	readonly kernelId: string;
	#chains = new Map<string, Chain>();
	#gathered = gathered();
	#archives: number | null = null;

	constructor(kernelId: string) {
		this.kernelId = kernelId;
	}

	/** Reads one slice; false at the end of the chain as it is now. */
	async readOn(tx: Queryable): Promise<boolean> {
		await this.#sameShape(tx);
		return (await readOn(tx, this.kernelId, this.#chains, this.#gathered)) === 'full';
	}

	/** What is wrong with it, by the head that is kept of it: asked in the transaction of the moment that is meant. */
	async findings(tx: Queryable, kernel: StoredKernel): Promise<string[]> {
		await this.#sameShape(tx);
		while ((await readOn(tx, this.kernelId, this.#chains, this.#gathered)) !== 'none');
		const chain = this.#chains.get(this.kernelId) ?? begun();
		return [...this.#gathered.errors, ...concluded(kernel, chain).findings];
	}

	/** A place in a chain is another one once entries before it are packed. */
	async #sameShape(tx: Queryable): Promise<void> {
		const archives = await archiveCount(tx);
		if (this.#archives !== archives) [this.#chains, this.#gathered] = [new Map(), gathered()];
		this.#archives = archives;
	}
}

/** Each kernel that follows a halted one against what was counted of that outside of its chain. */
async function unprovenAccounts(
	db: Queryable,
	heads: readonly Succeeded[],
	{ lastRollback }: CarriedOutRequests
): Promise<string[]> {
	// A schema that was rolled back took the counts along.
	if (lastRollback > 0) return [];
	const findings: string[] = [];
	for (const { kernel, second } of heads) {
		const ofPort = heads.filter((head) => head.kernel.port === kernel.port);
		const previous = ofPort[ofPort.findIndex((head) => head.kernel === kernel) - 1]?.kernel;
		const outside = previous?.head.state === 'HALTED' ? await haltedRequests(db, previous.kernel_id) : [];
		if (!isAccount(second, previous?.kernel_id ?? null, outside))
			findings.push(
				`${kernel.kernel_id}: it does not take over what was asked of the halted kernel before it`
			);
	}
	return findings;
}

/** The whole verification without a pause: to be asked in one transaction. */
export async function verifyLedger(db: Queryable): Promise<LedgerVerification> {
	const run = verifying(db);
	for (;;) {
		const step = await run.next();
		if (step.done === true) return step.value;
	}
}

/** A chain as far as it was read. */
interface Chain {
	readonly replay: Replay;
	place: ChainPlace;
	first: AuditEntry | null;
	second: AuditEntry | null;
	last: AuditEntry | null;
}

function begun(): Chain {
	const replay = new Replay({ sha256: sha256Hex });
	return { replay, place: chainStart, first: null, second: null, last: null };
}

/** What all chains add to. */
interface Gathered {
	readonly carriedOut: CarriedOutRequests;
	readonly placed: PlacedHash[];
	/** By which permit something ran, by the position of its entry. */
	readonly uses: Map<number, string>;
	readonly errors: string[];
}

function gathered(): Gathered {
	const carriedOut: CarriedOutRequests = { byId: new Map(), lastRollback: 0 };
	return { carriedOut, placed: [], uses: new Map(), errors: [] };
}

/**
 * Reads all chains to their ends: as they are first, with a turn for others after each slice; and then without one what came
 * by meanwhile, which is little. Answers with the kernels as they stand then.
 */
async function* readChains(
	db: Queryable,
	chains: Map<string, Chain>,
	gathered: Gathered
): AsyncGenerator<number, readonly StoredKernel[]> {
	for (const { kernel_id } of await storedKernels(db)) {
		let read: ReadSlice;
		do {
			read = await readOn(db, kernel_id, chains, gathered);
			yield gathered.placed.length;
		} while (read === 'full');
	}
	const kernels = await storedKernels(db);
	for (const { kernel_id } of kernels) {
		let read: ReadSlice;
		do read = await readOn(db, kernel_id, chains, gathered);
		while (read !== 'none');
	}
	return kernels;
}

/** `short`: the chain ended there, and what comes after it was written since. */
type ReadSlice = 'full' | 'short' | 'none';

/** Reads one slice of a chain. */
async function readOn(
	db: Queryable,
	kernel_id: string,
	chains: Map<string, Chain>,
	{ carriedOut, placed, uses, errors }: Gathered
): Promise<ReadSlice> {
	let chain = chains.get(kernel_id);
	if (chain === undefined) chains.set(kernel_id, (chain = begun()));
	const read = await sliceAfter(db, kernel_id, chain.place, entriesTogether);
	if (read === null) return 'none';
	const { slice, place } = read;
	chain.replay.push(slice.entries);
	// What is left of an entry is not gathered: a copy of all its fields for each takes longer than all else here.
	for (const [at, entry] of slice.entries.entries()) {
		const { entry_hash: hash, ledger_seq, permit_digest, permit_nonce, permit_verification } = entry;
		const position = slice.positions[at] ?? 0;
		placed.push({ position, hash });
		if (permit_digest !== null && permit_nonce !== null && permit_verification === 'ALLOW')
			uses.set(position, permit_digest);
		if (ledger_seq === 1) chain.second = entry;
	}
	chain.first ??= slice.entries[0] ?? null;
	chain.last = slice.entries.at(-1) ?? chain.last;
	chain.place = place;
	if (slice.damage !== null) errors.push(`${kernel_id}: ${slice.damage}`);
	errors.push(...addCarriedOut(carriedOut, kernel_id, slice));
	return slice.isArchived || slice.entries.length === entriesTogether ? 'full' : 'short';
}

/** What is wrong with a chain, read to its end, by the head that is kept of it. */
function concluded(
	kernel: StoredKernel,
	{ replay, first, second, last }: Chain
): Succeeded & { readonly findings: readonly string[]; readonly as_reference: readonly string[] } {
	const { kernel_id, variant, head } = kernel;
	const { errors, structural, as_reference } = replay.finish({
		kernel_id,
		variant,
		head: { kernel_id, variant, size: head.next_seq, root: head.last_hash }
	});
	const named = (found: readonly string[]) => found.map((finding) => `${kernel_id}: ${finding}`);
	const findings = named([...errors, ...structural]);
	return { kernel, first, second, last, findings, as_reference: named(as_reference.errors) };
}
