import type { AuditEntry } from '#kernel/ledger.ts';

/** What of an entry is counted. */
export type CountedEntry = Pick<
	AuditEntry,
	'decision' | 'tool_name' | 'permit_verification' | 'permit_nonce' | 'permit_max_executions'
>;

/** The numbers of a ledger, as the reference's own verifier reports them (KERNELS A5). */
export interface LedgerNumbers {
	readonly total_entries: number;
	readonly decisions: Readonly<Record<'ALLOW' | 'DENY' | 'HALT', number>>;
	readonly permit_verification: {
		readonly verified: number;
		readonly denied: number;
		/** Tools that ran without a permit, where any entry has one. */
		readonly missing: number;
		/** Uses of a permit beyond what it allows. */
		readonly replay_detected: number;
	};
	readonly tool_executions: { readonly total: number; readonly unique: number };
	readonly unique_tools: readonly string[];
}

/** Counts entries. Order does not matter. */
export function ledgerNumbers(entries: readonly CountedEntry[]): LedgerNumbers {
	const ran = entries.filter(({ decision, tool_name }) => decision === 'ALLOW' && tool_name !== null);
	const tools = new Set(ran.map(({ tool_name }) => String(tool_name)));
	const verified = entries.filter(({ permit_verification }) => permit_verification === 'ALLOW');
	const denied = entries.filter(({ permit_verification }) => permit_verification === 'DENY');
	const isEnforced = verified.length + denied.length > 0;
	const bare = ran.filter(({ permit_verification }) => permit_verification !== 'ALLOW');
	const decided = (decision: string) => entries.filter((entry) => entry.decision === decision).length;
	return {
		total_entries: entries.length,
		decisions: { ALLOW: decided('ALLOW'), DENY: decided('DENY'), HALT: decided('HALT') },
		permit_verification: {
			verified: verified.length,
			denied: denied.length,
			missing: isEnforced ? bare.length : 0,
			replay_detected: usesBeyond(verified)
		},
		tool_executions: { total: ran.length, unique: tools.size },
		unique_tools: [...tools].sort()
	};
}

function usesBeyond(verified: readonly CountedEntry[]): number {
	const uses = new Map<string, number>();
	let beyond = 0;
	for (const { permit_nonce, permit_max_executions } of verified) {
		if (permit_nonce === null) continue;
		const used = (uses.get(permit_nonce) ?? 0) + 1;
		uses.set(permit_nonce, used);
		if (permit_max_executions !== null && used > permit_max_executions) beyond++;
	}
	return beyond;
}
