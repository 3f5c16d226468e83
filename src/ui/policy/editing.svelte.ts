import { untrack } from 'svelte';
import type { Client } from '#app/client.ts';
import type { AskedConsideration, Consideration, Policy, Variant } from '#app/policy-trial.ts';
import type { KernelPort } from '#domain/kernel.ts';
import type { KernelStatus } from '#domain/ledger.ts';
import { newId } from '#ui/request.ts';
import { actorsOf, firstSample } from '#ui/policy/first-sample.ts';
import { sampleOf, type TypedSample } from '#ui/policy/sample.ts';
import { givenOf, typedPolicy, type Known, type TypedPolicy } from '#ui/policy/typed.ts';

/** What is typed and not in force, kept while the person looks at something else. */
export type KeptPolicies = Map<KernelPort, { readonly typed: TypedPolicy; readonly sample: TypedSample }>;

export interface EditingDependencies {
	readonly client: Client;
	/** The one in charge. */
	readonly kernel: () => KernelStatus;
	/** The kinds that the app has for its port. */
	readonly tools: () => readonly string[];
	readonly kept: KeptPolicies;
}

/**
 * A policy while it is edited, with what would come of it: asked anew whenever something is typed, and whenever another policy
 * comes in force. What is typed stays until the person begins again, also where she looks at another page.
 */
export class PolicyEditing {
	typed: TypedPolicy;
	sample: TypedSample;
	/** What came of the last question; null before the first answer. */
	considered = $state.raw<Consideration | null>(null);
	/** The last question was not answered: the policy took too long, or broke what asks it. */
	failure = $state.raw<'too_slow' | 'failed' | null>(null);
	/** Whether the answer is about what is typed now. */
	isSettled = $state(false);
	readonly #client: Client;
	readonly #kernel: () => KernelStatus;
	readonly #tools: () => readonly string[];
	/** The kernel that was in charge when the form was looked at last. */
	#of: string;
	#wanted: AskedConsideration | null = null;
	#isAsking = false;

	constructor({ client, kernel, tools, kept }: EditingDependencies) {
		const { port, variant, policy, kernel_id } = kernel();
		this.#client = client;
		this.#kernel = kernel;
		this.#tools = tools;
		this.#of = kernel_id;
		const before = kept.get(port);
		this.typed = $state(before?.typed ?? typedPolicy(policy as Policy, this.known, newId));
		this.sample = $state(before?.sample ?? firstSample(port, variant as Variant));
		$effect(() => this.#follow(kernel().kernel_id));
		$effect(() => void this.#consider(this.#asked()));
		$effect(() => () => {
			if (this.#isUntouched()) kept.delete(port);
			else kept.set(port, { typed: $state.snapshot(this.typed), sample: $state.snapshot(this.sample) });
		});
	}

	#isUntouched(): boolean {
		const { considered } = this;
		return this.isSettled && considered?.kind === 'policy' && considered.comparison.is_same;
	}

	/** Where nothing was edited, the form goes with what is in force. */
	#follow(kernelId: string): void {
		if (kernelId === this.#of) return;
		this.#of = kernelId;
		untrack(() => {
			if (this.#isUntouched()) this.take(this.present);
		});
	}

	/** What the form has ticks for. */
	get known(): Known {
		return { actors: actorsOf[this.port], tools: this.#tools() };
	}

	get port(): KernelPort {
		return this.#kernel().port;
	}

	/** What the kernel of its port is, and stays. */
	get variant(): Variant {
		return this.#kernel().variant as Variant;
	}

	/** What the edited policy is tried on. */
	get tried(): Variant {
		return this.sample.variant;
	}

	/** What is in force. */
	get present(): Policy {
		return this.#kernel().policy as Policy;
	}

	/** Takes a policy into the form, instead of what is typed there. */
	take(policy: Policy): void {
		this.typed = typedPolicy(policy, this.known, newId);
	}

	#asked(): AskedConsideration {
		const typed = $state.snapshot(this.typed);
		const sample = $state.snapshot(this.sample);
		const { port, variant, present } = this;
		const { variant: tried } = sample;
		const asked = sampleOf(sample) ?? sampleOf({ ...sample, ...firstSample(port, tried), variant: tried });
		if (asked === null) throw new Error('the first sample is none');
		return { port, variant, tried, given: givenOf(typed), present, sample: asked };
	}

	/** One question at a time, and of those that were asked meanwhile only the last. */
	async #consider(asked: AskedConsideration): Promise<void> {
		this.#wanted = asked;
		this.isSettled = false;
		if (this.#isAsking) return;
		this.#isAsking = true;
		while (this.#wanted !== null) {
			const now: AskedConsideration = this.#wanted;
			this.#wanted = null;
			const answer = await this.#client.trials.consider(now);
			this.failure = answer.ok ? null : answer.error.code === 'too_slow' ? 'too_slow' : 'failed';
			if (answer.ok) this.considered = answer.value;
		}
		this.#isAsking = false;
		this.isSettled = true;
	}
}
