import { err, ok, type Result } from '#base/result.ts';
import { storageError, storageFailure, storageFailureOf } from '#storage/database.ts';
import type { Database, OpenResult, StorageFailure } from '#storage/database.ts';
import { isHeldElsewhere, type OpfsTree } from '#storage/opfs.ts';
import { dropPool, finishPool, heldAtOnce, isFinishedPool } from '#storage/postgres/pool-folder.ts';
import type { Begun, EnginePlace, Engines } from '#app/engines.ts';
import { loadPostgres } from '#app/load-postgres.ts';
import { names } from '#app/names.ts';

export interface PostgresPlaceDependencies {
	/** The root of this origin's private files; rejects in a browser without them. */
	readonly root: () => Promise<OpfsTree>;
	/** Waits before a file that is still held is tried again. */
	readonly wait: () => Promise<void>;
	readonly device: Engines['device'];
}

/** Files that PostgreSQL holds open at once, and gigabytes and bytes that it needs: measured with PGlite 0.5.14. */
const needed = { files: 1300, memory_gb: 2, bytes: 400e6 };

/** PostgreSQL, whose program is loaded when it is chosen. */
export function postgresPlace(deps: PostgresPlaceDependencies): EnginePlace {
	const engine = () => loadPostgres(() => import('#app/postgres.ts'));
	/** What is tried out takes its time and its files: whoever asks meanwhile gets the same answer. */
	let trying: Promise<string | null> | null = null;
	return {
		migrations: async () => (await engine()).postgresMigrations,
		open: () =>
			answered(async () => {
				const [{ openPostgresPool }, root] = await Promise.all([engine(), deps.root()]);
				return whenFree(() => openPostgresPool(root), deps.wait);
			}),
		begin: () =>
			answered(async () => {
				const [{ createPostgresPool }, root] = await Promise.all([engine(), deps.root()]);
				const created = await createPostgresPool(root);
				return created.ok ? ok(begun(root, created.value.database)) : created;
			}),
		isKept: async () => {
			const root = await deps.root().catch(() => null);
			return root !== null && isFinishedPool(root, names.postgres);
		},
		drop: async () => dropPool(await deps.root(), names.postgres),
		obstacle: () => (trying ??= obstacle(deps).finally(() => (trying = null)))
	};
}

/** What does not come over the network is a failure in words, and no defect of ours. */
async function answered<T>(
	work: () => Promise<Result<T, StorageFailure>>
): Promise<Result<T, StorageFailure>> {
	try {
		return await work();
	} catch (error) {
		const failure = storageFailureOf(error);
		if (failure === null) throw error;
		return err(failure);
	}
}

function begun(root: OpfsTree, database: Database): Begun {
	return {
		database,
		keep: async (): Promise<Result<void, StorageFailure>> => {
			await database.compact();
			await database.close();
			try {
				await finishPool(root, names.postgres);
				return ok(undefined);
			} catch (error) {
				return err(storageFailure('failed', `The new store was not finished (${String(error)}).`));
			}
		},
		discard: async () => {
			await database.close();
			await dropPool(root, names.postgres);
		}
	};
}

/** The lock can arrive a moment before the browser has let go of the former owner's files. */
async function whenFree(open: () => Promise<OpenResult>, wait: () => Promise<void>): Promise<OpenResult> {
	for (let tries = 1; ; tries++) {
		const opened = await open();
		if (opened.ok || opened.error.code !== 'busy' || tries === 50) return opened;
		await wait();
	}
}

/** How many files can be held. A page that was just left may be trying it still: its files are waited for. */
async function tryHolding(root: OpfsTree, wait: () => Promise<void>): Promise<number> {
	for (let tries = 1; ; tries++) {
		try {
			return await heldAtOnce(root, names.trial, needed.files);
		} catch (error) {
			const isHeld = isHeldElsewhere(error);
			if (!isHeld || tries === 50) throw isHeld ? storageError(tried) : error;
			await wait();
		}
	}
}

const tried = storageFailure(
	'busy',
	'Another tab is trying out how many files this browser holds. Nothing is affected; look again in a moment.'
);

async function obstacle({ root, wait, device }: PostgresPlaceDependencies): Promise<string | null> {
	const files = await root().catch(() => null);
	if (files === null) return 'This browser keeps no private files, and PostgreSQL needs them.';
	const { memory_gb, free_bytes } = await device();
	if (memory_gb !== null && memory_gb < needed.memory_gb)
		return `This device has ${memory_gb} GB of memory. PostgreSQL needs ${needed.memory_gb}.`;
	if (free_bytes !== null && free_bytes < needed.bytes)
		return `This browser has ${Math.floor(free_bytes / 1e6)} MB of room left. PostgreSQL needs ${needed.bytes / 1e6}.`;
	const held = await tryHolding(files, wait);
	if (held < needed.files)
		return `This browser holds ${held} files open at once. PostgreSQL needs ${needed.files}.`;
	return null;
}
