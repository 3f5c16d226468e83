import { gzip, isGzip } from '#base/gzip.ts';
import { sha256Hex } from '#base/hash.ts';
import { longestJson } from '#base/json.ts';
import { readText } from '#base/text-file.ts';
import { archiveName, type ArchiveReason, type EvidenceArchive } from '#domain/evidence.ts';
import { evidenceText, readEvidenceText, verifyEvidence } from '#kernel/evidence.ts';
import { evidenceFile, evidenceRow, insertEvidence, likeEvidence } from '#records/evidence-archive.ts';
import { storedEvidence } from '#records/evidence.ts';
import type { StoredKernel } from '#records/ledger.ts';
import type { Queryable, Work } from '#records/work.ts';
import type { ForeignEvidence } from '#mirror/foreign-evidence.ts';

/** What is told of a file that is kept: in a receipt, so truth is 1 and untruth 0. */
export type Kept = {
	readonly name: string;
	readonly entries: number;
	readonly is_valid: 0 | 1;
	/** 0: the same file was kept before, and nothing was added. */
	readonly is_new: 0 | 1;
};

/**
 * Keeps the whole ledger of a kernel as it stands in the database, verified against its stored head: what does not verify
 * is kept too, and marked. Null, and nothing kept, where it is too long to be read back. The database must have a place for
 * archives (`keepsEvidence`).
 */
export async function archiveKernel(
	work: Work,
	kernel: StoredKernel,
	reason: ArchiveReason
): Promise<Kept | null> {
	const packed = await packKernel(work, kernel);
	if (packed === null) return null;
	return keep(work, { ...packed, kernel_id: kernel.kernel_id, origin: 'own', reason });
}

/** Keeps a file that comes from elsewhere, once. */
export async function keepForeign(work: Work, given: ForeignEvidence): Promise<Kept> {
	const twin = await twinOf(work.tx, given);
	if (twin === null) return keep(work, given);
	const { name, entries, is_valid } = twin;
	return { name, entries, is_valid: is_valid ? 1 : 0, is_new: 0 };
}

/** A file on its way in. */
interface Packed {
	readonly file: Uint8Array<ArrayBuffer>;
	readonly kernel_id: string;
	readonly origin: EvidenceArchive['origin'];
	readonly reason: ArchiveReason | 'taken in';
	readonly entries: number;
	readonly root_hash: string;
	readonly is_valid: boolean;
	/** The time in its name, where that is not now. */
	readonly time?: string | null;
}

/** Keeps a file under a name of its own, and answers with what is known of it. */
async function keep(work: Work, { file, time = null, ...packed }: Packed): Promise<Kept> {
	const { kernel_id, origin, reason, entries, root_hash, is_valid } = packed;
	const name = await freeName(work, kernel_id, time);
	const found = { kernel_id, origin, reason, entries, root_hash, is_valid };
	await insertEvidence(work, { name, ...found, sha256: sha256Hex(file), bytes: file.length }, file);
	return { name, entries, is_valid: is_valid ? 1 : 0, is_new: 1 };
}

/** A name that nothing had: two archives of one kernel and one millisecond are told apart by a number. */
async function freeName({ tx, now }: Work, kernelId: string, time: string | null): Promise<string> {
	for (let place = 1; ; place++) {
		const name = archiveName(kernelId, time ?? now, place);
		if ((await evidenceRow(tx, name)) === null) return name;
	}
}

/** The whole ledger of a kernel, packed, and what came of verifying just that; null where it is too long for one text. */
async function packKernel({ tx, clock }: Work, kernel: StoredKernel) {
	const { kernel_id, variant, head } = kernel;
	const { evidence } = await storedEvidence(tx, kernel, clock());
	const pieces = [...evidenceText(evidence)];
	if (pieces.reduce((length, piece) => length + piece.length, 0) > longestJson) return null;
	const file = await gzip(...pieces);
	const text = await readText(file);
	const read = text.ok ? readEvidenceText(text.value) : text;
	// Of what does not even read back nothing could be looked into later.
	if (!read.ok) throw new Error('an archive does not read as it was packed');
	const known = { head: { kernel_id, variant, size: head.next_seq, root: head.last_hash } };
	const { is_valid } = verifyEvidence(read.value, sha256Hex, known);
	return { file, is_valid, entries: evidence.entry_count, root_hash: evidence.root_hash };
}

/** The archive that holds the same file already: packed by the same hand, or the same once it is unpacked. */
async function twinOf(db: Queryable, given: ForeignEvidence): Promise<EvidenceArchive | null> {
	const sha256 = sha256Hex(given.file);
	for (const archive of await likeEvidence(db, given)) {
		if (archive.sha256 === sha256) return archive;
		const file = await evidenceFile(db, archive.name);
		const text = file !== null && isGzip(file) ? await readText(file) : null;
		if (text?.ok === true && text.value === given.text) return archive;
	}
	return null;
}
