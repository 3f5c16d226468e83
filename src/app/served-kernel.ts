import * as v from 'valibot';
import type { Clock } from '#base/clock.ts';
import { sha256Hex } from '#base/hash.ts';
import { err, failure, ok, type Result } from '#base/result.ts';
import type { Timer } from '#base/timer.ts';
import { createKernel } from '#kernel/kernel.ts';
import { readKernelsFile, type KernelsFile } from '#kernel/kernels-file.ts';
import { ToolRegistry } from '#kernel/tools.ts';
import type { ToolSurface } from '#wire/mcp.ts';
import { readPolicyText, type Environment, type PolicyFileFailure } from '#app/inspect-policy.ts';
import { kernelSurface } from '#app/kernel-surface.ts';

export interface ServedKernel extends Pick<KernelsFile, 'kernel' | 'server'> {
	readonly surface: ToolSurface;
}

export interface ServedKernelOptions {
	readonly environment: Environment;
	readonly clock: Clock;
	readonly timer: Timer;
}

/** A new kernel as a `kernels.yaml` describes it, by the mirror's rules, with the tools that the reference brings (KERNELS A7). */
export async function servedKernel(
	text: string,
	{ environment, clock, timer }: ServedKernelOptions
): Promise<Result<ServedKernel, PolicyFileFailure>> {
	const policyFile = await readPolicyText(text, environment);
	if (!policyFile.ok) return policyFile;
	if (policyFile.value.kind !== 'kernels')
		return err(
			failure('not_a_kernels_file', 'This is a policy alone: which kernel it is for, and where, is not said.')
		);
	const read = readKernelsFile(policyFile.value.record);
	if (!read.ok) return read;
	const { kernel: named, policy, server } = read.value.file;
	const config = { kernel_id: named.id, variant: named.variant };
	const kernel = createKernel({ rules: 'mirror', config, policy, clock, sha256: sha256Hex });
	return ok({ kernel: named, server, surface: kernelSurface({ kernel, tools: ownTools(), clock, timer }) });
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
