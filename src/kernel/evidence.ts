import { isObject, type Json } from '#base/canonical.ts';
import type { Sha256Hex } from '#base/hash.ts';
import { parseJson, type JsonFailure } from '#base/json.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import { genesis, type AuditEntry } from '#kernel/ledger.ts';
import { Replay, type Claims, type StoredHead, type Verification } from '#kernel/replay.ts';

/** A ledger as it is exported: keys in the order of the file. */
export type EvidenceBundle = {
	readonly kernel_id: string;
	readonly variant: string;
	/** Milliseconds since 1970. */
	readonly exported_at_ms: number;
	readonly root_hash: string;
	readonly entry_count: number;
	readonly ledger_entries: readonly AuditEntry[];
};

/** The evidence of one kernel. `entries` are all of its entries, in order. */
export function exportEvidence(
	of: Pick<EvidenceBundle, 'kernel_id' | 'variant' | 'exported_at_ms'>,
	entries: readonly AuditEntry[]
): EvidenceBundle {
	return {
		kernel_id: of.kernel_id,
		variant: of.variant,
		exported_at_ms: of.exported_at_ms,
		root_hash: entries.at(-1)?.entry_hash ?? genesis,
		entry_count: entries.length,
		ledger_entries: entries
	};
}

/** Entries that are put into one text. */
const written = 1000;

/** Its compact JSON in pieces: the whole of a long ledger is more than one text can hold. */
export function* evidenceText({ ledger_entries, ...head }: EvidenceBundle): Generator<string> {
	yield `${JSON.stringify(head).slice(0, -1)},"ledger_entries":[`;
	for (let at = 0; at < ledger_entries.length; at += written)
		yield (at === 0 ? '' : ',') + JSON.stringify(ledger_entries.slice(at, at + written)).slice(1, -1);
	yield ']}';
}

/** Evidence as a file holds it. The claims are the file's own and prove nothing; a claim that is missing is null. */
export interface Evidence {
	/** `bundle`: the reference's; `adapter`: with `entries`, as its adapters write; `list`: bare, without claims. */
	readonly shape: 'bundle' | 'adapter' | 'list';
	readonly entries: readonly Json[];
	readonly claims: Pick<Claims, 'root_hash' | 'entry_count' | 'kernel_id' | 'variant'>;
	/** When it says it was exported, in milliseconds since 1970. */
	readonly exported_at_ms: number | null;
}

/** Recognises every shape in which the reference and its adapters write a ledger (KERNELS A5). */
export function readEvidence(file: Json): Result<Evidence, Failure<'not_evidence'>> {
	if (Array.isArray(file)) return ok({ shape: 'list', entries: file, claims: {}, exported_at_ms: null });
	if (!isObject(file)) return err(failure('not_evidence', 'Evidence is an object or a list of entries.'));
	// Two lists, and every reader takes another one: what was verified would not be what is shown.
	if (Object.hasOwn(file, 'ledger_entries') && Object.hasOwn(file, 'entries'))
		return err(failure('not_evidence', 'It holds both ledger_entries and entries.'));
	const shape = Object.hasOwn(file, 'entries') ? 'adapter' : 'bundle';
	const entries = file.ledger_entries ?? file.entries;
	if (!Array.isArray(entries)) return err(failure('not_evidence', 'It holds no list of ledger entries.'));
	const { root_hash = null, entry_count = null, kernel_id = null, variant = null } = file;
	const exported = file.exported_at_ms ?? file.exported_at;
	const exported_at_ms = typeof exported === 'number' ? exported : null;
	return ok({ shape, entries, claims: { root_hash, entry_count, kernel_id, variant }, exported_at_ms });
}

export type EvidenceFailure = JsonFailure | Failure<'not_evidence'>;

/** Reads evidence in any shape that the reference or its adapters write. */
export function readEvidenceText(text: string): Result<Evidence, EvidenceFailure> {
	const file = parseJson(text);
	return file.ok ? readEvidence(file.value) : file;
}

/** What the verifier knows from elsewhere. */
export interface Known {
	readonly pinned_root?: string;
	readonly head?: StoredHead;
}

/** Entries after which it is told how far a verification is. */
const told = 2000;

/**
 * Verifies a whole evidence file: its chain, its claims about the chain, and both against what is known from elsewhere.
 * `tell` hears how many entries are done.
 */
export function verifyEvidence(
	{ entries, claims }: Evidence,
	sha256: Sha256Hex,
	known: Known = {},
	tell: (done: number) => void = () => undefined
): Verification {
	const replay = new Replay({ sha256 });
	for (let at = 0; at < entries.length; at += told) {
		replay.push(entries.slice(at, at + told));
		tell(Math.min(at + told, entries.length));
	}
	return replay.finish({ ...claims, ...known });
}
