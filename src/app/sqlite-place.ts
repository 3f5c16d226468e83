import type { SqlJsStatic } from 'sql.js';
import { ok, type Result } from '#base/result.ts';
import type { StorageFailure } from '#storage/database.ts';
import type { MigrationFile } from '#storage/migration.ts';
import { openSqlite } from '#storage/sqlite/database.ts';
import type { Store } from '#storage/sqlite/store.ts';
import type { Begun, EnginePlace } from '#app/engines.ts';
import { openScratch } from '#app/scratch.ts';

export interface SqlitePlaceDependencies {
	readonly sql: () => Promise<SqlJsStatic>;
	readonly store: () => Promise<Result<Store, StorageFailure>>;
	readonly migrations: readonly MigrationFile[];
	readonly isKept: () => Promise<boolean>;
	readonly drop: () => Promise<void>;
}

/** The default engine. It runs in every browser that the app runs in. */
export function sqlitePlace(deps: SqlitePlaceDependencies): EnginePlace {
	return {
		migrations: async () => deps.migrations,
		open: async () => {
			const [sql, store] = await Promise.all([deps.sql(), deps.store()]);
			return store.ok ? openSqlite({ sql, store: store.value }) : store;
		},
		begin: async () => ok(await begin(deps)),
		isKept: deps.isKept,
		drop: deps.drop,
		obstacle: async () => null
	};
}

/** A database in memory, which becomes the next snapshot of the store: before that is whole, the one before it counts. */
async function begin({ sql, store }: SqlitePlaceDependencies): Promise<Begun> {
	const database = await openScratch(await sql());
	return {
		database,
		keep: async () => {
			const image = await database.exportBytes();
			await database.close();
			const opened = await store();
			return opened.ok ? keepIn(opened.value, image) : opened;
		},
		discard: () => database.close()
	};
}

async function keepIn(store: Store, image: Uint8Array): Promise<Result<void, StorageFailure>> {
	try {
		const loaded = await store.load('write');
		if (!loaded.ok) return loaded;
		if (loaded.value.fresh) return await store.create(image);
		// Nothing of the time before stays: it may have been erased for good since.
		for (;;) {
			const written = await store.snapshot(() => image);
			const forgotten = written.ok ? await store.forget() : written;
			if (!forgotten.ok) return forgotten;
			if (forgotten.value) return ok(undefined);
		}
	} finally {
		await store.close();
	}
}
