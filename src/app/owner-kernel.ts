import type { JsonObject } from '#base/canonical.ts';
import { isoTime, type Clock } from '#base/clock.ts';
import { sha256Hex } from '#base/hash.ts';
import { commands } from '#domain/command.ts';
import { createKernel, type Kernel, type Step } from '#kernel/kernel.ts';
import { createPolicy } from '#kernel/policy.ts';
import { policyData, type PolicyData } from '#kernel/policy-file.ts';
import { lookBack } from '#kernel/policy-rule.ts';
import {
	appendStep,
	closeKernel,
	insertKernel,
	recentCalls,
	storedKernel,
	type StoredKernel
} from '#records/ledger.ts';
import { policyHash, succession, successionParams } from '#records/succession.ts';
import type { Database } from '#storage/database.ts';

const port = 'owner';
const variant = 'strict';

/**
 * The kernel that decides on what the person and the app itself ask for, made from its stored head. The first start begins
 * it; an app that brought other commands has another policy, and so a successor: a policy never changes under a kernel.
 */
export async function loadOwnerKernel(
	database: Database,
	clock: Clock,
	kinds: readonly string[] = Object.keys(commands)
): Promise<Kernel> {
	const stored = await storedKernel(database, port);
	const policy = ownerPolicy(kinds);
	if (stored === null || policyHash(stored.policy) !== policyHash(policy)) {
		// A halted kernel is replaced by its owner, not by an update of the app.
		if (stored?.head.state !== 'HALTED') return succeed(database, clock, policy, stored);
	}
	return restoreKernel(database, clock, stored);
}

/** The kernel of a row, where it left off: with its head, and with what it allowed lately where its policy has a rate. */
export async function restoreKernel(
	database: Database,
	clock: Clock,
	{ kernel_id, policy: data, head }: StoredKernel
): Promise<Kernel> {
	const policy = createPolicy(data);
	const back = lookBack(policy.rules);
	const since = Math.max(head.ts_ms, clock()) - back;
	return createKernel({
		config: { kernel_id, variant },
		rules: 'mirror',
		sha256: sha256Hex,
		recent: back === 0 ? [] : await recentCalls(database, kernel_id, since),
		...{ policy, clock, head }
	});
}

/** What the owner's kernel allows: the person and the app itself, and every kind of command that this version has. */
function ownerPolicy(kinds: readonly string[]): PolicyData {
	return policyData(
		createPolicy({
			allowed_actors: ['owner', 'system'],
			allowed_tools: [...kinds, succession].sort()
		})
	);
}

/** Begins a kernel whose first entry says what it follows, so that replacement keeps one history. */
async function succeed(
	database: Database,
	clock: Clock,
	policy: PolicyData,
	previous: StoredKernel | null
): Promise<Kernel> {
	const kernel_id = nextId(clock, previous);
	const options = { policy: createPolicy(policy), rules: 'mirror', sha256: sha256Hex } as const;
	const floor = previous?.head.ts_ms ?? 0;
	const kernel = createKernel({
		...options,
		config: { kernel_id, variant },
		clock: () => Math.max(floor, clock())
	});
	const begun = kernel.head();
	const step = firstStep(kernel, successionParams(previous, policyHash(policy)));
	await database.transaction(async (tx) => {
		const now = isoTime(step.head.ts_ms);
		if (previous !== null) await closeKernel(tx, previous.kernel_id, now);
		await insertKernel(tx, {
			kernel_id,
			port,
			variant,
			policy,
			head: begun,
			opened_at: now,
			closed_at: null,
			policy_by: 'app',
			reason: null
		});
		await appendStep(tx, kernel_id, step);
	});
	return createKernel({ ...options, config: { kernel_id, variant }, clock, head: step.head });
}

function firstStep(kernel: Kernel, params: JsonObject): Step {
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
