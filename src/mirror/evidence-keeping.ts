import { gunzip, gzip, isGzip } from '#base/gzip.ts';
import { sha256Hex } from '#base/hash.ts';
import { longestJson } from '#base/json.ts';
import { err, ok, type Result } from '#base/result.ts';
import { readText } from '#base/text-file.ts';
import type { Json } from '#base/canonical.ts';
import type { Clock } from '#base/clock.ts';
import type { CommandData } from '#domain/command.ts';
import { archiveName, type EvidenceArchive } from '#domain/evidence.ts';
import { Replay } from '#kernel/replay.ts';
import {
	evidenceFile,
	evidenceRow,
	insertEvidence,
	likeEvidence,
	type PackedEvidence
} from '#records/evidence-archive.ts';
import { kernelEntries } from '#records/kernel-entries.ts';
import { storedKernels } from '#records/ledger.ts';
import type { Queryable, Refusal, Transaction, Work } from '#records/work.ts';
import { ledgerFile } from '#mirror/ledger-file.ts';

/** What is told of a file that is kept: in a receipt, so truth is 1 and untruth 0. */
export type Kept = {
	readonly name: string;
	readonly entries: number;
	readonly is_valid: 0 | 1;
	/** 0: the same file was kept before, and nothing was added. */
	readonly is_new: 0 | 1;
};

/** What a ledger is packed with. */
export interface Packing {
	/** Does all of `work` at one moment. */
	readonly atOnce: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
	readonly clock: Clock;
	/** Lets whoever asks have a turn. */
	readonly pause: () => Promise<void>;
}

/**
 * Packs the whole ledger of a kernel as it stands when the last slice of it is read, verified against its head of that moment:
 * what does not verify is packed too, and marked. Refused where it is too long to be read back; null where there is no such
 * kernel. Nothing waits for it but whoever asked.
 */
export async function packLedger(
	{ kernel_id, reason }: CommandData<'evidence.archive'>,
	{ atOnce, clock, pause }: Packing
): Promise<Result<PackedEvidence, Refusal> | null> {
	const stored = async (tx: Queryable) =>
		(await storedKernels(tx)).find((kernel) => kernel.kernel_id === kernel_id);
	let kernel = await atOnce(stored);
	if (kernel === undefined) return null;
	const { variant } = kernel;
	const replay = new Replay({ sha256: sha256Hex });
	const { file, entry_count, root_hash } = await ledgerFile(
		{ kernel_id, variant, exported_at_ms: clock() },
		{
			pause,
			read: (from) =>
				atOnce(async (tx) => {
					const slice = await kernelEntries(tx, { kernel_id, from });
					if (slice.next === null) kernel = await stored(tx);
					return slice;
				}),
			// Just what was written is verified, as it reads.
			written: (entries) => replay.push(JSON.parse(entries) as Json[])
		}
	);
	if (kernel === undefined) return null;
	if (file.size > longestJson) return err(tooLong);
	const { next_seq: size, last_hash: root } = kernel.head;
	const head = { kernel_id, variant, size, root };
	const { is_valid } = replay.finish({ kernel_id, variant, entry_count, root_hash, head });
	const packed = await gzip(file, pause);
	// Of what does not even unpack nothing could be looked into later; its checksum says that it is what was packed.
	if (!(await gunzip(packed, longestJson, pause)).ok) throw new Error('an archive does not unpack');
	return ok({
		...{ file: packed, text: null, time: null, sha256: sha256Hex(packed) },
		...{ kernel_id, origin: 'own', reason, entries: entry_count, root_hash, is_valid }
	});
}

/** Keeps a file that comes from elsewhere, once. */
export async function keepForeign(work: Work, given: PackedEvidence): Promise<Kept> {
	const twin = await twinOf(work.tx, given);
	if (twin === null) return keep(work, given);
	const { name, entries, is_valid } = twin;
	return { name, entries, is_valid: is_valid ? 1 : 0, is_new: 0 };
}

/** Keeps a file under a name of its own, and answers with what is known of it. */
export async function keep(work: Work, { file, text: _text, time, ...found }: PackedEvidence): Promise<Kept> {
	const name = await freeName(work, found.kernel_id, time);
	await insertEvidence(work, { name, ...found, bytes: file.length }, file);
	return { name, entries: found.entries, is_valid: found.is_valid ? 1 : 0, is_new: 1 };
}

/** A name that nothing had: two archives of one kernel and one millisecond are told apart by a number. */
async function freeName({ tx, now }: Work, kernelId: string, time: string | null): Promise<string> {
	for (let place = 1; ; place++) {
		const name = archiveName(kernelId, time ?? now, place);
		if ((await evidenceRow(tx, name)) === null) return name;
	}
}

/** The archive that holds the same file already: packed by the same hand, or the same once it is unpacked. */
async function twinOf(db: Queryable, given: PackedEvidence): Promise<EvidenceArchive | null> {
	for (const archive of await likeEvidence(db, given)) {
		if (archive.sha256 === given.sha256) return archive;
		const file = await evidenceFile(db, archive.name);
		const text = file !== null && isGzip(file) ? await readText(file) : null;
		if (text?.ok === true && text.value === given.text) return archive;
	}
	return null;
}

const tooLong: Refusal = {
	code: 'refused',
	message: `The ledger of this kernel is longer than an archive can be and still be verified: it takes more than ${longestJson / 1024 / 1024} MB as text. Nothing was changed, and every entry is safe where it is. Export a bundle to keep a copy of it.`
};
