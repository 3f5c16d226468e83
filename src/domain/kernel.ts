import * as v from 'valibot';
import { command } from '#domain/define.ts';

/** What no policy of this app lets pass more of, in bytes: some three times what its largest command takes, a file of evidence. */
export const mostParamBytes = 64 * 1024 * 1024;

/**
 * Whose requests a kernel decides on. Three run side by side, each with a chain of its own:
 * - `owner`: what the person and the app itself ask for; - `egress`: what leaves the device;
 * - `agent`: what others ask for, by leave of the person.
 */
export const kernelPorts = ['owner', 'egress', 'agent'] as const;
export type KernelPort = (typeof kernelPorts)[number];

/** Why a person replaces a kernel (KERNELS A10, procedure 1). */
const replacementReasons = ['halted', 'policy', 'archival', 'version', 'configuration'] as const;

/** Why a person halts one. The ledger holds a fixed sentence for each: no word of the person's stands in it. */
export const haltReasons = ['asked', 'suspicion', 'maintenance', 'handover'] as const;
export type HaltReason = (typeof haltReasons)[number];

const port = v.picklist(kernelPorts);
/** Where the evidence of the old kernel does not verify: whether that stops it. */
const damaged = v.optional(v.picklist(['refuse', 'accept']), 'refuse');

/**
 * What an operator does with a kernel, and no kernel decides on: only the person may, whatever the policy says, so that
 * nobody locks herself out.
 */
export const kernelCommands = {
	/** Verifies the evidence of the kernel in charge, and lets a new one follow it: under `policy`, or under the same one. */
	'kernel.replace': command(
		'Replace the kernel',
		v.strictObject({
			port,
			reason: v.picklist(replacementReasons),
			policy: v.optional(v.nullable(v.looseObject({})), null),
			damaged
		})
	),
	/** Replaces the kernel in charge by one with the policy of the kernel before it. */
	'kernel.rollback': command('Return to the policy before', v.strictObject({ port, damaged })),
	/** Writes the last entry of the kernel in charge. Nothing is changed through it any more until it is replaced. */
	'kernel.halt': command('Halt the kernel', v.strictObject({ port, reason: v.picklist(haltReasons) }))
};

export type OperatorKind = keyof typeof kernelCommands;

export function isOperatorKind(kind: string): kind is OperatorKind {
	return Object.hasOwn(kernelCommands, kind);
}

/** What the app brings for a port, and enforces there until the person chooses something else. */
export interface ProposedPolicy {
	readonly port: KernelPort;
	/** As files hold it. */
	readonly policy: object;
}

/** The evidence of a kernel, sound or not: compact JSON in UTF-8. */
export interface KernelEvidence {
	readonly kernel_id: string;
	readonly file: Blob;
}

/** Some of a kernel's entries, one after the other. */
export interface KernelSlice {
	/** As they are exported, oldest first. */
	readonly entries: readonly object[];
	/** Of each of them, its place among those of all kernels. */
	readonly positions: readonly number[];
	/** What to ask for next; null at the end. */
	readonly next: number | null;
	/** Entries are missing that should stand here. */
	readonly is_damaged: boolean;
}

export const kernelViews = {
	'kernel.proposed': { params: v.strictObject({}), topics: [] },
	/** The entries of one kernel in slices, so that a long ledger is read without keeping anybody waiting. */
	/** The whole ledger of one kernel as a file; none where there is no such kernel. */
	'kernel.evidence': {
		params: v.strictObject({ kernel_id: v.pipe(v.string(), v.maxLength(200)) }),
		topics: []
	},
	'kernel.entries': {
		params: v.strictObject({
			kernel_id: v.pipe(v.string(), v.maxLength(200)),
			/** The `ledger_seq` that the slice begins with. */
			from: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0)), 0)
		}),
		topics: [],
		// Entries that are packed between two questions would stand in neither answer.
		isAtOnce: true
	}
} as const;

export interface KernelRows {
	'kernel.proposed': ProposedPolicy;
	'kernel.evidence': KernelEvidence;
	'kernel.entries': KernelSlice;
}
