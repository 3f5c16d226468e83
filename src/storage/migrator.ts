import { isoTime } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { err, failure, ok, whyOf } from '#base/result.ts';
import type { Failure, Result } from '#base/result.ts';
import { storageFailureOf } from '#storage/database.ts';
import type { Database, Queryable, Transaction } from '#storage/database.ts';
import { compareVersions, parseMigrations } from '#storage/migration.ts';
import type { Migration, MigrationFile } from '#storage/migration.ts';

/**
 * `malformed`, `order`: a file is not of its form; `edited`: an applied file is not the one that was applied; `unknown`: an
 * applied version has no file; `newer`: the database has a version above all files; `irreversible`: no way back;
 * `not_applied`: the version to go back to is not there; `backup`: no backup could be made; `sql`: the SQL, the check of
 * references or the test query failed; `storage`: the medium failed.
 */
export type MigrationCode =
	| 'malformed'
	| 'order'
	| 'edited'
	| 'unknown'
	| 'newer'
	| 'irreversible'
	| 'not_applied'
	| 'backup'
	| 'sql'
	| 'storage';

export interface MigrationFailure extends Failure<MigrationCode> {
	/** The migration that failed; null where it was none in particular. */
	readonly version: string | null;
}

/** What the migrator needs of its caller. */
export interface MigratorOptions {
	readonly clock: Clock;
	/** Keeps a copy of the database as it is now. Called before the first change, and not where there is nothing yet. */
	readonly backup: () => Promise<void>;
	/** Throws unless the database answers as it should at this version. Runs inside the transaction of the change. */
	readonly testQuery: (tx: Transaction, version: string | null) => Promise<void>;
}

export type StepOptions = Omit<MigratorOptions, 'backup'>;

export interface MigrationReport {
	/** Of the schema as it is now; null for an empty database. */
	readonly current: string | null;
	/** Versions, in the order in which it was done. */
	readonly applied: readonly string[];
	readonly failed: MigrationFailure | null;
	/** Versions that are still to come: behind the one that failed, or above a hold. */
	readonly notRun: readonly string[];
	/** The version above which nothing is applied until `releaseHold`; null without a hold. */
	readonly hold: string | null;
}

/** What a database says about its schema. */
export interface SchemaState {
	/** In the order of application; the last one is the current version. */
	readonly applied: readonly { readonly version: string; readonly checksum: string | null }[];
	readonly hold: string | null;
}

export async function readSchema(database: Queryable): Promise<SchemaState> {
	const tables = await database.query(
		database.dialect === 'sqlite'
			? `select name from sqlite_schema where type = 'table' and name in ('schema_version', 'storage_holds')`
			: `select table_name as name from information_schema.tables where table_schema = current_schema()
				and table_name in ('schema_version', 'storage_holds')`
	);
	const names = tables.map(({ name }) => name);
	const versions = names.includes('schema_version')
		? await database.query('select version, checksum from schema_version order by id')
		: [];
	const holds = names.includes('storage_holds')
		? await database.query('select version from storage_holds')
		: [];
	return {
		applied: versions.map(({ version, checksum }) => ({
			version: String(version),
			checksum: checksum === null || checksum === undefined ? null : String(checksum)
		})),
		hold: holds.map(({ version }) => String(version)).sort(compareVersions)[0] ?? null
	};
}

/**
 * Applies the files that are missing, in order, up to a hold. Each is one transaction (one record of the journal) with its
 * SQL, its `schema_version` row and the test query, so one that fails leaves nothing, and those before it stay. Ends with a
 * new snapshot where something was applied. Never throws for what a migration or the medium does.
 */
export async function migrate(
	database: Database,
	files: readonly MigrationFile[],
	options: MigratorOptions
): Promise<MigrationReport> {
	const planned = await plan(database, files);
	if (!planned.ok) return planned.error;
	const { state, pending } = planned.value;
	const due = pending.filter(
		({ version }) => state.hold === null || compareVersions(version, state.hold) <= 0
	);
	const applied: string[] = [];
	let failed = due.length > 0 && state.applied.length > 0 ? await backUp(options) : null;
	for (const migration of failed === null ? due : []) {
		const apply = () => database.transaction((tx) => applyIn(tx, migration, options), 'schema');
		failed = await change(migration.version, apply);
		if (failed !== null) break;
		applied.push(migration.version);
	}
	if (applied.length > 0) failed ??= await change(null, () => database.compact());
	return {
		current: applied.at(-1) ?? state.applied.at(-1)?.version ?? null,
		applied,
		failed,
		notRun: pending.map(({ version }) => version).filter((version) => !applied.includes(version)),
		hold: state.hold
	};
}

/**
 * Lets go of a hold and applies all files that are missing, in one transaction: all of them or none, and then the hold
 * stands as it stood. Backup, test query and snapshot as `migrate` has them; never throws either.
 */
export async function release(
	database: Database,
	files: readonly MigrationFile[],
	options: MigratorOptions
): Promise<MigrationReport> {
	const planned = await plan(database, files);
	if (!planned.ok) return planned.error;
	const { state, pending } = planned.value;
	const versions = pending.map(({ version }) => version);
	const current = state.applied.at(-1)?.version ?? null;
	let tried: string | null = null;
	const work = () =>
		database.transaction(async (tx) => {
			await tx.run('delete from storage_holds');
			for (const migration of pending) {
				tried = migration.version;
				await applyIn(tx, migration, options);
			}
		}, 'schema');
	const failed = (await backUp(options)) ?? (await change(null, work));
	if (failed !== null) {
		return {
			current,
			applied: [],
			failed: { ...failed, version: tried },
			notRun: versions,
			hold: state.hold
		};
	}
	const unkept = await change(null, () => database.compact());
	return { current: versions.at(-1) ?? current, applied: versions, failed: unkept, notRun: [], hold: null };
}

export interface RollbackReport {
	readonly current: string | null;
	/** Versions, in the order in which they were undone: all of them or none. */
	readonly undone: readonly string[];
	readonly failed: MigrationFailure | null;
	readonly hold: string | null;
}

/**
 * Goes back to `target` in one transaction: the reverse SQL of each version above it, the newest first, with the row of
 * `schema_version`; all references are checked at its end. Leaves a hold at `target`. Null goes back to an empty database,
 * in which no hold can be kept. Never throws for what a migration or the medium does.
 */
export async function rollback(
	database: Database,
	files: readonly MigrationFile[],
	target: string | null,
	options: MigratorOptions
): Promise<RollbackReport> {
	const planned = await plan(database, files);
	if (!planned.ok) return { ...planned.error, undone: [] };
	const { state, done } = planned.value;
	const current = state.applied.at(-1)?.version ?? null;
	const refused = (failed: MigrationFailure): RollbackReport => ({
		current,
		undone: [],
		failed,
		hold: state.hold
	});
	const way = wayBack(done, target);
	if (!way.ok) return refused(way.error);
	const back = way.value;
	if (back.length === 0) return { current, undone: [], failed: null, hold: state.hold };
	const undo = () => database.transaction((tx) => undoIn(tx, back, target, options), 'schema');
	const failed = (await backUp(options)) ?? (await change(target, undo));
	if (failed !== null) return refused(failed);
	const undone = back.map(({ version }) => version);
	return { current: target, undone, failed: await change(null, () => database.compact()), hold: target };
}

/** Lets the next `migrate` apply what a rollback undid. */
export async function releaseHold(database: Database): Promise<void> {
	await database.transaction((tx) => tx.run('delete from storage_holds'));
}

interface Plan {
	readonly state: SchemaState;
	readonly done: readonly Migration[];
	readonly pending: readonly Migration[];
}

/** What a database has of these files; or the report that says why it cannot be told. */
export async function plan(
	database: Database,
	files: readonly MigrationFile[]
): Promise<Result<Plan, MigrationReport>> {
	let state: SchemaState = { applied: [], hold: null };
	const stop = (failed: MigrationFailure): Result<never, MigrationReport> => {
		const current = state.applied.at(-1)?.version ?? null;
		return err({ current, applied: [], failed, notRun: [], hold: state.hold });
	};
	const unread = await change(null, async () => {
		state = await readSchema(database);
	});
	if (unread !== null) return stop(unread);
	const parsed = parseMigrations(files);
	if (!parsed.ok) return stop({ ...parsed.error, version: null });
	const migrations = parsed.value;
	const done: Migration[] = [];
	for (const { version, checksum } of state.applied) {
		const migration = migrations.find((each) => each.version === version);
		if (migration === undefined) return stop(withoutFile(version, migrations));
		if (migration.checksum !== checksum) {
			const message = `${migration.name} is not the file that was applied to this database. Nothing was changed.`;
			return stop(fault('edited', message, version));
		}
		done.push(migration);
	}
	const pending = migrations.filter((each) => !done.includes(each));
	const [late] = pending;
	const newest = done.at(-1);
	if (late !== undefined && newest !== undefined && compareVersions(late.version, newest.version) < 0) {
		return stop(fault('order', `${late.name} was never applied, but ${newest.name} was.`, late.version));
	}
	return ok({ state, done, pending });
}

function withoutFile(version: string, migrations: readonly Migration[]): MigrationFailure {
	const newest = migrations.at(-1)?.version;
	return newest === undefined || compareVersions(version, newest) > 0
		? fault(
				'newer',
				`The database is at version ${version}, which this version of Mirror OS does not know.`,
				version
			)
		: fault(
				'unknown',
				`Version ${version} was applied to this database, but its file is not there.`,
				version
			);
}

/** What has to be undone to be at `target` again, the newest first; or why that cannot be. */
export function wayBack(
	done: readonly Migration[],
	target: string | null
): Result<Migration[], MigrationFailure> {
	if (target !== null && !done.some(({ version }) => version === target)) {
		return err(fault('not_applied', `Version ${target} is not one that this database has been at.`, target));
	}
	const back = done
		.filter(({ version }) => target === null || compareVersions(version, target) > 0)
		.reverse();
	const oneWay = back.find(({ reverse }) => reverse === null);
	if (oneWay === undefined) return ok(back);
	const message = `Version ${oneWay.version} (${oneWay.description}) has no way back. Nothing was changed.`;
	return err(fault('irreversible', message, oneWay.version));
}

/** Applies one migration, inside of the transaction of the change. */
export async function applyIn(tx: Transaction, migration: Migration, options: StepOptions): Promise<void> {
	const { version, description, forward, checksum } = migration;
	await tx.script(forward);
	await tx.run(
		'insert into schema_version (version, description, applied_at, checksum) values ($1, $2, $3, $4)',
		[version, description, isoTime(options.clock()), checksum]
	);
	await options.testQuery(tx, version);
}

/** Undoes migrations and leaves a hold, inside of the transaction of the change. */
export async function undoIn(
	tx: Transaction,
	back: readonly Migration[],
	target: string | null,
	options: StepOptions
): Promise<void> {
	for (const { version, reverse } of back) {
		// The row first: the reverse of the first migration drops the table that it is in.
		await tx.run('delete from schema_version where version = $1', [version]);
		await tx.script(reverse!);
	}
	if (target !== null) {
		await tx.run('delete from storage_holds');
		await tx.run('insert into storage_holds (version, held_at) values ($1, $2)', [
			target,
			isoTime(options.clock())
		]);
	}
	await options.testQuery(tx, target);
}

async function backUp({ backup }: MigratorOptions): Promise<MigrationFailure | null> {
	try {
		await backup();
		return null;
	} catch (error) {
		return fault('backup', `No backup could be made (${whyOf(error)}). Nothing was changed.`, null);
	}
}

/** Does `work`; what it throws is a failure. */
export async function change(
	version: string | null,
	work: () => Promise<void>
): Promise<MigrationFailure | null> {
	try {
		await work();
		return null;
	} catch (error) {
		return fault(storageFailureOf(error) === null ? 'sql' : 'storage', whyOf(error), version);
	}
}

function fault(code: MigrationCode, message: string, version: string | null): MigrationFailure {
	return { ...failure(code, message), version };
}
