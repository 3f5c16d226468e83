import { appliedMigrations, counts } from '#records/health.ts';
import type { EngineName } from '#domain/storage.ts';
import type { ViewMap } from '#records/work.ts';

/** What only the one who opened the database knows. */
export interface Surroundings {
	/** The storage engine that is in charge. */
	readonly engine: EngineName;
	/** What start-up mended, in plain sentences. */
	readonly notices: readonly string[];
}

export function healthViewMap({ engine, notices }: Surroundings): ViewMap<'system.health'> {
	return {
		'system.health': async (db) => {
			const migrations = await appliedMigrations(db);
			const schema_version = migrations.at(-1)?.version ?? '';
			return { rows: [{ schema_version, engine, notices, migrations, ...(await counts(db)) }] };
		}
	};
}
