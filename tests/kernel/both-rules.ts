import { hexToBytes } from '@noble/hashes/utils.js';
import { runScenarioTool } from '#app/scenario-tools.ts';
import type { Json } from '#base/canonical.ts';
import { sha256Hex } from '#base/hash.ts';
import { readEvidence, verifyEvidence } from '#kernel/evidence.ts';
import { createKernel, type Kernel, type Step } from '#kernel/kernel.ts';
import type { AuditEntry } from '#kernel/ledger.ts';
import { signedWith, usesIn, type PermitToken } from '#kernel/permit.ts';
import { openPolicy, type JurisdictionPolicy } from '#kernel/policy.ts';
import type { Submitted } from '#kernel/request.ts';
import type { RunTool } from '#kernel/rules.ts';
import type { VariantName } from '#kernel/variants.ts';

/** By whose rules. */
export type Kind = 'reference' | 'mirror';

export interface Asked {
	readonly request: Submitted;
	readonly permit?: PermitToken | null;
	readonly run?: RunTool;
}

export interface World {
	readonly kernel: Kernel | Kernel<Json>;
	readonly entries: AuditEntry<Json>[];
	/** What the tools were asked to do. */
	readonly ran: string[];
	ask(asked: Asked): Step<Json>;
}

export interface Given {
	readonly variant?: VariantName;
	readonly policy?: JurisdictionPolicy;
	readonly keys?: Readonly<Record<string, string>>;
	readonly before?: readonly AuditEntry<Json>[];
	readonly onTransition?: (from: string, to: string) => void;
}

/** A kernel by either rules, with the tools of the scenarios. */
export function world(
	rules: Kind,
	{ variant = 'strict', policy = openPolicy, keys, before = [], ...more }: Given = {}
): World {
	const last = before.at(-1);
	const head =
		last === undefined
			? {}
			: { head: { state: 'IDLE', next_seq: before.length, last_hash: last.entry_hash, ts_ms: 0 } as const };
	const ring = new Map(Object.entries(keys ?? {}).map(([id, hex]) => [id, hexToBytes(hex)]));
	const permits = keys === undefined ? {} : { permits: { standing: signedWith(ring), uses: usesIn(before) } };
	const options = {
		...{ config: { kernel_id: 'k', variant }, policy, clock: () => 1_700_000_000_000, sha256: sha256Hex },
		...{ ...head, ...permits, ...more }
	};
	const kernel =
		rules === 'mirror' ? createKernel({ ...options, rules }) : createKernel({ ...options, rules });
	const [entries, ran]: [AuditEntry<Json>[], string[]] = [[...before], []];
	return {
		...{ kernel, entries, ran },
		ask({ request, permit = null, run = runScenarioTool }) {
			const noting: RunTool = (call) => (ran.push(call.name), run(call));
			const step = kernel.submit(request, noting, permit);
			if (!step.ok) throw new Error(step.error.message);
			entries.push(step.value.entry);
			return step.value;
		}
	};
}

/** Asks the tool `echo` for a text. */
export const echo = (request_id: string, text: string, more: Submitted = {}): Submitted => {
	const params = { text };
	const tool_call = { name: 'echo', params };
	return { request_id, ts_ms: 1, actor: 'agent-001', intent: 'try', params, tool_call, ...more };
};

/** What the verifier says of a file. */
export function verified(value: Json, known: Parameters<typeof verifyEvidence>[2] = {}) {
	const evidence = readEvidence(value);
	if (!evidence.ok) throw new Error(evidence.error.message);
	return verifyEvidence(evidence.value, sha256Hex, known);
}

/** As files hold it. */
export interface Bundle {
	readonly root_hash: string;
	readonly ledger_entries: readonly AuditEntry[];
}
