import { canonicalJson, tryCanonical, type JsonObject } from '#base/canonical.ts';
import { sha256Hex, textDigest } from '#base/hash.ts';
import { paramsHash, type AuditEntry } from '#kernel/ledger.ts';
import type { PolicyData } from '#kernel/policy-file.ts';
import type { HaltedRequests } from '#records/halted.ts';
import type { StoredKernel } from '#records/ledger.ts';

/** The tool of a kernel's first entry. */
export const succession = 'kernel.succeed';

/** The tool of the second entry of a kernel that follows a halted one of which something was asked. */
export const account = 'kernel.account';

const digest = textDigest(sha256Hex);

/** What tells one policy from another: SHA-256 of its canonical JSON. */
export function policyHash(policy: JsonObject): string {
	return digest(canonicalJson(policy));
}

/** What a kernel's first entry is hashed with: which chain it follows and how that one ended, so that there is one history. */
export function successionParams(
	previous: Pick<StoredKernel, 'kernel_id' | 'head'> | null,
	policy_hash: string
): JsonObject {
	return {
		previous_kernel_id: previous?.kernel_id ?? null,
		previous_root: previous?.head.last_hash ?? null,
		entries: previous?.head.next_seq ?? 0,
		policy_hash
	};
}

/** What that second entry is hashed with: all that was asked of the halted kernel outside of its chain. */
export function accountParams(kernelId: string, requests: readonly HaltedRequests[]): JsonObject {
	return { kernel_id: kernelId, requests: requests.map((request) => ({ ...request })) };
}

/** A kernel's row, with the first entry of its chain and the last. */
export interface Succeeded {
	readonly kernel: StoredKernel;
	readonly first: AuditEntry | null;
	readonly second: AuditEntry | null;
	readonly last: AuditEntry | null;
}

/**
 * The kernels of one port, oldest first, against their chains: each follows the one before it, all but the last are closed,
 * and each row says what its chain says. Answers with a sentence for each that does not fit.
 */
export function unprovenKernels(kernels: readonly Succeeded[]): string[] {
	return kernels.flatMap(({ kernel, first, last }, at) => {
		const previous = kernels[at - 1]?.kernel ?? null;
		const next = kernels[at + 1]?.kernel;
		const found: string[] = [];
		if (!isSuccession(first, previous, kernel.policy))
			found.push('its first entry does not follow the kernel before it under this policy');
		if (first !== null && Date.parse(kernel.opened_at) !== first.ts_ms)
			found.push('it was opened at another time than its row says');
		if (kernel.closed_at !== (next?.opened_at ?? null)) found.push('it was not closed when its row says');
		if (last !== null && kernel.head.ts_ms !== last.ts_ms)
			found.push('its last entry is of another time than its row says');
		if (kernel.head.state !== (last?.decision === 'HALT' ? 'HALTED' : 'IDLE'))
			found.push('it is in another state than its last entry says');
		return found.map((finding) => `${kernel.kernel_id}: ${finding}`);
	});
}

/** Whether a second entry says what was asked of the kernel before; it says nothing where nothing was asked. */
export function isAccount(
	second: AuditEntry | null,
	previous: string | null,
	outside: readonly HaltedRequests[]
): boolean {
	if (outside.length === 0 || previous === null) return second?.tool_name !== account;
	return (
		second?.decision === 'ALLOW' &&
		second.tool_name === account &&
		second.params_hash === paramsHash(accountParams(previous, outside), digest)
	);
}

function isSuccession(entry: AuditEntry | null, previous: StoredKernel | null, policy: PolicyData): boolean {
	const canonical = tryCanonical(policy);
	if (entry === null || !canonical.ok) return false;
	const params = successionParams(previous, digest(canonical.value));
	return (
		entry.decision === 'ALLOW' &&
		entry.tool_name === succession &&
		entry.params_hash === paramsHash(params, digest)
	);
}
