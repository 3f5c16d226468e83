import type { Failure } from '#base/result.ts';
import type { Receipt, ReceiptCode } from '#domain/receipt.ts';
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
export function haltedReceipt(requestId: string, head: KernelHead, { message }: Failure): Receipt {
	return {
		...unreadReceipt({ id: requestId }, message, head.ts_ms, 'halted'),
		state_from: head.state,
		state_to: head.state,
		error: message
	};
}
