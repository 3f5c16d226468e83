import type { Receipt, ReceiptCode } from '#domain/receipt.ts';
import type { AuditEntry } from '#kernel/ledger.ts';
import type { KernelHead, Step } from '#kernel/kernel.ts';
import type { CommandResult } from '#records/work.ts';

/** What a command came to, in the words of the app. */
export interface Verdict {
	readonly code: ReceiptCode;
	readonly message: string | null;
	readonly result?: CommandResult;
}

/** The receipt of a request that the kernel decided on. */
export function toReceipt(step: Step, position: number | null, { code, message, result }: Verdict): Receipt {
	const { request_id, status, decision, state_from, state_to, ts_ms, error, evidence_hash } = step.receipt;
	return {
		request_id,
		status,
		decision,
		state_from,
		state_to,
		ts_ms,
		error,
		evidence_hash: position === null ? null : evidence_hash,
		tool_result: null,
		code,
		message: message ?? (code === 'accepted' ? null : `A rule of this mirror says no: ${error ?? ''}`),
		position,
		result: result ?? null
	};
}

/** The receipt of something that never reached the kernel's decision: nothing was done, and no entry speaks of it. */
export function unreadReceipt(
	input: unknown,
	message: string,
	now: number,
	code: ReceiptCode = 'invalid_request'
): Receipt {
	const id: unknown = typeof input === 'object' && input !== null && 'id' in input ? input.id : null;
	return {
		request_id: typeof id === 'string' ? id.slice(0, 100) : '',
		status: 'REJECTED',
		decision: 'DENY',
		state_from: 'IDLE',
		state_to: 'IDLE',
		ts_ms: now,
		error: null,
		evidence_hash: null,
		tool_result: null,
		code,
		message,
		position: null,
		result: null
	};
}

/** The receipt of a halted kernel: reading goes on, writing waits for a new kernel. */
export function haltedReceipt(
	requestId: string,
	head: KernelHead,
	{ code, message, error = 'Kernel is halted' }: Verdict & { readonly error?: string | null }
): Receipt {
	return {
		...unreadReceipt({ id: requestId }, '', head.ts_ms, code),
		...{ state_from: head.state, state_to: head.state, error, message }
	};
}

/** The receipt of what a halted kernel lets pass: done, and counted outside of its chain. */
export function passedReceipt(requestId: string, head: KernelHead, result: CommandResult): Receipt {
	return {
		...haltedReceipt(requestId, head, { code: 'accepted', message: null, error: null }),
		...{ status: 'ACCEPTED', decision: 'ALLOW', result }
	};
}

/** The receipt of what an operator did, by the entry that says so. */
export function operatedReceipt(
	request_id: string,
	{ entry, position }: { readonly entry: AuditEntry; readonly position: number },
	result: CommandResult
): Receipt {
	const { decision, state_from, state_to, ts_ms, entry_hash } = entry;
	return {
		...unreadReceipt({ id: request_id }, '', ts_ms, 'accepted'),
		...{ status: 'ACCEPTED', decision, state_from, state_to, evidence_hash: entry_hash },
		...{ message: null, position, result }
	};
}
