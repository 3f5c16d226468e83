import type { Client } from '#app/client.ts';
import type { Consideration, Policy, Variant } from '#app/policy-trial.ts';
import type { KernelStatus } from '#domain/ledger.ts';
import { LedgerCheck } from '#ui/ledger/verification.svelte.ts';
import type { Considered } from '#ui/policy/considered.ts';
import { firstSample } from '#ui/policy/first-sample.ts';
import { checkHealth, type HealthLine } from '#ui/policy/health.ts';
import { readFile } from '#ui/policy/reading.ts';
import { sampleOf } from '#ui/policy/sample.ts';
import { restore } from '#ui/texts/restore.ts';

type Step =
	| { readonly kind: 'choosing'; readonly wrong: string | null }
	/** `of`: where the policy comes from, in words. */
	| { readonly kind: 'comparing'; readonly of: string; readonly policy: Policy }
	| { readonly kind: 'checking' | 'checked' };

/** A saved configuration on its way back into force: chosen, compared, and checked once it is there. */
export class Restoring implements Considered {
	readonly #client: Client;
	readonly #kernel: () => KernelStatus;
	/** The ledger is verified slice by slice; whoever closes it stops that. */
	readonly #check: LedgerCheck;
	step = $state.raw<Step>({ kind: 'choosing', wrong: null });
	lines = $state.raw<readonly HealthLine[]>([]);
	considered = $state.raw<Consideration | null>(null);
	failure = $state.raw<Considered['failure']>(null);
	readonly isSettled = $derived(this.considered !== null);

	constructor(client: Client, kernel: () => KernelStatus) {
		this.#client = client;
		this.#kernel = kernel;
		this.#check = new LedgerCheck(client);
	}

	begin(): void {
		this.#check.stop();
		this.step = { kind: 'choosing', wrong: null };
		[this.lines, this.considered, this.failure] = [[], null, null];
	}

	/** Reads what was chosen, and asks what it would change. */
	async take(file: File | undefined): Promise<void> {
		if (file === undefined) return this.#refuse(restore.empty);
		const read = await readFile(this.#client, file);
		if (!read.ok) return this.#refuse(restore.nothingChanged(read.error));
		const { kernel, policy } = read.value;
		const variant = this.#kernel().variant as Variant;
		if (kernel !== null && kernel.variant !== variant)
			return this.#refuse(restore.otherVariant(file.name, kernel.variant, variant));
		this.step = { kind: 'comparing', of: restore.of(file.name, kernel?.id ?? null), policy };
		await this.#consider(policy, variant);
	}

	/** Looks after a kernel that took over, line by line. */
	async check(kernelId: string): Promise<void> {
		if (this.step.kind !== 'comparing') return;
		const { policy } = this.step;
		const { port } = this.#kernel();
		this.step = { kind: 'checking' };
		const client = this.#client;
		const deps = {
			kernels: async () => (await client.read('kernel.status', {})).rows,
			verify: async () => {
				await this.#check.verify();
				return this.#check.state.kind === 'done' ? this.#check.state.found : null;
			},
			health: async () => (await client.read('system.health', {})).rows[0],
			trials: client.trials
		};
		await checkHealth(deps, { port, kernel_id: kernelId, policy }, (line) => {
			if (this.step.kind === 'checking') this.lines = [...this.lines, line];
		});
		if (this.step.kind === 'checking') this.step = { kind: 'checked' };
	}

	async #consider(policy: Policy, variant: Variant): Promise<void> {
		const { port, policy: present } = this.#kernel();
		const sample = sampleOf(firstSample(port, variant));
		if (sample === null) throw new Error('the first sample is none');
		const asked = { port, variant, tried: variant, given: policy, present: present as Policy, sample };
		const answer = await this.#client.trials.consider(asked);
		if (answer.ok) this.considered = answer.value;
		else this.failure = answer.error.code === 'too_slow' ? 'too_slow' : 'failed';
	}

	#refuse(wrong: string): void {
		this.step = { kind: 'choosing', wrong };
	}
}
