import * as v from 'valibot';
import { isObject, type JsonObject } from '#base/canonical.ts';

/**
 * A proof about a ledger as a file: one entry without the others (`inclusion`), or that a ledger only grew (`consistency`). The
 * hashes are of a tree by RFC 6962, 2.1, whose leaves are over the 32 bytes of each `entry_hash`, in commit order over all
 * kernels. It holds the entry that it shows and hashes, and nothing else.
 */

const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits in lower case'));
const size = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const path = v.pipe(v.array(hash), v.maxLength(64));
const format = v.literal('mirror_proof');
const version = v.literal(1);

const inclusionSchema = v.strictObject({
	...{ format, version, kind: v.literal('inclusion') },
	...{ size, root: hash },
	/** From 1. */
	position: size,
	/** Said, not shown: no hash covers it, nor the entry's own `ledger_seq`. */
	kernel_id: v.pipe(v.string(), v.maxLength(200)),
	// Any of the shapes in which an entry was ever written: its own hash tells whether it is one.
	entry: v.custom<JsonObject>(isObject, 'must be an object'),
	path
});

const consistencySchema = v.strictObject({
	...{ format, version, kind: v.literal('consistency') },
	...{ from: size, to: size, from_root: hash, to_root: hash },
	path
});

export const proofSchema = v.variant('kind', [inclusionSchema, consistencySchema]);
export type ProofFile = v.InferOutput<typeof proofSchema>;
export type InclusionFile = v.InferOutput<typeof inclusionSchema>;

/** Longest text of a proof that is read: an entry and 64 hashes take some kilobytes. */
export const longestProof = 1024 * 1024;

/** The name by which a proof says what it is. */
export const proofFormat = { format: 'mirror_proof', version: 1 } as const;
