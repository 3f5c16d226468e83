/**
 * - `accepted`: done, and durable;
 * - `invalid_request`: the envelope could not be read: nothing was tried, nothing stands in the ledger;
 * - `invalid_data`: the data does not fit the kind; - `unknown_kind`: there is no such command;
 * - `duplicate_request`: this id was used for other content; - `version_conflict`: changed since the edit began;
 * - `not_found`: the row is not there; - `already_exists`: a row with that id is there;
 * - `refused`: a rule of the kernel's policy; - `ask_first`: such a rule wants the person's word: it passes once she agrees;
 * - `halted`: the kernel is halted and takes no more changes;
 * - `storage_full`, `storage_failed`: the medium; what was asked is not done, what was there is safe;
 * - `superseded`: another tab has taken over the mirror; not done by this one, and safe to ask of the other;
 * - `not_verified`: what a kernel wrote does not verify, so that it stays in charge;
 * - `cancelled`: permitted, then stopped by the person; nothing was changed;
 * - `read_only`: this mirror is open for reading only; - `failed`: a defect of ours: undone, and safe to try again.
 */
export const receiptCodes = [
	'accepted',
	'invalid_request',
	'invalid_data',
	'unknown_kind',
	'duplicate_request',
	'version_conflict',
	'not_found',
	'already_exists',
	'refused',
	'ask_first',
	'halted',
	'storage_full',
	'storage_failed',
	'superseded',
	'not_verified',
	'cancelled',
	'read_only',
	'failed'
] as const;
export type ReceiptCode = (typeof receiptCodes)[number];

/** The KERNELS receipt (specification A1), with a closed code and, in words, what a person should know. */
export interface Receipt {
	readonly request_id: string;
	readonly status: 'ACCEPTED' | 'REJECTED' | 'FAILED';
	readonly decision: 'ALLOW' | 'DENY' | 'HALT';
	readonly state_from: string;
	readonly state_to: string;
	readonly ts_ms: number;
	/** The kernel's own words, as in the ledger. */
	readonly error: string | null;
	/** The entry hash of the ledger entry; null where there is none. */
	readonly evidence_hash: string | null;
	/** What a tool of the kernel answered: nothing, for what a command came to is `result`. */
	readonly tool_result: null;
	readonly code: ReceiptCode;
	/** What happened, for the person; null when all is well. */
	readonly message: string | null;
	/** Position of the entry in the ledger; null where there is none. */
	readonly position: number | null;
	/** Ids and counts only, never content: receipts are stored. */
	readonly result: Readonly<Record<string, string | number | null>> | null;
}
