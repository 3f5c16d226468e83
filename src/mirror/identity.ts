import { ok } from '#base/result.ts';
import { listIdentities } from '#records/identity.ts';
import { readMetadata, reflectionsOwnedBy, replaceReflection } from '#records/reflection.ts';
import { deleteRow, insertRow, rowById, rowsWhere, updateRow } from '#records/row.ts';
import type { HandlerMap, ViewMap, Work } from '#records/work.ts';
import { refuse } from '#records/refuse.ts';
import { removeThread } from '#mirror/thread.ts';
import { trashReflection } from '#mirror/trash.ts';

export const identityHandlers: HandlerMap<'identity.create' | 'identity.edit' | 'identity.delete'> = {
	'identity.create': async ({ id, name }, work) => {
		if ((await rowById(work.tx, 'identities', id)) !== null)
			return refuse('already_exists', 'This identity exists already.');
		await insertRow(work, 'identities', {
			id,
			created_at: work.now,
			updated_at: work.now,
			metadata: JSON.stringify({ name })
		});
		return ok({ id });
	},
	'identity.edit': async ({ id, name }, work) => {
		const row = await rowById(work.tx, 'identities', id);
		if (row === null) return refuse('not_found', 'This identity is no longer there.');
		const metadata = JSON.stringify({ ...readMetadata(row.metadata), name });
		await updateRow(work, 'identities', { ...row, updated_at: work.now, metadata });
		return ok({ id });
	},
	'identity.delete': async ({ id, what }, work) => {
		if ((await rowById(work.tx, 'identities', id)) === null)
			return refuse('not_found', 'This identity is no longer there.');
		const count = what === 'all' ? await removeAll(work, id) : await makeAnonymous(work, id);
		await deleteRow(work, 'identities', id);
		return ok({ id, reflections: count });
	}
};

/** Moves what was written under an identity to the trash, and removes the rest of what it has. */
async function removeAll(work: Work, id: string): Promise<number> {
	const reflections = await reflectionsOwnedBy(work.tx, id);
	for (const row of reflections) await trashReflection(work, row);
	for (const thread of await rowsWhere(work.tx, 'threads', 'identity_id', id))
		await removeThread(work, thread.id);
	for (const table of ['tensions', 'axes', 'integrations'] as const) {
		for (const row of await rowsWhere(work.tx, table, 'identity_id', id))
			await deleteRow(work, table, row.id);
	}
	return reflections.length;
}

/** What belonged to an identity belongs to nobody, and so stays on this device (C3-12). Mirrorbacks go with their reflections. */
async function makeAnonymous(work: Work, id: string): Promise<number> {
	const reflections = await reflectionsOwnedBy(work.tx, id);
	for (const row of reflections)
		await replaceReflection(work, { ...row, identity_id: null, visibility: 'local_only' });
	for (const row of await rowsWhere(work.tx, 'tensions', 'identity_id', id))
		await updateRow(work, 'tensions', { ...row, identity_id: null, sync_mode: 'local_only' });
	for (const table of ['threads', 'axes', 'integrations'] as const) {
		for (const row of await rowsWhere(work.tx, table, 'identity_id', id))
			await updateRow(work, table, { ...row, identity_id: null });
	}
	return reflections.length;
}

export const identityViewMap: ViewMap<'identities.list'> = {
	'identities.list': async (db) => ({ rows: await listIdentities(db) })
};
