import type { SqlJsStatic } from 'sql.js';
import { localDay, type Clock } from '#base/clock.ts';
import type { Failure, Result } from '#base/result.ts';
import type { Randomness } from '#base/uuid.ts';
import { after } from '#app/after.ts';
import { onlyEngine } from '#app/engines.ts';
import { openCore } from '#app/open-core.ts';
import { readImport } from '#app/read-import.ts';
import { generateKey, generatePermitKey, permitKeyOf, signingKeyOf } from '#app/signing.ts';
import type { OwnedCore } from '#app/tab.ts';
import type { MigrationFile } from '#storage/migration.ts';
import { openSqlite } from '#storage/sqlite/database.ts';
import { ScratchStore } from '#storage/sqlite/scratch-store.ts';

export interface MemoryMirrorDependencies {
	readonly sql: SqlJsStatic;
	readonly migrations: readonly MigrationFile[];
	readonly clock: Clock;
	readonly random: Randomness;
}

/** An empty mirror that lives as long as the program: the same core as in the page. */
export function openMemoryMirror(deps: MemoryMirrorDependencies): Promise<Result<OwnedCore, Failure>> {
	const { sql, migrations, clock, random } = deps;
	const loaded = async () => sql;
	return openCore({
		engines: onlyEngine(
			'sqlite',
			() => openSqlite({ sql, store: new ScratchStore() }),
			() => migrations
		),
		sql: loaded,
		readImport: async (file) =>
			readImport(new Uint8Array(await file.arrayBuffer()), { sql: loaded, today: localDay(clock()) }),
		clock,
		random,
		timer: after,
		pause: () => Promise.resolve(),
		// As long as the mirror itself lives.
		signingKey: async () => signingKeyOf(await generateKey()),
		permitKey: async () => permitKeyOf(await generatePermitKey()),
		backup: (database) => database.compact()
	});
}
