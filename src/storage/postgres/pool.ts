import { PGlite } from '@electric-sql/pglite';
import { err, ok, whyOf, type Result } from '#base/result.ts';
import { storageError, storageFailure, storageFailureOf } from '#storage/database.ts';
import type { OpenResult, StorageFailure } from '#storage/database.ts';
import { found, hold, isQuotaExceeded, type OpfsFile, type OpfsTree } from '#storage/opfs.ts';
import { pgliteConnection, type Connection } from '#storage/postgres/connection.ts';
import { openPostgres, type PostgresDatabase } from '#storage/postgres/database.ts';
import { GuardedFiles } from '#storage/postgres/guarded-files.ts';
import { dropPool } from '#storage/postgres/pool-folder.ts';
import { readNames } from '#storage/postgres/state-file.ts';

/** The parts of PostgreSQL that are loaded when it is chosen. */
export interface PostgresProgram {
	readonly pgliteWasmModule: WebAssembly.Module;
	readonly initdbWasmModule: WebAssembly.Module;
	readonly fsBundle: Blob;
}

export interface PoolDependencies {
	/** The root of this origin's private files. */
	readonly root: OpfsTree;
	/** The folder of the database, in the root. */
	readonly folder: string;
	/** Rejects with a `StorageFailure` where it cannot be loaded. */
	readonly program: () => Promise<PostgresProgram>;
	/** Calls `then` after some milliseconds; answers with how to call it off. */
	readonly after: (ms: number, then: () => void) => () => void;
}

/** Milliseconds within which PostgreSQL has to start, also where it has a long log to repeat on a slow device. */
const patience = 60_000;

/** The pool's own names in its folder, what is kept aside of the first, room for a start on a full device, and what tells whether there is room. */
const files = {
	names: 'state.txt',
	pool: 'data',
	aside: 'state-aside.txt',
	room: 'room',
	tried: 'tried'
} as const;

/** The log is cut to what a start repeats soon, and what was in it does not stay on the medium. */
const startParams = [
	...PGlite.defaultStartParams,
	...['-c', 'max_wal_size=64MB', '-c', 'min_wal_size=32MB'],
	...['-c', 'wal_recycle=off', '-c', 'wal_init_zero=off']
];

/** Opens the database that is there. Never makes a new one: what is not whole is a failure, and is not touched. */
export async function openPool(deps: PoolDependencies): Promise<OpenResult<PostgresDatabase>> {
	const connected = await connectToPool(deps);
	if (!connected.ok) return connected;
	const { connection, notices } = connected.value;
	return openPostgres(async () => connection, { isNew: false, notices });
}

/** The session of the database that is there, and in plain sentences what was mended. */
export async function connectToPool(
	deps: PoolDependencies
): Promise<Result<{ readonly connection: Connection; readonly notices: string[] }, StorageFailure>> {
	try {
		const { root, folder } = deps;
		const directory = await found(root.getDirectoryHandle(folder, { create: false }));
		if (directory === null) return err(gone);
		const whole = await makeReady(directory);
		if (!whole.ok) return whole;
		return ok({ connection: await connect(deps, directory, null), notices: whole.value });
	} catch (error) {
		return err(storageFailureOf(error) ?? unopened(error));
	}
}

/**
 * Lays down a new database, in place of whatever a former try left. It counts as one from `finishPool` on, which comes
 * after its close: before that nothing in it is durable.
 * `seed`: a directory as PGlite packs it; null to make one from nothing.
 */
export async function createPool(
	deps: PoolDependencies,
	seed: Blob | null
): Promise<OpenResult<PostgresDatabase>> {
	try {
		const { root, folder } = deps;
		await dropPool(root, folder);
		const directory = await root.getDirectoryHandle(folder, { create: true });
		return await openPostgres(() => connect(deps, directory, { seed }), { isNew: true });
	} catch (error) {
		return err(unopened(error));
	}
}

/** Checks and mends what the pool would stumble over, and says in words what was mended. */
async function makeReady(directory: OpfsTree): Promise<Result<string[], StorageFailure>> {
	const names = await found(directory.getFileHandle(files.names, { create: false }));
	const pool = await found(directory.getDirectoryHandle(files.pool, { create: false }));
	if (names === null || pool === null) return err(gone);
	const aside = await found(directory.getFileHandle(files.aside, { create: false }));
	const read = readNames(await textOf(names), aside === null ? '' : await textOf(aside));
	if (read.kind === 'damaged') return err(damaged);
	const there = new Set<string>();
	for await (const name of pool.keys()) there.add(name);
	const lost = [...read.used].filter((name) => !there.has(name));
	if (lost.length > 0) return err(withoutFiles(lost.length));
	// The pool waits for ever for one that is missing, and does not say when one is held.
	await Promise.all(
		[...read.free].map(async (name) => (await hold(await pool.getFileHandle(name, { create: true }))).close())
	);
	if (read.mended === null) return ok([]);
	const access = await hold(names);
	const bytes = new TextEncoder().encode(read.mended);
	access.truncate(0);
	access.write(bytes, { at: 0 });
	access.flush();
	access.close();
	return ok([
		'The list of PostgreSQL’s files was torn. It is whole again; nothing that was saved was in it.'
	]);
}

async function textOf(file: OpfsFile): Promise<string> {
	const access = await hold(file);
	const bytes = new Uint8Array(access.getSize());
	access.read(bytes, { at: 0 });
	access.close();
	return new TextDecoder().decode(bytes);
}

/** What a start writes, and more. */
const roomToStart = 4 << 20;

/** Takes as much room as there is, up to what a start needs: given back before the next, it lets that one end. */
async function keepRoom(directory: OpfsTree): Promise<void> {
	const access = await hold(await directory.getFileHandle(files.room, { create: true }));
	try {
		for (let bytes = roomToStart; bytes >= 1 << 16; bytes /= 2) {
			try {
				return access.truncate(bytes);
			} catch (error) {
				if (!isQuotaExceeded(error)) throw error;
			}
		}
	} finally {
		access.close();
	}
}

/** Tried out: what the browser says of its quota is an estimate. */
async function hasRoomFor(directory: OpfsTree, bytes: number): Promise<boolean> {
	try {
		const access = await hold(await directory.getFileHandle(files.tried, { create: true }));
		try {
			access.truncate(bytes);
		} finally {
			access.close();
		}
		await directory.removeEntry(files.tried, { recursive: false });
		return true;
	} catch (error) {
		if (isQuotaExceeded(error)) return false;
		throw error;
	}
}

async function giveRoom(directory: OpfsTree): Promise<void> {
	await found(directory.removeEntry(files.room, { recursive: false }));
}

async function connect(
	{ folder, program, after }: PoolDependencies,
	directory: OpfsTree,
	fresh: { readonly seed: Blob | null } | null
): Promise<Connection> {
	const parts = await program();
	await giveRoom(directory);
	const aside = await hold(await directory.getFileHandle(files.aside, { create: true }));
	const fs = new GuardedFiles(folder, {
		...{ aside, isNew: fresh !== null },
		hasRoomFor: (bytes) => hasRoomFor(directory, bytes)
	});
	const starting = PGlite.create({
		...{ fs, startParams, ...parts },
		...(fresh?.seed ? { loadDataDir: fresh.seed } : {})
	});
	const pglite = await withinTime(starting, after).catch(async (error: unknown) => {
		// Whoever tries again finds nothing held.
		await fs.letGo();
		throw error;
	});
	if (fresh === null) await keepRoom(directory);
	fs.hasRoom();
	return pgliteConnection(pglite, fs);
}

async function withinTime<T>(starting: Promise<T>, after: PoolDependencies['after']): Promise<T> {
	let callOff: () => void = () => undefined;
	const late = new Promise<never>((_, reject) => {
		callOff = after(patience, () => reject(storageError(tooLate)));
	});
	try {
		return await Promise.race([starting, late]);
	} finally {
		callOff();
	}
}

function unopened(error: unknown): StorageFailure {
	const name = error instanceof Error ? error.name : '';
	if (name === 'NoModificationAllowedError')
		return storageFailure(
			'busy',
			'Mirror OS is open in another tab, which holds the database. Nothing is lost.'
		);
	if (isQuotaExceeded(error))
		return storageFailure('full', 'This device has no space left for it. Everything that was saved is safe.');
	const why = whyOf(error);
	return storageFailure('failed', `PostgreSQL’s files could not be reached (${why}). Nothing was changed.`);
}

const gone = storageFailure(
	'missing_piece',
	'The files of PostgreSQL, in which your mirror is kept, are gone. Nothing was changed. The rescue page can go on with the copy that was kept of them.'
);

const damaged = storageFailure(
	'damaged',
	'The list of PostgreSQL’s files is damaged, so your mirror was not opened. Nothing was changed. The rescue page can go on with the copy that was kept of it.'
);

function withoutFiles(count: number): StorageFailure {
	return storageFailure(
		'missing_piece',
		`${count} of PostgreSQL’s files are gone, so your mirror was not opened. Nothing was changed. The rescue page can go on with the copy that was kept of it.`
	);
}

const tooLate = storageFailure(
	'failed',
	`PostgreSQL did not start within ${patience / 1000} seconds. Nothing was changed. Close other tabs and programs, reload the page, and try again.`
);
