import * as v from 'valibot';
import { command } from '#domain/define.ts';

/** One line of the ledger, as the page shows it. */
export interface LedgerItem {
	/** Commit order over all kernels, from 1. */
	readonly position: number;
	readonly kernel_id: string;
	readonly ledger_seq: number;
	readonly prev_hash: string;
	readonly entry_hash: string;
	readonly ts_ms: number;
	readonly request_id: string;
	readonly actor: string;
	readonly intent: string;
	readonly decision: string;
	readonly tool_name: string | null;
	readonly error: string | null;
}

/** The head of one kernel's chain. */
export interface LedgerHead {
	readonly kernel_id: string;
	readonly entries: number;
	readonly root_hash: string;
}

export interface KernelStatus {
	readonly kernel_id: string;
	readonly port: string;
	readonly variant: string;
	readonly state: string;
	readonly entries: number;
	readonly root_hash: string;
	readonly opened_at: string;
}

/** What a verification of everything found: chains, their stored heads, and the rows that they prove. */
export interface LedgerVerification {
	readonly is_valid: boolean;
	/** Over all kernels. */
	readonly entries_verified: number;
	/** Sentences with ids and hashes, never content; at most a hundred. */
	readonly errors: readonly string[];
	readonly as_reference: boolean;
}

/** A kernel's whole ledger as the reference exports it: what `mirror verify` reads. Holds no word of the person's. */
export interface LedgerEvidence {
	readonly kernel_id: string;
	readonly variant: string;
	readonly exported_at_ms: number;
	readonly root_hash: string;
	readonly entry_count: number;
	readonly ledger_entries: readonly object[];
}

export const ledgerCommands = {
	/**
	 * Packs the `together` oldest entries where there are that many more than `kept`; else nothing. Nothing of the ledger looks
	 * different afterwards, but a request that old is not answered again. The app asks for it at idle moments.
	 */
	'ledger.archive': command(
		'Pack the oldest entries of the ledger',
		v.strictObject({
			kept: v.pipe(v.number(), v.integer(), v.minValue(1)),
			together: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000))
		})
	)
};

export const ledgerViews = {
	'ledger.list': {
		params: v.strictObject({
			before: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1))), null),
			limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500)), 50)
		}),
		topics: ['ledger']
	},
	'ledger.head': { params: v.strictObject({}), topics: ['ledger'] },
	/** In one transaction, as evidence is: what is written meanwhile would look like something that is wrong. */
	'ledger.verify': { params: v.strictObject({}), topics: [], isAtOnce: true },
	/** One file for each kernel, or for the one that is named. */
	'ledger.evidence': {
		params: v.strictObject({ kernel_id: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(200))), null) }),
		topics: [],
		isAtOnce: true
	},
	'kernel.status': { params: v.strictObject({}), topics: ['ledger'] }
} as const;

export interface LedgerRows {
	'ledger.list': LedgerItem;
	'ledger.head': LedgerHead;
	'ledger.verify': LedgerVerification;
	'ledger.evidence': LedgerEvidence;
	'kernel.status': KernelStatus;
}
