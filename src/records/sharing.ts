import type { Lane, LaneTable } from '#domain/sharing.ts';
import type { ReflectionRow } from '#records/reflection.ts';
import { rowsOf, sql } from '#records/sql.ts';
import type { Tables } from '#records/tables.ts';
import type { Queryable } from '#storage/database.ts';

/** Rows that a lane counts or carries, whatever the limit for everything says; what belongs to nobody is in none of them. */
const marked: { readonly [L in Lane]: { readonly [T in LaneTable]?: string } } = {
	summary: {
		reflections: `identity_id IS NOT NULL AND visibility = 'sync_summary'`,
		tensions: `identity_id IS NOT NULL AND sync_mode = 'share_anonymized'`
	},
	devices: {
		reflections: `identity_id IS NOT NULL AND visibility = 'sync_full_private'`,
		mirrorbacks: `reflection_id IN (SELECT id FROM reflections
			WHERE identity_id IS NOT NULL AND visibility = 'sync_full_private')`
	},
	public: {
		reflections: `identity_id IS NOT NULL AND visibility = 'sync_full_public'`,
		tensions: `identity_id IS NOT NULL AND sync_mode = 'share_full'`
	},
	commons: {
		engine_runs: 'sync_allowed = 1',
		engine_feedback: 'sync_allowed = 1',
		evolution_events: 'sync_allowed = 1'
	}
};

/** Which of the rows: those that are marked, or of what can be allowed as a whole all. */
export interface Marked<T extends LaneTable> {
	readonly lane: Lane;
	readonly table: T;
	/** Of the commons: everything that is measured was allowed. Proposals are made public one by one. */
	readonly isAll?: boolean;
	/** The marks of this mirror: what it published or told of bears one of them. */
	readonly marks: readonly string[];
}

/** The tables that a lane takes from. */
export function tablesOf(lane: Lane): readonly LaneTable[] {
	const tables = Object.keys(marked[lane]) as LaneTable[];
	return lane === 'commons' ? [...tables, 'evolution_proposals'] : tables;
}

export async function countMarked(db: Queryable, which: Marked<LaneTable>): Promise<number> {
	const [row] = await db.query(`SELECT count(*) AS count FROM ${which.table} WHERE ${conditionOf(which)}`);
	return Number(row?.['count']);
}

/** Newest first by their ids; `after` continues behind the row with that id. Without a limit all of them. */
export async function markedRows<T extends LaneTable>(
	db: Queryable,
	which: Marked<T>,
	{ after = null, limit }: { after?: string | null; limit?: number } = {}
): Promise<Tables[T][]> {
	const params = [...(after === null ? [] : [after]), ...(limit === undefined ? [] : [limit])];
	// All columns of the table: what comes back is a row of it.
	return (await db.query(
		`SELECT * FROM ${which.table} WHERE ${conditionOf(which)}${after === null ? '' : ' AND id < ?'}
		ORDER BY id DESC${limit === undefined ? '' : ' LIMIT ?'}`,
		params
	)) as Tables[T][];
}

/** The reflections with these ids, by id. */
export async function reflectionsById(
	db: Queryable,
	ids: readonly string[]
): Promise<ReadonlyMap<string, ReflectionRow>> {
	if (ids.length === 0) return new Map();
	const rows = await rowsOf(
		db,
		sql
			.selectFrom('reflections')
			.selectAll()
			.where('id', 'in', [...ids])
	);
	return new Map(rows.map((row) => [row.id, row]));
}

/** The patterns of the newest run of each reflection that may be counted, as JSON texts. */
export async function countedPatterns(db: Queryable): Promise<readonly (string | null)[]> {
	const rows = await db.query(
		`SELECT reflection_id, patterns FROM engine_runs
		WHERE reflection_id IN (SELECT id FROM reflections WHERE ${marked.summary.reflections})
		ORDER BY timestamp, id`
	);
	const newest = new Map(rows.map(({ reflection_id, patterns }) => [reflection_id, patterns]));
	return [...newest.values()].map((patterns) => (typeof patterns === 'string' ? patterns : null));
}

function conditionOf({ lane, table, isAll = false, marks }: Marked<LaneTable>): string {
	if (lane !== 'commons') return marked[lane][table] ?? never;
	// Hex digits or a fixed word: they can stand in a statement.
	const any = (pattern: (mark: string) => string) => `(${marks.map(pattern).join(' OR ')})`;
	if (table === 'evolution_proposals')
		return `status <> 'draft' AND ${any((mark) => `metadata LIKE '%"published_by":"${mark}"%'`)}`;
	const allowed = isAll ? '1 = 1' : (marked.commons[table] ?? never);
	if (table !== 'evolution_events') return allowed;
	return `${allowed} AND ${any((mark) => `mirror_signature LIKE 'p256:${mark}:%'`)}`;
}

const never = '1 = 0';
