import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { storageFailure } from '#storage/database.ts';
import type { StorageFailure } from '#storage/database.ts';
import { HEADER, encodeJournalHeader, encodeSnapshotHeader, epochWrite } from '#storage/sqlite/header.ts';
import type { SnapshotHeader } from '#storage/sqlite/header.ts';
import { sealRecord } from '#storage/sqlite/record.ts';
import { recover } from '#storage/sqlite/recovery.ts';
import type { Active, Recovered, Side } from '#storage/sqlite/recovery.ts';
import { readSlot, slotNames } from '#storage/sqlite/slot-file.ts';
import type { SlotFile, SlotFiles } from '#storage/sqlite/slot-file.ts';
import { closed, failureOf, superseded } from '#storage/sqlite/store.ts';
import type { Backlog, Digest, Loaded, Store } from '#storage/sqlite/store.ts';

export interface SlotStoreOptions {
	readonly files: SlotFiles;
	readonly digest: Digest;
	/** Lets other work run between two slices of a snapshot. */
	readonly pause: () => Promise<void>;
}

/** Bytes of a snapshot written in one turn: some 5 ms. */
const SLICE = 4 << 20;
/** Cut-off bytes kept before the oldest are dropped. */
const TORN_KEPT = 4 << 20;

interface Owned {
	readonly epoch: number;
	base: { readonly side: Side; readonly generation: number };
	active: { -readonly [K in keyof Active]: Active[K] };
	/** The active journal's header as it stands while this owner is the newest. */
	header: Uint8Array;
	records: number;
	bytes: number;
	/** Whether the active journal began with the base snapshot, and so holds nothing from before it. */
	isFresh: boolean;
}

/** The store over five fixed files: two snapshots, two journals, and the place for cut-off bytes. */
export class SlotStore implements Store {
	readonly keeps = 'records';
	readonly #files: SlotFiles;
	readonly #digest: Digest;
	readonly #pause: () => Promise<void>;
	/** Null before `load` or `create`, for a reader, and once closed. */
	#owned: Owned | null = null;
	readonly #seen = new Uint8Array(HEADER);

	constructor({ files, digest, pause }: SlotStoreOptions) {
		this.#files = files;
		this.#digest = digest;
		this.#pause = pause;
	}

	get backlog(): Backlog {
		return { records: this.#owned?.records ?? 0, bytes: this.#owned?.bytes ?? 0 };
	}

	async load(mode: 'read' | 'write'): Promise<Result<Loaded, StorageFailure>> {
		try {
			const found = await recover(this.#files, this.#digest);
			if (!found.ok) return this.#stop(found.error);
			if (found.value === null) return ok(nothing);
			const loaded = this.#take(found.value, mode);
			return loaded.ok ? loaded : this.#stop(loaded.error);
		} catch (error) {
			this.#release();
			return err(failureOf(error));
		}
	}

	/** The first boot. Killed at any point of it, the next `load` finds either nothing or all of it. */
	async create(image: Uint8Array): Promise<Result<void, StorageFailure>> {
		const { jrnl0, snap0 } = this.#files;
		try {
			const hash = await this.#digest(image);
			const header = encodeJournalHeader({ generation: 1, sequence: 0, epoch: 0 });
			replaceHeader(jrnl0, header);
			snap0.truncate(0);
			writeImage(snap0, image, { generation: 1, sequence: 0, length: image.length, hash });
			this.#own({
				base: { side: 0, generation: 1 },
				active: { side: 0, generation: 1, sequence: 0, end: HEADER },
				epoch: 1
			});
			return ok(undefined);
		} catch (error) {
			this.#release();
			return err(failureOf(error));
		}
	}

	async append(record: Uint8Array): Promise<Result<void, StorageFailure>> {
		const owned = this.#owned;
		if (owned === null) return err(closed);
		const { active } = owned;
		const file = this.#journal(active.side);
		try {
			if (!this.#isOwner(owned)) return this.#stop(superseded);
			sealRecord(record, active.generation, active.sequence + 1);
			file.write(record, active.end);
		} catch (error) {
			const failure = failureOf(error);
			return cutBack(file, active.end) && failure.code === 'full' ? err(failure) : this.#stop(unconfirmed);
		}
		try {
			file.flush();
		} catch {
			// Nobody knows what is on the disk now. The next start will, and will be asked.
			cutBack(file, active.end);
			return this.#stop(unconfirmed);
		}
		active.end += record.length;
		active.sequence++;
		owned.records++;
		owned.bytes += record.length;
		return ok(undefined);
	}

	async snapshot(image: () => Uint8Array): Promise<Result<void, StorageFailure>> {
		const owned = this.#owned;
		if (owned === null) return err(closed);
		const { records, bytes } = owned;
		try {
			if (!this.#isOwner(owned)) return this.#stop(superseded);
			// After a snapshot that failed the other journal is still needed: then only the snapshot is written.
			const switches = owned.base.generation === owned.active.generation;
			if (switches) this.#switchJournal(owned);
			const { generation, sequence } = owned.active;
			const body = image();
			const hash = await this.#digest(body);
			const side: Side = owned.base.side === 0 ? 1 : 0;
			const file = this.#snapshot(side);
			for (const step of imageSteps(file, body, { generation, sequence, length: body.length, hash })) {
				if (this.#owned !== owned) return err(closed);
				if (!this.#isOwner(owned)) return this.#stop(superseded);
				step();
				await this.#pause();
			}
			owned.base = { side, generation };
			owned.isFresh = switches;
			owned.records -= records;
			owned.bytes -= bytes;
			return ok(undefined);
		} catch (error) {
			return err(failureOf(error));
		}
	}

	async forget(): Promise<Result<boolean, StorageFailure>> {
		const owned = this.#owned;
		if (owned === null) return err(closed);
		try {
			if (!this.#isOwner(owned)) return this.#stop(superseded);
			if (!owned.isFresh) return ok(false);
			for (const file of [
				this.#snapshot(owned.base.side === 0 ? 1 : 0),
				this.#journal(owned.active.side === 0 ? 1 : 0),
				this.#files.torn
			]) {
				file.truncate(0);
				file.flush();
			}
			return ok(true);
		} catch (error) {
			return err(failureOf(error));
		}
	}

	async close(): Promise<void> {
		this.#release();
	}

	#take(found: Recovered, mode: 'read' | 'write'): Result<Loaded, StorageFailure> {
		const { base, image, records, active, torn, damage } = found;
		const notices = [...found.notices];
		const loaded: Loaded = { fresh: false, image, records, notices };
		if (mode === 'read') {
			if (damage !== null) notices.push(damage.message);
			if (torn > 0 && damage === null) notices.push(tornNotice(torn, 'left out'));
			return ok(loaded);
		}
		if (damage !== null) return err(damage);
		if (active === null) return err(closed);
		if (torn > 0) {
			this.#setAside(active, torn);
			notices.push(tornNotice(torn, 'cut off and kept aside'));
		}
		this.#own({ base, active, epoch: found.epoch + 1 });
		for (const { payload } of records) this.#owned!.bytes += payload.length;
		this.#owned!.records = records.length;
		return ok(loaded);
	}

	/** A torn end is copied aside, durably, before it is cut: a flipped bit in the last record looks the same. */
	#setAside({ side, generation, sequence, end }: Active, torn: number): void {
		const { torn: aside } = this.#files;
		const file = this.#journal(side);
		const kept = new Uint8Array(24 + torn);
		const view = new DataView(kept.buffer);
		[generation, sequence + 1, torn].forEach((value, at) => view.setBigUint64(at * 8, BigInt(value), true));
		kept.set(readSlot(file, end, torn), 24);
		if (aside.size() + kept.length > TORN_KEPT) aside.truncate(0);
		aside.write(kept, aside.size());
		aside.flush();
		file.truncate(end);
		file.flush();
	}

	#own({ base, active, epoch }: Pick<Owned, 'base' | 'active' | 'epoch'>): void {
		const file = this.#journal(active.side);
		const cell = epochWrite(readSlot(file, 0, HEADER), epoch);
		file.write(cell.bytes, cell.at);
		file.flush();
		const header = readSlot(file, 0, HEADER);
		this.#owned = { base, active: { ...active }, epoch, header, records: 0, bytes: 0, isFresh: false };
	}

	#switchJournal(owned: Owned): void {
		const side: Side = owned.active.side === 0 ? 1 : 0;
		const generation = owned.active.generation + 1;
		const { sequence } = owned.active;
		const header = encodeJournalHeader({ generation, sequence, epoch: owned.epoch });
		// Where this fails, a header may be left that nothing was written behind: `recover` knows it by that.
		replaceHeader(this.#journal(side), header);
		owned.active = { side, generation, sequence, end: HEADER };
		owned.header = header;
	}

	#isOwner({ active, header }: Owned): boolean {
		const length = this.#journal(active.side).read(this.#seen, 0);
		return length === HEADER && this.#seen.every((byte, at) => byte === header[at]);
	}

	#stop(failure: StorageFailure): Result<never, StorageFailure> {
		this.#release();
		return err(failure);
	}

	#release(): void {
		this.#owned = null;
		for (const name of slotNames) this.#files[name].close();
	}

	#journal(side: Side): SlotFile {
		return side === 0 ? this.#files.jrnl0 : this.#files.jrnl1;
	}

	#snapshot(side: Side): SlotFile {
		return side === 0 ? this.#files.snap0 : this.#files.snap1;
	}
}

const nothing: Loaded = { fresh: true, image: null, records: [], notices: [] };

const unconfirmed = storageFailure(
	'failed',
	'The storage of this device could not confirm the last save. All before it is safe; open the database again.'
);

function tornNotice(torn: number, how: string): string {
	return `The last ${torn} bytes of the journal are no whole record: a save that was cut short. They were ${how}.`;
}

/** Empties the file durably first: a header that was cut while being written has nothing behind it then. */
function replaceHeader(file: SlotFile, header: Uint8Array): void {
	file.truncate(0);
	file.flush();
	file.write(header, 0);
	file.flush();
}

function writeImage(file: SlotFile, body: Uint8Array, header: SnapshotHeader): void {
	for (const step of imageSteps(file, body, header)) step();
}

/** The old header goes first and the new one comes last, each durable before the next: never a header of another body. */
function* imageSteps(file: SlotFile, body: Uint8Array, header: SnapshotHeader): Generator<() => void> {
	yield () => {
		file.write(new Uint8Array(HEADER), 0);
		file.flush();
	};
	for (let at = 0; at < body.length; at += SLICE) {
		yield () => file.write(body.subarray(at, at + SLICE), HEADER + at);
	}
	yield () => {
		file.truncate(HEADER + body.length);
		file.flush();
		file.write(encodeSnapshotHeader(header), 0);
		file.flush();
	};
}

/** Whether the file could be brought back, durably, to its former length. */
function cutBack(file: SlotFile, size: number): boolean {
	try {
		file.truncate(size);
		file.flush();
		return true;
	} catch {
		return false;
	}
}
