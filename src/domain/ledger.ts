import * as v from 'valibot';
import { command } from '#domain/define.ts';
import type { KernelPort } from '#domain/kernel.ts';

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

/** A kernel, in charge or replaced. */
export interface KernelStatus {
	readonly kernel_id: string;
	/** Whose requests it decides on. */
	readonly port: KernelPort;
	readonly variant: string;
	readonly state: string;
	readonly entries: number;
	readonly root_hash: string;
	readonly opened_at: string;
	/** Null while it is in charge. */
	readonly closed_at: string | null;
	/** What it enforces, as files hold it. */
	readonly policy: object;
	/** Who chose that: what the `app` brings is renewed with it. */
	readonly policy_by: 'app' | 'owner';
	/** Why it took over; null where that was not written down. */
	readonly reason: string | null;
}

/** A pinned checkpoint, and whether the ledger began with the very entries that it was noted of. */
export interface ComparedCheckpoint {
	readonly id: string;
	readonly fits: boolean;
}

/** What a verification of everything found: chains, their stored heads, and the rows that they prove. */
export interface LedgerVerification {
	readonly is_valid: boolean;
	/** Over all kernels. */
	readonly entries_verified: number;
	/** Sentences with ids and hashes, never content; at most a hundred. */
	readonly errors: readonly string[];
	/** What the reference's own verifier says of the chains, false alarms included; at most a hundred sentences. */
	readonly as_reference: { readonly is_valid: boolean; readonly errors: readonly string[] };
	/** Those that are pinned, compared with the ledger; one that does not fit is said in `errors` too. */
	readonly checkpoints: readonly ComparedCheckpoint[];
}

/** How far a verification is that goes on slice by slice, or what it found. */
export interface LedgerVerifying {
	/** Entries that were read, of those that there are; all of them while requests and rows are compared. */
	readonly done: number;
	readonly of: number;
	/** Null while it goes on. */
	readonly found: LedgerVerification | null;
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

/** What a person notes of all that the ledger held at a time: nothing before it can change unseen by whoever has it. */
export interface LedgerCheckpoint {
	/** Entries over all kernels. */
	readonly size: number;
	/** Root of the tree over their hashes (RFC 6962, 2.1), 64 hex digits. */
	readonly root: string;
	/** When it was asked for, `YYYY-MM-DDTHH:mm:ss.sssZ`. */
	readonly time: string;
}

/** That one entry stood among the first `size`, without the others. */
export interface InclusionProof {
	readonly kind: 'inclusion';
	readonly size: number;
	readonly root: string;
	readonly position: number;
	readonly kernel_id: string;
	/** In the order of an export: its `entry_hash` is what is shown. */
	readonly entry: object;
	/** At most 64 hashes, the lowest first. */
	readonly path: readonly string[];
}

/** That the first `from` entries are what the first `to` began with, whatever kernels were replaced between them. */
export interface ConsistencyProof {
	readonly kind: 'consistency';
	readonly from: number;
	readonly to: number;
	readonly from_root: string;
	readonly to_root: string;
	readonly path: readonly string[];
}

/** Why there is no proof, in a sentence. */
export interface NoProof {
	readonly kind: 'none';
	readonly why: string;
}

export type LedgerProof = InclusionProof | ConsistencyProof | NoProof;

/** The numbers of the ledger, or of what fits a filter. */
export interface LedgerStatistics {
	readonly total_entries: number;
	readonly decisions: Readonly<Record<'ALLOW' | 'DENY' | 'HALT', number>>;
	readonly permit_verification: Readonly<
		Record<'verified' | 'denied' | 'missing' | 'replay_detected', number>
	>;
	readonly tool_executions: { readonly total: number; readonly unique: number };
	readonly unique_tools: readonly string[];
	/** The most frequent first. */
	readonly by_actor: readonly NamedCount[];
	readonly by_tool: readonly NamedCount[];
	/** Each day that has entries, `YYYY-MM-DD` where the mirror is, the oldest first. */
	readonly by_day: readonly NamedCount[];
}

export interface NamedCount {
	readonly name: string;
	readonly entries: number;
}

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const ms = v.pipe(v.number(), v.safeInteger());

/** Which entries are asked for; what is left out asks for any. */
const filterSchema = v.strictObject({
	/** `refused`: whatever was not done. */
	decision: v.exactOptional(v.picklist(['ALLOW', 'DENY', 'HALT', 'refused'])),
	actor: v.exactOptional(name),
	/** Of what was done: a refusal names no tool. */
	tool: v.exactOptional(name),
	kernel_id: v.exactOptional(name),
	/** From this time on, and before that one, in milliseconds. */
	from_ms: v.exactOptional(ms),
	until_ms: v.exactOptional(ms)
});
export type LedgerFilter = v.InferOutput<typeof filterSchema>;

const position = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

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
			limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500)), 50),
			where: v.optional(filterSchema, {})
		}),
		topics: ['ledger']
	},
	'ledger.statistics': {
		params: v.strictObject({ where: v.optional(filterSchema, {}) }),
		topics: ['ledger']
	},
	'ledger.head': { params: v.strictObject({}), topics: ['ledger'] },
	/** In one transaction, as evidence is: what is written meanwhile would look like something that is wrong. */
	'ledger.verify': { params: v.strictObject({}), topics: [], isAtOnce: true },
	/**
	 * One slice of such a verification, and one more whenever it is asked again with the same `run`, a name that the caller makes
	 * up: so commands have their turn in between. What they write does not look wrong. None once it was told to stop.
	 */
	'ledger.verifying': {
		params: v.strictObject({
			run: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
			then: v.optional(v.picklist(['go on', 'stop']), 'go on')
		}),
		topics: [],
		isAtOnce: true
	},
	/** One file for each kernel, or for the one that is named. */
	'ledger.evidence': {
		params: v.strictObject({ kernel_id: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(200))), null) }),
		topics: [],
		isAtOnce: true
	},
	/** None where entries are missing, which `ledger.verify` says. */
	'ledger.checkpoint': { params: v.strictObject({}), topics: ['ledger'], isAtOnce: true },
	/**
	 * Among the first `size` entries, or up to `to`; null: all that there are. The first one reads the hash of every entry, some
	 * at a time: an entry that was written stays as it is, so what is written meanwhile does no harm.
	 */
	'ledger.proof': {
		params: v.variant('kind', [
			v.strictObject({
				kind: v.literal('inclusion'),
				position,
				size: v.optional(v.nullable(position), null)
			}),
			v.strictObject({
				kind: v.literal('consistency'),
				from: position,
				to: v.optional(v.nullable(position), null)
			})
		]),
		topics: []
	},
	'kernel.status': { params: v.strictObject({}), topics: ['ledger'] }
} as const;

export interface LedgerRows {
	'ledger.list': LedgerItem;
	'ledger.statistics': LedgerStatistics;
	'ledger.head': LedgerHead;
	'ledger.verify': LedgerVerification;
	'ledger.verifying': LedgerVerifying;
	'ledger.evidence': LedgerEvidence;
	'ledger.checkpoint': LedgerCheckpoint;
	'ledger.proof': LedgerProof;
	'kernel.status': KernelStatus;
}
