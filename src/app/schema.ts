import type { Clock } from '#base/clock.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import { lowestSchema, type MigrationState, type SchemaRehearsal, type SchemaState } from '#domain/schema.ts';
import { answers, appliedMigrations } from '#records/health.ts';
import type { Database, Queryable } from '#storage/database.ts';
import { compareVersions, parseMigrations, type Migration, type MigrationFile } from '#storage/migration.ts';
import {
	migrate,
	readSchema,
	release,
	rollback,
	type MigrationCode,
	type MigrationFailure,
	type MigratorOptions
} from '#storage/migrator.ts';
import { effectsOf } from '#storage/schema-effects.ts';

export interface SchemaDependencies {
	readonly database: Database;
	readonly files: readonly MigrationFile[];
	readonly clock: Clock;
	/** Keeps a copy of the database before its schema changes. */
	readonly backup: (database: Database) => Promise<void>;
}

/** The schema went from one version to another. */
export interface SchemaStep {
	readonly from: string;
	readonly to: string;
}

/** What a start made of the schema: null where it stayed as it was, and at the very first start. */
type Begun = { readonly step: SchemaStep | null; readonly notices: readonly string[] };

/** The schema of one open database, and the migrations that this app ships for it. */
export class Schema {
	readonly #database: Database;
	readonly #files: readonly MigrationFile[];
	readonly #options: MigratorOptions;
	/** Why what is pending was not applied. */
	#failure: string | null = null;

	constructor({ database, files, clock, backup }: SchemaDependencies) {
		this.#database = database;
		this.#files = files;
		this.#options = { clock, backup: () => backup(database), testQuery: answers };
	}

	/**
	 * Brings the schema up to date, as far as no hold forbids it. A migration that fails, and a file that was edited, keep
	 * nobody from a mirror that this app can write: it opens as it stands, and says so.
	 */
	async begin(): Promise<Result<Begun, Failure>> {
		const before = await this.#current();
		const { failed, current, applied, notRun } = await migrate(this.#database, this.#files, this.#options);
		const step =
			before !== null && current !== null && current !== before ? { from: before, to: current } : null;
		// A snapshot that could not be made costs nothing but time at the next start.
		const isDone = failed === null || (applied.length > 0 && notRun.length === 0 && (await this.#isUsable()));
		if (isDone) return ok({ step, notices: [] });
		const isWritable = current !== null && compareVersions(current, lowestSchema) >= 0;
		if (!isWritable || !passable.has(failed.code) || !(await this.#isUsable()))
			return err(failure('migration_failed', `${notBrought} ${failed.message} It stands as it was before.`));
		this.#failure = failed.message;
		return ok({
			step,
			notices: [`${notBrought} ${failed.message} It stands at version ${current}, and works.`]
		});
	}

	/** All or nothing: goes on to the newest version, past a hold. Answers with why it was not done, or null. */
	async advance(): Promise<MigrationFailure | null> {
		const { applied, failed } = await release(this.#database, this.#files, this.#options);
		// What was applied is durable; a snapshot that failed is made at the next idle moment.
		const why = applied.length > 0 ? null : failed;
		this.#failure = why?.message ?? null;
		return why;
	}

	/** All or nothing: goes back to a version, and holds there. Answers with why it was not done, or null. */
	async goBack(to: string): Promise<MigrationFailure | null> {
		const { undone, failed } = await rollback(this.#database, this.#files, to, this.#options);
		const why = undone.length > 0 ? null : failed;
		if (why === null) this.#failure = null;
		return why;
	}

	async rehearse(to: string | null): Promise<SchemaRehearsal> {
		const { rehearse } = await import('#storage/rehearsal.ts');
		const found = await rehearse(this.#database, this.#files, to, this.#options);
		const { steps, effects, failed } = found;
		const [from, reached] = [found.from ?? '', found.to ?? ''];
		return { from, to: reached, steps, changes: effects, failure: failed?.message ?? null };
	}

	async describe(db: Queryable): Promise<SchemaState> {
		const { hold } = await readSchema(db);
		const applied = await appliedMigrations(db);
		const parsed = parseMigrations(this.#files);
		const migrations = (parsed.ok ? parsed.value : []).map((migration) =>
			stateOf(
				migration,
				applied.find(({ version }) => version === migration.version),
				hold
			)
		);
		const current = applied.at(-1)?.version ?? '';
		return { current, lowest: lowestSchema, hold, migrations, failure: this.#failure };
	}

	/** Whether the database answers still: a medium that failed has closed it, one that is full has not. */
	async #isUsable(): Promise<boolean> {
		return answers(this.#database).then(
			() => true,
			() => false
		);
	}

	async #current(): Promise<string | null> {
		// What keeps it from being read keeps it from being migrated too, and is said there.
		const state = await readSchema(this.#database).catch(() => null);
		return state?.applied.at(-1)?.version ?? null;
	}
}

const notBrought = 'The database could not be brought to this version of Mirror OS:';

/** What leaves a database as good as it was: it is neither of another app, nor are our own files wrong. */
const passable: ReadonlySet<MigrationCode> = new Set(['sql', 'edited', 'backup', 'storage']);

function stateOf(
	{ version, name, description, date, checksum, forward, reverse }: Migration,
	applied: { readonly applied_at: string; readonly checksum: string | null } | undefined,
	hold: string | null
): MigrationState {
	const isHeld = hold !== null && compareVersions(version, hold) > 0;
	return {
		...{ version, name, description, date },
		state: applied !== undefined ? 'applied' : isHeld ? 'held' : 'pending',
		applied_at: applied?.applied_at ?? null,
		checksum: applied?.checksum ?? null,
		file_checksum: checksum,
		is_changed: applied !== undefined && applied.checksum !== checksum,
		is_reversible: reverse !== null,
		changes: effectsOf(forward)
	};
}
