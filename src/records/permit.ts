import type { Json } from '#base/canonical.ts';
import { parseJson } from '#base/json.ts';
import { kernelsSince } from '#domain/schema.ts';
import type { ViewParams } from '#domain/view.ts';
import { readPermit, type PermitToken } from '#kernel/permit.ts';
import { isApplied } from '#records/applied.ts';
import type { Work } from '#records/work.ts';
import type { Queryable, Row, Transaction } from '#storage/database.ts';

/** A permit as it is kept, with what became of it. */
export interface KeptPermit {
	readonly token: PermitToken;
	readonly label: string;
	readonly issued_at: string;
	readonly revoked_at: string | null;
	readonly uses: number;
	readonly last_position: number | null;
}

export async function insertPermit(work: Work, token: PermitToken, label: string): Promise<void> {
	const row = {
		permit_id: token.permit_id,
		token: JSON.stringify(token),
		...{ label, issued_at: work.now, revoked_at: null }
	};
	await work.tx.run(
		'INSERT INTO permits (permit_id, token, label, issued_at, revoked_at) VALUES (?, ?, ?, ?, ?)',
		Object.values(row)
	);
	work.changes.push({ entity: 'permits', id: row.permit_id, row });
}

/** Answers with whether there was one to take away. */
export async function revokePermit(work: Work, permitId: string): Promise<boolean> {
	const changed = await work.tx.run(
		'UPDATE permits SET revoked_at = ? WHERE permit_id = ? AND revoked_at IS NULL',
		[work.now, permitId]
	);
	const [row] = await work.tx.query('SELECT * FROM permits WHERE permit_id = ?', [permitId]);
	if (changed === 0 || row === undefined) return false;
	const { token, label, issued_at, revoked_at } = row;
	work.changes.push({
		...{ entity: 'permits', id: permitId },
		row: {
			permit_id: permitId,
			...{ token: String(token), label: String(label), issued_at: String(issued_at) },
			revoked_at: String(revoked_at)
		}
	});
	return true;
}

const kept = `SELECT permits.*,
	(SELECT count(*) FROM permit_uses WHERE permit_uses.permit_id = permits.permit_id) AS uses,
	(SELECT max(position) FROM permit_uses WHERE permit_uses.permit_id = permits.permit_id) AS last_position
	FROM permits`;

export interface PermitPage {
	readonly rows: readonly KeptPermit[];
	/** Over all pages. */
	readonly total: number;
}

/**
 * Newest first, one page; none where the schema is held below permits. A page is short only at the end: a permit that cannot
 * be read any more is left out and ends no list.
 */
export async function permitPage(
	db: Queryable,
	{ after, limit }: ViewParams<'permits.list'>
): Promise<PermitPage> {
	if (!(await isApplied(db, kernelsSince))) return { rows: [], total: 0 };
	const [counted] = await db.query('SELECT count(*) AS permits FROM permits');
	const total = Number(counted?.['permits'] ?? 0);
	const rows: KeptPermit[] = [];
	let from = after;
	for (;;) {
		const lacking = limit - rows.length;
		const found = await db.query(`${kept} ${from === null ? '' : older} ${newestFirst} LIMIT ?`, [
			...(from === null ? [] : [from.issued_at, from.issued_at, from.permit_id]),
			lacking
		]);
		rows.push(...found.flatMap(toPermit));
		const last = found.at(-1);
		if (found.length < lacking || rows.length === limit || last === undefined) return { rows, total };
		from = { issued_at: String(last['issued_at']), permit_id: String(last['permit_id']) };
	}
}

const older = 'WHERE (issued_at < ? OR (issued_at = ? AND permits.permit_id > ?))';
const newestFirst = 'ORDER BY issued_at DESC, permits.permit_id';

/** Null where this mirror gave no such permit. */
export async function keptPermit(db: Queryable, permitId: string): Promise<KeptPermit | null> {
	if (!(await isApplied(db, kernelsSince))) return null;
	const rows = await db.query(`${kept} WHERE permit_id = ?`, [permitId]);
	return rows.flatMap(toPermit)[0] ?? null;
}

/** How many hold at a time: neither over nor used up nor taken away. */
export async function countHolding(db: Queryable, now: number): Promise<number> {
	if (!(await isApplied(db, kernelsSince))) return 0;
	const rows = await db.query(`${kept} WHERE revoked_at IS NULL`);
	return rows
		.flatMap(toPermit)
		.filter(({ token, uses }) => uses < token.max_executions && now <= token.valid_until_ms).length;
}

/** Writes down that something ran by a permit, with the entry that says so. */
export async function countUse(tx: Transaction, permitId: string, position: number): Promise<void> {
	await tx.run('INSERT INTO permit_uses (permit_id, position) VALUES (?, ?)', [permitId, position]);
}

/**
 * What is kept of uses against what the ledger says of them: by which permit something ran, by the position of its entry.
 * `since`: a schema that was rolled back there took what was kept along.
 */
export async function unprovenUses(
	db: Queryable,
	stated: ReadonlyMap<number, string>,
	since: number
): Promise<string[]> {
	if (!(await isApplied(db, kernelsSince))) return [];
	const rows = await db.query('SELECT permit_id, position FROM permit_uses');
	const uses = new Map(rows.map(({ permit_id, position }) => [Number(position), String(permit_id)]));
	const missing = [...stated].filter(([position, id]) => position > since && uses.get(position) !== id);
	const added = [...uses].filter(([position, id]) => stated.get(position) !== id);
	return [
		...missing.map(([position]) => `permit: its use by entry ${position} is not counted`),
		...added.map(([position]) => `permit: entry ${position} does not say that it was used`)
	];
}

function toPermit(row: Row): KeptPermit[] {
	const parsed = parseJson(String(row['token']));
	const token = parsed.ok ? readPermit(parsed.value as Json) : parsed;
	if (!token.ok) return [];
	const { revoked_at = null, last_position = null } = row;
	return [
		{
			token: token.value,
			label: String(row['label']),
			issued_at: String(row['issued_at']),
			revoked_at: revoked_at === null ? null : String(revoked_at),
			uses: Number(row['uses']),
			last_position: last_position === null ? null : Number(last_position)
		}
	];
}
