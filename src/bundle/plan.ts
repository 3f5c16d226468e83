import { originalFormats, type ImportFormat, type RowFinding, type TableCounts } from '#domain/bundle.ts';
import { firstIdentity } from '#domain/identity.ts';
import {
	bundleRowId,
	bundleTables,
	rowsByIds,
	trashedAmong,
	untouchedIdentity,
	type BundleRow,
	type BundleTable
} from '#records/bundle-rows.ts';
import type { Queryable } from '#records/work.ts';
import {
	copyOf,
	isPartOf,
	isSameContent,
	lastChanged,
	notMorePublic,
	onThisDevice,
	orphaned
} from '#bundle/merge.ts';
import { byTable, type StagedImport } from '#bundle/staged.ts';

/** One row to write. `replace`: a row that is here gives way; what it said is kept as a copy before it. */
export interface PlannedWrite {
	readonly kind: 'insert' | 'replace';
	readonly table: BundleTable;
	readonly row: BundleRow;
}

/** What an import would do to the mirror as it is now. */
export interface ImportPlan {
	readonly writes: readonly PlannedWrite[];
	/** Reflections that are inserted: only they bring their earlier states. */
	readonly inserted: ReadonlySet<string>;
	/** The identity that an untouched mirror began with: it goes when a bundle brings its own. */
	readonly replaces: string | null;
	readonly counts: readonly TableCounts[];
	readonly quarantined: readonly RowFinding[];
	/** Rows that come in otherwise than they stand in the file, beside those that were changed as it was read. */
	readonly changed: readonly RowFinding[];
	readonly conflicts: readonly RowFinding[];
}

/** The column that names a row's parent, and where the parent stands. */
const parents: Partial<Record<BundleTable, Readonly<Record<string, BundleTable>>>> = {
	axes: { identity_id: 'identities' },
	tensions: { identity_id: 'identities' },
	reflections: { identity_id: 'identities' },
	mirrorbacks: { reflection_id: 'reflections' },
	threads: { identity_id: 'identities' },
	thread_reflections: { thread_id: 'threads', reflection_id: 'reflections' },
	engine_runs: { reflection_id: 'reflections' },
	engine_feedback: { engine_run_id: 'engine_runs' },
	integrations: { identity_id: 'identities' }
};

/** Of these one may hold less than another of the same mirror, and rows whose identity was deleted. */
const originals: readonly ImportFormat[] = originalFormats;

/** Rows that nobody may change (specification, section 11), and events, which happened once. */
const insertOnly: readonly BundleTable[] = ['evolution_history', 'evolution_events'];

/**
 * Compares what was staged with the mirror, row by row and by id. The same plan follows from the same file and the same
 * mirror, so that the preview says what the import does; and from a mirror that has the file already follows nothing.
 */
export async function planImport(db: Queryable, staged: StagedImport): Promise<ImportPlan> {
	const planner = new Planner(db, staged);
	for (const table of bundleTables) await planner.add(table);
	return planner.finish();
}

function isSameRow(a: BundleRow, b: BundleRow): boolean {
	return Object.keys(a).every((column) => a[column] === b[column]);
}

type Counts = { -readonly [K in keyof Omit<TableCounts, 'table' | 'rows'>]: number };

class Planner {
	readonly #db: Queryable;
	readonly #staged: StagedImport;
	readonly #writes: PlannedWrite[] = [];
	readonly #inserted = new Set<string>();
	readonly #quarantined: RowFinding[] = [];
	readonly #changed: RowFinding[] = [];
	readonly #conflicts: RowFinding[] = [];
	readonly #counts = byTable<Counts>(() => ({
		new: 0,
		same: 0,
		conflicts: 0,
		trashed: 0,
		quarantined: 0
	}));
	/** Ids in the file. */
	readonly #ids = byTable(() => new Set<string>());
	/** Ids that will be there, and ids that are left out because of the trash. */
	readonly #known = byTable(() => new Set<string>());
	readonly #trashed = byTable(() => new Set<string>());
	/** Ids that are here already. */
	readonly #here = byTable(() => new Set<string>());

	constructor(db: Queryable, staged: StagedImport) {
		this.#db = db;
		this.#staged = staged;
		for (const { table } of staged.quarantined) this.#counts[table as BundleTable].quarantined++;
	}

	async add(table: BundleTable): Promise<void> {
		const rows = this.#staged.rows[table];
		const ids = rows.map((row) => bundleRowId(table, row));
		this.#ids[table] = new Set(ids);
		const present = await rowsByIds(this.#db, table, ids);
		for (const id of present.keys()) this.#here[table].add(id);
		if (table === 'reflections') this.#trashed.reflections = await trashedAmong(this.#db, ids);
		await this.#learnParents(table, rows);
		for (const row of rows) await this.#place(table, row, present.get(bundleRowId(table, row)));
	}

	async finish(): Promise<ImportPlan> {
		const counts = bundleTables.map((table) => ({
			table,
			rows: this.#staged.found[table],
			...this.#counts[table]
		}));
		return {
			writes: this.#writes,
			inserted: this.#inserted,
			replaces: await this.#replaced(),
			counts,
			quarantined: [...this.#staged.quarantined, ...this.#quarantined],
			changed: this.#changed,
			conflicts: this.#conflicts
		};
	}

	/** Parents that are not in the file may be here already. */
	async #learnParents(table: BundleTable, rows: readonly BundleRow[]): Promise<void> {
		for (const [column, parent] of Object.entries(parents[table] ?? {})) {
			const ids = rows.map((row) => row[column]).filter((id) => typeof id === 'string');
			const unknown = [...new Set(ids)].filter((id) => !this.#known[parent].has(id));
			for (const id of (await rowsByIds(this.#db, parent, unknown)).keys()) {
				this.#known[parent].add(id);
				this.#here[parent].add(id);
			}
			if (parent !== 'reflections') continue;
			for (const id of await trashedAmong(this.#db, unknown)) this.#trashed.reflections.add(id);
		}
	}

	async #place(table: BundleTable, row: BundleRow, present: BundleRow | undefined): Promise<void> {
		const id = bundleRowId(table, row);
		const counts = this.#counts[table];
		if (this.#trashed[table].has(id) || this.#parentIn(table, row, this.#trashed)) {
			this.#trashed[table].add(id);
			counts.trashed++;
			return;
		}
		const missing = this.#missingParent(table, row);
		if (missing === 'identity_id' && this.#isOriginal) {
			const reason = 'belongs to an identity that is not in the file, and so to none';
			this.#changed.push({ table, id, reason });
			return this.#place(table, orphaned(table, row), present);
		}
		if (missing !== null) {
			this.#quarantined.push({ table, id, reason: `${missing} refers to a row that is not there` });
			counts.quarantined++;
			return;
		}
		this.#known[table].add(id);
		if (present === undefined) {
			const local = this.#hangsOnHere(table, row) ? onThisDevice(table, row) : row;
			if (!isSameRow(local, row))
				this.#changed.push({ table, id, reason: 'stays on this device until you say otherwise' });
			this.#insert(table, local);
			counts.new++;
		} else if (this.#isSame(table, row, present)) counts.same++;
		else await this.#merge(table, row, present);
	}

	#isSame(table: BundleTable, row: BundleRow, present: BundleRow): boolean {
		// A diary's ids follow from its content, and a place in a thread is one place: both may have been changed here since.
		const isOnlyThere = this.#staged.format === 'json_diary' || table === 'thread_reflections';
		if (isOnlyThere || isSameContent(table, row, present)) return true;
		return this.#isOriginal && isPartOf(table, row, present);
	}

	get #isOriginal(): boolean {
		return originals.includes(this.#staged.format);
	}

	/** What is here came from a file of the same mirror that held less: all of it is in this row, so nothing has to be kept. */
	#isWhole(table: BundleTable, row: BundleRow, present: BundleRow): boolean {
		if (!this.#isOriginal || insertOnly.includes(table)) return false;
		return isPartOf(table, present, row) || isPartOf(table, present, orphaned(table, row));
	}

	async #merge(table: BundleTable, row: BundleRow, present: BundleRow): Promise<void> {
		if (this.#isWhole(table, row, present)) {
			this.#counts[table].conflicts++;
			this.#conflicts.push({
				table,
				id: bundleRowId(table, row),
				reason: 'the one in the file says the same and more'
			});
			this.#writes.push({ kind: 'replace', table, row: notMorePublic(table, row, present) });
			return;
		}
		const incomingWins = !insertOnly.includes(table) && lastChanged(row) > lastChanged(present);
		const copy = copyOf(table, incomingWins ? present : row);
		const isKept = await this.#isThere(table, String(copy['id']));
		if (!incomingWins && isKept) {
			this.#counts[table].same++;
			return;
		}
		this.#counts[table].conflicts++;
		this.#conflicts.push({
			table,
			id: bundleRowId(table, row),
			reason: incomingWins ? 'the one in the file is newer' : 'the one that is here is newer'
		});
		if (incomingWins) this.#writes.push({ kind: 'replace', table, row: notMorePublic(table, row, present) });
		if (!isKept) this.#insert(table, copy);
	}

	/** Here, or about to be: the file may bring the copy that another mirror made of the same state. */
	async #isThere(table: BundleTable, id: string): Promise<boolean> {
		return this.#ids[table].has(id) || (await rowsByIds(this.#db, table, [id])).size > 0;
	}

	#insert(table: BundleTable, row: BundleRow): void {
		this.#writes.push({ kind: 'insert', table, row });
		if (table === 'reflections') this.#inserted.add(String(row['id']));
	}

	#parentIn(
		table: BundleTable,
		row: BundleRow,
		ids: Readonly<Record<BundleTable, ReadonlySet<string>>>
	): boolean {
		return Object.entries(parents[table] ?? {}).some(([column, parent]) =>
			ids[parent].has(String(row[column]))
		);
	}

	/** Whether a row would be under a name that is known here, or beside what is: then no file decides how far it goes. */
	#hangsOnHere(table: BundleTable, row: BundleRow): boolean {
		return this.#parentIn(table, row, this.#here);
	}

	#missingParent(table: BundleTable, row: BundleRow): string | null {
		for (const [column, parent] of Object.entries(parents[table] ?? {})) {
			const id = row[column] ?? null;
			if (id !== null && !this.#known[parent].has(String(id))) return column;
		}
		return null;
	}

	async #replaced(): Promise<string | null> {
		const identity = await untouchedIdentity(this.#db);
		const id = String(identity?.['id']);
		const brings = this.#counts.identities.new > 0;
		const isFirst = identity?.['metadata'] === JSON.stringify({ name: firstIdentity });
		return isFirst && brings && !this.#known.identities.has(id) ? id : null;
	}
}
