import { isObject, type Json } from '#base/canonical.ts';
import type { AuditEntry } from '#kernel/ledger.ts';
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
	const entry = readFields(String(fields));
	// Set on the parsed object: a copy of twenty-two fields would take as long as the parsing.
	entry['ledger_seq'] = Number(ledger_seq);
	entry['prev_hash'] = String(prev_hash);
	entry['entry_hash'] = String(entry_hash);
	return entry as unknown as AuditEntry;
}

function readFields(text: string): Record<string, Json> {
	try {
		const fields = JSON.parse(text) as Json;
		return isObject(fields) ? fields : {};
	} catch {
		return {};
	}
}

/** The entry with its keys in the order of an export (KERNELS A1). */
export function inExportOrder(entry: AuditEntry): AuditEntry {
	const { ledger_seq, prev_hash, entry_hash, ts_ms, request_id, actor, intent, decision, ...more } = entry;
	const { state_from, state_to, tool_name, params_hash, evidence_hash, error, ...permit } = more;
	return {
		...{ ledger_seq, prev_hash, entry_hash, ts_ms, request_id, actor, intent, decision },
		...{ state_from, state_to, tool_name, params_hash, evidence_hash, error },
		permit_digest: permit.permit_digest,
		permit_verification: permit.permit_verification,
		permit_denial_reasons: permit.permit_denial_reasons,
		proposal_hash: permit.proposal_hash,
		permit_nonce: permit.permit_nonce,
		permit_issuer: permit.permit_issuer,
		permit_subject: permit.permit_subject,
		permit_max_executions: permit.permit_max_executions
	};
}

export function placed(row: Row): PlacedEntry {
	return { position: Number(row['position']), kernel_id: String(row['kernel_id']), entry: toEntry(row) };
}
