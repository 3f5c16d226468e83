import { sha256Hex } from '#base/hash.ts';
import { createKernel, type Kernel, type KernelHead, type KernelOptions, type Step } from '#kernel/kernel.ts';
import type { AuditEntry } from '#kernel/ledger.ts';
import { createPolicy } from '#kernel/policy.ts';
import type { KernelRequest } from '#kernel/request.ts';

/** A kernel by the mirror's rules, whose clock shows 1000, 1001, 1002 ... */
export function mirrorKernel(given: Partial<KernelOptions> = {}): Kernel {
	let now = 1000;
	return createKernel({
		config: { kernel_id: 'kernel-test', variant: 'strict' },
		policy: createPolicy({ allowed_actors: ['owner'], allowed_tools: ['*'] }),
		rules: 'mirror',
		clock: () => now++,
		sha256: sha256Hex,
		...given
	});
}

/** A request that a kernel of `mirrorKernel` allows. */
export function request(id: string, given: Partial<KernelRequest> = {}): KernelRequest {
	const params = { commit: 'c'.repeat(64), rows: 1 };
	const tool_call = { name: 'reflection.create', params };
	return {
		request_id: id,
		ts_ms: 5,
		actor: 'owner',
		intent: 'Write a reflection',
		tool_call,
		params,
		...given
	};
}

/** The step of a request that was submitted, its tool done. */
export function submitted(kernel: Kernel, asked: KernelRequest): Step {
	const step = kernel.submit(asked, () => ({ ok: true }));
	if (!step.ok) throw new Error(step.error.message);
	return step.value;
}

/** A ledger of `length` entries: allowed, failed and denied ones, with and without evidence. */
export function ledger(length: number, head?: KernelHead): { entries: AuditEntry[]; head: KernelHead } {
	const kernel = mirrorKernel(head === undefined ? {} : { head });
	const entries = Array.from({ length }, (_, at) => {
		const given = at % 4 === 1 ? { actor: 'stranger' } : { evidence: at % 2 === 0 ? `note ${at}` : null };
		const step = kernel.submit(request(`r${kernel.head().next_seq}`, given), () =>
			at % 4 === 3 ? { ok: false, error: 'not_found' } : { ok: true }
		);
		if (!step.ok) throw new Error(step.error.message);
		return step.value.entry;
	});
	return { entries, head: kernel.head() };
}
