import { bytesToHex } from '@noble/hashes/utils.js';
import * as v from 'valibot';
import type { Clock } from '#base/clock.ts';
import type { CommandData } from '#domain/command.ts';
import { leavingFiles } from '#domain/egress.ts';
import type { Receipt } from '#domain/receipt.ts';
import type { Port } from '#app/protocol.ts';
import { unreadReceipt } from '#app/receipts.ts';
import { misfit } from '#app/words.ts';

/** What a page says of a file that it would save; what the file is, is found out here. */
const releaseRequest = v.object({
	id: v.string(),
	what: v.picklist(leavingFiles),
	agreed: v.exactOptional(v.literal(true))
});

/** A file by what the ledger holds of it, as it is saved on this device. */
export async function releaseOf(
	what: CommandData<'egress.release'>['what'],
	bytes: Uint8Array
): Promise<CommandData<'egress.release'>> {
	const sha256 = bytesToHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as BufferSource)));
	return { what, sha256, bytes: bytes.length, host: null };
}

/**
 * Asks the kernel that watches what leaves whether a file that a page made may be saved. `system` is the app's own port:
 * nobody else says what a file is.
 */
export async function releaseFile(
	{ system, clock }: { readonly system: Pick<Port, 'dispatch'>; readonly clock: Clock },
	request: unknown,
	file: Blob
): Promise<Receipt> {
	const asked = v.safeParse(releaseRequest, request);
	if (!asked.success) return unreadReceipt(request, misfit(asked.issues), clock());
	const { what, ...named } = asked.output;
	const data = await releaseOf(what, new Uint8Array(await file.arrayBuffer()));
	const receipt = await system.dispatch({ ...named, kind: 'egress.release', data });
	if (receipt.code === 'accepted') return receipt;
	return { ...receipt, message: `The file was not let out, so it was not saved. ${receipt.message ?? ''}` };
}
