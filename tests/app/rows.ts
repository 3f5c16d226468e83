import { ok } from '#base/result.ts';
import type { Database, Queryable, Row } from '#storage/database.ts';
import { createWorld, databaseOf, TestMirror, testSigningKey } from './mirror.ts';

/** Rows by their table. */
export type Rows = Readonly<Record<string, readonly Row[]>>;

/** Every table of a mirror, with what tells its rows apart. Not what each engine numbers by itself. */
const tables: Readonly<Record<string, string>> = {
	...{ identities: 'id', reflections: 'id', mirrorbacks: 'id', threads: 'id', tensions: 'id', axes: 'id' },
	...{ thread_reflections: 'thread_id, position', integrations: 'id' },
	...{ engine_runs: 'id', engine_feedback: 'id', trash: 'id', settings: 'key', ledger: 'position' },
	...{ evolution_proposals: 'id', evolution_history: 'id', evolution_events: 'id' },
	...{ reflection_versions: 'reflection_id, version', reflection_tags: 'reflection_id, tag' },
	...{ kernels: 'kernel_id', commit_salts: 'request_id, ordinal', receipts: 'request_id' },
	...{ archives: 'first_position', archive_files: 'first_seq', erasures: 'request_id' }
};

/** What the kernel writes of every command, whatever it did; and that something happened stays told when it is undone. */
const ofTheLedger = [
	'ledger',
	'kernels',
	'commit_salts',
	'receipts',
	'archives',
	'archive_files',
	'erasures',
	'evolution_events'
];
/** What a person has, without what tells of its changes. */
const ofThePerson = Object.keys(tables).filter((table) => !ofTheLedger.includes(table));

export function rowsIn(db: Queryable): Promise<Rows> {
	return rowsOf(db, Object.keys(tables));
}

async function rowsOf(db: Queryable, names: readonly string[]): Promise<Rows> {
	const found: Record<string, readonly Row[]> = {};
	for (const table of names)
		found[table] = await db.query(`SELECT * FROM ${table} ORDER BY ${tables[table] ?? ''}`);
	found['reflection_index'] = await db.query(
		'SELECT reflection_id, local_date, month_day, pinned FROM reflection_index ORDER BY reflection_id'
	);
	return found;
}

/** A mirror, with its database behind the kernel's back. */
export async function watched(seed: number, signingKey = testSigningKey) {
	const world = createWorld(seed);
	let database: Database | null = null;
	const mirror = await TestMirror.open(
		world,
		async () => {
			database = await databaseOf(world);
			return ok({ database, fresh: true, notices: [] });
		},
		signingKey
	);
	if (database === null) throw new Error('it was not opened');
	const found: Database = database;
	return { mirror, database: found, rows: () => rowsOf(found, ofThePerson) };
}
