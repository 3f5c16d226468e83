import type { PolicyTrials } from '#app/policy-trials.ts';
import type { Policy, SampleDecision, Variant } from '#app/policy-trial.ts';
import type { KernelPort } from '#domain/kernel.ts';
import type { KernelStatus, LedgerVerification } from '#domain/ledger.ts';
import type { SystemHealth } from '#domain/system.ts';
import { firstSample } from '#ui/policy/first-sample.ts';
import { sampleOf } from '#ui/policy/sample.ts';
import { restore } from '#ui/texts/restore.ts';

/** One thing that was looked at after a kernel took over. */
export interface HealthLine {
	readonly what: string;
	/** `unknown`: no answer came. */
	readonly state: 'right' | 'wrong' | 'unknown';
	readonly words: string;
}

export interface HealthDependencies {
	readonly kernels: () => Promise<readonly KernelStatus[]>;
	/** Over all kernels; null where it did not come to its end. */
	readonly verify: () => Promise<LedgerVerification | null>;
	readonly health: () => Promise<SystemHealth | undefined>;
	readonly trials: Pick<PolicyTrials, 'consider'>;
}

/** What should be so by now. */
export interface Expected {
	readonly port: KernelPort;
	readonly kernel_id: string;
	readonly policy: Policy;
}

const texts = restore.health;

/**
 * Looks whether a configuration that was restored is in force and the mirror well (KERNELS A10, full rollback). Each line is
 * told as soon as it is known, in the order in which they are asked; a line that breaks keeps none of the others.
 */
export async function checkHealth(
	deps: HealthDependencies,
	expected: Expected,
	tell: (line: HealthLine) => void
): Promise<void> {
	const kernels = await deps.kernels().catch(() => []);
	const kernel = kernels.find(({ port, closed_at }) => port === expected.port && closed_at === null);
	tell(stateLine(kernel, expected));
	for (const line of await decisionLines(deps, kernel, expected)) tell(line);
	tell(chainLine(await deps.verify().catch(() => null)));
	tell(systemLine(await deps.health().catch(() => undefined)));
}

function stateLine(kernel: KernelStatus | undefined, { kernel_id }: Expected): HealthLine {
	const what = texts.state;
	if (kernel === undefined) return { what, state: 'unknown', words: texts.noAnswer };
	if (kernel.kernel_id !== kernel_id) return { what, state: 'wrong', words: texts.other(kernel.kernel_id) };
	if (kernel.state !== 'IDLE') return { what, state: 'wrong', words: texts.notIdle(kernel_id, kernel.state) };
	return { what, state: 'right', words: texts.inCharge(kernel_id) };
}

/** What the kernel in charge enforces, read back, beside what the file says. */
async function decisionLines(
	{ trials }: HealthDependencies,
	kernel: KernelStatus | undefined,
	{ port, policy }: Expected
): Promise<HealthLine[]> {
	const what = texts.policy;
	if (kernel === undefined) return [{ what, state: 'unknown', words: texts.noAnswer }];
	// What stands in a kernel's row is a policy.
	const [variant, present] = [kernel.variant as Variant, kernel.policy as Policy];
	const lines: HealthLine[] = [];
	const usual = firstSample(port, variant);
	for (const actor of [usual.actor, texts.stranger]) {
		const sample = sampleOf({ ...usual, actor });
		if (sample === null) continue;
		const asked = { port, variant, tried: variant, given: policy, present, sample };
		const answer = await trials.consider(asked);
		if (!answer.ok || answer.value.kind === 'no policy')
			return [...lines, { what, state: 'unknown', words: texts.noAnswer }];
		const { comparison, edited, present: decided } = answer.value;
		if (lines.length === 0) lines.push(policyLine(comparison.is_same ? 'same' : 'another'));
		lines.push(sampleLine(`${texts.sample(sample.tool, actor)}`, edited, decided));
	}
	return lines;
}

function policyLine(found: 'same' | 'another'): HealthLine {
	const isSame = found === 'same';
	const words = isSame ? texts.asFile : texts.notAsFile;
	return { what: texts.policy, state: isSame ? 'right' : 'wrong', words };
}

function sampleLine(what: string, file: SampleDecision | null, kernel: SampleDecision | null): HealthLine {
	if (file === null || kernel === null) return { what, state: 'unknown', words: texts.noAnswer };
	const isSame =
		file.decision === kernel.decision && file.violations.join('\n') === kernel.violations.join('\n');
	return { what, state: isSame ? 'right' : 'wrong', words: texts.decided(kernel, file) };
}

function chainLine(found: LedgerVerification | null): HealthLine {
	const what = texts.chain;
	if (found === null) return { what, state: 'unknown', words: texts.noAnswer };
	if (found.is_valid) return { what, state: 'right', words: texts.verified(found.entries_verified) };
	return { what, state: 'wrong', words: texts.notVerified(found.errors.length) };
}

function systemLine(health: SystemHealth | undefined): HealthLine {
	const what = texts.system;
	if (health === undefined) return { what, state: 'unknown', words: texts.noAnswer };
	return { what, state: 'right', words: texts.answers(health) };
}
