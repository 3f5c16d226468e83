import * as v from 'valibot';
import { command } from '#domain/define.ts';

const fileHash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex'));

/** What pages make of a person's data and save, beside bundles. */
export const leavingFiles = ['evidence', 'archive', 'proof', 'checklists', 'policy'] as const;
export type LeavingKind = (typeof leavingFiles)[number];

export const egressCommands = {
	/** Lets a file out that was made: the app asks for it, with what the file is as its evidence. */
	'egress.release': command(
		'Let a file leave',
		v.strictObject({
			what: v.picklist(['bundle', ...leavingFiles]),
			sha256: fileHash,
			bytes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
			/** Where it goes; null: it is saved on this device. */
			host: v.nullable(v.pipe(v.string(), v.minLength(1), v.maxLength(253)))
		})
	)
};

/** What a release rests on, as the ledger hashes it: whoever has the file can show that this is its entry. */
export function releaseEvidence({
	sha256,
	bytes,
	host
}: v.InferOutput<(typeof egressCommands)['egress.release']['data']>): string[] {
	return [`sha256:${sha256}`, `bytes:${bytes}`, `host:${host ?? 'this device'}`];
}
