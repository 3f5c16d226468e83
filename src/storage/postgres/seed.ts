import { PGlite } from '@electric-sql/pglite';
import { EmscriptenBuiltinFilesystem } from '@electric-sql/pglite/basefs';
import type { Database } from '#storage/database.ts';
import { pgliteConnection } from '#storage/postgres/connection.ts';
import { openPostgres } from '#storage/postgres/database.ts';

/** Files in memory, packed at the moment when PostgreSQL has left them as it leaves them after a shutdown. */
class PackedFiles extends EmscriptenBuiltinFilesystem {
	packed: Blob | null = null;

	override async closeFs(): Promise<void> {
		this.packed = await this.dumpTar('seed', 'none');
	}
}

/** With it a log that is over is removed, and not kept for use under another name. */
const startParams = [...PGlite.defaultStartParams, '-c', 'wal_recycle=off'];

/**
 * What nobody needs in a database that never makes another one. The databases that others would be copied from are most
 * of the files, and each file is one that a browser has to hold open; the log of all that was done up to here is most of
 * the bytes.
 */
const tidying = [
	'set default_transaction_read_only = off',
	'alter database template1 is_template false',
	'drop database template1',
	'alter database template0 is_template false',
	'drop database template0',
	'select pg_switch_wal()',
	'checkpoint'
];

/**
 * Lays down a database in memory, and packs its directory for `createPool`: a tar file as PGlite reads it.
 * `fill` makes of the empty database what it is to begin with.
 */
export async function packSeed(fill: (database: Database) => Promise<void>): Promise<Blob> {
	const files = new PackedFiles();
	const connection = pgliteConnection(await PGlite.create({ fs: files, startParams }));
	const opened = await openPostgres(() => Promise.resolve(connection), { isNew: true });
	if (!opened.ok) throw new Error(opened.error.message);
	await fill(opened.value.database);
	for (const statement of tidying) await connection.command(statement);
	await opened.value.database.close();
	if (files.packed === null) throw new Error('PostgreSQL was not shut down');
	return files.packed;
}
