import type { Json } from '#base/canonical.ts';
import type { KernelState } from '#kernel/states.ts';

export type Decision = 'ALLOW' | 'DENY' | 'HALT';

/** REJECTED: a rule said no, and nothing was tried. FAILED: it was allowed and tried, and the tool failed. */
export type ReceiptStatus = 'ACCEPTED' | 'REJECTED' | 'FAILED';

/** KERNELS A1. `Id` is text; by the reference's rules it is whatever was submitted under that name. */
export type KernelReceipt<Id = string> = {
	readonly request_id: Id;
	readonly status: ReceiptStatus;
	readonly state_from: KernelState;
	readonly state_to: KernelState;
	/** The kernel's time, in milliseconds since 1970. */
	readonly ts_ms: number;
	readonly decision: Decision;
	readonly error: string | null;
	/** The entry hash of the ledger entry, in spite of its name. */
	readonly evidence_hash: string | null;
	readonly tool_result: Json;
};
