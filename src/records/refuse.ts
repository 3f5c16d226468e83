import { err } from '#base/result.ts';
import type { ReceiptCode } from '#domain/receipt.ts';
import type { Refusal } from '#records/work.ts';

/** A handler's no: everything it wrote is undone. */
export function refuse(code: ReceiptCode, message: string): { readonly ok: false; readonly error: Refusal } {
	return err({ code, message });
}
