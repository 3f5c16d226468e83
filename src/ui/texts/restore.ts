import type { SampleDecision, Variant } from '#app/policy-trial.ts';
import type { SystemHealth } from '#domain/system.ts';
import { number, plural } from '#ui/format.ts';
import { policy } from '#ui/texts/policy.ts';

const decision = ({ decision }: SampleDecision) => (decision === 'ALLOW' ? 'allowed' : 'refused');

/** Words about a configuration that was saved before and comes in force again. */
export const restore = {
	open: 'Restore a saved file',
	title: 'Restore a saved configuration',
	explain:
		'Choose a kernels.yaml or a policy as JSON that was saved here before. You see what it changes first; nothing is in force before you say so. Afterwards it is checked whether all is well.',
	file: 'Saved file',
	show: 'Show what it changes',
	empty: 'Choose a file first.',
	nothingChanged: (why: string) => `${why} Nothing was changed.`,
	of: (name: string, kernel: string | null) =>
		kernel === null ? `${name} holds a policy.` : `${name} was saved of ${kernel}.`,
	otherVariant: (name: string, theirs: Variant, ours: Variant) =>
		`${name} was saved of a kernel that is ${policy.variant.names[theirs]}, and this one is ${policy.variant.names[ours]}. Nothing was changed. Choose the kernel that it belongs to above.`,
	another: 'Choose another file',
	checking: 'Checking…',
	health: {
		title: 'Health check',
		state: 'State of the kernel',
		policy: 'Policy',
		stranger: 'stranger',
		sample: (tool: string, actor: string) => `${tool}, asked by ${policy.actor(actor)}`,
		chain: 'Ledger',
		system: 'Mirror',
		noAnswer: 'No answer came. Nothing was changed by asking; load the page and look again.',
		inCharge: (id: string) => `${id} is in charge.`,
		other: (id: string) => `${id} is in charge: it was replaced again meanwhile.`,
		notIdle: (id: string, state: string) => `${id} is in the state ${state}.`,
		asFile: 'It enforces what the file says.',
		notAsFile: 'It enforces another policy than the file says.',
		decided: (kernel: SampleDecision, file: SampleDecision) =>
			kernel.decision === file.decision
				? `Is ${decision(kernel)}, as the file says.`
				: `Is ${decision(kernel)}, and by the file it would be ${decision(file)}.`,
		verified: (entries: number) => `${plural(entries, { one: '# entry', other: '# entries' })} verified.`,
		notVerified: (count: number) =>
			`${plural(count, { one: '# finding', other: '# findings' })}. Verify the ledger to read them; your reflections were not changed.`,
		answers: ({ engine, schema_version, reflections, notices }: SystemHealth) =>
			`It answers: tables ${schema_version} in ${engine === 'sqlite' ? 'SQLite' : 'PostgreSQL'}, ${plural(reflections, { one: '# reflection', other: '# reflections' })}${
				notices.length === 0 ? '' : `, ${number(notices.length)} mended when it started (see System)`
			}.`,
		marks: { right: 'Well', wrong: 'Not well', unknown: 'Not known' },
		well: 'The saved configuration is in force, and all is well.',
		notWell:
			'The saved configuration is in force, and not all is well. “Roll back” at the top of this page returns to the policy before.'
	}
} as const;
