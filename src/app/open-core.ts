import type { SqlJsStatic } from 'sql.js';
import * as v from 'valibot';
import type { Clock } from '#base/clock.ts';
import { err, failure, ok, type Failure, type Result } from '#base/result.ts';
import type { Timer } from '#base/timer.ts';
import { uuidv7, type Randomness } from '#base/uuid.ts';
import { previewImport, StagedImports } from '#bundle/imports.ts';
import type { StagedImport } from '#bundle/staged.ts';
import { firstIdentity } from '#domain/identity.ts';
import type { Receipt } from '#domain/receipt.ts';
import type { EngineName } from '#domain/storage.ts';
import { hasErasures } from '#records/erasure.ts';
import { lastPosition } from '#records/ledger.ts';
import { listIdentities } from '#records/identity.ts';
import { RecentChanges } from '#mirror/change.ts';
import { KeptReadings } from '#engine/kept-readings.ts';
import type { Database, Queryable } from '#storage/database.ts';
import { bundleLedger } from '#app/bundle-ledger.ts';
import { Core } from '#app/core.ts';
import { EngineChanges } from '#app/engine-changes.ts';
import type { Engines } from '#app/engines.ts';
import type { ExportDoors } from '#app/export-bundle.ts';
import { handlersOver, viewsOver } from '#app/features.ts';
import { measureStorage } from '#app/measure-storage.ts';
import { Lifecycle } from '#app/lifecycle.ts';
import { beginKernels, loadKernel } from '#app/kernels.ts';
import { isReadFirst, readFirst } from '#app/read-first.ts';
import { Schema } from '#app/schema.ts';
import { SchemaChanges } from '#app/schema-changes.ts';
import { Permits } from '#app/permits.ts';
import type { PermitKey, SigningKey } from '#app/signing.ts';
import type { OwnedCore } from '#app/tab.ts';
import { tidy } from '#app/tidy.ts';
import { storageRefusal } from '#app/words.ts';

export interface OpenDependencies {
	/** Where the mirror is kept, and where it can be kept. */
	readonly engines: Engines;
	/** sql.js, for the databases inside bundles. */
	readonly sql: () => Promise<SqlJsStatic>;
	/** Reads a foreign file: in a worker of its own where there are workers. */
	readonly readImport: (file: Blob) => Promise<Result<StagedImport, Failure>>;
	readonly clock: Clock;
	readonly random: Randomness;
	/** The key that this mirror signs with, made when there is none. */
	readonly signingKey: () => Promise<SigningKey>;
	/** The key that it signs permits with, made when there is none. */
	readonly permitKey: () => Promise<PermitKey>;
	/** Says when a tool has taken too long. */
	readonly timer: Timer;
	/** Lets whoever asks have a turn, between two stretches of work that nobody asked for. */
	readonly pause: () => Promise<void>;
	/** Keeps a copy of the database before its schema changes. */
	readonly backup: (database: Database) => Promise<void>;
}

/**
 * Opens a mirror: database, migrations, kernel, and at the first start the identity "Me". Whatever fails is a failure in
 * words, nothing is half done, and the files are released for the next try.
 */
export async function openCore(deps: OpenDependencies): Promise<Result<OwnedCore, Failure>> {
	if (await deps.engines.isDeleting()) return err(beingDeleted);
	const inCharge = await deps.engines.inCharge();
	if (!inCharge.ok) return inCharge;
	const engine = inCharge.value;
	const opened = await deps.engines.places[engine].open();
	if (!opened.ok) return opened;
	const { database, notices } = opened.value;
	try {
		const { clock, random } = deps;
		const files = await deps.engines.places[engine].migrations();
		const schema = new Schema({ database, files, ...deps });
		const begun = await schema.begin();
		if (!begun.ok) {
			await database.close();
			return begun;
		}
		const [imports, recent, kept] = [new StagedImports(), new RecentChanges(), new KeptReadings()];
		const permits = new Permits(deps);
		const lifecycle = new Lifecycle({ ...deps, permits });
		const surroundings = {
			engine,
			notices: [...notices, ...begun.value.notices],
			measure: (db: Queryable) => measureStorage(db, { engine, ...deps }),
			describe: (db: Queryable) => schema.describe(db),
			rehearse: (to: string | null) => schema.rehearse(to)
		};
		const founded = await found(database, clock);
		if (!founded.ok) {
			await database.close();
			return founded;
		}
		const revision = await lastPosition(database);
		const core = new Core({
			revision,
			database,
			clock,
			random,
			timer: deps.timer,
			handlers: handlersOver(imports, recent, surroundings),
			prepare: (actor, request) =>
				isReadFirst(request.kind)
					? readFirst(actor, request.kind, request, { database, ...deps })
					: lifecycle.prepare(actor, request),
			remember: (requestId, work) => recent.keep(requestId, work),
			views: viewsOver(surroundings, kept, deps),
			permits,
			loadKernel: (port) => loadKernel(database, clock, port, permits.checks)
		});
		const welcomed = await welcome(core, database, deps);
		const migrations = new SchemaChanges({ core, database, schema, clock, random, since: revision });
		if (begun.value.step !== null) await migrations.record(begun.value.step);
		if (welcomed.ok) return ok(owned({ core, database, imports, kept, engine, migrations, deps }));
		await database.close();
		return welcomed;
	} catch (error) {
		await database.close();
		throw error;
	}
}

/** What is left is no mirror: it is removed before anything is opened. */
const beingDeleted = failure(
	'being_deleted',
	'Everything here is being deleted, so nothing was opened. Reload the page.'
);

/** A mirror has its kernels before anything is asked of it. */
async function found(database: Database, clock: Clock): Promise<Result<void, Failure>> {
	try {
		return ok(await beginKernels(database, clock));
	} catch (error) {
		const refusal = storageRefusal(error);
		if (refusal === null) throw error;
		return err(failure(refusal.code, `The kernels were not begun. ${refusal.message}`));
	}
}

/** A mirror without anybody in it gets the identity "Me". */
async function welcome(
	core: Core,
	database: Database,
	{ clock, random }: OpenDependencies
): Promise<Result<void, Failure>> {
	if ((await listIdentities(database)).length > 0) return ok(undefined);
	const id = (): string => uuidv7(clock(), random);
	const receipt = await core
		.port('system')
		.dispatch({ id: id(), kind: 'identity.create', data: { id: id(), name: firstIdentity } });
	if (receipt.code === 'accepted' || receipt.code === 'halted') return ok(undefined);
	return err(failure(receipt.code, `The first identity was not created. ${receipt.message}`));
}

interface Parts {
	readonly core: Core;
	readonly database: Database;
	readonly imports: StagedImports;
	/** What was read of entries in this session. */
	readonly kept: KeptReadings;
	readonly engine: EngineName;
	readonly migrations: SchemaChanges;
	readonly deps: OpenDependencies;
}

/** What a defect of ours is for the person. */
const defect = failure(
	'failed',
	'Something in Mirror OS went wrong while it compared this file with your mirror. Nothing was imported.'
);

function owned({ core, database, imports, kept, engine, migrations, deps }: Parts): OwnedCore {
	const { engines, clock, random } = deps;
	const notArchived = new Set<string>();
	const changes = new EngineChanges({ core, database, engine, engines, clock });
	const { dispatch: submit, read } = core.port('owner');
	const dispatch = async (request: unknown): Promise<Receipt> => {
		const receipt = await submit(request);
		if (receipt.code === 'accepted') imports.drop(String(receipt.result?.['token']));
		const kind = v.safeParse(v.object({ kind: v.string() }), request);
		if (!kind.success) return receipt;
		return changes.follow(kind.output.kind, await migrations.follow(kind.output.kind, receipt));
	};
	const id = () => uuidv7(clock(), random);
	const doors: ExportDoors = {
		dispatch,
		release: (data, word) =>
			core.port('system').dispatch({ id: id(), kind: 'egress.release', data, ...word }),
		takeBack: (of, word) => submit({ id: id(), kind: 'change.undo', data: { request_id: of }, ...word })
	};
	return {
		dispatch,
		read,
		byPermit: (permit, request) => core.byPermit(permit, request),
		exportBundle: async (request) =>
			(await import('#app/export-bundle.ts')).exportFile(doors, database, deps, request),
		releaseFile: async (request, file) =>
			(await import('#app/release-file.ts')).releaseFile(
				{ system: core.port('system'), clock },
				request,
				file
			),
		stageImport: async (file) => {
			const staged = await deps.readImport(file);
			if (!staged.ok) return staged;
			const named = imports.put(uuidv7(deps.clock(), deps.random), staged.value);
			try {
				const preview = await database.transaction((tx) => previewImport(tx, named));
				return ok({ ...preview, ledger: await bundleLedger(staged.value.ledgers, database, deps.pause) });
			} catch (error) {
				return err(storageRefusal(error) ?? defect);
			}
		},
		onCommit: (listener) => core.onCommit(listener),
		onProgress: (listener) => changes.onProgress(listener),
		cancel: () => changes.cancel(),
		hasMoved: () => changes.hasMoved,
		isDeleting: () => changes.isDeleting,
		tidy: async () => {
			const erases = await hasErasures(database);
			await tidy({ core, database, kept, notArchived, ...deps });
			await changes.renewCopy(erases ? 'at once' : 'when stale');
		},
		close: async () => {
			changes.cancel();
			await core.settled();
			await database.close();
		}
	};
}
