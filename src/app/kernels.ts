import type { JsonObject } from '#base/canonical.ts';
import { isoTime, type Clock } from '#base/clock.ts';
import { sha256Hex } from '#base/hash.ts';
import { commands } from '#domain/command.ts';
import { egressCommands } from '#domain/egress.ts';
import {
	isOperatorKind,
	kernelPorts,
	mostParamBytes,
	type KernelPort,
	type ProposedPolicy
} from '#domain/kernel.ts';
import { permitTools } from '#domain/permit.ts';
import { kernelsSince } from '#domain/schema.ts';
import { createKernel, type Kernel, type PermitOptions, type Step } from '#kernel/kernel.ts';
import { createPolicy, type JurisdictionPolicy } from '#kernel/policy.ts';
import { policyData, policyRecord, type PolicyData } from '#kernel/policy-file.ts';
import { lookBack } from '#kernel/policy-rule.ts';
import type { VariantName } from '#kernel/variants.ts';
import { isApplied } from '#records/applied.ts';
import { haltedRequests } from '#records/halted.ts';
import {
	appendStep,
	closeKernel,
	insertKernel,
	recentCalls,
	storedKernel,
	storedKernels,
	type StoredKernel
} from '#records/ledger.ts';
import { account, accountParams, policyHash, succession, successionParams } from '#records/succession.ts';
import type { Database, Queryable, Transaction } from '#storage/database.ts';

/** What each port's kernel wants beyond its policy. */
const variantOf = {
	owner: 'strict',
	egress: 'evidence-first',
	agent: 'dual-channel'
} as const satisfies Record<KernelPort, VariantName>;

/** Which kernel decides on what the person and the app itself ask for. */
export function portOf(kind: string): KernelPort {
	return Object.hasOwn(egressCommands, kind) ? 'egress' : 'owner';
}

/** The kinds that this version of the app has and a kernel decides on. */
const ownKinds = Object.keys(commands).filter((kind) => !isOperatorKind(kind));

/**
 * The kernel in charge of a port, made from its stored head. The first start begins it; an app that brought other commands
 * has another policy, and so a successor: a policy never changes under a kernel. One that the person chose stays as it is.
 */
export async function loadKernel(
	database: Database,
	clock: Clock,
	port: KernelPort,
	permits: PermitOptions | undefined = undefined,
	kinds: readonly string[] = ownKinds
): Promise<Kernel> {
	const stored = await storedKernel(database, port);
	const policy = policyOf(port, kinds);
	if (stored !== null && !(await isOutdated(database, stored, policy)))
		return restoreKernel(database, clock, stored, permits);
	const reason = stored === null ? null : 'version';
	await database.transaction((tx) =>
		succeed(tx, { port, clock, policy, policy_by: 'app', reason, previous: stored, ...bySystem })
	);
	return loadKernel(database, clock, port, permits, kinds);
}

/** Begins the kernels that no port has yet, at the first start of a version that has them. */
export async function beginKernels(database: Database, clock: Clock): Promise<void> {
	const inCharge = new Set((await storedKernels(database)).map(({ port }) => port));
	const missing = kernelPorts.filter((port) => !inCharge.has(port));
	if (missing.length === 0) return;
	await database.transaction(async (tx) => {
		for (const port of missing) {
			const policy = policyOf(port, ownKinds);
			await succeed(tx, { port, clock, policy, policy_by: 'app', reason: null, previous: null, ...bySystem });
		}
	});
}

const bySystem = { actor: 'system', request_id: null, prefix: 'kernel' } as const;

/** A halted kernel is replaced by its owner, not by an update of the app; and so is one whose policy she chose. */
async function isOutdated(db: Queryable, stored: StoredKernel, policy: PolicyData): Promise<boolean> {
	if (stored.head.state === 'HALTED' || stored.policy_by === 'owner') return false;
	if (policyHash(stored.policy) === policyHash(policy)) return false;
	if (await isApplied(db, kernelsSince)) return true;
	// Held below that version, nothing says who chose it: what differs in more than its tools was not the app's.
	const { allowed_tools } = policy;
	return policyHash({ ...stored.policy, allowed_tools }) === policyHash(policy);
}

/** The kernel of a row, where it left off: with its head, and where its policy has a rate with what was allowed lately. */
export async function restoreKernel(
	database: Queryable,
	clock: Clock,
	stored: StoredKernel,
	permits?: PermitOptions
): Promise<Kernel> {
	const { kernel_id, port, head } = stored;
	const policy = createPolicy(stored.policy);
	const back = lookBack(policy.rules);
	const since = Math.max(head.ts_ms, clock()) - back;
	return createKernel({
		config: { kernel_id, variant: variantOf[port], max_param_bytes: mostParamBytes },
		rules: 'mirror',
		sha256: sha256Hex,
		recent: back === 0 ? [] : await recentCalls(database, stored, since),
		...{ policy, clock, head },
		// Nobody but the person and the app asks without one.
		...(port === 'agent' && permits !== undefined ? { permits } : {})
	});
}

/** What this version of the app brings for each port. */
export function proposedPolicies(): ProposedPolicy[] {
	return kernelPorts.map((port) => ({ port, policy: policyOf(port, ownKinds) }));
}

/** What this version of the app brings for a port, where a policy is just that, in whatever order; else null. */
export function proposedAs(port: KernelPort, policy: JurisdictionPolicy): PolicyData | null {
	const proposed = policyOf(port, ownKinds);
	const hash = policyHash(policyRecord(createPolicy(proposed)));
	return policyHash(policyRecord(policy)) === hash ? proposed : null;
}

/** What the app brings for a port. Whoever asks as an agent does so by a permit, which is looked at before the policy. */
function policyOf(port: KernelPort, kinds: readonly string[]): PolicyData {
	const own = kinds.filter((kind) => portOf(kind) === port);
	const actors: Readonly<Record<KernelPort, readonly string[]>> = {
		owner: ['owner', 'system'],
		egress: ['system'],
		agent: ['*']
	};
	if (port === 'agent')
		return policyData(createPolicy({ allowed_actors: actors.agent, allowed_tools: [...permitTools].sort() }));
	return policyData(
		createPolicy({
			allowed_actors: actors[port],
			allowed_tools: (port === 'owner' ? [...own, succession] : own).sort(),
			max_param_bytes: mostParamBytes
		})
	);
}

export interface Succession {
	readonly port: KernelPort;
	readonly clock: Clock;
	readonly policy: PolicyData;
	readonly policy_by: StoredKernel['policy_by'];
	readonly reason: string | null;
	readonly previous: StoredKernel | null;
	/** Who asked for it, and by which request; null: the app itself. */
	readonly actor: 'owner' | 'system';
	readonly request_id: string | null;
	/** What its id begins with. */
	readonly prefix: 'kernel' | 'rollback';
}

export interface Begun {
	readonly kernel_id: string;
	readonly step: Step;
	/** Of its first entry. */
	readonly position: number;
	/** Of its last one so far. */
	readonly revision: number;
}

/**
 * Begins a kernel whose first entry says what it follows, so that replacement keeps one history; where it follows a halted
 * one, its second says what was asked of that outside of its chain.
 */
export async function succeed(tx: Transaction, asked: Succession): Promise<Begun> {
	const { port, policy, previous, clock, prefix, actor } = asked;
	const variant = variantOf[port];
	const kernel_id = nextId(prefix, clock(), await storedKernels(tx));
	const floor = previous?.head.ts_ms ?? 0;
	const founding = createKernel({
		// What it begins with is the operator's: neither its policy nor its variant is asked yet.
		config: { kernel_id, variant: 'strict' },
		policy: createPolicy({ allowed_actors: [actor], allowed_tools: [succession, account] }),
		rules: 'mirror',
		sha256: sha256Hex,
		clock: () => Math.max(floor, clock())
	});
	const { policy_by, reason } = asked;
	const head = founding.head();
	const request_id = asked.request_id ?? `${succession}:${kernel_id}`;
	const first = found(founding, {
		...{ actor, request_id, tool: succession, intent: 'Take over the ledger' },
		params: successionParams(previous, policyHash(policy))
	});
	const now = isoTime(first.head.ts_ms);
	if (previous !== null) await closeKernel(tx, previous.kernel_id, now);
	const row = { kernel_id, port, variant, policy, head, opened_at: now, closed_at: null, policy_by, reason };
	await insertKernel(tx, row);
	const position = await appendStep(tx, kernel_id, first);
	const outside = previous?.head.state === 'HALTED' ? await haltedRequests(tx, previous.kernel_id) : [];
	if (previous !== null && outside.length > 0) {
		const second = found(founding, {
			...{ actor, request_id: `${account}:${kernel_id}`, tool: account },
			intent: 'Take over what was asked of the halted kernel',
			params: accountParams(previous.kernel_id, outside)
		});
		return { kernel_id, step: first, position, revision: await appendStep(tx, kernel_id, second) };
	}
	return { kernel_id, step: first, position, revision: position };
}

interface Founding {
	readonly request_id: string;
	readonly actor: string;
	readonly intent: string;
	readonly tool: string;
	readonly params: JsonObject;
}

function found(kernel: Kernel, { request_id, actor, intent, tool, params }: Founding): Step {
	const { ts_ms } = kernel.head();
	const tool_call = { name: tool, params };
	const step = kernel.submit({ request_id, ts_ms, actor, intent, tool_call, params }, () => ({ ok: true }));
	if (!step.ok || step.value.receipt.status !== 'ACCEPTED')
		throw new Error('a kernel refused its own beginning');
	return step.value;
}

/** `kernel-<unix seconds>` or `rollback-<unix seconds>`, later than every one that there was. */
function nextId(prefix: string, now: number, kernels: readonly StoredKernel[]): string {
	const last = Math.max(0, ...kernels.map(({ kernel_id }) => Number(/\d+$/.exec(kernel_id)?.[0] ?? 0)));
	return `${prefix}-${Math.max(Math.floor(now / 1000), last + 1)}`;
}
