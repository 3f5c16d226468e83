import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { storageFailure } from '#storage/database.ts';
import type { StorageFailure } from '#storage/database.ts';
import { HEADER, decodeJournalHeader, decodeSnapshotHeader, highestEpoch } from '#storage/sqlite/header.ts';
import type { HeaderRead, JournalHeader, SnapshotHeader } from '#storage/sqlite/header.ts';
import { scanJournal } from '#storage/sqlite/scan.ts';
import { readSlot } from '#storage/sqlite/slot-file.ts';
import type { SlotFile, SlotFiles } from '#storage/sqlite/slot-file.ts';
import { newerFormat, sameBytes } from '#storage/sqlite/store.ts';
import type { Digest, StoredRecord } from '#storage/sqlite/store.ts';

export type Side = 0 | 1;

/** The snapshot that a start begins from. */
export interface Base extends SnapshotHeader {
	readonly side: Side;
}

/** The journal that goes on. `end`: where the next record is written. */
export interface Active {
	readonly side: Side;
	readonly generation: number;
	/** Of the last record in it, or before it. */
	readonly sequence: number;
	readonly end: number;
}

/** The longest whole prefix of what the files hold. */
export interface Recovered {
	readonly base: Base;
	readonly image: Uint8Array;
	readonly records: readonly StoredRecord[];
	readonly active: Active | null;
	/** How many bytes behind `active.end` are the torn last record. */
	readonly torn: number;
	/** The highest epoch seen. */
	readonly epoch: number;
	/** Why the prefix is not all: then the files may not be written to. */
	readonly damage: StorageFailure | null;
	readonly notices: readonly string[];
}

interface Slot<H> {
	readonly side: Side;
	readonly file: SlotFile;
	readonly size: number;
	readonly read: HeaderRead<H>;
}
type Whole<H> = Slot<H> & { readonly read: { readonly kind: 'valid'; readonly header: H } };

/**
 * Reads the files and changes nothing. Null: they were never filled to the end of a first boot, so nothing that anybody
 * was told to be saved can be in them. A failure: there is no snapshot to begin from, or a newer version wrote them.
 */
export async function recover(
	files: SlotFiles,
	digest: Digest
): Promise<Result<Recovered | null, StorageFailure>> {
	const snapshots = [slot(0, files.snap0, decodeSnapshotHeader), slot(1, files.snap1, decodeSnapshotHeader)];
	const journals = [slot(0, files.jrnl0, decodeJournalHeader), slot(1, files.jrnl1, decodeJournalHeader)];
	if ([...snapshots, ...journals].some(({ read }) => read.kind === 'newer')) return err(newerFormat);
	if (isUnfilled(snapshots, journals)) return ok(null);
	const notices: string[] = [];
	for (const { side, file, read } of snapshots.filter(isWhole).sort(newestFirst)) {
		const image = readSlot(file, HEADER, read.header.length);
		if (image.length === read.header.length && sameBytes(await digest(image), read.header.hash)) {
			return ok({ ...walk({ ...read.header, side }, journals), image, notices });
		}
		notices.push(
			'The newest snapshot is damaged. The one before it and the journals were read in its place.'
		);
	}
	return err(snapshots.every(({ size }) => size === 0) ? noSnapshot : badSnapshot);
}

const noSnapshot = storageFailure(
	'missing_piece',
	'Both snapshots of the database are gone. Nothing was changed.'
);
const badSnapshot = storageFailure(
	'damaged',
	'No snapshot of the database can be read. Nothing was changed.'
);

function slot<H>(side: Side, file: SlotFile, decode: (bytes: Uint8Array) => HeaderRead<H>): Slot<H> {
	return { side, file, size: file.size(), read: decode(readSlot(file, 0, HEADER)) };
}

function isWhole<H>(each: Slot<H>): each is Whole<H> {
	return each.read.kind === 'valid';
}

function newestFirst(a: Whole<SnapshotHeader>, b: Whole<SnapshotHeader>): number {
	const [x, y] = [a.read.header, b.read.header];
	return y.generation - x.generation || y.sequence - x.sequence;
}

/**
 * The first boot fills the first journal's header, the first snapshot and the epoch, in this order, each flushed before
 * the next; only then is anything acknowledged. So an epoch, or anything on the second side, means that it was over.
 */
function isUnfilled(
	snapshots: readonly Slot<SnapshotHeader>[],
	journals: readonly Slot<JournalHeader>[]
): boolean {
	if (snapshots.some(isWhole)) return false;
	if (snapshots[1]!.size > 0 || journals[1]!.size > 0 || journals[0]!.size > HEADER) return false;
	return highestEpoch(readSlot(journals[0]!.file, 0, HEADER)) === 0;
}

type Walked = Omit<Recovered, 'image' | 'notices'>;

/** Follows the journals from a snapshot on, as far as they are whole. */
function walk(base: Base, journals: readonly Slot<JournalHeader>[]): Walked {
	const whole = journals.filter(isWhole);
	const epoch = Math.max(0, ...whole.map(({ read }) => read.header.epoch));
	const stopped: Walked = { base, records: [], active: null, torn: 0, epoch, damage: null };
	const first = whole.find(({ read }) => read.header.generation === base.generation);
	const next = whole.find(({ read }) => read.header.generation > base.generation);
	if (first === undefined) return { ...stopped, damage: journalGone(journals) };
	if (first.read.header.sequence > base.sequence) return { ...stopped, damage: gap(base.sequence + 1) };

	const begin = scan(first);
	const upToHere: Walked = {
		...stopped,
		records: after(base, begin),
		active: begin.active,
		torn: begin.torn
	};
	if (begin.sequence < base.sequence) return { ...upToHere, damage: gap(begin.sequence + 1) };
	if (next === undefined || isUnfinishedSwitch(next, begin.sequence)) {
		if (begin.recordsBehind > 0) return { ...upToHere, damage: unreadable(begin, begin) };
		if (hidesRecords(journals, base.generation)) return { ...upToHere, damage: journalGone(journals) };
		return upToHere;
	}
	const end = scan(next);
	const { generation, sequence } = next.read.header;
	if (generation !== base.generation + 1 || sequence !== begin.sequence) {
		const left = {
			torn: begin.torn + next.size - HEADER,
			recordsBehind: begin.recordsBehind + end.records.length
		};
		return { ...upToHere, damage: unreadable(begin, left) };
	}
	const records = [...upToHere.records, ...after(base, end)];
	const damage = end.recordsBehind > 0 ? unreadable(end, end) : null;
	return { ...upToHere, records, active: end.active, torn: end.torn, damage };
}

function after(base: Base, { records }: Scanned): StoredRecord[] {
	return records.filter(({ sequence }) => sequence > base.sequence);
}

interface Scanned {
	readonly records: readonly StoredRecord[];
	readonly sequence: number;
	readonly active: Active;
	readonly torn: number;
	readonly recordsBehind: number;
}

function scan({ side, file, size, read }: Whole<JournalHeader>): Scanned {
	const { generation, sequence } = read.header;
	const { records, end, recordsBehind } = scanJournal(readSlot(file, 0, size), read.header);
	const last = sequence + records.length;
	const active = { side, generation, sequence: last, end };
	return { records, sequence: last, active, torn: size - end, recordsBehind };
}

/** A switch writes the next journal's header first. Where the old one has gone on behind it, it never came to be used. */
function isUnfinishedSwitch(next: Whole<JournalHeader>, sequence: number): boolean {
	return next.size <= HEADER && next.read.header.sequence < sequence;
}

/** Whether a journal without a readable header holds records that would come next: a switch empties it before. */
function hidesRecords(journals: readonly Slot<JournalHeader>[], generation: number): boolean {
	return journals.some(({ file, size, read }) => {
		if (read.kind === 'valid' || size <= HEADER) return false;
		const header = { generation: generation + 1, sequence: 0 };
		const { records, recordsBehind } = scanJournal(readSlot(file, 0, size), header);
		return records.length + recordsBehind > 0;
	});
}

function journalGone(journals: readonly Slot<JournalHeader>[]): StorageFailure {
	const damaged = journals.some(({ read, size }) => read.kind !== 'valid' && size > HEADER);
	return damaged
		? storageFailure(
				'damaged',
				'A journal cannot be read: what was saved since the last snapshot is not found.'
			)
		: storageFailure(
				'missing_piece',
				'A journal is gone: what was saved since the last snapshot is not found.'
			);
}

function gap(sequence: number): StorageFailure {
	return storageFailure('damaged', `The journal does not hold record ${sequence}, although it should.`);
}

function unreadable(
	{ sequence }: Scanned,
	{ torn, recordsBehind }: Pick<Scanned, 'torn' | 'recordsBehind'>
): StorageFailure {
	return storageFailure(
		'damaged',
		`Record ${sequence + 1} of the journal cannot be read. It and what follows it are left out: ` +
			`${torn} bytes, with ${recordsBehind} whole records among them.`
	);
}
