import { err, ok } from '#base/result.ts';
import type { StorageState, EngineName } from '#domain/storage.ts';
import type { HandlerMap, Queryable, ViewMap } from '#records/work.ts';

/** What only the one who opened the database knows of the places where mirrors are kept. */
export interface EngineSurroundings {
	/** The one that is in charge. */
	readonly engine: EngineName;
	/** Measures anew what this browser and this mirror are like. */
	readonly measure: (db: Queryable) => Promise<StorageState>;
}

/**
 * What the ledger keeps of a change of engine, and of the deletion of everything: that it was asked for and permitted.
 * Copying and removing files come after the commit, by whoever opened the database.
 */
export function storageHandlers({
	engine: inCharge
}: EngineSurroundings): HandlerMap<'storage.switch' | 'storage.drop' | 'mirror.delete'> {
	return {
		'storage.switch': async ({ engine }) =>
			engine === inCharge
				? err({
						code: 'invalid_data',
						message: 'Your mirror is kept by this engine already. Nothing was changed.'
					})
				: ok({ engine }),
		'storage.drop': async () => ok({ engine: inCharge === 'sqlite' ? 'postgres' : 'sqlite' }),
		'mirror.delete': async () => ok({})
	};
}

export function storageViewMap({ measure }: EngineSurroundings): ViewMap<'storage.state'> {
	return { 'storage.state': async (db) => ({ rows: [await measure(db)] }) };
}
