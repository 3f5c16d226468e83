import { ok } from '#base/result.ts';
import { identityRow, insertIdentity, listIdentities, updateIdentity } from '#records/identity.ts';
import { readMetadata } from '#records/reflection.ts';
import type { HandlerMap, ViewMap } from '#records/work.ts';
import { refuse } from '#mirror/refuse.ts';

export const identityHandlers: HandlerMap<'identity.create' | 'identity.edit'> = {
	'identity.create': async ({ id, name }, work) => {
		if ((await identityRow(work.tx, id)) !== null)
			return refuse('already_exists', 'This identity exists already.');
		await insertIdentity(work, {
			id,
			created_at: work.now,
			updated_at: work.now,
			metadata: JSON.stringify({ name })
		});
		return ok({ id });
	},
	'identity.edit': async ({ id, name }, work) => {
		const row = await identityRow(work.tx, id);
		if (row === null) return refuse('not_found', 'This identity is no longer there.');
		const metadata = JSON.stringify({ ...readMetadata(row.metadata), name });
		await updateIdentity(work, { ...row, updated_at: work.now, metadata });
		return ok({ id });
	}
};

export const identityViewMap: ViewMap<'identities.list'> = {
	'identities.list': async (db) => ({ rows: await listIdentities(db) })
};
