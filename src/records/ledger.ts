import type { KernelStatus, LedgerHead, LedgerItem } from '#domain/ledger.ts';
import { kernelPorts, type KernelPort } from '#domain/kernel.ts';
import { kernelsSince } from '#domain/schema.ts';
import type { ViewParams } from '#domain/view.ts';
import type { KernelHead, Step } from '#kernel/kernel.ts';
import { hashInput, type AuditEntry } from '#kernel/ledger.ts';
import type { PolicyData } from '#kernel/policy-file.ts';
import type { RecentCall } from '#kernel/recent-calls.ts';
import type { KernelState } from '#kernel/states.ts';
import { isApplied } from '#records/applied.ts';
import { archiveAfter, archivedBefore, type OpenedArchive } from '#records/archive.ts';
import { entryColumns, placed, toEntry, type PlacedEntry } from '#records/ledger-entry.ts';
import { account, succession } from '#records/succession.ts';
import { grownFrontier, ledgerEnd } from '#records/tree.ts';
import type { Page } from '#records/work.ts';
import type { Queryable, Row, Transaction } from '#storage/database.ts';

/** A kernel as its row says: what a start makes it anew from. */
export interface StoredKernel {
	readonly kernel_id: string;
	/** Whose requests it decides on. */
	readonly port: KernelPort;
	readonly variant: string;
	readonly policy: PolicyData;
	readonly head: KernelHead;
	readonly opened_at: string;
	/** Null while it is in charge. */
	readonly closed_at: string | null;
	/** Who chose its policy: what the app brings is renewed with it. */
	readonly policy_by: 'app' | 'owner';
	/** Why it took over; null where that was not written down. */
	readonly reason: string | null;
}

/** The kernel in charge of a port; null before the first start. */
export async function storedKernel(db: Queryable, port: string): Promise<StoredKernel | null> {
	const rows = await db.query('SELECT * FROM kernels WHERE port = ? AND closed_at IS NULL', [port]);
	return rows[0] === undefined ? null : toKernel(rows[0]);
}

/** The kernel that was in charge of a port before this one; null where none was. */
export async function kernelBefore(
	db: Queryable,
	port: KernelPort,
	kernelId: string
): Promise<StoredKernel | null> {
	const ofPort = (await storedKernels(db)).filter((kernel) => kernel.port === port);
	return ofPort[ofPort.findIndex(({ kernel_id }) => kernel_id === kernelId) - 1] ?? null;
}

/** What the kernels of a port began with, but for those of which that is packed away. */
export async function firstEntries(db: Queryable, port: KernelPort): Promise<PlacedEntry[]> {
	const rows = await db.query(
		`SELECT ${entryColumns} FROM ledger
		WHERE ledger_seq = 0 AND kernel_id IN (SELECT kernel_id FROM kernels WHERE port = ?)`,
		[port]
	);
	return rows.map(placed);
}

/** All kernels there ever were, oldest first. */
export async function storedKernels(db: Queryable): Promise<StoredKernel[]> {
	const rows = await db.query('SELECT * FROM kernels');
	// Those of one moment in the order of their numbers.
	const number = (kernel_id: string) => Number(/\d+$/.exec(kernel_id)?.[0] ?? 0);
	return rows
		.map(toKernel)
		.sort((a, b) =>
			a.opened_at === b.opened_at
				? number(a.kernel_id) - number(b.kernel_id)
				: a.opened_at < b.opened_at
					? -1
					: 1
		);
}

function toKernel(row: Row): StoredKernel {
	// A schema that is held below 1.3.0 does not say whose policy it is.
	const { kernel_id, port, variant, policy, opened_at, closed_at, policy_by, reason = null } = row;
	return {
		kernel_id: String(kernel_id),
		port: String(port) as KernelPort,
		variant: String(variant),
		policy: JSON.parse(String(policy)) as PolicyData,
		head: headOf(row),
		opened_at: String(opened_at),
		closed_at: closed_at === null ? null : String(closed_at),
		policy_by: policy_by === 'owner' ? 'owner' : 'app',
		reason: reason === null ? null : String(reason)
	};
}

/** Takes a kernel out of charge; its entries stay. */
export async function closeKernel(tx: Transaction, kernelId: string, closedAt: string): Promise<void> {
	await tx.run('UPDATE kernels SET closed_at = ? WHERE kernel_id = ?', [closedAt, kernelId]);
}

export async function insertKernel(
	tx: Transaction,
	{ kernel_id, port, variant, policy, head, opened_at, policy_by, reason }: StoredKernel
): Promise<void> {
	const { state, next_seq, last_hash, ts_ms } = head;
	await tx.run(
		'INSERT INTO kernels (kernel_id, port, variant, policy, state, next_seq, last_hash, ts_ms, opened_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
		[kernel_id, port, variant, JSON.stringify(policy), state, next_seq, last_hash, ts_ms, opened_at]
	);
	if (await isApplied(tx, kernelsSince))
		await tx.run('UPDATE kernels SET policy_by = ?, reason = ? WHERE kernel_id = ?', [
			policy_by,
			reason,
			kernel_id
		]);
}

/** The position of the newest entry over all kernels; 0 where there is none. */
export async function lastPosition(db: Queryable): Promise<number> {
	const rows = await db.query('SELECT coalesce(max(position), 0) AS position FROM ledger');
	return Number(rows[0]?.['position']);
}

/** Appends what the kernel decided, and moves its head and the tree with it. Answers with the position over all kernels. */
export async function appendStep(tx: Transaction, kernelId: string, { entry, head }: Step): Promise<number> {
	const end = await ledgerEnd(tx, kernelId);
	const position = end.position + 1;
	// The very text that was hashed, behind the hash before it and a colon.
	const fields = hashInput(entry.prev_hash, entry).slice(entry.prev_hash.length + 1);
	await tx.run(
		'INSERT INTO ledger (position, kernel_id, ledger_seq, prev_hash, entry_hash, fields) VALUES (?, ?, ?, ?, ?, ?)',
		[position, kernelId, entry.ledger_seq, entry.prev_hash, entry.entry_hash, fields]
	);
	const { state, next_seq, last_hash, ts_ms } = head;
	const [tree, kept] =
		end.kept === undefined ? ['', []] : [', tree = ?', [grownFrontier(end, entry.entry_hash)]];
	await tx.run(
		`UPDATE kernels SET state = ?, next_seq = ?, last_hash = ?, ts_ms = ?${tree} WHERE kernel_id = ?`,
		[state, next_seq, last_hash, ts_ms, ...kept, kernelId]
	);
	return position;
}

/** Consecutive entries of one kernel. */
export interface LedgerSlice {
	readonly entries: readonly AuditEntry[];
	/** Of each of them, its position over all kernels. */
	readonly positions: readonly number[];
	/** Of old entries no more is kept than proves the rows that there are. */
	readonly isArchived: boolean;
	/** A sentence, where entries are missing that should stand here. */
	readonly damage: string | null;
}

/** How far a chain was read: where its last archive began, and the number of the next entry after the packed ones. */
export interface ChainPlace {
	readonly archive: number;
	readonly next: number;
}

/** Before the first entry of a chain. */
export const chainStart: ChainPlace = { archive: -1, next: 0 };

/**
 * What follows on a place in a chain, the packed entries first: a whole archive, or at most `size` entries. Null at its end,
 * from where it can be read on once it has grown.
 */
export async function sliceAfter(
	db: Queryable,
	kernelId: string,
	{ archive, next }: ChainPlace,
	size = 1000
): Promise<{ readonly slice: LedgerSlice; readonly place: ChainPlace } | null> {
	const packed = await archiveAfter(db, kernelId, archive);
	if (packed !== null) return { slice: toSlice(packed), place: { archive: packed.first_seq, next } };
	// As one text: each one that crosses over from the database costs more than its characters.
	const rows = await db.query(
		`SELECT position, ledger_seq, prev_hash || ? || entry_hash || ? || fields AS line FROM ledger
		WHERE kernel_id = ? AND ledger_seq >= ? ORDER BY ledger_seq LIMIT ?`,
		['\n', '\n', kernelId, next, size]
	);
	if (rows.length === 0) return null;
	const positions = rows.map(({ position }) => Number(position));
	const slice = { entries: rows.map(ofLine), positions, isArchived: false, damage: null };
	return { slice, place: { archive, next: Number(rows.at(-1)?.['ledger_seq']) + 1 } };
}

function toSlice({ opened }: OpenedArchive): LedgerSlice {
	const packed = opened.ok ? opened.value : [];
	return {
		entries: packed.map(({ entry }) => entry),
		positions: packed.map(({ position }) => position),
		isArchived: true,
		damage: opened.ok ? null : opened.error
	};
}

/** All entries of one kernel in slices, as they are exported and verified: the archived ones first. */
export async function* ledgerSlices(db: Queryable, kernelId: string): AsyncGenerator<LedgerSlice> {
	for (let place = chainStart; ;) {
		const read = await sliceAfter(db, kernelId, place);
		if (read === null) return;
		yield read.slice;
		place = read.place;
	}
}

/** The entries after a position over all kernels, oldest first; packed ones are not among them. */
export async function entriesAfter(db: Queryable, position: number): Promise<PlacedEntry[]> {
	const rows = await db.query(`SELECT ${entryColumns} FROM ledger WHERE position > ? ORDER BY position`, [
		position
	]);
	return rows.map(placed);
}

/** Newest first, one page. */
export async function ledgerPage(
	db: Queryable,
	{ before, limit }: Pick<ViewParams<'ledger.list'>, 'before' | 'limit'>
): Promise<Page<'ledger.list'>> {
	const end = before ?? Number.MAX_SAFE_INTEGER;
	const rows = await db.query(
		`SELECT ${entryColumns} FROM ledger WHERE position < ? ORDER BY position DESC LIMIT ?`,
		[end, limit]
	);
	const entries = rows.map(placed);
	if (entries.length < limit) {
		const oldest = entries.at(-1)?.position ?? end;
		entries.push(...(await archivedBefore(db, oldest, limit - entries.length)));
	}
	return { rows: entries.map(toItem), total: await entryCount(db) };
}

/** The entry at a position, packed or not; null where there is none. */
export async function entryAt(db: Queryable, position: number): Promise<PlacedEntry | null> {
	const rows = await db.query(`SELECT ${entryColumns} FROM ledger WHERE position = ?`, [position]);
	const found = rows[0] === undefined ? (await archivedBefore(db, position + 1, 1))[0] : placed(rows[0]);
	return found?.position === position ? found : null;
}

/**
 * What a kernel and those that it follows allowed after a time, oldest first: the ledger is read from its end, archives too,
 * until that time, and not at all where nothing is so new. A rate is not begun anew by a replacement.
 */
export async function recentCalls(
	db: Queryable,
	{ kernel_id, port }: Pick<StoredKernel, 'kernel_id' | 'port'>,
	after: number
): Promise<RecentCall[]> {
	const ofPort = (await storedKernels(db)).filter((kernel) => kernel.port === port);
	const line = ofPort.slice(0, ofPort.findIndex((kernel) => kernel.kernel_id === kernel_id) + 1);
	// Time does not go back from one to the next: those that wrote lately are the last ones.
	const lately = line.filter(({ head }) => head.ts_ms > after).map((kernel) => kernel.kernel_id);
	const found: RecentCall[] = [];
	if (lately.length === 0) return found;
	for (let before: number | null = null; ;) {
		const { rows }: Page<'ledger.list'> = await ledgerPage(db, { before, limit: 1000 });
		for (const { kernel_id: by, ledger_seq, ts_ms, actor, tool_name, decision } of rows) {
			if (!lately.includes(by)) continue;
			if (ts_ms <= after) return found.reverse();
			if (decision === 'ALLOW' && !isFounding(tool_name)) found.push({ ts_ms, actor, tool_name });
			if (ledger_seq === 0 && by === lately[0]) return found.reverse();
		}
		before = rows.at(-1)?.position ?? null;
		if (before === null) return found.reverse();
	}
}

/** What a kernel begins with was allowed by no policy, and so counts against none. */
function isFounding(tool: string | null): boolean {
	return tool === succession || tool === account;
}

/** How many entries there are over all kernels. */
export async function entryCount(db: Queryable): Promise<number> {
	const rows = await db.query(
		'SELECT (SELECT count(*) FROM ledger) + (SELECT coalesce(sum(entries), 0) FROM archives) AS entries'
	);
	return Number(rows[0]?.['entries']);
}

/** Those in charge first, by port; then those that were replaced, newest first. */
export async function kernelStatus(db: Queryable): Promise<KernelStatus[]> {
	const kernels = (await storedKernels(db)).toReversed();
	const inCharge = kernelPorts.flatMap((port) =>
		kernels.filter((kernel) => kernel.port === port && kernel.closed_at === null)
	);
	const replaced = kernels.filter(({ closed_at }) => closed_at !== null);
	return [...inCharge, ...replaced].map(({ head, ...kernel }) => ({
		...{ ...kernel, state: head.state },
		...{ entries: head.next_seq, root_hash: head.last_hash }
	}));
}

export async function ledgerHeads(db: Queryable): Promise<LedgerHead[]> {
	return (await kernelStatus(db)).map(({ kernel_id, entries, root_hash }) => ({
		kernel_id,
		entries,
		root_hash
	}));
}

function headOf(row: Row): KernelHead {
	return {
		state: String(row['state']) as KernelState,
		next_seq: Number(row['next_seq']),
		last_hash: String(row['last_hash']),
		ts_ms: Number(row['ts_ms'])
	};
}

function ofLine({ ledger_seq, line }: Row): AuditEntry {
	const [prev_hash = '', entry_hash = '', ...fields] = String(line).split('\n');
	return toEntry({ ledger_seq, prev_hash, entry_hash, fields: fields.join('\n') } as Row);
}

export function toItem({ position, kernel_id, entry }: PlacedEntry): LedgerItem {
	const { ledger_seq, prev_hash, entry_hash, ts_ms, request_id, actor, intent, decision, tool_name, error } =
		entry;
	return {
		...{ position, kernel_id, ledger_seq, prev_hash, entry_hash },
		...{ ts_ms, request_id, actor, intent, decision, tool_name, error }
	};
}
