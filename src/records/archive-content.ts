import * as v from 'valibot';
import { isObject } from '#base/canonical.ts';
import type { AuditEntry } from '#kernel/ledger.ts';
import { isFlat, isFlatEntry, type PlacedEntry } from '#records/ledger-entry.ts';

/** What stands by column: all but an entry's number and the hash before it, which the entries before it say. */
const columnNames = [
	...['entry_hash', 'ts_ms', 'request_id', 'actor', 'intent', 'decision', 'state_from', 'state_to'],
	...['tool_name', 'params_hash', 'evidence_hash', 'error', 'permit_digest', 'permit_verification'],
	...['permit_denial_reasons', 'proposal_hash', 'permit_nonce', 'permit_issuer', 'permit_subject'],
	'permit_max_executions'
] as (keyof Columns)[];
type Columns = {
	readonly [Name in Exclude<keyof AuditEntry, 'ledger_seq' | 'prev_hash'>]: readonly AuditEntry[Name][];
};

/**
 * Entries of one kernel that follow one on another, and their places among those of all kernels. By column, because what
 * costs time is how much comes out of the gzip file: a third of what the same entries take one by one. A column of one
 * value says it of all of them.
 */
const byColumn = v.pipe(
	v.object({
		kernel_id: v.string(),
		// Checked by hand, as the columns are: a schema makes an object of each number.
		positions: v.custom<readonly number[]>(isNumbers),
		first_seq: v.number(),
		prev_hash: v.string(),
		// What stands in them their chain proves.
		columns: v.custom<Columns>(isColumns)
	}),
	v.check(({ positions, columns }) =>
		columnNames.every((name) => [1, positions.length].includes(columns[name].length))
	)
);

/** As archives were written at first: each entry as it is exported. */
const byEntry = v.pipe(
	v.object({
		kernel_id: v.string(),
		positions: v.array(v.number()),
		ledger_entries: v.array(v.custom<AuditEntry>(isFlatEntry))
	}),
	v.check(({ positions, ledger_entries }) => positions.length === ledger_entries.length)
);

/** What is packed of entries of one kernel that are sound: each continues the one before it. As JSON. */
export function writeArchive(kernel_id: string, entries: readonly PlacedEntry[]): string {
	const first = entries[0]?.entry;
	if (first === undefined) throw new Error('an archive of nothing');
	const content: v.InferOutput<typeof byColumn> = {
		kernel_id,
		positions: entries.map(({ position }) => position),
		first_seq: first.ledger_seq,
		prev_hash: first.prev_hash,
		columns: Object.fromEntries(columnNames.map((name) => [name, columnOf(entries, name)])) as Columns
	};
	return JSON.stringify(content);
}

function columnOf(entries: readonly PlacedEntry[], name: keyof Columns): readonly unknown[] {
	const values = entries.map(({ entry }) => entry[name]);
	return values.every((value) => value === values[0]) ? values.slice(0, 1) : values;
}

/** The entries that an archive's JSON holds; null where it is none. */
export function readArchive(text: string): PlacedEntry[] | null {
	const json = readJson(text);
	const columns = v.safeParse(byColumn, json);
	if (columns.success) return ofColumns(columns.output);
	const entries = v.safeParse(byEntry, json);
	if (!entries.success) return null;
	const { kernel_id, positions, ledger_entries } = entries.output;
	return ledger_entries.map((entry, at) => ({ position: Number(positions[at]), kernel_id, entry }));
}

/** Written out: to go by the columns' names would take as long as all the rest of the reading. */
function ofColumns(content: v.InferOutput<typeof byColumn>): PlacedEntry[] {
	const { kernel_id, positions, first_seq, columns } = content;
	let prev_hash = content.prev_hash;
	return positions.map((position, at) => {
		const entry: AuditEntry = {
			ledger_seq: first_seq + at,
			prev_hash,
			entry_hash: valueAt(columns.entry_hash, at),
			ts_ms: valueAt(columns.ts_ms, at),
			request_id: valueAt(columns.request_id, at),
			actor: valueAt(columns.actor, at),
			intent: valueAt(columns.intent, at),
			decision: valueAt(columns.decision, at),
			state_from: valueAt(columns.state_from, at),
			state_to: valueAt(columns.state_to, at),
			tool_name: valueAt(columns.tool_name, at),
			params_hash: valueAt(columns.params_hash, at),
			evidence_hash: valueAt(columns.evidence_hash, at),
			error: valueAt(columns.error, at),
			permit_digest: valueAt(columns.permit_digest, at),
			permit_verification: valueAt(columns.permit_verification, at),
			permit_denial_reasons: valueAt(columns.permit_denial_reasons, at),
			proposal_hash: valueAt(columns.proposal_hash, at),
			permit_nonce: valueAt(columns.permit_nonce, at),
			permit_issuer: valueAt(columns.permit_issuer, at),
			permit_subject: valueAt(columns.permit_subject, at),
			permit_max_executions: valueAt(columns.permit_max_executions, at)
		};
		prev_hash = entry.entry_hash;
		return { position, kernel_id, entry };
	});
}

function valueAt<T>(column: readonly T[], at: number): T {
	return column[column.length === 1 ? 0 : at] as T;
}

function isNumbers(value: unknown): value is readonly number[] {
	return Array.isArray(value) && value.every((each) => typeof each === 'number');
}

/** Lists of what may stand in an entry: so no depth of it is anybody's weapon. */
function isColumns(value: unknown): value is Columns {
	return (
		isObject(value) &&
		columnNames.every((name) => {
			const column = value[name];
			return Array.isArray(column) && column.every(isFlat);
		})
	);
}

function readJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
