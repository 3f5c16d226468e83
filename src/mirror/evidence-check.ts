import type { Failure, Result } from '#base/result.ts';
import type {
	ArchiveVerification,
	CheckedEvidence,
	EvidenceArchive,
	EvidenceReport
} from '#domain/evidence.ts';

/** What was read of a file that was kept. */
export interface ReadArchive {
	readonly sha256: string;
	readonly bytes: number;
	/** What stands in it, or why that cannot be said. */
	readonly checked: Result<CheckedEvidence, Failure>;
}

/**
 * Judges a kept file anew: what stands in it, whether it is the file that was kept, and whether it is what this mirror holds of
 * that kernel. Null: the file is gone.
 */
export function judgeArchive(archive: EvidenceArchive, read: ReadArchive | null): ArchiveVerification {
	const { name } = archive;
	if (read === null) return lost(name, ['the file is gone although nobody deleted it']);
	const { checked } = read;
	const isSame = read.sha256 === archive.sha256 && read.bytes === archive.bytes;
	const unlike = isSame ? [] : ['the file is not the one that was kept: its SHA-256 is another'];
	if (!checked.ok) return lost(name, [...unlike, `the file cannot be read: ${checked.error.message}`]);
	const { own, ...report } = checked.value;
	unlike.push(...unlikeNoted(archive, report), ...unlikeOwn(own));
	return { name, is_valid: report.is_valid && unlike.length === 0, unlike, report, own };
}

function lost(name: string, unlike: readonly string[]): ArchiveVerification {
	return { name, is_valid: false, unlike, report: null, own: null };
}

function unlikeOwn(own: CheckedEvidence['own']): string[] {
	if (own === null || own === 'unread' || !own.differs) return [];
	return [`only its first ${own.agree} entries are those that this mirror holds of that kernel`];
}

/** What stands in the file and is another than when it was kept. */
function unlikeNoted(archive: EvidenceArchive, report: EvidenceReport): string[] {
	const { entries, root_hash, kernel_id, origin } = archive;
	const found: string[] = [];
	if (report.entries_verified !== entries)
		found.push(`the file holds ${report.entries_verified} entries, and held ${entries} when it was kept`);
	if (root_hash !== '' && report.computed_root_hash !== root_hash)
		found.push('the last hash in the file is not the one that was noted when it was kept');
	if (origin === 'own' && !archive.is_valid && report.is_valid)
		found.push(
			'when it was kept it was not what the database knew of this kernel: its end is missing or another'
		);
	if (origin === 'own' && report.kernel_id !== kernel_id)
		found.push('the file says that it is of another kernel than when it was kept');
	return found;
}
