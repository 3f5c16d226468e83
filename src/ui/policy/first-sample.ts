import type { Variant } from '#app/policy-trial.ts';
import { commands, type Kind } from '#domain/command.ts';
import type { KernelPort } from '#domain/kernel.ts';
import { localTime, type TypedSample } from '#ui/policy/sample.ts';
import { policy } from '#ui/texts/policy.ts';

/** What a tool is called that a request may name at first. */
const firstTools: Readonly<Record<KernelPort, Kind>> = {
	owner: 'tension.create',
	egress: 'egress.release',
	agent: 'reflection.create'
};

/** The actors that requests of each port come from, as far as they are known. */
export const actorsOf: Readonly<Record<KernelPort, readonly string[]>> = {
	owner: ['owner', 'system'],
	egress: ['owner', 'system'],
	agent: []
};

/** A request of the kind that a port is there for: with all that its own kernel wants beyond the policy. */
export function firstSample(port: KernelPort, variant: Variant): TypedSample {
	const tool = firstTools[port];
	return {
		actor: actorsOf[port].at(port === 'egress' ? -1 : 0) ?? 'agent:000000000000',
		tool,
		intent: commands[tool].intent,
		...{ params: '', evidence: port === 'egress' ? 'sha256:0' : '' },
		// What only the agents' kernel wants is there to be changed.
		...(port === 'agent' ? policy.sample.constraints : { scope: '', nonGoals: '', success: '' }),
		...{ time: localTime(Date.now()), before: '0', agreed: false, variant }
	};
}
