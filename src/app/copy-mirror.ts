import { isoTime, type Clock } from '#base/clock.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import type { EngineName } from '#domain/storage.ts';
import { copyMirror, countMirror, digestMirror } from '#records/copying.ts';
import type { CopyProgress, MirrorDigest } from '#records/copying.ts';
import { answers } from '#records/health.ts';
import { lastPosition } from '#records/ledger.ts';
import type { CopyOptions } from '#storage/copy.ts';
import { storageFailureOf, type Database } from '#storage/database.ts';
import { migrate, readSchema, releaseHold, rollback, type MigrationReport } from '#storage/migrator.ts';
import type { Engines } from '#app/engines.ts';

export interface CopyingDependencies {
	/** The one in charge. Nothing may write into it meanwhile. */
	readonly database: Database;
	readonly engines: Engines;
	readonly clock: Clock;
	readonly onProgress: (progress: CopyProgress) => void;
	readonly signal: AbortSignal;
}

/** What came of it. Whatever failed, the mirror stands where it stood. */
type Outcome = Result<void, Failure>;

/**
 * Copies the mirror to the other engine, opens the copy from its files, compares it, and only then puts that engine in
 * charge. Killed at any moment, one complete store is in charge: the old one before that note is durable, the new one after.
 */
export async function switchEngine(to: EngineName, deps: CopyingDependencies): Promise<Outcome> {
	const { database, engines } = deps;
	const steps = await stepsOf(database, deps);
	const copied = await copy(to, deps, steps);
	if (!copied.ok) return copied;
	const proven = await prove(to, copied.value, deps, steps).catch((error: unknown) =>
		err(failureOf(error, deps))
	);
	if (proven.ok) await engines.putInCharge(to);
	// A copy in SQLite is a way back, used or not; one in PostgreSQL that is not used only takes room.
	else if (to === 'postgres') {
		await engines.places.postgres.drop();
		await engines.noteCopied(null);
	}
	return proven;
}

/** Opens the copy from its files and compares it. */
async function prove(
	to: EngineName,
	digest: MirrorDigest,
	{ engines }: CopyingDependencies,
	steps: CopyOptions
): Promise<Outcome> {
	const opened = await engines.places[to].open();
	if (!opened.ok) return err(unopened(opened.error));
	try {
		// What SQLite keeps is one snapshot with a hash, which was just looked at; it was compared before.
		const isSame = to === 'sqlite' || (await isCopy(opened.value.database, digest, steps));
		return isSame ? ok(undefined) : err(different);
	} finally {
		await opened.value.database.close();
	}
}

/** Renews the copy of the mirror that SQLite keeps while PostgreSQL is in charge. */
export async function renewCopy(deps: CopyingDependencies): Promise<Outcome> {
	const copied = await copy('sqlite', deps, await stepsOf(deps.database, deps));
	return copied.ok ? ok(undefined) : copied;
}

/** Each row is written once and read back once. */
async function stepsOf(
	database: Database,
	{ onProgress, signal }: Pick<CopyingDependencies, 'onProgress' | 'signal'>
): Promise<CopyOptions> {
	const total = 2 * (await countMirror(database));
	let done = 0;
	return { onRows: (count) => onProgress({ done: (done += count), total }), signal };
}

/**
 * Copies the mirror to the engine that is not in charge, where it takes the place of what was there, and notes how far it
 * goes: what is kept there is the mirror as it was at that entry.
 */
async function copy(
	to: EngineName,
	deps: CopyingDependencies,
	steps: CopyOptions
): Promise<Result<MirrorDigest, Failure>> {
	const begun = await deps.engines.places[to].begin();
	if (!begun.ok) return begun;
	const filled = await fill(begun.value.database, to, deps, steps).catch((error: unknown) =>
		err(failureOf(error, deps))
	);
	const kept = filled.ok ? await begun.value.keep() : filled;
	if (!kept.ok) {
		await begun.value.discard();
		return kept;
	}
	await deps.engines.noteCopied({ at: isoTime(deps.clock()), position: await lastPosition(deps.database) });
	return filled;
}

async function fill(
	empty: Database,
	to: EngineName,
	deps: CopyingDependencies,
	steps: CopyOptions
): Promise<Result<MirrorDigest, Failure>> {
	const prepared = await prepare(empty, to, deps);
	if (!prepared.ok) return prepared;
	const digest = await copyMirror(deps.database, empty, steps);
	if (digest === null) return err(different);
	// In memory still, and about to take the place of the copy before it.
	if (to === 'sqlite' && !(await isCopy(empty, digest, steps))) return err(different);
	return ok(digest);
}

async function isCopy(db: Database, digest: MirrorDigest, steps: CopyOptions): Promise<boolean> {
	return JSON.stringify(await digestMirror(db, steps)) === JSON.stringify(digest);
}

/** @throws what is a defect of ours. */
function failureOf(error: unknown, { signal }: CopyingDependencies): Failure {
	const cause = signal.aborted ? stopped : storageFailureOf(error);
	if (cause === null) throw error;
	return cause;
}

/** The same schema as the one that is copied, held where that one is held, or a reason why not. */
async function prepare(
	database: Database,
	engine: EngineName,
	{ database: source, engines, clock }: CopyingDependencies
): Promise<Outcome> {
	const files = await engines.places[engine].migrations();
	const options = { clock, backup: async () => undefined, testQuery: answers };
	const { applied } = await readSchema(source);
	const version = applied.at(-1)?.version ?? null;
	let report: Pick<MigrationReport, 'current' | 'failed'> = await migrate(database, files, options);
	if (report.failed === null && version !== null && report.current !== version) {
		// PostgreSQL begins with everything applied. The hold comes along with the rows.
		report = await rollback(database, files, version, options);
		await releaseHold(database);
	}
	if (report.failed !== null) return err(failure('migration_failed', report.failed.message));
	return report.current === version ? ok(undefined) : err(different);
}

const stopped = failure(
	'cancelled',
	'The copy was stopped. Your mirror stands where it stood, and nothing was changed.'
);

const different = failure(
	'failed',
	'The copy was not the same as your mirror, so it was not used. Your mirror stands where it stood, and nothing was changed.'
);

function unopened(cause: Failure): Failure {
	return failure(
		'failed',
		`The copy did not open (${cause.message}). Your mirror stands where it stood, and nothing was changed.`
	);
}
