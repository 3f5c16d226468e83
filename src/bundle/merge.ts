import type { BundleRow, BundleTable } from '#records/bundle-rows.ts';
import { isObject } from '#base/canonical.ts';
import { visibilities } from '#domain/reflection.ts';
import { readMetadata } from '#records/reflection.ts';
import { derivedId } from '#bundle/derived-id.ts';
import { objectIn, withMembers } from '#bundle/metadata.ts';

/** How far a row may travel is decided where it is; an integration's status says only whether it is connected here. */
const decidedHere: Partial<Record<BundleTable, readonly string[]>> = {
	reflections: ['visibility'],
	tensions: ['sync_mode'],
	engine_runs: ['sync_allowed'],
	engine_feedback: ['sync_allowed'],
	evolution_events: ['sync_allowed'],
	integrations: ['status']
};

/** Whether two rows say the same, whatever they say about sharing. */
export function isSameContent(table: BundleTable, a: BundleRow, b: BundleRow): boolean {
	const left = decidedHere[table] ?? [];
	return Object.keys(a).every((column) => left.includes(column) || a[column] === (b[column] ?? null));
}

/** Whether a row says nothing that the other one does not: its metadata may be a part of the other's, all else is the same. */
export function isPartOf(table: BundleTable, row: BundleRow, whole: BundleRow): boolean {
	const isSame = isSameContent(table, { ...row, metadata: null }, { ...whole, metadata: null });
	return isSame && isPart(objectIn(row['metadata']), objectIn(whole['metadata']));
}

function isPart(value: unknown, whole: unknown): boolean {
	if (!isObject(value) || !isObject(whole)) return JSON.stringify(value) === JSON.stringify(whole);
	return Object.entries(value).every(
		([key, member]) => Object.hasOwn(whole, key) && isPart(member, whole[key])
	);
}

/** A row whose identity is nowhere to be found: it belongs to nobody, stays on this device, and says whose it was. */
export function orphaned(table: BundleTable, row: BundleRow): BundleRow {
	const { metadata } = withMembers(row, 'metadata', { original_identity_id: row['identity_id'] });
	const local = { ...row, metadata: String(metadata), identity_id: null };
	if (table === 'reflections') return { ...local, visibility: 'local_only' };
	return table === 'tensions' ? { ...local, sync_mode: 'local_only' } : local;
}

/** `incoming` under the level of sharing of what it replaces, where that is the less public one. */
export function notMorePublic(table: BundleTable, incoming: BundleRow, present: BundleRow): BundleRow {
	const row: Record<string, string | number | null> = { ...incoming };
	for (const column of decidedHere[table] ?? []) {
		const [from, to] = [publicity(present[column]), publicity(incoming[column])];
		if (from < to) row[column] = present[column] ?? null;
	}
	const isPublicHere = Object.hasOwn(objectIn(present['metadata']) ?? {}, 'published_by');
	return table === 'evolution_proposals' && !isPublicHere ? unpublished(row) : row;
}

const levels: readonly unknown[] = [0, ...visibilities, 'share_anonymized', 'share_full', 1];

function publicity(level: unknown): number {
	return levels.indexOf(level);
}

const times = [
	'updated_at',
	'last_active',
	'created_at',
	'timestamp',
	'applied_at',
	'connected_at',
	'started_at'
];

/**
 * When a row was last changed, as far as it says: texts that sort. An edited state comes after one that never was, whatever
 * day a person gave the entry.
 */
export function lastChanged(row: BundleRow): string {
	const { edited_at = '' } = readMetadata(typeof row['metadata'] === 'string' ? row['metadata'] : null);
	const newest = times.map((column) => String(row[column] ?? '')).reduce((a, b) => (b > a ? b : a));
	return `${edited_at} ${newest}`;
}

/** The state of a row that lost against another under the same id: kept under an id of its own, on this device only. */
export function copyOf(table: BundleTable, row: BundleRow): BundleRow {
	const time = ['created_at', 'started_at', 'timestamp', 'applied_at', 'connected_at']
		.map((column) => row[column])
		.find((value) => typeof value === 'string');
	const id = derivedId(typeof time === 'string' ? time : null, ['copy', table, withoutLevels(table, row)]);
	return { ...onThisDevice(table, row), id };
}

/** A row that goes nowhere until somebody here says so. */
export function onThisDevice(table: BundleTable, row: BundleRow): BundleRow {
	const local: Record<string, string | number | null> = { ...row };
	if (table === 'reflections') local['visibility'] = 'local_only';
	if (table === 'tensions') local['sync_mode'] = 'local_only';
	if ('sync_allowed' in row) local['sync_allowed'] = 0;
	return table === 'evolution_proposals' ? unpublished(local) : local;
}

/** A proposal without what says that it was made public. */
function unpublished(row: BundleRow): BundleRow {
	const metadata = objectIn(row['metadata']);
	if (metadata === null || !published.some((name) => Object.hasOwn(metadata, name))) return row;
	const kept = Object.entries(metadata).filter(([name]) => !published.includes(name));
	return { ...row, metadata: JSON.stringify(Object.fromEntries(kept)) };
}

const published = ['published_at', 'published_by'];

function withoutLevels(table: BundleTable, row: BundleRow): BundleRow {
	const left = decidedHere[table] ?? [];
	return Object.fromEntries(Object.entries(row).filter(([column]) => !left.includes(column)));
}
