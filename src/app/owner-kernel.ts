import { canonicalJson } from '#base/canonical.ts';
import { isoTime, type Clock } from '#base/clock.ts';
import { sha256Hex, textDigest } from '#base/hash.ts';
import { commands } from '#domain/command.ts';
import { createKernel, type Kernel, type Step } from '#kernel/kernel.ts';
import { createPolicy } from '#kernel/policy.ts';
import { appendStep, closeKernel, insertKernel, storedKernel, type StoredKernel } from '#records/ledger.ts';
import type { Database } from '#storage/database.ts';

const port = 'owner';
const variant = 'strict';
const succession = 'kernel.succeed';
const digest = textDigest(sha256Hex);

/**
 * The kernel that decides on what the person and the app itself ask for, made from its stored head. The first start begins
 * it; an app that brought other commands has another policy, and so a successor: a policy never changes under a kernel.
 */
export async function loadOwnerKernel(database: Database, clock: Clock): Promise<Kernel> {
	const stored = await storedKernel(database, port);
	if (stored === null || hashOf(stored.policy) !== hashOf(ownerPolicy())) {
		// A halted kernel is replaced by its owner, not by an update of the app.
		if (stored?.head.state !== 'HALTED') return succeed(database, clock, stored);
	}
	return createKernel({
		config: { kernel_id: stored.kernel_id, variant },
		policy: createPolicy(stored.policy),
		rules: 'mirror',
		clock,
		sha256: sha256Hex,
		head: stored.head
	});
}

/** What the owner's kernel allows: the person and the app itself, and every command there is. */
function ownerPolicy(): StoredKernel['policy'] {
	const { custom_rules: _none, ...policy } = createPolicy({
		allowed_actors: ['owner', 'system'],
		allowed_tools: [...Object.keys(commands), succession].sort()
	});
	return policy;
}

function hashOf(policy: StoredKernel['policy']): string {
	return digest(canonicalJson({ ...policy }));
}

/** Begins a kernel whose first entry says what it follows, so that replacement keeps one history. */
async function succeed(database: Database, clock: Clock, previous: StoredKernel | null): Promise<Kernel> {
	const policy = ownerPolicy();
	const kernel_id = nextId(clock, previous);
	const options = { policy: createPolicy(policy), rules: 'mirror', sha256: sha256Hex } as const;
	const floor = previous?.head.ts_ms ?? 0;
	const kernel = createKernel({
		...options,
		config: { kernel_id, variant },
		clock: () => Math.max(floor, clock())
	});
	const begun = kernel.head();
	const step = firstStep(kernel, {
		previous_kernel_id: previous?.kernel_id ?? null,
		previous_root: previous?.head.last_hash ?? null,
		entries: previous?.head.next_seq ?? 0,
		policy_hash: hashOf(policy)
	});
	await database.transaction(async (tx) => {
		const now = isoTime(step.head.ts_ms);
		if (previous !== null) await closeKernel(tx, previous.kernel_id, now);
		await insertKernel(tx, port, now, { kernel_id, variant, policy, head: begun });
		await appendStep(tx, kernel_id, step);
	});
	return createKernel({ ...options, config: { kernel_id, variant }, clock, head: step.head });
}

type Succession = Readonly<Record<'previous_kernel_id' | 'previous_root' | 'policy_hash', string | null>> & {
	readonly entries: number;
};

function firstStep(kernel: Kernel, params: Succession): Step {
	const request = {
		request_id: `${succession}:${kernel.config.kernel_id}`,
		ts_ms: kernel.head().ts_ms,
		actor: 'system',
		intent: 'Take over the ledger',
		tool_call: { name: succession, params },
		params
	};
	const step = kernel.submit(request, () => ({ ok: true }));
	if (!step.ok || step.value.receipt.status !== 'ACCEPTED')
		throw new Error('a kernel refused its own beginning');
	return step.value;
}

/** `kernel-<unix seconds>`, and never the id of the kernel before it. */
function nextId(clock: Clock, previous: StoredKernel | null): string {
	const seconds = Math.floor(clock() / 1000);
	const last = Number(previous?.kernel_id.replace('kernel-', '') ?? 0);
	return `kernel-${Math.max(seconds, last + 1)}`;
}
