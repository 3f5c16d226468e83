import type * as v from 'valibot';
import { commands, type Kind } from '#domain/command.ts';
import type { ReceiptCode } from '#domain/receipt.ts';
import { storageFailureOf, type StorageCode } from '#storage/database.ts';

/** What of the data does not fit, in words: the first thing, by its name. Never the value. */
export function misfit(issues: readonly v.BaseIssue<unknown>[]): string {
	const issue = issues[0];
	const path = issue?.path?.map((step) => String(step.key)).join('.') ?? '';
	return `${path === '' ? 'What was sent' : `"${path}"`} ${issue?.type === 'check' ? issue.message : 'does not fit'}.`;
}

/**
 * What the ledger says that a request is for, and whether the person agreed to it when she was asked first. Fixed texts only:
 * no word of hers, and no name that a caller made up, stands in the ledger.
 */
export function intentOf(kind: Kind | null, { agreed }: { readonly agreed: boolean }): string {
	if (kind === null) return 'Do something unknown';
	const { intent } = commands[kind];
	return agreed ? `${intent} (agreed to when asked first)` : intent;
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
