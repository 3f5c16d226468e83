import { quote } from '#base/canonical.ts';
import type { LedgerFilter } from '#domain/ledger.ts';
import type { AuditEntry } from '#kernel/ledger.ts';
import type { CountedEntry } from '#kernel/statistics.ts';
import { openArchive } from '#records/archive.ts';
import { entryColumns, placed, type PlacedEntry } from '#records/ledger-entry.ts';
import type { Dialect, Queryable, Row, SqlValue } from '#storage/database.ts';

/** What entries are picked and counted by. */
export interface EntryFacts extends CountedEntry, Pick<AuditEntry, 'actor' | 'ts_ms'> {
	readonly position: number;
	readonly kernel_id: string;
}

/** Rows that are read at once. */
const together = 2000;

/**
 * Finds entries by what they say. Among the rows the database looks; of packed entries, which no database can look into, the
 * few facts that they are picked by are kept in memory once they were read: an archive never changes.
 */
export class Timeline {
	/** By the SHA-256 of an archive, its entries from the oldest on. */
	readonly #archived = new Map<string, readonly EntryFacts[]>();
	/** Names that many entries say: each is kept once. */
	readonly #names = new Map<string, string>();

	/** The newest entries before a position that fit a filter, newest first, and how many fit in all. */
	async page(
		db: Queryable,
		filter: LedgerFilter,
		{ before, limit }: { readonly before: number; readonly limit: number }
	): Promise<{ readonly entries: readonly PlacedEntry[]; readonly total: number }> {
		const { where, params } = conditions(db.dialect, filter);
		const rows = await db.query(
			`SELECT ${entryColumns} FROM ledger WHERE position < ? ${where} ORDER BY position DESC LIMIT ?`,
			[before, ...params, limit]
		);
		const counted = await db.query(
			`SELECT count(*) AS entries FROM ledger WHERE position > 0 ${where}`,
			params
		);
		const packed = (await this.#packed(db)).filter((facts) => fits(facts, filter));
		const found = rows.map(placed);
		const wanted = packed
			.map(({ position }) => position)
			.filter((position) => position < (found.at(-1)?.position ?? before))
			.sort((a, b) => b - a)
			.slice(0, limit - found.length);
		const entries = [...found, ...(await packedAt(db, wanted))];
		return { entries, total: Number(counted[0]?.['entries']) + packed.length };
	}

	/** What all entries that fit a filter are counted by. */
	async facts(db: Queryable, filter: LedgerFilter): Promise<EntryFacts[]> {
		const found = (await this.#packed(db)).filter((facts) => fits(facts, filter));
		const { where, params } = conditions(db.dialect, filter);
		for (let after = 0, isMore = true; isMore;) {
			const rows = await db.query(
				`SELECT ${entryColumns} FROM ledger WHERE position > ? ${where} ORDER BY position LIMIT ${together}`,
				[after, ...params]
			);
			for (const row of rows) found.push(this.#factsOf(placed(row)));
			isMore = rows.length === together;
			after = Number(rows.at(-1)?.['position'] ?? after);
		}
		return found;
	}

	/** The facts of all packed entries; of an archive that is damaged, none. */
	async #packed(db: Queryable): Promise<readonly EntryFacts[]> {
		const archives = await db.query('SELECT * FROM archives ORDER BY first_position');
		const known = new Set(archives.map(({ sha256 }) => String(sha256)));
		for (const hash of this.#archived.keys()) if (!known.has(hash)) this.#archived.delete(hash);
		const all: EntryFacts[] = [];
		for (const row of archives) {
			const hash = String(row['sha256']);
			const kept = this.#archived.get(hash) ?? (await opened(db, row)).map((entry) => this.#factsOf(entry));
			this.#archived.set(hash, kept);
			for (const facts of kept) all.push(facts);
		}
		return all;
	}

	#factsOf({ position, kernel_id, entry }: PlacedEntry): EntryFacts {
		const { decision, actor, ts_ms, tool_name } = entry;
		const { permit_verification, permit_nonce, permit_max_executions } = entry;
		return {
			...{ position, ts_ms, decision, permit_verification, permit_nonce, permit_max_executions },
			...{ kernel_id: this.#once(kernel_id), actor: this.#once(actor) },
			tool_name: tool_name === null ? null : this.#once(tool_name)
		};
	}

	#once(name: string): string {
		const known = this.#names.get(name);
		if (known === undefined) this.#names.set(name, name);
		return known ?? name;
	}
}

async function opened(db: Queryable, row: Row): Promise<readonly PlacedEntry[]> {
	const files = await db.query('SELECT file FROM archive_files WHERE kernel_id = ? AND first_seq = ?', [
		row['kernel_id'] ?? null,
		row['first_seq'] ?? null
	]);
	const archive = await openArchive({ ...row, file: files[0]?.['file'] ?? null });
	return archive.ok ? archive.value : [];
}

/** Packed entries by their positions, the highest first; each archive is opened once. */
async function packedAt(db: Queryable, positions: readonly number[]): Promise<PlacedEntry[]> {
	if (positions.length === 0) return [];
	const wanted = new Set(positions);
	const archives = await db.query('SELECT * FROM archives WHERE last_position >= ? AND first_position <= ?', [
		Math.min(...positions),
		Math.max(...positions)
	]);
	const found: PlacedEntry[] = [];
	for (const row of archives) {
		const [first, last] = [Number(row['first_position']), Number(row['last_position'])];
		if (!positions.some((position) => position >= first && position <= last)) continue;
		found.push(...(await opened(db, row)).filter(({ position }) => wanted.has(position)));
	}
	return found.sort((a, b) => b.position - a.position);
}

function fits({ decision, actor, tool_name, kernel_id, ts_ms }: EntryFacts, filter: LedgerFilter): boolean {
	const is = (asked: string | undefined, said: string | null) => asked === undefined || asked === said;
	const isDecided = filter.decision === 'refused' ? decision !== 'ALLOW' : is(filter.decision, decision);
	return (
		isDecided &&
		is(filter.actor, actor) &&
		is(filter.tool, tool_name) &&
		is(filter.kernel_id, kernel_id) &&
		ts_ms >= (filter.from_ms ?? -Infinity) &&
		ts_ms < (filter.until_ms ?? Infinity)
	);
}

/**
 * The same for rows. A field is looked for in the very text that was hashed, where it is written in one way only: inside of a
 * value its quotes would be escaped. So a row that is no JSON any more keeps none of the others from being found.
 */
function conditions(
	dialect: Dialect,
	{ decision, actor, tool, kernel_id, from_ms, until_ms }: LedgerFilter
): { readonly where: string; readonly params: readonly SqlValue[] } {
	const find = dialect === 'sqlite' ? 'instr' : 'strpos';
	const at = dialect === 'sqlite' ? sqliteTime : postgresTime;
	const parts: [string, SqlValue][] = [];
	const said = (name: string, value: string) => `"${name}":${quote(value)}`;
	if (decision === 'refused') parts.push([`${find}(fields, ?) = 0`, said('decision', 'ALLOW')]);
	else if (decision !== undefined) parts.push([`${find}(fields, ?) > 0`, said('decision', decision)]);
	if (actor !== undefined) parts.push([`${find}(fields, ?) > 0`, said('actor', actor)]);
	if (tool !== undefined) parts.push([`${find}(fields, ?) > 0`, said('tool_name', tool)]);
	if (kernel_id !== undefined) parts.push(['kernel_id = ?', kernel_id]);
	if (from_ms !== undefined) parts.push([`${at} >= ?`, from_ms]);
	if (until_ms !== undefined) parts.push([`${at} < ?`, until_ms]);
	return {
		where: parts.map(([condition]) => `AND ${condition}`).join(' '),
		params: parts.map(([, param]) => param)
	};
}

/** The number that stands behind the name: a cast takes what a text begins with. */
const sqliteTime = `CAST(substr(fields, instr(fields, '"ts_ms":') + 8) AS INTEGER)`;
const postgresTime = `CAST(substring(fields from '"ts_ms":([0-9]{1,15})') AS BIGINT)`;
