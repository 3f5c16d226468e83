import { fromUtf8 } from '#base/bytes.ts';
import { sha256Hex } from '#base/hash.ts';
import { parseJson } from '#base/json.ts';
import { readEvidence, statedHashes, verifyEvidence, type Evidence } from '#kernel/evidence.ts';
import type { Verification } from '#kernel/replay.ts';
import { bundlePaths } from '#wire/bundle-manifest.ts';
import type { StagedLedger } from '#bundle/staged.ts';
import type { ZipFiles } from '#bundle/unzip.ts';

/** One ledger of a bundle. */
export interface KernelVerification {
	readonly path: string;
	readonly evidence: Evidence;
	readonly verification: Verification;
}

/** Every ledger of a bundle; a file that holds none is a finding. */
export function verifyKernels(files: ZipFiles, structural: string[]): KernelVerification[] {
	const kernels: KernelVerification[] = [];
	for (const [path, bytes] of files) {
		if (!path.startsWith(bundlePaths.kernels) || path === bundlePaths.commits) continue;
		const json = parseJson(fromUtf8(bytes) ?? '');
		const evidence = json.ok ? readEvidence(json.value) : json;
		if (evidence.ok)
			kernels.push({
				path,
				evidence: evidence.value,
				verification: verifyEvidence(evidence.value, sha256Hex)
			});
		else structural.push(`${path}: ${evidence.error.message}`);
	}
	return kernels;
}

/** The ledgers of a bundle as an import looks at them: each verified, and none of them taken over. */
export function stageLedgers(files: ZipFiles): StagedLedger[] {
	const unread: string[] = [];
	const ledgers = verifyKernels(files, unread).map(({ path, evidence, verification }) => {
		const { kernel_id } = evidence.claims;
		return {
			kernel_id: typeof kernel_id === 'string' ? kernel_id : null,
			hashes: statedHashes(evidence.entries),
			findings: [...verification.errors, ...verification.structural].map((finding) => `${path}: ${finding}`)
		};
	});
	return [...ledgers, ...unread.map((finding) => ({ kernel_id: null, hashes: [], findings: [finding] }))];
}
