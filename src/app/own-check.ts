import { err, failure, type Failure, type Result } from '#base/result.ts';
import type { CheckedEvidence, OwnComparison } from '#domain/evidence.ts';
import type { Answer, ViewInput } from '#domain/view.ts';
import { compareWithOwn } from '#mirror/own-evidence.ts';
import type { ReadCheck } from '#app/check-evidence.ts';

export type OwnView = 'kernel.status' | 'kernel.entries';
/** Reads what a mirror holds of its own kernels. */
export type ReadOwn = <V extends OwnView>(view: V, params: ViewInput<V>) => Promise<Answer<V>>;

/** A check of a file, with what comes of holding it against the mirror where it is of one of its own kernels. */
export async function checkedAgainstOwn(
	check: Result<ReadCheck, Failure>,
	read: ReadOwn,
	signal: AbortSignal
): Promise<Result<CheckedEvidence, Failure>> {
	if (!check.ok) return check;
	const { report, hashes } = check.value;
	const { kernel_id } = report;
	const own = kernel_id === null ? null : await compared(kernel_id, hashes, { read, signal });
	if (own === 'cancelled') return err(failure('cancelled', 'the check was stopped'));
	return { ok: true, value: { ...report, own } };
}

interface Asking {
	readonly read: ReadOwn;
	readonly signal: AbortSignal;
}

/** The file was read without the database, which may not answer: then that is what is said. */
async function compared(
	kernel_id: string,
	hashes: readonly string[],
	{ read, signal }: Asking
): Promise<OwnComparison | 'unread' | 'cancelled' | null> {
	const stopped = new Promise<'cancelled'>((resolve) => {
		if (signal.aborted) resolve('cancelled');
		signal.addEventListener('abort', () => resolve('cancelled'));
	});
	const compare = async () => {
		const { rows } = await read('kernel.status', {});
		const kernel = rows.find((row) => row.kernel_id === kernel_id);
		if (kernel === undefined) return null;
		return compareWithOwn(hashes, {
			entries: kernel.entries,
			read: async (from) => {
				if (signal.aborted) throw new Error('the check was stopped');
				const [slice] = (await read('kernel.entries', { kernel_id, from })).rows;
				if (slice === undefined) throw new Error('no entries were answered');
				return slice;
			}
		});
	};
	return Promise.race([compare().catch(() => 'unread' as const), stopped]);
}
