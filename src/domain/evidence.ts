import * as v from 'valibot';
import { shortText } from '#domain/common.ts';
import { command } from '#domain/define.ts';

/** What a kernel's ledger is archived for: another kernel took over, or was taken back, or the person asked. */
export const archiveReasons = ['replacement', 'rollback', 'asked'] as const;
export type ArchiveReason = (typeof archiveReasons)[number];

/** The largest packed file of evidence that is taken in, in bytes: a ledger of some 150,000 entries. */
export const largestKept = 16 * 1024 * 1024;

/** What is let go of by itself, at idle moments; a number that is null lets nothing go. */
export const evidencePolicy = v.strictObject({
	/** So many of the newest stay in any case. */
	keep_newest: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000))),
	/** What is younger stays in any case. */
	keep_days: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000)))
});
export type EvidencePolicy = v.InferOutput<typeof evidencePolicy>;

/** A whole ledger that is kept as a file, `{kernel_id}_{time}.json.gz`. */
export interface EvidenceArchive {
	readonly name: string;
	/** As the file says it; empty where a foreign one says none. */
	readonly kernel_id: string;
	/** `own`: of a kernel of this mirror; `foreign`: taken in. */
	readonly origin: 'own' | 'foreign';
	readonly reason: ArchiveReason | 'taken in';
	readonly entries: number;
	/** The last hash that stands in it. */
	readonly root_hash: string;
	/** What it was found to be when it was kept: what does not verify is kept too. */
	readonly is_valid: boolean;
	/** Of the packed file. */
	readonly sha256: string;
	readonly bytes: number;
	readonly created_at: string;
	/** Null while the file is there. */
	readonly deleted_at: string | null;
}

/** A kernel of this mirror, and whether its ledger was ever archived. */
export interface KernelArchives {
	readonly kernel_id: string;
	readonly entries: number;
	readonly opened_at: string;
	/** Null while it is in charge. */
	readonly closed_at: string | null;
	/** How many files of it are kept. */
	readonly kept: number;
	/** It was replaced and its whole ledger never archived: not yet, or because that failed. */
	readonly is_missing: boolean;
	/** Why an archive of it is made by itself: what it gave way to; null while it is in charge. */
	readonly gave_way: 'replacement' | 'rollback' | null;
	/** The newest archive of it, before any whose file was deleted; null where none was ever made. */
	readonly newest: Pick<EvidenceArchive, 'name' | 'is_valid' | 'deleted_at'> | null;
}

/** What evidence says of itself, and what came of verifying it. */
export interface EvidenceReport {
	/** Nothing was found: neither in `errors` nor in `structural`. */
	readonly is_valid: boolean;
	readonly entries_verified: number;
	/** What is wrong with the chain and its root. */
	readonly errors: readonly string[];
	/** What no hash covers: sequence, counts, shape. */
	readonly structural: readonly string[];
	/** The last entry hash as it is stated. */
	readonly computed_root_hash: string;
	/** Which fields its hashes cover. */
	readonly hash_profile: 'v3-19' | 'v2-15' | 'v1-11' | 'spec-10';
	/** What the reference's own verifier says, blind spot and false alarms included. */
	readonly as_reference: { readonly is_valid: boolean; readonly errors: readonly string[] };
	readonly shape: 'bundle' | 'adapter' | 'list';
	/** As the file says; null where it says none. */
	readonly kernel_id: string | null;
	readonly variant: string | null;
	/** Milliseconds since 1970. */
	readonly exported_at_ms: number | null;
	/** How many entries state each decision, the most frequent first; what is no text counts as `?`. */
	readonly decisions: readonly (readonly [decision: string, count: number])[];
}

/** Evidence that names a kernel of this mirror, held against what stands in it. */
export interface OwnComparison {
	/** How many entries that kernel has here. */
	readonly ours: number;
	/** How many are in the file. */
	readonly theirs: number;
	/** How many of both are the same, from the first one on. */
	readonly agree: number;
	/** The entry after those is another one here; else one of both ends there, or an entry is missing here. */
	readonly differs: boolean;
}

/** A file that was checked. `own` is null where it is of no kernel of this mirror, `unread` where the mirror did not answer. */
export interface CheckedEvidence extends EvidenceReport {
	readonly own: OwnComparison | 'unread' | null;
}

/** What became of a kept file since: unpacked, replayed, and compared with what was noted of it. */
export interface ArchiveVerification {
	readonly name: string;
	/** Nothing was found: neither in the file nor against what was noted. */
	readonly is_valid: boolean;
	/** Sentences: how the file differs from what was noted when it was kept, or why it cannot be read. */
	readonly unlike: readonly string[];
	/** What stands in the file; null where it cannot be read. */
	readonly report: EvidenceReport | null;
	/** As for a file that was checked. */
	readonly own: CheckedEvidence['own'];
}

export interface ArchiveFile {
	readonly archive: EvidenceArchive;
	/** Packed; null where it is gone although nobody deleted it. */
	readonly file: Uint8Array<ArrayBuffer> | null;
}

/** The time in the name of an archive, as Python and JavaScript write it, with `:` or `-`. */
const namePattern =
	/^(?<kernel_id>.+)_(?<time>\d{4}-\d\d-\d\dT\d\d[:-]\d\d[:-]\d\d(?:\.\d{1,9})?(?:Z|\+00[:-]00)?)\.json(?:\.gz)?$/;

/** What the name of an archive says; null where it is another name. */
export function readArchiveName(name: string): { readonly kernel_id: string; readonly time: string } | null {
	const { kernel_id, time } = namePattern.exec(name)?.groups ?? {};
	return kernel_id === undefined || time === undefined ? null : { kernel_id, time };
}

/**
 * `{kernel_id}_{time}.json.gz`, in characters that stand in file names everywhere: so `-` for `:`. `place`: among several
 * of one kernel and one time.
 */
export function archiveName(kernelId: string, time: string, place = 1): string {
	const safe = kernelId.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+/, '');
	const told = place === 1 ? '' : `-${place}`;
	return `${safe.slice(0, 100) || 'ledger'}${told}_${time.replace(/[:+]/g, '-')}.json.gz`;
}

/** With `:` or with `-`: both name the same file. */
const storedName = v.pipe(
	shortText,
	v.minLength(1),
	v.transform((name) => name.replaceAll(':', '-'))
);

export const evidenceCommands = {
	/** Keeps the whole ledger of a kernel, in charge or replaced, as a file. What does not verify is kept and marked. */
	'evidence.archive': command(
		'Archive the ledger of a kernel',
		v.strictObject({
			kernel_id: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
			reason: v.picklist(archiveReasons)
		})
	),
	/** Takes in evidence of any kernel, in every shape that is read, as Base64. `name`: of the file it comes from. */
	'evidence.keep': command(
		'Keep a file of evidence',
		v.strictObject({
			name: v.optional(v.nullable(shortText), null),
			file: v.pipe(v.string(), v.minLength(1))
		})
	),
	/** Removes files, for good; that they were here stays known. */
	'evidence.delete': command(
		'Delete archives of evidence',
		v.strictObject({ names: v.pipe(v.array(storedName), v.minLength(1), v.maxLength(500)) })
	),
	/** Removes what the setting `evidence_policy` lets go of. The app asks for it at idle moments. */
	'evidence.prune': command('Delete archives of evidence by policy', v.strictObject({}))
};

export const evidenceViews = {
	/** Newest first, the deleted ones among them. */
	'evidence.list': {
		params: v.strictObject({
			after: v.optional(v.nullable(v.strictObject({ created_at: v.string(), name: v.string() })), null),
			limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(200)), 50)
		}),
		topics: ['evidence_archives', 'schema']
	},
	/** Newest first. */
	'evidence.kernels': { params: v.strictObject({}), topics: ['evidence_archives', 'ledger', 'schema'] },
	/** None where it was deleted. */
	'evidence.file': { params: v.strictObject({ name: storedName }), topics: [] }
} as const;

export interface EvidenceRows {
	'evidence.list': EvidenceArchive;
	'evidence.kernels': KernelArchives;
	'evidence.file': ArchiveFile;
}
