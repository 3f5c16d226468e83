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

/** Whose ledger is exported, and when. */
export type Exported = Pick<EvidenceBundle, 'kernel_id' | 'variant' | 'exported_at_ms'>;

/** The evidence of one kernel. `entries` are all of its entries, in order. */
export function exportEvidence(of: Exported, entries: readonly AuditEntry[]): EvidenceBundle {
	return {
		kernel_id: of.kernel_id,
		variant: of.variant,
		exported_at_ms: of.exported_at_ms,
		root_hash: entries.at(-1)?.entry_hash ?? genesis,
		entry_count: entries.length,
		ledger_entries: entries
	};
}

/**
 * Writes the evidence of one kernel as compact JSON, entry by entry in pieces: the whole of a long ledger is more than one
 * text can hold, and what stands before its entries is known after them.
 */
export class EvidenceWriting {
	#entry_count = 0;
	#root_hash = genesis;

	/** The text of the entries that follow on those before them. */
	push(entries: readonly AuditEntry[]): string {
		if (entries.length === 0) return '';
		const comma = this.#entry_count === 0 ? '' : ',';
		this.#entry_count += entries.length;
		this.#root_hash = entries.at(-1)?.entry_hash ?? genesis;
		return comma + JSON.stringify(entries).slice(1, -1);
	}

	/** What the file says of its entries, and what stands before their text and behind it. */
	finish({ kernel_id, variant, exported_at_ms }: Exported) {
		const claims = { root_hash: this.#root_hash, entry_count: this.#entry_count };
		const head = JSON.stringify({ kernel_id, variant, exported_at_ms, ...claims });
		return { claims, before: `${head.slice(0, -1)},"ledger_entries":[`, behind: ']}' };
	}
}

/** Entries that are put into one text. */
const written = 1000;

/** Its compact JSON in pieces. */
export function evidenceText({ ledger_entries, ...of }: EvidenceBundle): string[] {
	const writing = new EvidenceWriting();
	const pieces: string[] = [];
	for (let at = 0; at < ledger_entries.length; at += written)
		pieces.push(writing.push(ledger_entries.slice(at, at + written)));
	const { before, behind } = writing.finish(of);
	return [before, ...pieces, behind];
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

/** The hashes that entries state, in their order; empty where one states none. */
export function statedHashes(entries: readonly Json[]): string[] {
	return entries.map((entry) =>
		isObject(entry) && typeof entry.entry_hash === 'string' ? entry.entry_hash : ''
	);
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

/** Entries that are verified in one step. */
const atATime = 2000;

/**
 * Verifies a whole evidence file: its chain, its claims about the chain, and both against what is known from elsewhere. After
 * each step it says how many entries are done.
 */
export function* verifyingEvidence(
	{ entries, claims }: Evidence,
	sha256: Sha256Hex,
	known: Known = {}
): Generator<number, Verification> {
	const replay = new Replay({ sha256 });
	for (let at = 0; at < entries.length; at += atATime) {
		replay.push(entries.slice(at, at + atATime));
		yield Math.min(at + atATime, entries.length);
	}
	return replay.finish({ ...claims, ...known });
}

/** The same without a pause; `tell` hears how many entries are done. */
export function verifyEvidence(
	evidence: Evidence,
	sha256: Sha256Hex,
	known: Known = {},
	tell: (done: number) => void = () => undefined
): Verification {
	const steps = verifyingEvidence(evidence, sha256, known);
	for (;;) {
		const step = steps.next();
		if (step.done === true) return step.value;
		tell(step.value);
	}
}
