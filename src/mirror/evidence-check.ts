import { sha256Hex } from '#base/hash.ts';
import { readText } from '#base/text-file.ts';
import type {
	ArchiveVerification,
	EvidenceArchive,
	EvidenceReport,
	OwnComparison
} from '#domain/evidence.ts';
import { readEvidenceText } from '#kernel/evidence.ts';
import { evidenceReport } from '#mirror/evidence-report.ts';
import { compareWithOwn, statedHashes, type OwnLedger } from '#mirror/own-evidence.ts';

/**
 * Verifies a kept file anew: what stands in it, whether it is the file that was kept, and whether it is what this mirror holds
 * of that kernel. `own` finds a kernel of this mirror; null where there is none of that id.
 */
export async function verifyArchive(
	archive: EvidenceArchive,
	file: Uint8Array<ArrayBuffer> | null,
	own: (kernelId: string) => Promise<OwnLedger | null>
): Promise<ArchiveVerification> {
	const { name } = archive;
	if (file === null) return lost(name, ['the file is gone although nobody deleted it']);
	const isSame = sha256Hex(file) === archive.sha256 && file.length === archive.bytes;
	const unlike = isSame ? [] : ['the file is not the one that was kept: its SHA-256 is another'];
	const text = await readText(file);
	const evidence = text.ok ? readEvidenceText(text.value) : text;
	if (!evidence.ok) return lost(name, [...unlike, `the file cannot be read: ${evidence.error.message}`]);
	const report = evidenceReport(evidence.value);
	const ledger = report.kernel_id === null ? null : await own(report.kernel_id);
	const comparison =
		ledger === null ? null : await compareWithOwn(statedHashes(evidence.value.entries), ledger);
	unlike.push(...unlikeNoted(archive, report), ...unlikeOwn(comparison));
	return { name, is_valid: report.is_valid && unlike.length === 0, unlike, report, own: comparison };
}

function lost(name: string, unlike: readonly string[]): ArchiveVerification {
	return { name, is_valid: false, unlike, report: null, own: null };
}

function unlikeOwn(own: OwnComparison | null): string[] {
	if (own?.differs !== true) return [];
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
