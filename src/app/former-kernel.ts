import * as v from 'valibot';
import { sha256Hex } from '#base/hash.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import { readText } from '#base/text-file.ts';
import { readEvidenceText, verifyEvidence } from '#kernel/evidence.ts';
import type { KernelHead } from '#kernel/kernel.ts';
import { genesis } from '#kernel/ledger.ts';
import type { RecentCall } from '#kernel/recent-calls.ts';

/** What a kernel that is followed left behind, read from its evidence, which verified. */
export interface FormerKernel {
	readonly kernel_id: string;
	readonly head: KernelHead;
	/** The ids of what it was asked: they are not asked of its successor. */
	readonly requests: readonly string[];
	/** What it allowed, oldest first: a restart gives nobody a new rate. */
	readonly recent: readonly RecentCall[];
}

export type FormerFailure = Failure<'bad_evidence'>;

const entriesSchema = v.array(
	v.object({
		ts_ms: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
		entry_hash: v.string(),
		request_id: v.string(),
		actor: v.string(),
		tool_name: v.nullable(v.string()),
		decision: v.string()
	})
);

/**
 * Reads the evidence of a kernel of a configuration, `id` being the id that it names, and verifies it whole. The message of a
 * failure names all that is wrong.
 */
export async function readFormer(
	bytes: Uint8Array<ArrayBuffer>,
	id: string
): Promise<Result<FormerKernel, FormerFailure>> {
	const text = await readText(bytes);
	if (!text.ok) return bad(text.error.message);
	const evidence = readEvidenceText(text.value);
	if (!evidence.ok) return bad(evidence.error.message);
	const { claims, entries } = evidence.value;
	const { errors, structural } = verifyEvidence(evidence.value, sha256Hex);
	if (errors.length + structural.length > 0) return bad([...errors, ...structural].join('; '));
	const { kernel_id, root_hash } = claims;
	if (typeof kernel_id !== 'string' || typeof root_hash !== 'string')
		return bad('it does not say of which kernel it is, or where its chain ends');
	if (numberAfter(id, kernel_id) === null)
		return bad(`it is of the kernel ${kernel_id}, and the configuration is of ${id}`);
	const read = v.safeParse(entriesSchema, entries);
	if (!read.success) return bad('its entries are not as this version writes them');
	const last = read.output.at(-1);
	return ok({
		kernel_id,
		head: {
			state: last?.decision === 'HALT' ? 'HALTED' : 'IDLE',
			next_seq: entries.length,
			last_hash: last?.entry_hash ?? genesis,
			ts_ms: last?.ts_ms ?? 0
		},
		requests: read.output.map(({ request_id }) => request_id),
		recent: read.output.filter(({ decision }) => decision === 'ALLOW')
	});
}

/** The id of the kernel that follows: `{id}-{unix seconds}`, later than the one before. */
export function successorId(id: string, { kernel_id }: FormerKernel, now: number): string {
	return `${id}-${Math.max(Math.floor(now / 1000), (numberAfter(id, kernel_id) ?? 0) + 1)}`;
}

/** The number that tells kernels of one configuration apart: 0 of the first, null of another's. */
function numberAfter(id: string, kernelId: string): number | null {
	if (kernelId === id) return 0;
	const told = kernelId.startsWith(`${id}-`) ? kernelId.slice(id.length + 1) : '';
	return /^\d{1,12}$/.test(told) ? Number(told) : null;
}

function bad(why: string): Result<never, FormerFailure> {
	return err(
		failure(
			'bad_evidence',
			`This is there already, and no kernel can follow it: ${why}. Nothing was started or changed. Look into it with mirror verify, and name another file, or move this one away.`
		)
	);
}
