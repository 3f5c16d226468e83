import { canonicalJson } from '#base/canonical.ts';
import { checkpointRow, deleteCheckpoint, insertCheckpoint, keepsCheckpoints } from '#records/checkpoint.ts';
import {
	deleteReflection,
	deleteVersion,
	insertReflection,
	insertVersion,
	reflectionRow,
	replaceReflection,
	versionRow
} from '#records/reflection.ts';
import { deleteRow, insertRow, rowById, updateRow, type RowTable } from '#records/row.ts';
import { deleteSetting, settingRow, writeSetting } from '#records/setting.ts';
import { deletePlace, insertPlace, placeRow, type PlaceRow } from '#records/thread.ts';
import { deleteTrash, insertTrash, trashRow } from '#records/trash.ts';
import type { Change, ChangedRow, Work } from '#records/work.ts';
import type { Queryable } from '#storage/database.ts';

/** How rows of one entity are read, put and removed, with all that is derived from them. */
interface Keeper {
	/** `like`: a row that is or was there, for what takes more than one column to name. */
	read(db: Queryable, id: string, like: ChangedRow): Promise<ChangedRow | null>;
	insert(work: Work, row: ChangedRow): Promise<void>;
	/** Where nothing refers to a row it may be removed and inserted anew. */
	update?(work: Work, row: ChangedRow): Promise<void>;
	remove(work: Work, id: string): Promise<void>;
	/** Where rows of others refer to it, as `table.column`: while there are such, it stays. */
	readonly referredBy: readonly string[];
}

/** What of a command's changes undoing it takes back: that it happened stays told, and the key that signed it known. */
export function takenBack(changes: readonly Change[]): readonly Change[] {
	return changes.filter(
		({ entity, id, before }) =>
			(entity !== 'evolution_events' || before !== null) && !(entity === 'settings' && id === 'signing_keys')
	);
}

/**
 * Whether these changes can be taken back: what stood before each is known, and nothing of it was erased for good.
 */
export function isReversible({ changes, erased }: Pick<Work, 'changes' | 'erased'>): boolean {
	const isKnown = ({ entity, before }: Change) => before !== undefined && keepers.has(entity);
	const taken = takenBack(changes);
	return taken.length > 0 && erased.length === 0 && taken.every(isKnown);
}

/**
 * Puts every row back as it was before these changes, the last first. False where one was changed again since, or is
 * referred to by what came after: then the caller undoes what was done so far.
 */
export async function putBack(work: Work, changes: readonly Change[]): Promise<boolean> {
	const net = netOf(changes);
	for (const { entity, id, row, before = null } of net) {
		const like = row ?? before ?? {};
		if (!isSame(await keepers.get(entity)!.read(work.tx, id, like), row)) return false;
	}
	// Places of one thread cannot stand at the same position at any moment: all of them are left before any is taken.
	const isPlace = ({ entity }: Change) => entity === 'thread_reflections';
	for (const { row } of net.filter(isPlace)) if (row !== null) await deletePlace(work, row as PlaceRow);
	for (const { entity, id, row, before = null } of net) {
		const keeper = keepers.get(entity)!;
		const isThere = row !== null && entity !== 'thread_reflections';
		if (isThere && before !== null && keeper.update !== undefined) {
			await keeper.update(work, before);
			continue;
		}
		if (isThere && (await isReferredTo(work.tx, keeper, id))) return false;
		if (isThere) await keeper.remove(work, id);
		if (before !== null) await keeper.insert(work, before);
	}
	return true;
}

/** One change for each row, from what stood first to what stands last; the row that was changed last comes first. */
function netOf(changes: readonly Change[]): Change[] {
	const net = new Map<string, Change>();
	for (const change of changes) {
		const key = `${change.entity} ${change.id}`;
		const { before } = net.get(key) ?? change;
		net.delete(key);
		net.set(key, { ...change, ...(before === undefined ? {} : { before }) });
	}
	return [...net.values()].reverse();
}

function isSame(a: ChangedRow | null, b: ChangedRow | null): boolean {
	return canonicalJson(a) === canonicalJson(b);
}

async function isReferredTo(db: Queryable, { referredBy }: Keeper, id: string): Promise<boolean> {
	for (const place of referredBy) {
		const [table, column] = place.split('.');
		if ((await db.query(`SELECT 1 AS one FROM ${table} WHERE ${column} = ? LIMIT 1`, [id])).length > 0)
			return true;
	}
	return false;
}

function plain(table: RowTable, referredBy: readonly string[] = []): [RowTable, Keeper] {
	const keeper: Keeper = {
		read: (db, id) => rowById(db, table, id),
		// The row is one of this table: it was noted when it was changed.
		insert: (work, row) => insertRow(work, table, row as Parameters<typeof insertRow>[2]),
		update: (work, row) => updateRow(work, table, row as Parameters<typeof updateRow>[2]),
		remove: (work, id) => deleteRow(work, table, id),
		referredBy
	};
	return [table, keeper];
}

const ownedByIdentity = ['reflections', 'threads', 'tensions', 'axes', 'integrations'];
const partsOfReflection = ['mirrorbacks', 'engine_runs', 'thread_reflections', 'reflection_versions'];

const places: Keeper = {
	read: (db, _id, like) => placeRow(db, like as PlaceRow),
	insert: (work, row) => insertPlace(work, row as PlaceRow),
	// All that were changed are left before: none is removed here.
	remove: async () => undefined,
	referredBy: []
};

const reflections: Keeper = {
	read: reflectionRow,
	insert: (work, row) => insertReflection(work, row as Parameters<typeof insertReflection>[1]),
	update: (work, row) => replaceReflection(work, row as Parameters<typeof replaceReflection>[1]),
	remove: deleteReflection,
	referredBy: partsOfReflection.map((table) => `${table}.reflection_id`)
};

const versions: Keeper = {
	read: versionRow,
	insert: (work, row) => insertVersion(work, row as Parameters<typeof insertVersion>[1]),
	remove: deleteVersion,
	referredBy: []
};

const trash: Keeper = {
	read: trashRow,
	insert: (work, row) => insertTrash(work, row as Parameters<typeof insertTrash>[1]),
	remove: deleteTrash,
	referredBy: []
};

const settings: Keeper = {
	read: settingRow,
	insert: (work, row) => writeSetting(work, row as Parameters<typeof writeSetting>[1]),
	update: (work, row) => writeSetting(work, row as Parameters<typeof writeSetting>[1]),
	remove: deleteSetting,
	referredBy: []
};

const checkpoints: Keeper = {
	// Where their table was taken back meanwhile, no row is as it was.
	read: async (db, id) => ((await keepsCheckpoints(db)) ? checkpointRow(db, id) : {}),
	insert: (work, row) => insertCheckpoint(work, row as Parameters<typeof insertCheckpoint>[1]),
	remove: deleteCheckpoint,
	referredBy: []
};

const keepers: ReadonlyMap<string, Keeper> = new Map<string, Keeper>([
	plain(
		'identities',
		ownedByIdentity.map((table) => `${table}.identity_id`)
	),
	plain('threads', ['thread_reflections.thread_id']),
	plain('engine_runs', ['engine_feedback.engine_run_id']),
	plain('mirrorbacks'),
	plain('tensions'),
	plain('axes'),
	plain('engine_feedback'),
	plain('integrations'),
	plain('evolution_proposals'),
	plain('evolution_events'),
	['reflections', reflections],
	['reflection_versions', versions],
	['thread_reflections', places],
	['trash', trash],
	['settings', settings],
	['checkpoints', checkpoints]
]);
