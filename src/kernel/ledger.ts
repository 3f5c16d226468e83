import { canonicalJson, quote, type Json, type JsonObject } from '#base/canonical.ts';
import type { TextDigest } from '#base/hash.ts';
import type { Decision } from '#kernel/receipt.ts';
import type { KernelState } from '#kernel/states.ts';

/** What stands before the first entry. */
export const genesis = '0'.repeat(64);

/**
 * One line of a ledger (KERNELS A1): 22 keys in the order of an export. `Text` is text; by the reference's rules it is
 * whatever was submitted under that name, and hashed as it is.
 */
export type AuditEntry<Text = string> = {
	readonly ledger_seq: number;
	readonly prev_hash: string;
	readonly entry_hash: string;
	/** The kernel's time, in milliseconds since 1970. */
	readonly ts_ms: number;
	readonly request_id: Text;
	readonly actor: Text;
	readonly intent: Text;
	readonly decision: Decision;
	readonly state_from: KernelState;
	readonly state_to: KernelState;
	readonly tool_name: string | null;
	readonly params_hash: string | null;
	readonly evidence_hash: string | null;
	readonly error: string | null;
	readonly permit_digest: string | null;
	readonly permit_verification: string | null;
	readonly permit_denial_reasons: readonly string[] | null;
	readonly proposal_hash: string | null;
	readonly permit_nonce: string | null;
	readonly permit_issuer: string | null;
	readonly permit_subject: string | null;
	readonly permit_max_executions: number | null;
};

/** An entry that has no place in the chain yet. */
export type EntryDraft<Text = string> = Omit<AuditEntry<Text>, 'ledger_seq' | 'prev_hash' | 'entry_hash'>;

/** An entry as a file holds it: any JSON may stand under any name, or be missing. */
export type EntryRecord = JsonObject;

const hashedFields = [
	'request_id',
	'actor',
	'intent',
	'decision',
	'state_from',
	'state_to',
	'ts_ms',
	'tool_name',
	'params_hash',
	'evidence_hash',
	'error',
	'permit_digest',
	'permit_verification',
	'permit_denial_reasons',
	'proposal_hash',
	'permit_nonce',
	'permit_issuer',
	'permit_subject',
	'permit_max_executions'
] as const;
export type HashedField = (typeof hashedFields)[number];

/**
 * Which fields are inside an entry's hash (KERNELS A5), in the order in which a reader tries them. `v3-19` is what is
 * written; the others are what older versions and the written specification used.
 */
export const hashProfiles = {
	'v3-19': hashedFields,
	'v1-11': hashedFields.slice(0, 11),
	'v2-15': hashedFields.slice(0, 15),
	'spec-10': hashedFields.slice(0, 11).filter((field) => field !== 'actor')
} as const satisfies Record<string, readonly HashedField[]>;
export type HashProfile = keyof typeof hashProfiles;

/** The fields that say something only where a permit was given. */
export const permitFields: readonly HashedField[] = hashedFields.slice(11);

/** What an entry's hash is the SHA-256 of: the hash before it, a colon, and the canonical JSON of the profile's fields. */
export function hashInput(previous: string, entry: EntryRecord, profile: HashProfile = 'v3-19'): string {
	let text = `${previous}:`;
	const among = profile === 'v3-19' && isPermitless(entry) ? permitless : members[profile];
	for (const { name, lead, empty } of among) {
		const value = entry[name];
		text += value === null ? empty : lead + fieldText(name, value);
	}
	return `${text}}`;
}

/** A field, what stands before its value in the canonical text, and the whole of it where the value is null. */
interface Member {
	readonly name: HashedField;
	readonly lead: string;
	readonly empty: string;
}

const members: Readonly<Record<HashProfile, readonly Member[]>> = {
	'v3-19': inCanonicalOrder(hashProfiles['v3-19']),
	'v1-11': inCanonicalOrder(hashProfiles['v1-11']),
	'v2-15': inCanonicalOrder(hashProfiles['v2-15']),
	'spec-10': inCanonicalOrder(hashProfiles['spec-10'])
};

function inCanonicalOrder(fields: readonly HashedField[]): readonly Member[] {
	return [...fields].sort().map((name, at) => {
		const lead = `${at === 0 ? '{' : ','}"${name}":`;
		return { name, lead, empty: `${lead}null` };
	});
}

/** The members of an entry without a permit: the eight that are null then stand before the next one. */
const permitless = members['v3-19'].reduce<{ list: Member[]; before: string }>(
	({ list, before }, { name, lead, empty }) =>
		permitFields.includes(name)
			? { list, before: before + empty }
			: { list: [...list, { name, lead: before + lead, empty: before + empty }], before: '' },
	{ list: [], before: '' }
).list;

/** Whether all fields about permits are null, as they are in every entry without one. */
export function isPermitless(entry: EntryRecord): boolean {
	return (
		entry.permit_digest === null &&
		entry.permit_verification === null &&
		entry.permit_denial_reasons === null &&
		entry.proposal_hash === null &&
		entry.permit_nonce === null &&
		entry.permit_issuer === null &&
		entry.permit_subject === null &&
		entry.permit_max_executions === null
	);
}

/** What a missing field counts as; fields that are not named here count as null. */
const missing: Partial<Record<HashedField, string>> = {
	request_id: '""',
	actor: '""',
	intent: '""',
	decision: '""',
	state_from: '""',
	state_to: '""',
	ts_ms: '0'
};

function fieldText(name: HashedField, value: Json | undefined): string {
	if (typeof value === 'string') return quote(value);
	if (value === undefined) return missing[name] ?? 'null';
	if (name === 'permit_denial_reasons' && Array.isArray(value) && value.length === 0) return 'null';
	return canonicalJson(value);
}

/** Where a chain stands: how many entries, and the hash that the next one continues. */
export interface ChainEnd {
	readonly next_seq: number;
	readonly last_hash: string;
}

/** Gives a draft its place in the chain. */
export function sealEntry<Text extends Json>(
	draft: EntryDraft<Text>,
	end: ChainEnd,
	digest: TextDigest
): AuditEntry<Text> {
	return {
		ledger_seq: end.next_seq,
		prev_hash: end.last_hash,
		entry_hash: digest(hashInput(end.last_hash, draft)),
		...draft
	};
}

/** The hash of a request's params; null when there are none. */
export function paramsHash(params: JsonObject, digest: TextDigest): string | null {
	return Object.keys(params).length === 0 ? null : digest(canonicalJson(params));
}

/** The hash of a request's evidence, a text or a list of texts; null when it is empty. */
export function evidenceHash(evidence: Json, digest: TextDigest): string | null {
	if (evidence === null || evidence === '' || (Array.isArray(evidence) && evidence.length === 0)) return null;
	return digest(canonicalJson({ evidence }));
}
