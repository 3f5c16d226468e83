import { gzip, isGzip } from '#base/gzip.ts';
import { sha256Hex } from '#base/hash.ts';
import { longestJson } from '#base/json.ts';
import { ok } from '#base/result.ts';
import { readText } from '#base/text-file.ts';
import { archiveName, type ArchiveReason, type EvidenceArchive } from '#domain/evidence.ts';
import { kernelsSince } from '#domain/schema.ts';
import { evidenceText, readEvidenceText, verifyEvidence } from '#kernel/evidence.ts';
import {
	deleteEvidence,
	evidenceFile,
	evidencePage,
	evidenceRow,
	insertEvidence,
	keepsEvidence,
	kernelArchives,
	likeEvidence
} from '#records/evidence-archive.ts';
import { storedEvidence } from '#records/evidence.ts';
import { storedKernels, type StoredKernel } from '#records/ledger.ts';
import { refuse } from '#records/refuse.ts';
import type { HandlerMap, Queryable, ViewMap, Work } from '#records/work.ts';
import { readForeign, type ForeignEvidence } from '#mirror/foreign-evidence.ts';
import { verifyArchive } from '#mirror/evidence-check.ts';
import { prunable } from '#mirror/evidence-policy.ts';

type EvidenceKind = 'evidence.archive' | 'evidence.keep' | 'evidence.delete' | 'evidence.prune';

export const evidenceHandlers: HandlerMap<EvidenceKind> = {
	'evidence.archive': async ({ kernel_id, reason }, work) => {
		if (!(await keepsEvidence(work.tx))) return noPlace;
		const kernel = (await storedKernels(work.tx)).find((stored) => stored.kernel_id === kernel_id);
		if (kernel === undefined)
			return refuse('not_found', 'There is no such kernel in this mirror. Nothing was archived.');
		const packed = await packKernel(work, kernel);
		if (packed === null) return tooLong;
		return ok(await keep(work, { ...packed, kernel_id, origin: 'own', reason }));
	},

	'evidence.keep': async (given, work) => {
		if (!(await keepsEvidence(work.tx))) return noPlace;
		const read = await readForeign(given);
		if (!read.ok) return refuse('invalid_data', read.error.message);
		const twin = await twinOf(work.tx, read.value);
		if (twin === null) return ok(await keep(work, read.value));
		const { name, entries, is_valid } = twin;
		return ok({ name, entries, is_valid: Number(is_valid), is_new: 0 });
	},

	'evidence.delete': async ({ names }, work) => {
		if (!(await keepsEvidence(work.tx))) return noPlace;
		const archives: EvidenceArchive[] = [];
		for (const name of new Set(names)) {
			const archive = await evidenceRow(work.tx, name);
			if (archive === null || archive.deleted_at !== null)
				return refuse('not_found', 'One of these archives is no longer there. Nothing was deleted.');
			archives.push(archive);
		}
		await deleteEvidence(work, archives);
		return ok({ deleted: archives.length });
	},

	'evidence.prune': async (_nothing, work) => {
		if (!(await keepsEvidence(work.tx))) return noPlace;
		const archives = await prunable(work.tx, work.clock());
		await deleteEvidence(work, archives);
		return ok({ deleted: archives.length });
	}
};

type EvidenceViewName = 'evidence.list' | 'evidence.kernels' | 'evidence.file' | 'evidence.verify';

/** Of a mirror that has no place for archives they answer with nothing. */
export const evidenceViewMap: ViewMap<EvidenceViewName> = {
	'evidence.list': async (db, page) =>
		(await keepsEvidence(db)) ? evidencePage(db, page) : { rows: [], total: 0 },
	'evidence.kernels': async (db) => ({ rows: (await keepsEvidence(db)) ? await kernelArchives(db) : [] }),
	'evidence.file': async (db, { name }) => {
		const file = (await keepsEvidence(db)) ? await evidenceFile(db, name) : null;
		return { rows: file === null ? [] : [{ name, file }] };
	},
	'evidence.verify': async (db, { name }) => {
		if (!(await keepsEvidence(db))) return { rows: [] };
		const archive = await evidenceRow(db, name);
		if (archive === null || archive.deleted_at !== null) return { rows: [] };
		return { rows: [await verifyArchive(archive, await evidenceFile(db, name))] };
	}
};

const noPlace = refuse(
	'refused',
	`Version ${kernelsSince} of the tables, which keeps archives of evidence, is not applied here. Nothing was changed. Apply it in System, or export the evidence and keep the file elsewhere.`
);

const tooLong = refuse(
	'refused',
	`The ledger of this kernel is longer than an archive can be and still be verified: it takes more than ${longestJson / 1024 / 1024} MB as text. Nothing was changed, and every entry is safe where it is. Export a bundle to keep a copy of it.`
);

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
async function keep(work: Work, { file, time = null, ...packed }: Packed) {
	const { kernel_id, origin, reason, entries, root_hash, is_valid } = packed;
	const name = await freeName(work, kernel_id, time);
	const found = { kernel_id, origin, reason, entries, root_hash, is_valid };
	await insertEvidence(work, { name, ...found, sha256: sha256Hex(file), bytes: file.length }, file);
	return { name, entries, is_valid: Number(is_valid), is_new: 1 };
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
