import type * as v from 'valibot';
import type { ReceiptCode } from '#domain/receipt.ts';
import { storageFailureOf, type StorageCode } from '#storage/database.ts';

/** What of the data does not fit, in words: the first thing, by its name. Never the value. */
export function misfit(issues: readonly v.BaseIssue<unknown>[]): string {
	const issue = issues[0];
	const path = issue?.path?.map((step) => String(step.key)).join('.') ?? '';
	return `${path === '' ? 'What was sent' : `"${path}"`} ${issue?.type === 'check' ? issue.message : 'does not fit'}.`;
}

/** A failure of the medium as a receipt says it, or null where the error is a defect of ours. */
export function storageRefusal(
	error: unknown
): { readonly code: ReceiptCode; readonly message: string } | null {
	const failure = storageFailureOf(error);
	if (failure === null) return null;
	return { code: receiptCodeOf(failure.code), message: failure.message };
}

function receiptCodeOf(code: StorageCode): ReceiptCode {
	switch (code) {
		case 'full':
			return 'storage_full';
		case 'read_only':
		case 'superseded':
			return code;
		case 'missing_piece':
		case 'damaged':
		case 'newer_format':
		case 'busy':
		case 'failed':
			return 'storage_failed';
	}
}
