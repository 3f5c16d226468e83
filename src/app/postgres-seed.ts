import type { Clock } from '#base/clock.ts';
import { answers } from '#records/health.ts';
import { parseMigrations, type MigrationFile } from '#storage/migration.ts';
import { migrate } from '#storage/migrator.ts';
import { packSeed } from '#storage/postgres/seed.ts';

/** When the newest of these migrations was written, in milliseconds: what a seed of them says about its own age. */
export function dateOfSeed(files: readonly MigrationFile[]): number {
	const parsed = parseMigrations(files);
	if (!parsed.ok) throw new Error(parsed.error.message);
	return Date.parse(parsed.value.at(-1)?.date ?? '');
}

/** The directory of a new mirror in PostgreSQL, with all migrations, as a gzip file. */
export function makeSeed(files: readonly MigrationFile[], clock: Clock): Promise<Blob> {
	return packSeed(async (database) => {
		const report = await migrate(database, files, {
			clock,
			backup: () => Promise.resolve(),
			testQuery: answers
		});
		if (report.failed !== null) throw new Error(report.failed.message);
	});
}
