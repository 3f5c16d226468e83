import { isObject } from '#base/canonical.ts';
import type { AuditEntry, EntryDraft } from '#kernel/ledger.ts';
import type { Row } from '#storage/database.ts';

/** An entry with its place among the entries of all kernels. */
export interface PlacedEntry {
	/** Commit order over all kernels, from 1. */
	readonly position: number;
	readonly kernel_id: string;
	readonly entry: AuditEntry;
}

/** What an entry is read from. */
export const entryColumns = 'position, kernel_id, ledger_seq, prev_hash, entry_hash, fields';

/**
 * The entry of a row. Of a row whose fields are no JSON any more only its place and its hashes are left, which then prove
 * that something is wrong with it.
 */
export function toEntry({ ledger_seq, prev_hash, entry_hash, fields }: Row): AuditEntry {
	// Put on the parsed object: a copy of twenty-two fields would take as long as the parsing.
	return Object.assign(readFields(String(fields)), {
		ledger_seq: Number(ledger_seq),
		prev_hash: String(prev_hash),
		entry_hash: String(entry_hash)
	});
}

/** We wrote them ourselves; whatever else stands there the hash of the entry tells. */
function readFields(text: string): EntryDraft {
	try {
		const fields = JSON.parse(text) as EntryDraft;
		return mayNest(text) && !isFlatEntry(fields) ? { ...unreadable } : fields;
	} catch {
		return { ...unreadable };
	}
}

/** Whether something in it may hold something else. The text tells sooner than the fields. */
function mayNest(text: string): boolean {
	return !text.startsWith('{') || text.includes('{', 1) || text.includes('[');
}

/** Whether a value is shaped as our own entries are: texts and numbers, and lists of such. So no depth of it is anybody's weapon. */
export function isFlatEntry(value: unknown): value is AuditEntry {
	if (!isObject(value)) return false;
	for (const name in value) if (!isFlat(value[name])) return false;
	return true;
}

/** Whether a value is one that may stand in such an entry. */
export function isFlat(value: unknown): boolean {
	if (typeof value !== 'object' || value === null) return true;
	return Array.isArray(value) && value.every((item) => typeof item !== 'object');
}

const unreadable: EntryDraft = {
	...{
		ts_ms: 0,
		request_id: '',
		actor: '',
		intent: '',
		decision: 'DENY',
		state_from: 'IDLE',
		state_to: 'IDLE'
	},
	...{ tool_name: null, params_hash: null, evidence_hash: null, error: null, permit_digest: null },
	...{ permit_verification: null, permit_denial_reasons: null, proposal_hash: null, permit_nonce: null },
	...{ permit_issuer: null, permit_subject: null, permit_max_executions: null }
};

/**
 * The entry with its keys in the order of an export (KERNELS A1). One by one: spreading them takes
 * some eighty times as long, and every entry of a long ledger comes by here.
 */
export function inExportOrder(entry: AuditEntry): AuditEntry {
	return {
		ledger_seq: entry.ledger_seq,
		prev_hash: entry.prev_hash,
		entry_hash: entry.entry_hash,
		ts_ms: entry.ts_ms,
		request_id: entry.request_id,
		actor: entry.actor,
		intent: entry.intent,
		decision: entry.decision,
		state_from: entry.state_from,
		state_to: entry.state_to,
		tool_name: entry.tool_name,
		params_hash: entry.params_hash,
		evidence_hash: entry.evidence_hash,
		error: entry.error,
		permit_digest: entry.permit_digest,
		permit_verification: entry.permit_verification,
		permit_denial_reasons: entry.permit_denial_reasons,
		proposal_hash: entry.proposal_hash,
		permit_nonce: entry.permit_nonce,
		permit_issuer: entry.permit_issuer,
		permit_subject: entry.permit_subject,
		permit_max_executions: entry.permit_max_executions
	};
}

export function placed(row: Row): PlacedEntry {
	return { position: Number(row['position']), kernel_id: String(row['kernel_id']), entry: toEntry(row) };
}
