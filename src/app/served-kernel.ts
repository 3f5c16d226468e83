import * as v from 'valibot';
import type { Clock } from '#base/clock.ts';
import { sha256Hex } from '#base/hash.ts';
import { err, failure, ok, type Result } from '#base/result.ts';
import type { Timer } from '#base/timer.ts';
import { evidenceText, exportEvidence } from '#kernel/evidence.ts';
import { createKernel, type KernelHead, type Step } from '#kernel/kernel.ts';
import { readKernelsFile, type KernelsFile } from '#kernel/kernels-file.ts';
import type { AuditEntry } from '#kernel/ledger.ts';
import { createPolicy, type JurisdictionPolicy } from '#kernel/policy.ts';
import { policyRecord } from '#kernel/policy-file.ts';
import { ToolRegistry } from '#kernel/tools.ts';
import { policyHash, succession, successionParams } from '#records/succession.ts';
import type { ToolSurface } from '#wire/mcp.ts';
import { readFormer, successorId, type FormerFailure, type FormerKernel } from '#app/former-kernel.ts';
import { readPolicyText, type Environment, type PolicyFileFailure } from '#app/inspect-policy.ts';
import { kernelSurface } from '#app/kernel-surface.ts';

export interface ServedKernel extends Pick<KernelsFile, 'kernel' | 'server'> {
	readonly surface: ToolSurface;
	/** The id of the kernel that it follows; null where it begins its chain. */
	readonly follows: string | null;
	/** How many entries there are. */
	size(): number;
	/** Its evidence as a file holds it, in pieces. */
	evidence(): Iterable<string>;
}

export interface ServedKernelOptions {
	readonly environment: Environment;
	readonly clock: Clock;
	readonly timer: Timer;
	/** The evidence of the kernel before, of the same configuration; null where there was none. */
	readonly former: Uint8Array<ArrayBuffer> | null;
}

/**
 * A kernel as a `kernels.yaml` describes it, by the mirror's rules, with the tools that the reference brings (KERNELS A7). Where
 * there was one before it is a successor, of a new id, whose first entry says what it follows (A12, 8): a chain goes on over
 * restarts, and none is begun twice.
 */
export async function servedKernel(
	text: string,
	{ environment, clock, timer, former: bytes }: ServedKernelOptions
): Promise<Result<ServedKernel, PolicyFileFailure | FormerFailure>> {
	const policyFile = await readPolicyText(text, environment);
	if (!policyFile.ok) return policyFile;
	if (policyFile.value.kind !== 'kernels')
		return err(
			failure('not_a_kernels_file', 'This is a policy alone: which kernel it is for, and where, is not said.')
		);
	const read = readKernelsFile(policyFile.value.record);
	if (!read.ok) return read;
	const { kernel: named, policy, server } = read.value.file;
	const former = bytes === null ? ok(null) : await readFormer(bytes, named.id);
	if (!former.ok) return former;
	const begun = former.value === null ? null : beginAfter(former.value, { id: named.id, policy, clock });
	const id = begun?.id ?? named.id;
	const kernel = createKernel({
		...{
			rules: 'mirror',
			config: { kernel_id: id, variant: named.variant },
			policy,
			clock,
			sha256: sha256Hex
		},
		...(begun === null ? {} : { head: begun.head, recent: former.value?.recent ?? [] })
	});
	const entries: AuditEntry[] = begun === null ? [] : [begun.entry];
	const surface = kernelSurface({
		...{ kernel, tools: ownTools(), clock, timer, entries, answered: former.value?.requests ?? [] },
		onEntry: (entry) => void entries.push(entry)
	});
	return ok({
		...{ kernel: { id, variant: named.variant }, server, surface, follows: former.value?.kernel_id ?? null },
		size: () => entries.length,
		evidence: () =>
			evidenceText(
				exportEvidence({ kernel_id: id, variant: named.variant, exported_at_ms: clock() }, [...entries])
			)
	});
}

interface Beginning {
	readonly id: string;
	readonly entry: AuditEntry;
	readonly head: KernelHead;
}

interface Configured {
	readonly id: string;
	readonly policy: JurisdictionPolicy;
	readonly clock: Clock;
}

/** The first entry of a successor, as a mirror's own kernels begin. */
function beginAfter(former: FormerKernel, { id: configured, policy, clock }: Configured): Beginning {
	const id = successorId(configured, former, clock());
	const params = successionParams(former, policyHash(policyRecord(policy)));
	const { entry, head } = accepted(
		createKernel({
			// What it begins with is not its callers' to ask: neither its policy nor its variant is asked yet.
			config: { kernel_id: id, variant: 'strict' },
			policy: createPolicy({ allowed_actors: ['system'], allowed_tools: [succession] }),
			...{ rules: 'mirror', sha256: sha256Hex, clock: () => Math.max(former.head.ts_ms, clock()) }
		}).submit(
			{
				...{ request_id: `${succession}:${id}`, ts_ms: clock(), actor: 'system' },
				...{ intent: 'Take over the ledger', tool_call: { name: succession, params }, params }
			},
			() => ({ ok: true })
		)
	);
	return { id, entry, head };
}

function accepted(step: Result<Step>): Step {
	if (!step.ok || step.value.receipt.status !== 'ACCEPTED')
		throw new Error('a kernel refused its own beginning');
	return step.value;
}

function ownTools(): ToolRegistry {
	return new ToolRegistry()
		.register('echo', {
			description: 'Answers with the text that it was given.',
			params: v.strictObject({ text: v.string() }),
			run: ({ text }) => text
		})
		.register('add', {
			description: 'Answers with the sum of two numbers.',
			params: v.strictObject({ a: v.pipe(v.number(), v.finite()), b: v.pipe(v.number(), v.finite()) }),
			run: ({ a, b }) => a + b
		});
}
